"""The matrix as a member reads it: each cell, how it stands, why, and what would change it."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from app.consent import queries
from app.consent.decision.phone_conditions import Facts
from app.consent.decision.verdicts import cell_of, facts_of, standing_of
from app.consent.errors import REFUSALS
from app.consent.ledger.grants import knows_too_much
from app.consent.ledger.prompts import ask_again_at
from app.consent.models import (
    CELL_KEY,
    CONSENT,
    OWN,
    Level,
    PermissionState,
    Purpose,
    Reason,
    Recipient,
    Scope,
    ScopeKind,
)
from app.consent.registry.touchpoints import TOUCHPOINTS, TouchpointFacts
from app.languages import Text
from app.sql import db

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


@dataclass(frozen=True)
class Registry:
    """What can be asked at all, at any touchpoint: purposes by consent, and the named recipients of a brand."""

    purposes: dict[str, Purpose]
    recipients: dict[tuple[uuid.UUID, str, str], Recipient]

    def questions(self, brand_id: uuid.UUID) -> Iterator[tuple[TouchpointFacts, Purpose, str]]:
        """Every question that a brand can ask: a purpose that passes data on asks once for each named recipient."""
        for touchpoint, purpose in product(TOUCHPOINTS.values(), self.purposes.values()):
            if knows_too_much(touchpoint.code, purpose):
                continue
            named = [code for brand, goal, code in self.recipients if (brand, goal) == (brand_id, purpose.code)]
            for recipient in named if purpose.recipient_kind else [OWN]:
                yield touchpoint, purpose, recipient


def read_matrix(
    *, member_id: uuid.UUID, brand_id: uuid.UUID, now: datetime, session_id: uuid.UUID | None = None
) -> Sequence[Chart]:
    """Every touchpoint x purpose that rests on consent, for the whole brand, and each narrower scope that was answered.

    A question that was never asked is a cell too: it permits nothing, and says so. `session_id` is the sign-in whose
    phone counts.
    """
    registry = _registry(brand_id)
    facts = facts_of(member_id=member_id, session_id=session_id, now=now)
    known: dict[tuple[str, str, str], list[Chart]] = {}
    for cell in db.all_of(queries.cells_of(member_id=member_id, brand_id=brand_id)):
        chart = _chart(cell, registry, facts=facts, now=now)
        known.setdefault((cell.touchpoint, cell.purpose, cell.recipient), []).append(chart)
    charts: list[Chart] = []
    for touchpoint, purpose, recipient in registry.questions(brand_id):
        answered = known.get((touchpoint.code, purpose.code, recipient), [])
        if not any(chart.scope.kind is ScopeKind.BRAND for chart in answered):
            key = (member_id, touchpoint.code, purpose.code, brand_id, ScopeKind.BRAND, brand_id, recipient)
            never = PermissionState(**dict(zip(CELL_KEY, key, strict=True)), level=Level.NONE)
            answered = [_chart(never, registry, facts=facts, now=now), *answered]
        charts += sorted(answered, key=lambda chart: list(ScopeKind).index(chart.scope.kind))
    return charts


def chart_cell(
    cells: Sequence[PermissionState], *, member_id: uuid.UUID, now: datetime, session_id: uuid.UUID | None = None
) -> Sequence[Chart]:
    """These cells of a member, as the matrix shows them."""
    registry = _registry(*{cell.brand_id for cell in cells})
    facts = facts_of(member_id=member_id, session_id=session_id, now=now)
    return [_chart(cell, registry, facts=facts, now=now) for cell in cells]


def _registry(*brand_ids: uuid.UUID) -> Registry:
    found = [one for brand_id in brand_ids for one in db.all_of(queries.recipients_of(brand_id))]
    return Registry(
        purposes={purpose.code: purpose for purpose in db.all_of(queries.purposes_by(CONSENT))},
        recipients={(one.brand_id, one.purpose, one.code): one for one in found},
    )


def _chart(cell: PermissionState, registry: Registry, *, facts: Facts, now: datetime) -> Chart:
    """A cell for a reader; one without a state was never asked."""
    touchpoint, purpose = TOUCHPOINTS[cell.touchpoint], registry.purposes[cell.purpose]
    recipient = registry.recipients.get((cell.brand_id, cell.purpose, cell.recipient))
    reason = Reason.NOT_ASKED if cell.state is None else standing_of(cell_of(cell), facts=facts, now=now)
    return Chart(
        brand_id=cell.brand_id,
        touchpoint=touchpoint.code,
        touchpoint_label=touchpoint.label,
        purpose=purpose.code,
        purpose_label=Text(fr=purpose.label_fr, en=purpose.label_en),
        scope=Scope(ScopeKind(cell.scope_kind), cell.scope_id),
        recipient=cell.recipient or None,
        recipient_name=recipient.name if recipient is not None else None,
        level=Level(cell.level),
        effective=reason is Reason.ALLOWED,
        reason=reason,
        change=STOP if reason is Reason.ALLOWED else REFUSALS[reason].remedy or STOP,
        levels=touchpoint.levels,
        needs_confirmation=purpose.double_opt_in,
        state=cell.state,
        event_id=cell.event_id,
        expires_at=cell.expires_at,
        uses_left=cell.uses_left,
        changed_at=cell.changed_at,
        ask_again_at=ask_again_at(cell),
    )
