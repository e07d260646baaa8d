"""Visits, the minutes that they are made of, and how many people came: never where somebody was.

A position is looked at and forgotten. What stays of it is that the phone was in a store, or in none, in a minute.
"""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from app.data_map import DataClass, Export
from app.languages import Text
from app.lifetimes import By
from app.sql import db

PURPOSE = "in_store_offers"
"""What visits serve; each touchpoint is permitted by itself."""

NOWHERE = uuid.UUID(int=0)
"""Stands for no store, zone or fence where a key needs one."""

MADE = db.datum(DataClass.VISIT, purposes=(PURPOSE,), export=Export.OBSERVED)
FINE = db.datum(DataClass.SIGHTING, purposes=(PURPOSE,), export=Export.OBSERVED)

LOGIC = Text(
    fr="Si vous l'avez permis, ce que votre téléphone signale (balises, entrées et sorties, positions) devient des"
    " visites : l'entrée dans un magasin, le fait d'y être resté, la sortie, à la minute près. La position elle-même"
    " n'est jamais gardée. Après un jour, il ne reste que le magasin et le jour ; après un mois, plus rien.",
    en="If you allowed it, what your phone reports (beacons, entries and exits, positions) becomes visits: that you"
    " entered a store, stayed a while and left, to the minute. The position itself is never kept. After a day only the"
    " store and the day remain; after a month, nothing.",
)


class MarkKind(StrEnum):
    """What is known of a phone in one minute. The first six are about a store; the last are about all others."""

    FIX = "fix"  # a position clearly inside
    BEACON = "beacon"  # a radio of the store was heard
    CHECKED_IN = "checked_in"  # the member said so
    TAG = "tag"  # a code or chip of the store was read
    ENTERED = "entered"  # the phone itself said that it came in
    LEFT = "left"  # the phone itself said that it went out
    AWAY = "away"  # a position clearly outside every store but this one
    GONE = "gone"  # at least two of those, after whatever else there was in this minute
    CROSSED = "crossed"  # the way between two positions outside touches a fence


class Visit(db.Base):
    """A member in a store for a while. After a day only the store and the day are left of it, and then nothing.

    `entered_at`, `seen_at` (the last minute inside) and `exited_at` are whole minutes; while the last is null and the
    first is not, it is open. `touchpoint` and `permission_event_id` say what allowed the first minute.
    """

    __tablename__ = "visit"
    __table_args__ = (
        Index(
            "uq_visit_open",
            "member_id",
            "store_id",
            unique=True,
            postgresql_where=text("entered_at IS NOT NULL AND exited_at IS NULL"),
        ),
        Index("ix_visit_lasts_until", "lasts_until", postgresql_where=text("entered_at IS NOT NULL")),
        Index("ix_visit_store_id", "store_id", "day"),
        CheckConstraint("confidence BETWEEN 0 AND 3", name="confidence"),
        CheckConstraint("evidence IN ('fix', 'beacon', 'declared', 'tag')", name="evidence"),
        CheckConstraint("exited_at >= entered_at AND seen_at >= entered_at", name="order"),
        db.personal(db.Reader.MEMBER, kept=By("geo.presence.forget_visits", DataClass.VISIT), act=None, logic=LOGIC),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=MADE
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=MADE)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=MADE)
    store_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("store.id"), info=MADE)
    day: Mapped[date] = mapped_column(info=MADE)
    """The day of the entry, in the store's own time."""
    touchpoint: Mapped[str] = mapped_column(info=MADE)
    permission_event_id: Mapped[uuid.UUID] = mapped_column(info=MADE)
    evidence: Mapped[str | None] = mapped_column(info=FINE)
    confidence: Mapped[int | None] = mapped_column(SmallInteger, info=FINE)
    """0 none, 1 low, 2 medium, 3 high: the best that was seen inside."""
    fence_id: Mapped[uuid.UUID | None] = mapped_column(info=FINE)
    fence_version: Mapped[int | None] = mapped_column(Integer, info=FINE)
    entered_at: Mapped[datetime | None] = mapped_column(info=FINE)
    seen_at: Mapped[datetime | None] = mapped_column(info=FINE)
    lasts_until: Mapped[datetime | None] = mapped_column(info=FINE)
    """Until when it goes on though nothing is heard in between; no later than the end, if the phone itself said it."""
    dwelled_at: Mapped[datetime | None] = mapped_column(info=FINE)
    exited_at: Mapped[datetime | None] = mapped_column(info=FINE)

    @property
    def is_open(self) -> bool:
        """Whether the member is in the store, for all that is known."""
        return self.entered_at is not None and self.exited_at is None


class Sighting(db.Base):
    """What is known of a phone in one minute at one store (`NOWHERE`: in none). Gone after a day.

    It holds no position and no second, so that the same report twice, or in another order, leaves the same rows.
    """

    __tablename__ = "sighting"
    __table_args__ = (
        Index("ix_sighting_minute", "minute"),
        CheckConstraint("confidence BETWEEN 0 AND 3", name="confidence"),
        CheckConstraint("lasts_minutes >= 0", name="lasts_minutes"),
        db.personal(
            db.Reader.MEMBER, kept=By("geo.presence.forget_sightings", DataClass.SIGHTING), act=None, logic=LOGIC
        ),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=FINE
    )
    minute: Mapped[datetime] = mapped_column(primary_key=True, info=FINE)
    store_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=FINE)
    zone_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=FINE)
    fence_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=FINE)
    touchpoint: Mapped[str] = mapped_column(primary_key=True, info=FINE)
    kind: Mapped[str] = mapped_column(primary_key=True, info=FINE)
    brand_id: Mapped[uuid.UUID | None] = mapped_column(info=FINE)
    """Whose store or fence it is; null where it is about all of them."""
    fence_version: Mapped[int | None] = mapped_column(Integer, info=FINE)
    permission_event_id: Mapped[uuid.UUID] = mapped_column(info=FINE)
    confidence: Mapped[int] = mapped_column(SmallInteger, info=FINE)
    lasts_minutes: Mapped[int] = mapped_column(SmallInteger, info=FINE)
    """How long somebody seen like this is taken to be there still, though nothing more is heard."""


class FootfallKind(StrEnum):
    VISITED = "visited"
    CROSSED = "crossed"


class Footfall(db.Base):
    """How many people were in a store, or passed across a fence, in a day: never fewer than ten, and nobody of them."""

    __tablename__ = "footfall"
    __table_args__ = (
        CheckConstraint("kind IN ('visited', 'crossed')", name="kind"),
        CheckConstraint("people >= 10", name="people"),
    )

    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    place_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    """A store that was visited, or a fence that was crossed."""
    people: Mapped[int]


class DwellTime(db.Base):
    """After how many minutes somebody is taken to stay: of one store, or of all of a brand (`NOWHERE`)."""

    __tablename__ = "dwell_time"
    __table_args__ = (CheckConstraint("minutes BETWEEN 1 AND 720", name="minutes"),)

    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True)
    store_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    minutes: Mapped[int]
    set_at: Mapped[datetime]
