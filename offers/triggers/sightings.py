"""Triggers listen to presence: what a phone reported becomes offers in the same transaction."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

import orjson

from app import clock
from app.languages import Language
from geo.presence.facts import Report
from geo.presence.listeners import Asking
from geo.presence.reports import require_permitted, take_report
from geo.presence.transitions import Transition
from offers.triggers.answers import answer_occasions, tell_answer
from offers.triggers.occasions import find_occasions, may_be_one, why_untold
from offers.triggers.wording import tell_nothing

TOLD = ("kind", "visit_id", "store_id", "zone_id", "confidence", "permission_event_id")
CAME = ("trigger_id", "decision_id", "nothing", "withdrawal")

_language: ContextVar[Language | None] = ContextVar("spoken", default=None)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Inside the block answers speak this language; elsewhere that of the member's wallet. Presence, which stands
    between, knows no languages."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def answer_report(
    *, member_id: uuid.UUID, session_id: uuid.UUID, report: Report, background: bool, language: Language, now: datetime
) -> bytes:
    """Take what a member's phone reports, and say what happened, what it brings, and what had no effect: JSON text,
    made of the cards that the read model keeps ready. Shape: `schemas.SightingsOut`. The same report twice has one
    effect, and brings something once.

    Raises one of the `PermissionMissing` family where nothing of it is permitted.
    """
    with speaking(language):
        taken = take_report(
            member_id=member_id,
            session_id=session_id,
            installation_id=None,
            report=report,
            now=now,
            background=background,
        )
    require_permitted(taken)
    answers = {answer["transition"]: answer for answer in taken.answers}
    told = {
        "transitions": [_told(one, answers.get(one), language) for one in taken.transitions],
        "offers": [offer for answer in taken.answers for offer in answer["offers"]],
        "findings": [one._asdict() for one in taken.findings],
    }
    return orjson.dumps(told)


def _told(transition: Transition, answer: Mapping[str, Any] | None, language: Language) -> dict[str, Any]:
    said = {name: getattr(transition, name) for name in TOLD}
    said["occurred_at"] = clock.write_instant(transition.occurred_at)
    if answer is not None:
        return said | {name: answer[name] for name in CAME}
    why = why_untold(transition)
    nothing = None if why is None else tell_nothing(why, language)
    return said | {"trigger_id": None, "decision_id": None, "nothing": nothing, "withdrawal": None}


def answer_transitions(asking: Asking, transitions: Sequence[Transition], now: datetime) -> list[dict[str, Any]]:
    """What these transitions bring, each that is a trigger: the transition, and what `answers.tell_answer` says.

    In the background nobody looks at the answer: what is best is kept as unseen, and counts as shown to nobody.
    """
    telling = [one for one in transitions if may_be_one(one)]
    if not telling:
        return []
    occasions = find_occasions(telling)
    answered, around = answer_occasions(
        occasions, member_id=asking.member_id, language=_language.get(), now=now, is_seen=not asking.background
    )
    language = _language.get() or around.language
    return [
        {"transition": transition} | tell_answer(one, around, language=language)
        for transition, one in zip(telling, answered, strict=True)
    ]
