"""Permissions on the wire."""

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import marshmallow as ma
from flask import Response

from app import clock, complaints
from app.consent.decision.phone_conditions import OS_LOCATIONS
from app.consent.ledger.evidence import METHODS
from app.consent.matrix import Chart
from app.consent.models import Level, Reason, Scope, ScopeKind, State
from app.consent.registry.schemas import CODE, Locale, Spoken
from app.http.api import In, Instant, Out, language
from app.http.fields import LineField, Pattern, Values
from app.http.pagination import PageOut
from app.languages import Language

SHA256 = Pattern(r"^[0-9a-f]{64}$", complaints.NOT_A_SHA256)
CHANNELS = ("app", "web", "till", "phone", "paper")
RECENT = ma.validate.Range(datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


class BrandQuery(In):
    brand = ma.fields.String(required=True, validate=CODE, metadata={"description": "Code of the brand"})


class ScopeIn(In):
    """The brand, or one of its areas or stores; `id` is needed for an area and a store."""

    kind = ma.fields.Enum(ScopeKind, by_value=True, required=True)
    id = ma.fields.UUID(load_default=None, allow_none=True)

    @ma.post_load
    def scope(self, given: Mapping[str, Any], **_: Any) -> Scope | None:
        return scope_of(given["kind"], given["id"])


class ScopeQuery(In):
    """One scope; everything when none is named."""

    scope_kind = ma.fields.Enum(ScopeKind, by_value=True, load_default=ScopeKind.BRAND)
    scope_id = ma.fields.UUID(load_default=None)
    recipient = ma.fields.String(
        load_default=None, validate=CODE, metadata={"description": "One recipient; all of them when none is named"}
    )

    @ma.post_load
    def scope(self, given: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        return {"scope": scope_of(given["scope_kind"], given["scope_id"]), "recipient": given["recipient"]}


class PromptIn(In):
    """Which question the app wants to put to the member: of the whole brand, unless a scope is named."""

    scope = ma.fields.Nested(ScopeIn, load_default=None)
    recipient = ma.fields.String(load_default=None, validate=CODE)


class ConfirmationIn(In):
    """The part of the link behind `#`."""

    token = ma.fields.String(required=True, validate=Pattern(r"^[A-Za-z0-9_=-]{1,100}$", complaints.NOT_A_CODE))


def scope_of(kind: ScopeKind, place_id: uuid.UUID | None) -> Scope | None:
    """The scope that was named; None for the whole brand, whose id the address tells."""
    if place_id is not None:
        return Scope(kind, place_id)
    if kind is not ScopeKind.BRAND:
        raise ma.ValidationError([complaints.MISSING], "id")
    return None


class OsPermissionIn(In):
    """What the phone's own settings allow the app, as the phone says."""

    location = ma.fields.String(required=True, validate=ma.validate.OneOf(OS_LOCATIONS))
    precision = ma.fields.String(load_default=None, validate=ma.validate.OneOf(("precise", "approximate")))
    bluetooth = ma.fields.Boolean(load_default=None)
    notifications = ma.fields.Boolean(load_default=None)
    reported_at = Instant(required=True, validate=RECENT)


class EvidenceIn(In):
    """What proves the act. The text is named by its SHA-256 or by its version; `purposes` is what the screen asked."""

    text_sha256 = ma.fields.String(load_default=None, validate=SHA256)
    version = ma.fields.Integer(strict=True, load_default=None, validate=ma.validate.Range(1, 32_767))
    locale = Locale(required=True)
    channel = ma.fields.String(required=True, validate=ma.validate.OneOf(CHANNELS))
    screen_id = LineField(longest=64, required=True)
    app_version = LineField(longest=32, required=True)
    method = LineField(longest=40, load_default=None, metadata={"description": f"One of: {', '.join(METHODS)}"})
    purposes = ma.fields.List(ma.fields.String(validate=CODE), load_default=None, validate=ma.validate.Length(1, 20))
    os_permission = ma.fields.Nested(OsPermissionIn, load_default=None)


class ApprovalIn(PromptIn):
    """A parent's yes to what their child said yes to, with the evidence of the parent's own act.

    What the phone allows is the child's to say; it is not read here.
    """

    evidence = ma.fields.Nested(EvidenceIn, required=True)


class AnswerIn(In):
    """Yes at a level, or no (`none`). A yes needs evidence, except when it goes down inside the present level."""

    level = ma.fields.Enum(Level, by_value=True, required=True)
    scope = ma.fields.Nested(ScopeIn, load_default=None)
    recipient = ma.fields.String(
        load_default=None, validate=CODE, metadata={"description": "For purposes that pass data on: to whom"}
    )
    evidence = ma.fields.Nested(EvidenceIn, load_default=None)
    expires_at = Instant(load_default=None, metadata={"description": "May shorten the permission, never lengthen it"})
    claimed_at = Instant(
        load_default=None,
        validate=RECENT,
        metadata={"description": "When the phone says it happened; a time to come is no claim"},
    )


class WithdrawalIn(In):
    """With which brand; with all when none is named."""

    brand = ma.fields.String(load_default=None, validate=CODE)


class ScopeOut(Out):
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf([str(kind) for kind in ScopeKind]))
    id = ma.fields.UUID(required=True)


class CellOut(Out):
    """One cell of the matrix, how it stands and why."""

    brand_id = ma.fields.UUID(required=True)
    touchpoint = ma.fields.String(required=True)
    touchpoint_label = Spoken(required=True)
    purpose = ma.fields.String(required=True)
    purpose_label = Spoken(required=True)
    scope = ma.fields.Nested(ScopeOut, required=True)
    recipient = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "Who else receives data; null when nobody does"}
    )
    recipient_name = ma.fields.String(required=True, allow_none=True)
    level = ma.fields.Enum(Level, by_value=True, required=True)
    state = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "What the last event made of it; null if never asked"}
    )
    effective = ma.fields.Boolean(required=True)
    reason = ma.fields.Enum(Reason, by_value=True, required=True)
    change = Spoken(required=True, metadata={"description": "What would change it, for the member to read"})
    levels = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": "What the touchpoint can carry"}
    )
    needs_confirmation = ma.fields.Boolean(
        required=True, metadata={"description": "Whether a yes waits for a link that is sent to the member"}
    )
    event_id = ma.fields.UUID(required=True, allow_none=True)
    expires_at = Instant(required=True, allow_none=True)
    uses_left = ma.fields.Integer(required=True, allow_none=True)
    changed_at = Instant(required=True, allow_none=True)
    ask_again_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "From when the app may put the question again; null when it may at any time"},
    )

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:
        """What the fields above say of a cell, in one go and not field by field."""
        spoken = language()
        return [_told(cell, spoken) for cell in obj] if many else _told(obj, spoken)


