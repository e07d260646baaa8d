"""The matrix as a member reads it: each cell, how it stands, why, and what would change it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app import db
from app.consent import queries
from app.consent.deciding import cell_of, standing_of
from app.consent.errors import REFUSALS
from app.consent.models import CONSENT, Level, PermissionState, Purpose, Reason, Scope, ScopeKind, Touchpoint
from app.languages import Text

STOP = Text(fr="Vous pouvez la retirer à tout moment.", en="You can withdraw it at any time.")


@dataclass(frozen=True)
class Chart:
    """One cell for a reader. `levels` are those that the touchpoint can carry; `change` is what would change it."""

    brand_id: uuid.UUID
    touchpoint: str
    touchpoint_label: Text
    purpose: str
    purpose_label: Text
    scope: Scope
    level: Level
    effective: bool
    reason: Reason
    change: Text
    levels: Sequence[str]
    state: str | None = None
    event_id: uuid.UUID | None = None
    expires_at: datetime | None = None
    uses_left: int | None = None
    changed_at: datetime | None = None


def matrix(*, member_id: uuid.UUID, brand_id: uuid.UUID, now: datetime) -> Sequence[Chart]:
    """Every touchpoint x purpose that rests on consent, for the whole brand, and each narrower scope that was answered.

    A question that was never asked is a cell too: it permits nothing, and says so.
    """
    known: dict[tuple[str, str], list[Chart]] = {}
    touchpoints, purposes = _registry()
    for cell in db.all_of(queries.cells_of(member_id=member_id, brand_id=brand_id)):
        chart = _chart(cell, touchpoints[cell.touchpoint], purposes[cell.purpose], now=now)
        known.setdefault((cell.touchpoint, cell.purpose), []).append(chart)
    charts: list[Chart] = []
    for touchpoint in touchpoints.values():
        for purpose in purposes.values():
            answered = known.get((touchpoint.code, purpose.code), [])
            if not any(chart.scope.kind is ScopeKind.BRAND for chart in answered):
                answered = [_not_asked(brand_id, touchpoint, purpose), *answered]
            charts += sorted(answered, key=lambda chart: list(ScopeKind).index(chart.scope.kind))
    return charts


def charted(cells: Sequence[PermissionState], *, now: datetime) -> Sequence[Chart]:
    """These cells, as the matrix shows them."""
    touchpoints, purposes = _registry()
    return [_chart(cell, touchpoints[cell.touchpoint], purposes[cell.purpose], now=now) for cell in cells]


def _registry() -> tuple[dict[str, Touchpoint], dict[str, Purpose]]:
    touchpoints = {touchpoint.code: touchpoint for touchpoint in db.all_of(queries.touchpoints())}
    return touchpoints, {purpose.code: purpose for purpose in db.all_of(queries.purposes_by(CONSENT))}


def _chart(cell: PermissionState, touchpoint: Touchpoint, purpose: Purpose, *, now: datetime) -> Chart:
    reason = standing_of(cell_of(cell), now=now)
    return Chart(
        brand_id=cell.brand_id,
        touchpoint=touchpoint.code,
        touchpoint_label=Text(fr=touchpoint.label_fr, en=touchpoint.label_en),
        purpose=purpose.code,
        purpose_label=Text(fr=purpose.label_fr, en=purpose.label_en),
        scope=Scope(ScopeKind(cell.scope_kind), cell.scope_id),
        level=Level(cell.level),
        effective=reason is Reason.ALLOWED,
        reason=reason,
        change=_change(reason),
        levels=touchpoint.levels,
        state=cell.state,
        event_id=cell.event_id,
        expires_at=cell.expires_at,
        uses_left=cell.uses_left,
        changed_at=cell.changed_at,
    )


def _not_asked(brand_id: uuid.UUID, touchpoint: Touchpoint, purpose: Purpose) -> Chart:
    return Chart(
        brand_id=brand_id,
        touchpoint=touchpoint.code,
        touchpoint_label=Text(fr=touchpoint.label_fr, en=touchpoint.label_en),
        purpose=purpose.code,
        purpose_label=Text(fr=purpose.label_fr, en=purpose.label_en),
        scope=Scope(ScopeKind.BRAND, brand_id),
        level=Level.NONE,
        effective=False,
        reason=Reason.NOT_ASKED,
        change=_change(Reason.NOT_ASKED),
        levels=touchpoint.levels,
    )


def _change(reason: Reason) -> Text:
    return STOP if reason is Reason.ALLOWED else REFUSALS[reason].remedy or STOP
