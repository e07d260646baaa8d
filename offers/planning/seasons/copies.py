"""Copy offers as drafts, so many days later: one, or all with a tag.

A window is wall-clock time and stays at its hours, whatever the clocks do in between. A copy is judged like any draft
when somebody approves it: what a law caps, the articles and the segments may have changed since.
"""

import re
import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select, tuple_

from app.logs import log
from app.sql import db
from offers.planning import places_of_staff
from offers.planning.errors import OfferUnknown
from offers.planning.models import Offer, OfferStatus, OfferVersion
from offers.planning.seasons.errors import CopiedOutOfTime, SeasonTooLarge

MOST_AT_ONCE = 500

UNTIL = re.compile(r"(?<=UNTIL=)\d{8}")

KEPT_ANEW = {"offer_id", "version", "starts_local", "ends_local", "schedule", "approved_by", "approved_at"}
CONTENT = [column.key for column in OfferVersion.__table__.columns if column.key not in KEPT_ANEW]


class OfferCopy(NamedTuple):
    """A new draft, and the offer of which it is a copy."""

    id: uuid.UUID
    copy_of: uuid.UUID


def copy_offers(
    *,
    brand_id: uuid.UUID,
    offer_ids: Sequence[uuid.UUID] = (),
    tag: str | None = None,
    days: int,
    tags: Sequence[str] | None = None,
    by: uuid.UUID,
    now: datetime,
) -> list[OfferCopy]:
    """Draft these offers of a brand anew, or all with a tag, moved by `days`; `tags` are those of the copies.

    What is copied is the version in force, or else the draft. Raises `OfferUnknown`, `OutsideYourPlaces`,
    `SeasonTooLarge`, `CopiedOutOfTime`.
    """
    found = _read(brand_id, offer_ids=offer_ids, tag=tag)
    places_of_staff.require_places(by, [version.targets for _, version in found])
    copies = []
    for offer, version in found:
        copy = Offer(
            id=db.new_id(),
            brand_id=brand_id,
            status=OfferStatus.DRAFT,
            draft_version=1,
            revision=1,
            created_by=by,
            created_at=now,
            updated_at=now,
            name=offer.name,
            tags=list(offer.tags if tags is None else tags),
        )
        copies.append((copy, _copied(version, copy.id, days=days, by=by, now=now)))
    for parts in zip(*copies, strict=True):  # every offer, then every version of them
        db.session().add_all(parts)
        db.session().flush()
    log.info("offers_copied", offers=len(copies), days=days, by=str(by))
    return [OfferCopy(copy.id, offer.id) for (copy, _), (offer, _) in zip(copies, found, strict=True)]


def _read(
    brand_id: uuid.UUID, *, offer_ids: Sequence[uuid.UUID], tag: str | None
) -> Sequence[tuple[Offer, OfferVersion]]:
    which = Offer.id.in_(offer_ids) if tag is None else Offer.tags.contains([tag])
    copied = func.coalesce(Offer.live_version, Offer.draft_version)
    found = db.rows(
        select(Offer, OfferVersion)
        .join(OfferVersion, tuple_(OfferVersion.offer_id, OfferVersion.version) == tuple_(Offer.id, copied))
        .where(Offer.brand_id == brand_id, which)
        .order_by(Offer.created_at, Offer.id)
        .limit(MOST_AT_ONCE + 1)
    )
    if len(found) > MOST_AT_ONCE:
        raise SeasonTooLarge(most=MOST_AT_ONCE)
    if tag is None and len(found) < len(set(offer_ids)):
        raise OfferUnknown
    return found


def _copied(version: OfferVersion, offer_id: uuid.UUID, *, days: int, by: uuid.UUID, now: datetime) -> OfferVersion:
    content: dict[str, Any] = {name: getattr(version, name) for name in CONTENT}
    later = timedelta(days=days)
    try:
        window = {"starts_local": version.starts_local + later, "ends_local": version.ends_local + later}
        schedule = version.schedule and move_schedule(version.schedule, later)
    except OverflowError:
        raise CopiedOutOfTime from None
    if not all(2000 <= one.year < 2200 for one in window.values()):
        raise CopiedOutOfTime
    anew = {"offer_id": offer_id, "version": 1, "drafted_by": by, "drafted_at": now}
    return OfferVersion(**(content | window | anew), schedule=schedule)


def move_schedule(kept: dict[str, Any], later: timedelta) -> dict[str, Any]:
    """A schedule as a version keeps it, its dates so much later; what recurs by week, month or year stays. Pure."""
    rule = kept["rule"]
    days = {name: map(date.fromisoformat, kept[name]) for name in ("but_not", "and_on")}
    moved = {name: [(day + later).isoformat() for day in named] for name, named in days.items()}
    until = rule and UNTIL.sub(lambda day: f"{date.fromisoformat(day[0]) + later:%Y%m%d}", rule)
    return kept | moved | {"rule": until}
