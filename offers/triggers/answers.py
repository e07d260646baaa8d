"""What occasions bring: each is decided or says why not, is kept, and is told to the phone that reported it."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from app.languages import Language
from app.sql import db
from offers.deciding.decisions import Decided, Placement
from offers.deciding.placements.moments import StoreMoment, decide_moments, find_moments
from offers.triggers import queries, wording
from offers.triggers.models import WhyNothing
from offers.triggers.occasions import Occasion, shown_there, why_nothing
from offers.triggers.surroundings import MomentSurroundings, ShelfInFront, ask_surroundings, surroundings_in
from wallet.purchases.basket import Products


class AnsweredOccasion(NamedTuple):
    """An occasion with what came of it: a decision, or a reason for none; `nothing` also where a decision shows
    nothing. Without a `trigger_id` it is not kept."""

    trigger_id: uuid.UUID | None
    occasion: Occasion
    shelf: ShelfInFront | None
    decided: Decided | None
    nothing: WhyNothing | None


def answer_occasions(
    occasions: Sequence[Occasion],
    *,
    member_id: uuid.UUID,
    language: Language | None,
    now: datetime,
    is_seen: bool,
    tag: Products | None = None,
) -> tuple[list[AnsweredOccasion], MomentSurroundings]:
    """Decide what these occasions of a member bring, and keep each; with what was around them. `tag` is what a tag says
    that the member read. Of a permission for one answer nothing is kept but the decision."""
    moments = {
        place: _moment_of(one, is_seen=is_seen)
        for place, one in enumerate(occasions)
        if why_nothing(one, occasions, ()) is None
    }
    asking = ask_surroundings(member_id, occasions)
    [row], found = find_moments([*moments.values()], member_id=member_id, language=language, now=now, first=asking)
    around = surroundings_in(row)
    shelves = [around.shelf_of(one, tag) for one in occasions]
    reasons = [why_nothing(one, occasions, around.before) for one in occasions]
    judged = [
        (_in_front_of(moment, shelves[place])._replace(shown=shown_there(occasions[place], around.before)), there)
        for (place, moment), there in zip(moments.items(), found, strict=True)
        if reasons[place] is None
    ]
    decided = iter(decide_moments(judged, member_id=member_id, now=now))
    answered = []
    for one, shelf, reason in zip(occasions, shelves, reasons, strict=True):
        made = next(decided) if reason is None else None
        if made is not None and not made.ranked.shown:
            reason = WhyNothing.NO_OFFER
        answered.append(AnsweredOccasion(_new_id(one, around), one, shelf, made, reason))
    _keep(member_id, [one for one in answered if one.trigger_id is not None], is_seen=is_seen)
    return answered, around


def _moment_of(occasion: Occasion, *, is_seen: bool) -> StoreMoment:
    return StoreMoment(
        occasion.kind,
        occasion.brand_id,
        occasion.store_id,
        occasion.permission_event_id,
        needs_open=occasion.kind is not Placement.TAG,
        is_seen=is_seen,
    )


def _in_front_of(moment: StoreMoment, shelf: ShelfInFront | None) -> StoreMoment:
    return moment if shelf is None else moment._replace(shelf=shelf.products)


def _new_id(occasion: Occasion, around: MomentSurroundings) -> uuid.UUID | None:
    permitted = around.permissions.get(occasion.permission_event_id)
    return None if permitted is not None and permitted.is_counted else db.new_id()


def _keep(member_id: uuid.UUID, answered: Sequence[AnsweredOccasion], *, is_seen: bool) -> None:
    if not answered:
        return
    rows = [
        one.occasion._asdict()
        | {
            "id": one.trigger_id,
            "decision_id": None if one.decided is None else one.decided.decision_id,
            "nothing": one.nothing,
            "is_unseen": not is_seen,
        }
        for one in answered
    ]
    db.send_with_commit(queries.KEEP, [member_id, orjson.dumps(rows).decode()])


def tell_answer(answered: AnsweredOccasion, around: MomentSurroundings, *, language: Language) -> dict[str, Any]:
    """What is said of a trigger at once: its ids, why there is nothing, how the permission is withdrawn, and its
    offers, with their cards as the text that they are. Parts of `schemas.TriggeredOut`, for orjson to write."""
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
        | {"offer": orjson.Fragment(one.offer_card)}
        for one in decided.ranked.shown
    ]
