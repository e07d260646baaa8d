"""The matrix as a member reads it: each cell, how it stands, why, and what would change it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam

from app.accounts.models import Member
from app.consent import queries
from app.consent.decision.circumstances import FACTS, facts_in
from app.consent.decision.phone_conditions import NO_FACTS, Facts
from app.consent.decision.verdicts import cell_of, facts_of, standing_of
from app.consent.errors import REFUSALS
from app.consent.ledger.grants import Answered
from app.consent.ledger.prompts import ask_again_at
from app.consent.models import CELL_KEY, OWN, Level, PermissionState, Reason, Scope, ScopeKind
from app.consent.registry.touchpoints import TOUCHPOINTS, TouchpointFacts
from app.consent.registry.validation import is_too_precise
from app.languages import Text
from app.sql import db

CELLS = PermissionState.__table__
WITH_BRAND = and_(CELLS.c.member_id == Member.__table__.c.member_id, CELLS.c.brand_id == bindparam("brand_id"))
STANDING = FACTS.add_columns(*CELLS.c).outerjoin(CELLS, WITH_BRAND).order_by(*(CELLS.c[name] for name in CELL_KEY))
"""The facts about a member beside each of their cells with a brand, or beside none."""

WIDE_FIRST: Mapping[ScopeKind, int] = {kind: place for place, kind in enumerate(ScopeKind)}

STOP = Text(fr="Vous pouvez la retirer à tout moment.", en="You can withdraw it at any time.")


@dataclass(frozen=True)
class Chart:
    """One cell for a reader: how it stands, why, and `change`: what would change it.

    `levels` are those that the touchpoint can carry. `needs_confirmation` says before anything is asked that a yes
    will wait for a link; `ask_again_at` from when the question may be asked again after a no.
    """

    brand_id: uuid.UUID
    touchpoint: str
    touchpoint_label: Text
    purpose: str
    purpose_label: Text
    scope: Scope
    recipient: str | None
    recipient_name: str | None
    level: Level
    effective: bool
    reason: Reason
    change: Text
    levels: Sequence[str]
    needs_confirmation: bool
    state: str | None = None
    event_id: uuid.UUID | None = None
    expires_at: datetime | None = None
    uses_left: int | None = None
    changed_at: datetime | None = None
    ask_again_at: datetime | None = None


class Question(NamedTuple):
    """What a brand can ask at any touchpoint: a purpose by consent, of one named recipient where it passes data on."""

    brand_id: uuid.UUID | None
    purpose: str
    label_fr: str
    label_en: str
    max_precision: str
    double_opt_in: bool
    recipient_kind: str | None
    recipient: str
    recipient_name: str | None


def read_matrix(
    *, member_id: uuid.UUID, brand_id: uuid.UUID, now: datetime, session_id: uuid.UUID | None = None
) -> Sequence[Chart]:
    """Every touchpoint x purpose that rests on consent, for the whole brand, and each narrower scope that was answered.

    A question that was never asked is a cell too: it permits nothing, and says so. `session_id` is the sign-in whose
    phone counts.
    """
    found = db.execute(STANDING, {"member_id": member_id, "brand_id": brand_id, "session_id": session_id}).all()
    facts = facts_in(found[0], asking=found[0].asking, phones=found[0].phones, now=now) if found else NO_FACTS
    known: dict[tuple[str, str, str], list[Any]] = {}
    for cell in (row for row in found if row.state is not None):
        known.setdefault((cell.touchpoint, cell.purpose, cell.recipient), []).append(cell)
    charts: list[Chart] = []
    questions = [one for one in _questions(brand_id) if (one.recipient_kind is None) == (one.recipient == OWN)]
    for touchpoint, question in product(TOUCHPOINTS.values(), questions):
        if is_too_precise(touchpoint.code, most=question.max_precision):
            continue
        answered = known.get((touchpoint.code, question.purpose, question.recipient), ())
        told = [_chart(cell, question, facts=facts, now=now) for cell in answered]
        if not any(chart.scope.kind is ScopeKind.BRAND for chart in told):
            told.insert(0, _never_asked(brand_id, touchpoint, question))
        charts += sorted(told, key=lambda chart: WIDE_FIRST[chart.scope.kind])
    return charts


def chart_cell(
    cells: Sequence[PermissionState], *, member_id: uuid.UUID, now: datetime, session_id: uuid.UUID | None = None
) -> Sequence[Chart]:
    """These cells of a member, as the matrix shows them."""
    asked = [one for brand_id in {cell.brand_id for cell in cells} for one in _questions(brand_id)]
    named = {(one.brand_id, one.purpose, one.recipient): one for one in asked}
    known = {one.purpose: one._replace(recipient_name=None) for one in asked}
    facts = facts_of(member_id=member_id, session_id=session_id, now=now)
    return [
        _chart(
            cell,
            named.get((cell.brand_id, cell.purpose, cell.recipient)) or known[cell.purpose],
            facts=facts,
            now=now,
        )
        for cell in cells
    ]


def chart_answer(answered: Answered, *, now: datetime) -> Chart:
    """A cell that was just answered, as the matrix shows it, told by what the answer was judged by."""
    cell, known = answered
    if known.goal is None:
        raise RuntimeError("a cell stands without its purpose")
    question = Question(
        brand_id=cell.brand_id,
        purpose=known.goal.code,
        label_fr=known.goal.label_fr,
        label_en=known.goal.label_en,
        max_precision=known.goal.max_precision,
        double_opt_in=known.goal.double_opt_in,
        recipient_kind=known.goal.recipient_kind,
        recipient=cell.recipient,
        recipient_name=known.recipient.name if known.recipient is not None else None,
    )
    return _chart(cell, question, facts=known.facts, now=now)


def _questions(brand_id: uuid.UUID) -> Sequence[Question]:
    return [Question._make(row) for row in db.execute(queries.QUESTIONS, {"brand_id": brand_id})]


def _never_asked(brand_id: uuid.UUID, touchpoint: TouchpointFacts, question: Question) -> Chart:
    return Chart(
        brand_id=brand_id,
        touchpoint=touchpoint.code,
        touchpoint_label=touchpoint.label,
        purpose=question.purpose,
        purpose_label=Text(fr=question.label_fr, en=question.label_en),
        scope=Scope(ScopeKind.BRAND, brand_id),
        recipient=question.recipient or None,
        recipient_name=question.recipient_name,
        level=Level.NONE,
        effective=False,
        reason=Reason.NOT_ASKED,
        change=_change(Reason.NOT_ASKED),
        levels=touchpoint.levels,
        needs_confirmation=question.double_opt_in,
    )


def _chart(cell: Any, question: Question, *, facts: Facts, now: datetime) -> Chart:
    """A cell that was answered, a row or an entity, for a reader."""
    touchpoint = TOUCHPOINTS[cell.touchpoint]
    reason = standing_of(cell_of(cell), facts=facts, now=now)
    return Chart(
        brand_id=cell.brand_id,
        touchpoint=touchpoint.code,
        touchpoint_label=touchpoint.label,
        purpose=question.purpose,
        purpose_label=Text(fr=question.label_fr, en=question.label_en),
        scope=Scope(ScopeKind(cell.scope_kind), cell.scope_id),
        recipient=cell.recipient or None,
        recipient_name=question.recipient_name,
        level=Level(cell.level),
        effective=reason is Reason.ALLOWED,
        reason=reason,
        change=_change(reason),
        levels=touchpoint.levels,
        needs_confirmation=question.double_opt_in,
        state=cell.state,
        event_id=cell.event_id,
        expires_at=cell.expires_at,
        uses_left=cell.uses_left,
        changed_at=cell.changed_at,
        ask_again_at=ask_again_at(cell),
    )


def _change(reason: Reason) -> Text:
    """What would change a cell that stands like this."""
    return STOP if reason is Reason.ALLOWED else REFUSALS[reason].remedy or STOP