def _told(cell: Chart, spoken: Language) -> dict[str, Any]:
    brand_id = str(cell.brand_id)
    whole = cell.scope.id == cell.brand_id
    return {
        "brand_id": brand_id,
        "touchpoint": cell.touchpoint,
        "touchpoint_label": cell.touchpoint_label.say(spoken),
        "purpose": cell.purpose,
        "purpose_label": cell.purpose_label.say(spoken),
        "scope": {"kind": cell.scope.kind.value, "id": brand_id if whole else str(cell.scope.id)},
        "recipient": cell.recipient,
        "recipient_name": cell.recipient_name,
        "level": cell.level.value,
        "state": cell.state,
        "effective": cell.effective,
        "reason": cell.reason.value,
        "change": cell.change.say(spoken),
        "levels": list(cell.levels),
        "needs_confirmation": cell.needs_confirmation,
        "event_id": cell.event_id and str(cell.event_id),
        "expires_at": _at(cell.expires_at),
        "uses_left": cell.uses_left,
        "changed_at": _at(cell.changed_at),
        "ask_again_at": _at(cell.ask_again_at),
    }


def _at(instant: datetime | None) -> str | None:
    return None if instant is None else clock.write_instant(instant)


class MatrixOut(Out):
    brand = ma.fields.String(required=True)
    cells = ma.fields.List(ma.fields.Nested(CellOut), required=True)


def write_matrix(*, brand: str, cells: Iterable[Chart]) -> Response:
    """The answer that `MatrixOut` describes, as its fields would write it.

    Nearly all of a matrix was never asked, and that is the same text each time.
    """
    spoken = language()
    written = [_never_asked(cell, spoken) if cell.state is None else _json(_told(cell, spoken)) for cell in cells]
    body = f'{{"brand":{_json(brand)},"cells":[{",".join(written)}]}}\n'
    return Response(body, mimetype="application/json")


@lru_cache(maxsize=8_192)
def _never_asked(cell: Chart, spoken: Language) -> str:
    return _json(_told(cell, spoken))


def _json(value: Any) -> str:
    """As Flask writes an answer."""
    return json.dumps(value, separators=(",", ":"))


class WithdrawnOut(Out):
    """The cells that a withdrawal of everything changed; none when there was nothing to withdraw."""

    withdrawn = ma.fields.Integer(required=True)
    cells = ma.fields.List(ma.fields.Nested(CellOut), required=True)


class PermissionEventOut(Out):
    """One line of the member's ledger."""

    id = ma.fields.UUID(required=True)
    brand_id = ma.fields.UUID(required=True)
    touchpoint = ma.fields.String(required=True)
    purpose = ma.fields.String(required=True)
    scope_kind = ma.fields.String(required=True)
    scope_id = ma.fields.UUID(required=True)
    recipient = ma.fields.String(required=True)
    level = ma.fields.String(required=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf([str(state) for state in State]))
    actor = ma.fields.String(required=True)
    expires_at = Instant(required=True, allow_none=True)
    max_uses = ma.fields.Integer(required=True, allow_none=True)
    evidence = Values(required=True)
    previous_event_id = ma.fields.UUID(required=True, allow_none=True)
    recorded_at = Instant(required=True)
    claimed_at = Instant(required=True, allow_none=True)


class PermissionEventsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(PermissionEventOut), required=True)
