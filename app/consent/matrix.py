"""The matrix as a member reads it: each cell, how it stands, why, and what would change it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

from app.consent import queries
from app.consent.decision.circumstances import facts_in
from app.consent.decision.phone_conditions import NO_FACTS, Facts
from app.consent.decision.verdicts import cell_of, facts_of, standing_of
from app.consent.errors import REFUSALS
from app.consent.ledger.grants import Answered
from app.consent.ledger.prompts import ask_again_at
from app.consent.models import OWN, Level, PermissionState, Reason, Scope, ScopeKind
from app.consent.registry.touchpoints import TOUCHPOINTS
from app.consent.registry.validation import is_too_precise
from app.languages import Text
from app.sql import db

WIDE_FIRST: Mapping[ScopeKind, int] = {kind: place for place, kind in enumerate(ScopeKind)}

STOP = Text(fr="Vous pouvez la retirer à tout moment.", en="You can withdraw it at any time.")


@dataclass(frozen=True, eq=False)
class Chart:
    """One cell for a reader: how it stands, why, and `change`: what would change it. Each is itself and no other.

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


class MatrixQuestion(NamedTuple):
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


class CellRow(NamedTuple):
    """A row of `queries.STANDING`. What is of the cell is null where there is none."""

    minor_until: datetime | None
    restricted_at: datetime | None
    asking: uuid.UUID | None
    phones: Sequence[Mapping[str, Any]] | None
    brand_id: uuid.UUID
    touchpoint: str
    purpose: str
    scope_kind: str
    scope_id: uuid.UUID
    recipient: str
    event_id: uuid.UUID
    level: str
    state: str
    expires_at: datetime | None
    uses_left: int | None
    os_location: str | None
    os_vector: Mapping[str, Any] | None
    pending: str | None
    with_parent: bool
    notice_until: datetime | None
    objected: bool
    changed_at: datetime


def read_matrix(
    *, member_id: uuid.UUID, brand_id: uuid.UUID, now: datetime, session_id: uuid.UUID | None = None
) -> Sequence[Chart]:
    """Every touchpoint x purpose that rests on consent, for the whole brand, and each narrower scope that was answered.

    A question that was never asked is a cell too: it permits nothing, and says so. `session_id` is the sign-in whose
    phone counts.
    """
    asked = {"member": member_id, "brand": brand_id, "session": session_id}
    found = [CellRow._make(row) for row in db.driver_connection().execute(queries.STANDING, asked)]
    facts = facts_in(found[0], asking=found[0].asking, phones=found[0].phones, now=now) if found else NO_FACTS
    known: dict[tuple[str, str, str], list[CellRow]] = {}
    for cell in (row for row in found if row.state):
        known.setdefault((cell.touchpoint, cell.purpose, cell.recipient), []).append(cell)
    charts: list[Chart] = []
    questions = [one for one in _questions(brand_id) if (one.recipient_kind is None) == (one.recipient == OWN)]
    for touchpoint, question in product(TOUCHPOINTS.values(), questions):
        if is_too_precise(touchpoint.code, most=question.max_precision):
            continue
        answered = known.get((touchpoint.code, question.purpose, question.recipient), ())
        told = [_chart(cell, question, facts=facts, now=now) for cell in answered]
        if not any(chart.scope.kind is ScopeKind.BRAND for chart in told):
            told.insert(0, _never_asked(brand_id, touchpoint.code, question))
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
    question = MatrixQuestion(
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


def _questions(brand_id: uuid.UUID) -> Sequence[MatrixQuestion]:
    return [MatrixQuestion._make(row) for row in db.driver_connection().execute(queries.QUESTIONS, {"brand": brand_id})]


@lru_cache(maxsize=4_096)
def _never_asked(brand_id: uuid.UUID, code: str, question: MatrixQuestion) -> Chart:
    """One chart for one question, kept, so that whoever writes it down need not do so each time."""
    touchpoint = TOUCHPOINTS[code]
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


def _chart(cell: Any, question: MatrixQuestion, *, facts: Facts, now: datetime) -> Chart:
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
