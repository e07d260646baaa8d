"""Codes that change, on the wire. Keys in hexadecimal digits."""

from typing import Any

import marshmallow as ma

from app.http.api import In, Instant, Out
from app.http.pagination import PageOut
from wallet.authenticity.models import CodeShowing, ProofStanding, ShownForm


class VoucherKeyOut(Out):
    key_id = ma.fields.String(required=True)
    public_key = ma.fields.String(required=True, metadata={"description": "Ed25519, 32 bytes"})
    signs_from = Instant(required=True)
    signs_until = Instant(required=True)
    verifies_until = Instant(required=True)


class VoucherKeysOut(Out):
    """The keys by which a till knows vouchers without a network; fetch them once a week at least."""

    items = ma.fields.List(ma.fields.Nested(VoucherKeyOut), required=True)


class WindowKeyOut(Out):
    """What an app keeps, like a password. It shows `prefix`, the time step, and a proof of both under the key."""

    code = ma.fields.String(required=True)
    prefix = ma.fields.String(required=True)
    key = ma.fields.String(required=True)
    step_s = ma.fields.Integer(required=True)
    shown = ma.fields.String(required=True, metadata={"description": "What to show at `now`, to compare with"})
    now = Instant(required=True, metadata={"description": "A phone's clock may be off by one step"})


class CodePolicyIn(In):
    plain_codes_spend = ma.fields.Boolean(required=True, truthy={True}, falsy={False})


class CodePolicyOut(Out):
    """Whether a code that has a changing form may spend by itself."""

    plain_codes_spend = ma.fields.Boolean(required=True)
    version = ma.fields.Integer(required=True)


class CodeAlarmOut(Out):
    """Something was shown too late, twice, from an old copy, or was forged; of whom is not said."""

    id = ma.fields.UUID(required=True)
    store_id = ma.fields.UUID(required=True)
    terminal_id = ma.fields.UUID(required=True)
    form = ma.fields.Enum(ShownForm, by_value=True, required=True)
    standing = ma.fields.Enum(ProofStanding, by_value=True, required=True)
    shown_at = Instant(required=True)

    @ma.pre_dump
    def enums(self, showing: CodeShowing, **_: Any) -> dict[str, Any]:
        plain = {name: getattr(showing, name) for name in ("id", "store_id", "terminal_id", "shown_at")}
        return plain | {"form": ShownForm(showing.form), "standing": ProofStanding(showing.standing)}


class CodeAlarmsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(CodeAlarmOut), required=True)
