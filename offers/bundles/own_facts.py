"""What a phone must know of its own member to match offers by itself: no place is in it, and none is asked for.

As little as will do: not what a member bought, but for which offers they are; not their tier, but the answer. The phone
may match for the brands for which the member allows offers near them, the same permission as for asking the server.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import orjson

from app import clock
from app.consent.decision.phone_conditions import Facts
from app.consent.decision.verdicts import ANSWERING, SPEAKS, cell_of, facts_of, standing_of, verdict_of
from app.consent.errors import refusal_for
from app.consent.models import PermissionState, Reason
from app.sql import db
from offers.bundles import own_scores, queries
from offers.deciding.answers import PURPOSE, TOUCHPOINT
from offers.deciding.facts import OfferFacts, read_offer_facts
from offers.deciding.queries import cells_of
from offers.planning.audiences.judgement import judge_audience
from offers.planning.audiences.member_facts import NOTHING_KNOWN, facts_of_members
from offers.planning.audiences.use_limits import LimitedBy, reached_limit

LONGEST = timedelta(hours=24)
"""How long facts are good for: a phone that cannot ask again so long learns of no "no" either."""


class Grounds(NamedTuple):
    """What the member said: the permissions that allow matching; stores and areas to which they said no, and those to
    which they said yes themselves; and until when all of it stands."""

    gates: Sequence[PermissionState]
    closed: Sequence[uuid.UUID]
    opened: Sequence[uuid.UUID]
    until: datetime


def read_own_facts(*, member_id: uuid.UUID, session_id: uuid.UUID, now: datetime) -> dict[str, Any]:
    """The member's own facts; shape: `schemas.OwnFactsOut`.

    Raises one of the `PermissionMissing` family where no brand may show them offers near them by matching.
    """
    grounds = _grounds(member_id, session_id, now)
    brand_ids = sorted({gate.brand_id for gate in grounds.gates})
    judged, until = _judged(member_id, brand_ids, now)
    scores = own_scores.measure_scores(member_id=member_id, brand_ids=brand_ids, now=now)
    ends = [grounds.until, until] + ([_midnight(now, "UTC")] if scores is not None else [])
    return {
        "good_until": int(min(ends).timestamp()),
        "gates": [
            {
                "brand_id": str(gate.brand_id),
                "scope_kind": str(gate.scope_kind),
                "scope_id": str(gate.scope_id),
                "event_id": str(gate.event_id),
            }
            for gate in grounds.gates
        ],
        "closed": list(map(str, grounds.closed)),
        "opened": list(map(str, grounds.opened)),
        "held": _held(member_id, brand_ids, now),
        "dismissed": [offer_id for (offer_id,) in db.fetch(queries.DISMISSED, [member_id, brand_ids])],
        "judged": judged,
        "scores": scores,
    }


def _grounds(member_id: uuid.UUID, session_id: uuid.UUID, now: datetime) -> Grounds:
    """What stands now. A yes that is used up by being used is no ground: nobody would see it used on a phone."""
    cells = sorted(
        db.all_of(cells_of(member_id, touchpoint=TOUCHPOINT, purpose=PURPOSE)),
        key=lambda cell: (cell.brand_id, cell.scope_kind, cell.scope_id),
    )
    facts = facts_of(member_id=member_id, session_id=session_id, now=now)
    standing = [(cell, standing_of(cell_of(cell), levels=ANSWERING, facts=facts, now=now)) for cell in cells]
    open_cells = [cell for cell, reason in standing if reason is Reason.ALLOWED]
    gates = [cell for cell in open_cells if cell.uses_left is None]
    if not gates:
        raise refusal_for(_reason(cells, open_cells, facts, now), purpose=PURPOSE, touchpoint=TOUCHPOINT)
    ends = [end for gate in gates for end in (gate.expires_at, gate.notice_until) if end is not None]
    return Grounds(
        gates,
        [cell.scope_id for cell, reason in standing if reason in SPEAKS and reason is not Reason.ALLOWED],
        [cell.scope_id for cell in open_cells],
        min([now + LONGEST, *ends]),
    )


def _reason(
    cells: Sequence[PermissionState], open_cells: Collection[PermissionState], facts: Facts, now: datetime
) -> Reason:
    """Why nothing may be matched: for the brand that the member answered last."""
    if open_cells:
        return Reason.LEVEL_INSUFFICIENT  # a yes for one answer of ours
    if not cells:
        return Reason.NOT_ASKED
    brand_id = max(cells, key=lambda cell: cell.changed_at).brand_id
    said = [cell_of(cell) for cell in cells if cell.brand_id == brand_id]
    return verdict_of(said, brand_id=brand_id, facts=facts, now=now).reason


def _held(member_id: uuid.UUID, brand_ids: Sequence[uuid.UUID], now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "offer_id": offer_id,
            "used": used,
            "coupons": [{"code": code, "expires_at": at} for code, at in orjson.loads(waiting)],
        }
        for offer_id, used, waiting in db.fetch(queries.HELD, [member_id, now, brand_ids])
    ]


def _judged(
    member_id: uuid.UUID, brand_ids: Sequence[uuid.UUID], now: datetime
) -> tuple[list[dict[str, Any]], datetime]:
    """For which of the offers that are not for everybody the member is one, as the last gates of a decision say it, and
    until when: days, weeks and months are those of the brands' calendars."""
    rows = db.fetch(queries.FOR_SOME_OFFERS, [brand_ids])
    if not rows:
        return [], now + LONGEST
    some = read_offer_facts(db.driver_connection(), [(number, version) for number, version, *_ in rows])
    known = facts_of_members(
        [member_id] * len(brand_ids),
        brand_ids,
        now,
        asked=[offer.for_whom for offer in some],
        limited=sorted({offer.offer_id for offer in some if offer.limits}),
    )
    judged = [
        {
            "offer_id": str(offer.offer_id),
            "version": version,
            "outcome": _outcome(offer, known.get((member_id, brand_id), NOTHING_KNOWN), now),
        }
        for offer, (_, version, _, brand_id, _) in zip(some, rows, strict=True)
    ]
    return judged, min(_midnight(now, zone) for zone in {offer.zone for offer in some})


def _outcome(offer: OfferFacts, member: Any, now: datetime) -> str:
    if judge_audience(offer.for_whom, member, now=now, zone=offer.zone) is not None:
        return "not_for_you"
    used_at = {LimitedBy.MEMBER: member.used_at.get(offer.offer_id, ())}
    reached = reached_limit(offer.limits, used_at, now=now, zone=offer.zone)
    return "shown" if reached is None else "limit_reached"


def _midnight(now: datetime, zone: str) -> datetime:
    return clock.start_of(clock.day_of(now, zone) + timedelta(days=1), zone).astimezone(UTC)
