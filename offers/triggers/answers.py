"""What occasions bring: each is decided or says why not, is kept, and is told to the phone that reported it."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from app.languages import Language
from app.sql import db
from offers.deciding.decisions import Decided, Placement
from offers.deciding.placements.moments import StoreMoment, decide_moments
from offers.triggers import queries, wording
from offers.triggers.models import WhyNothing
from offers.triggers.occasions import Occasion, shown_there, why_nothing
from offers.triggers.surroundings import MomentSurroundings, ShelfInFront


class AnsweredOccasion(NamedTuple):
    """An occasion with what came of it: a decision, or a reason for none; `nothing` also where a decision shows
    nothing."""

    trigger_id: uuid.UUID
    occasion: Occasion
    shelf: ShelfInFront | None
    decided: Decided | None
    nothing: WhyNothing | None


def answer_occasions(
    occasions: Sequence[Occasion],
    around: MomentSurroundings,
    *,
    member_id: uuid.UUID,
    language: Language,
    now: datetime,
    is_seen: bool,
    tag: ShelfInFront | None = None,
) -> list[AnsweredOccasion]:
    """Decide what these occasions of a member bring, and keep each. `tag` is what a tag says that the member read."""
    shelves = [tag if one.tag_id is not None else around.shelf_of(one) for one in occasions]
    reasons = [why_nothing(one, occasions, around.before) for one in occasions]
    moments = [
        StoreMoment(
            placement=one.kind,
            brand_id=one.brand_id,
            store_id=one.store_id,
            event_id=one.permission_event_id,
            shelf=None if shelf is None else shelf.products,
            shown=shown_there(one, around.before),
            needs_open=one.kind is not Placement.TAG,
            is_seen=is_seen,
        )
        for one, shelf, reason in zip(occasions, shelves, reasons, strict=True)
        if reason is None
    ]
    decided = iter(decide_moments(moments, member_id=member_id, language=language, now=now))
    answered = []
    for one, shelf, reason in zip(occasions, shelves, reasons, strict=True):
        made = next(decided) if reason is None else None
        if made is not None and not made.ranked.shown:
            reason = WhyNothing.NO_OFFER
        answered.append(AnsweredOccasion(db.new_id(), one, shelf, made, reason))
    if answered:
        _keep(member_id, answered, is_seen=is_seen)
    return answered


def _keep(member_id: uuid.UUID, answered: Sequence[AnsweredOccasion], *, is_seen: bool) -> None:
    rows = [
        (
            one.trigger_id,
            occasion.brand_id,
            str(occasion.kind),
            occasion.visit_id,
            occasion.store_id,
            occasion.fence_id,
            occasion.zone_id,
            occasion.tag_id,
            str(occasion.evidence),
            int(occasion.confidence),
            occasion.occurred_at,
            occasion.permission_event_id,
            None if one.decided is None else uuid.UUID(one.decided.decision_id),
            None if one.nothing is None else str(one.nothing),
            not is_seen,
        )
        for one in answered
        for occasion in [one.occasion]
    ]
    db.send_with_commit(queries.KEEP, [member_id, *map(list, zip(*rows, strict=True))])


def tell_answer(answered: AnsweredOccasion, around: MomentSurroundings, *, language: Language) -> dict[str, Any]:
    """What is said of a trigger at once: its ids, why there is nothing, how the permission is withdrawn, and its
    offers. Parts of `schemas.TriggeredOut`."""
    occasion, decided = answered.occasion, answered.decided
    permitted = around.permissions.get(occasion.permission_event_id)
    ids = {
        "trigger_id": answered.trigger_id,
        "decision_id": None if decided is None else decided.decision_id,
        "withdrawal": None if permitted is None else permitted.withdrawal,
    }
    offers = [] if decided is None else _offers(decided, answered.shelf, language)
    return ids | {
        "nothing": None if answered.nothing is None else wording.tell_nothing(answered.nothing, language),
        "offers": [offer | ids | {"kind": occasion.kind, "store_id": occasion.store_id} for offer in offers],
    }


def _offers(decided: Decided, shelf: ShelfInFront | None, language: Language) -> list[dict[str, Any]]:
    name = None if shelf is None else shelf.name
    return [
        wording.tell_offer(
            one,
            language,
            is_bought=one.offer_number in decided.bought,
            is_in_front=one.offer_number in decided.in_front,
            place=name,
        )
        | {"offer": orjson.loads(one.offer_card)}
        for one in decided.ranked.shown
    ]
