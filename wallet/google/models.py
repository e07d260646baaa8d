"""What Google Wallet was told of each pass, what it is still to be told, and the limit of what may ring."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.data_map import DataClass, Export
from app.languages import Text as Sentence
from app.lifetimes import WITH_THE_WALLET, By
from app.sql import db

HELD = db.datum(DataClass.ACCOUNT, purposes=("loyalty_account",), export=Export.OBSERVED)
KNOWN_BY = db.datum(
    DataClass.ACCOUNT,
    purposes=("loyalty_account",),
    export=Export.WITHHELD,
    reason=Sentence(
        fr="Ce qui ouvre votre carte dans un portefeuille : qui l'a peut s'en servir.",
        en="What opens your card in a wallet: whoever has it can use it.",
    ),
)
KEPT_UP = db.datum(
    DataClass.ACCOUNT,
    purposes=("loyalty_account",),
    export=Export.WITHHELD,
    reason=Sentence(
        fr="Le suivi technique de l'envoi ; il ne dit rien de vous.",
        en="Technical records of the transfer; they say nothing about you.",
    ),
)
RANG = db.datum(DataClass.MESSAGE, purposes=("loyalty_account",), export=Export.OBSERVED)


class GoogleIssuer(db.Base):
    """A brand with an issuer account of its own; all others are under the installation's."""

    __tablename__ = "google_issuer"
    __table_args__ = (CheckConstraint("issuer ~ '^[0-9]{5,25}$'", name="issuer"),)

    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True)
    issuer: Mapped[str]


class GoogleClass(db.Base):
    """What all passes of one look share at Google: a brand's card, or one offer of it. `id` is Google's.

    `texts` are the words of an offer, from which its class can be written again when the look of the brand changes.
    """

    __tablename__ = "google_class"
    __table_args__ = (CheckConstraint("kind IN ('card', 'coupon')", name="kind"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), index=True)
    kind: Mapped[str]
    texts: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default=text("'{}'"), default=list)
    told_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    told_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


class GoogleStanding(db.Base):
    """How it goes with the account of one issuer: when Google last took something, and what it last refused."""

    __tablename__ = "google_standing"

    issuer: Mapped[str] = mapped_column(primary_key=True)
    told_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


class GoogleCopy(db.Base):
    """One pass that a member wanted in Google Wallet: Google's object `<issuer>.<serial>`, and how far it is told.

    `due_at` is null when there is nothing to tell. `doubtful`: something was sent and no answer came. `told_fields` are
    the names that the object has there: one of them that goes needs the whole object to be sent. `error` is a code.
    """

    __tablename__ = "google_copy"
    __table_args__ = (
        CheckConstraint("kind IN ('card', 'coupon')", name="kind"),
        Index("ix_google_copy_serial", "serial"),
        Index("ix_google_copy_due_at", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index(
            "ix_google_copy_to_link",
            "link_due_at",
            postgresql_where=text("link_due_at IS NOT NULL AND told_revision IS NOT NULL"),
        ),
        db.personal(db.Reader.MEMBER, kept=WITH_THE_WALLET, act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=HELD
    )
    pass_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=HELD)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=HELD)
    kind: Mapped[str] = mapped_column(info=HELD)
    serial: Mapped[str] = mapped_column(info=KNOWN_BY)
    issuer: Mapped[str] = mapped_column(info=KEPT_UP)
    created_at: Mapped[datetime] = mapped_column(info=HELD)
    """When the member first wanted it there, or when it was linked to their card."""
    saved_at: Mapped[datetime | None] = mapped_column(info=HELD)
    """Since when a wallet of Google holds it."""
    removed_at: Mapped[datetime | None] = mapped_column(info=HELD)
    """When it was taken out of the wallet: nothing more is told of it."""
    said_until: Mapped[datetime | None] = mapped_column(info=KEPT_UP)
    """Until when the last message about it was good: an older one that comes later changes nothing."""
    wanted_revision: Mapped[int] = mapped_column(BigInteger, info=KEPT_UP)
    told_revision: Mapped[int | None] = mapped_column(BigInteger, info=KEPT_UP)
    class_id: Mapped[str | None] = mapped_column(info=KEPT_UP)
    """Its class there, as it was told."""
    told_digest: Mapped[bytes | None] = mapped_column(LargeBinary, info=KEPT_UP)
    told_ringing: Mapped[bytes | None] = mapped_column(LargeBinary, info=KEPT_UP)
    """A digest of the fields whose change may ring, as they were told."""
    told_fields: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default=text("'{}'"), default=list, info=KEPT_UP)
    told_at: Mapped[datetime | None] = mapped_column(info=KEPT_UP)
    doubtful: Mapped[bool] = mapped_column(server_default=text("false"), default=False, info=KEPT_UP)
    due_at: Mapped[datetime | None] = mapped_column(info=KEPT_UP)
    leased_until: Mapped[datetime | None] = mapped_column(info=KEPT_UP)
    tries: Mapped[int] = mapped_column(server_default=text("0"), default=0, info=KEPT_UP)
    error: Mapped[str | None] = mapped_column(Text, info=KEPT_UP)
    card_pass_id: Mapped[uuid.UUID | None] = mapped_column(info=HELD)
    """The card that this coupon is linked to."""
    link_due_at: Mapped[datetime | None] = mapped_column(info=KEPT_UP)
    linked_at: Mapped[datetime | None] = mapped_column(info=HELD)

    @property
    def object_id(self) -> str:
        """What Google calls it."""
        return f"{self.issuer}.{self.serial}"


class GoogleRing(db.Base):
    """Something that may have made a phone ring: three in a day for one pass are what Google and people bear."""

    __tablename__ = "google_ring"
    __table_args__ = (
        Index("ix_google_ring_rang_at", "rang_at"),
        db.personal(db.Reader.MEMBER, kept=By("wallet.google.forget_rings"), act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=RANG
    )
    pass_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=RANG)
    about: Mapped[str] = mapped_column(primary_key=True, info=RANG)
    """What it told of: a revision, or a coupon."""
    rang_at: Mapped[datetime] = mapped_column(info=RANG)


class GoogleFarewell(db.Base):
    """An object at Google whose copy is gone here, with its member or without: it is to be emptied and ended there.

    Google deletes nothing. A trigger writes it when the row of a copy goes, so no way out forgets it; it names nobody.
    """

    __tablename__ = "google_farewell"

    object_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    class_id: Mapped[str]
    due_at: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(server_default=text("0"), default=0)
