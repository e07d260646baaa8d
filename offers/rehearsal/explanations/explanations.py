"""Why an offer is shown to a member, or why not: here, at this time, gate by gate.

Asked at the console about one card; the access is in the log that the member reads. Each gate is judged by the code
that judges it in production, on what holds now: limits, budgets and choices of another time nobody knows.
"""

import uuid
from datetime import datetime
from typing import Any, NamedTuple

from app import clock
from app.access_log.reads import note_read
from app.consent.decision.verdicts import decide_permission
from app.consent.models import Reason
from app.data_map import DataClass
from app.languages import Language
from app.sql import db
from geo.places.almanac import read_almanacs
from offers.planning import brand_offers
from offers.planning.audiences import judgement, use_limits
from offers.planning.audiences.for_whom import read_for_whom
from offers.planning.audiences.member_facts import facts_of_members
from offers.planning.audiences.use_limits import LimitedBy
from offers.planning.models import Offer, OfferStatus, OfferVersion
from offers.planning.review.errors import OfferVersionUnknown
from offers.planning.schedules import recurrence, standing
from offers.planning.schedules.store_days import StoreDays
from offers.rehearsal import queries as rehearsal_queries
from offers.rehearsal.explanations import gates, queries
from offers.rehearsal.explanations.errors import StoreNotOfBrand
from offers.rehearsal.explanations.gates import Circumstance, JudgedGate, OwnStanding
from offers.rehearsal.permits import PURPOSE
from wallet.scanning import scans

SEEN = (DataClass.ACCOUNT, DataClass.PERMISSION, DataClass.COUPON, DataClass.PURCHASE)
"""What an explanation tells whoever asks about a member."""

NEAR = "geofence"


class AskedWhy(NamedTuple):
    """About whom, by the code of their card; where; when."""

    card: str
    store_id: uuid.UUID
    at: datetime


class OfferExplanation(NamedTuple):
    """A version of an offer with its gates, in their order."""

    version: OfferVersion
    asked: AskedWhy
    gates: list[JudgedGate]

    def card(self, language: Language) -> dict[str, Any]:
        """The explanation as it is read. Shape: `schemas.ExplanationOut`."""
        return {
            "offer_id": self.version.offer_id,
            "version": self.version.version,
            "at": self.asked.at,
            "shown": gates.is_shown(self.gates),
            "gates": [gate.card(language) for gate in self.gates],
        }


def explain_offer(
    *, brand_id: uuid.UUID, offer_id: uuid.UUID, version: int | None, asked: AskedWhy, now: datetime
) -> OfferExplanation:
    """Judge each gate of a version, the live one unless it is named, or the draft of one that never was live.

    Raises `OfferUnknown`, `OfferVersionUnknown`, `StoreNotOfBrand`, and what `scans.find_pass` raises.
    """
    offer = brand_offers.the_offer(brand_id=brand_id, offer_id=offer_id)
    tried = offer.live or offer.draft if version is None else db.first(rehearsal_queries.version_of(offer.id, version))
    if tried is None:
        raise OfferVersionUnknown(version=version or 0)
    store = next(iter(db.rows(queries.store_at(brand_id, asked.store_id, tried))), None)
    if store is None:
        raise StoreNotOfBrand
    member_id = scans.find_pass(code=asked.card, brand_id=brand_id, now=now).member_id
    note_read(member_id=member_id, classes=SEEN, now=now)
    with db.system():  # their permissions and choices are not in the brand's sight; what leaves is noted
        found = _circumstance(offer, tried, store, member_id=member_id, at=asked.at)
    return OfferExplanation(tried, asked, gates.pass_gates(found))


def _circumstance(
    offer: Offer, version: OfferVersion, store: Any, *, member_id: uuid.UUID, at: datetime
) -> Circumstance:
    verdict = decide_permission(
        member_id=member_id,
        brand_id=offer.brand_id,
        purpose=PURPOSE,
        touchpoint=NEAR,
        store_id=store.id,
        area_ids=store.areas or (),
        now=at,
    )
    window = (version.starts_local, version.ends_local)
    almanac = read_almanacs([store.id])[store.id]
    days = standing.days_of_store(almanac, window=window)
    schedule = recurrence.read_schedule(version.schedule)
    fires = recurrence.fires_at(schedule, **days._asdict(), now=at)
    doors = almanac.doors and almanac.doors.open_between(at, at + recurrence.A_MOMENT)
    is_live = offer.live_version == version.version
    live = next(iter(db.rows(queries.live_of(offer.id, at=at))), None) if is_live else None
    return Circumstance(
        permits=verdict.allowed,
        own=None if verdict.reason is Reason.RESTRICTED else _own(offer, version, member_id=member_id, at=at),
        status=OfferStatus(offer.status),
        is_tried=not is_live,
        holds_here=store.holds,
        starts_at=clock.instant_of(version.starts_local, store.time_zone),
        ends_at=clock.instant_of(version.ends_local, store.time_zone),
        fires=fires or not _is_within(days, at),
        again_at=None if fires else _again(schedule, days, at),
        is_open=None if doors is None else bool(doors),
        sold_out=live is not None and live.sold_out,
        budget_spent=live is not None and live.spent,
        member_limit=version.member_limit,
        zone=store.time_zone,
        at=at,
    )


def _is_within(days: StoreDays, at: datetime) -> bool:
    """Whether an instant is in the window: before and after it, the window is what stops."""
    return days.window[0] <= days.local_of(at) < days.window[1]


def _again(schedule: recurrence.Schedule | None, days: StoreDays, at: datetime) -> datetime | None:
    upcoming = recurrence.next_firings(schedule, **days._asdict(), after=at, count=1)
    return upcoming[0].starts_at if upcoming else None


def _own(offer: Offer, version: OfferVersion, *, member_id: uuid.UUID, at: datetime) -> OwnStanding:
    [coupons] = db.send_statement(queries.COUPONS, {"member": member_id, "offer": offer.id, "at": at})
    for_whom, limits = read_for_whom(version.for_whom), use_limits.read_use_limits(version.use_limits)
    limited = [offer.id] if limits else []
    facts = facts_of_members([member_id], [offer.brand_id], at, asked=[for_whom], limited=limited)
    [known] = facts.values()
    zone = db.rows(queries.zone_of(offer.brand_id))[0].time_zone
    used_at = {LimitedBy.MEMBER: known.used_at.get(offer.id, ())}
    return OwnStanding(
        used=coupons.used,
        holds_coupon=coupons.held,
        dismissed=coupons.dismissed,
        audience=judgement.judge_audience(for_whom, known, now=at, zone=zone),
        limit_reached=use_limits.reached_limit(limits, used_at, now=at, zone=zone) is not None,
    )
