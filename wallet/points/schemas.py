"""Points on the wire."""

from typing import Any

import marshmallow as ma

from app import complaints
from app.accounts.schemas import BrandNameOut
from app.http.api import In, Instant, Out
from app.http.fields import Counts, LineField, Pattern
from app.http.pagination import PageOut
from wallet.ledger import durations
from wallet.ledger.currency_kinds import CurrencyKind
from wallet.ledger.errors import CHANGES_NOTHING, NOT_OF_MONEY, NOT_OF_STAMPS, ONLY_OF_MONEY
from wallet.ledger.models import Account, EntryKind

MOST_POINTS = 100_000_000
"""Of one adjustment."""


class Duration(Pattern):
    """A duration of `points.timing`, documented by its pattern."""

    def __call__(self, value: Any) -> Any:
        """The value, or `ValidationError`."""
        super().__call__(value)
        if not durations.fits(value):
            raise ma.ValidationError([self.complaint])
        return value


class NotZero(ma.validate.Validator):
    """Any number but zero."""

    def __call__(self, value: int) -> int:
        """The value, or `ValidationError`."""
        if value == 0:
            raise ma.ValidationError([CHANGES_NOTHING])
        return value


class PointsCurrencyIn(In):
    """What a brand counts in. Durations: a number and s, m, h (exact), D, W (same time of day), M, Y (through the end
    of the same day number); `_D` rounds days down, `_U` rounds up to the end of the day, week, month or year."""

    code = ma.fields.String(required=True, validate=Pattern(r"^[a-z0-9][a-z0-9-]{0,39}$", complaints.NOT_A_CODE))
    name_fr = LineField(longest=60, required=True)
    name_en = LineField(longest=60, required=True)
    waits = ma.fields.String(
        load_default=durations.IMMEDIATE,
        validate=Duration(durations.WAITS, complaints.NOT_A_DURATION),
        metadata={"description": "How long points wait before they can be spent", "example": "14D"},
    )
    lasts = ma.fields.String(
        load_default=durations.UNLIMITED,
        validate=Duration(durations.LASTS, complaints.NOT_A_DURATION),
        metadata={"description": "How long points last from then on", "example": "12M_U"},
    )
    may_go_negative = ma.fields.Boolean(load_default=False, truthy={True}, falsy={False})
    worth_points = ma.fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=ma.validate.Range(1, 1_000_000),
        metadata={"description": "So many points pay worth_minor of the brand's money; both, or points cannot pay"},
    )
    worth_minor = ma.fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=ma.validate.Range(1, 100_000_000)
    )

    kind = ma.fields.String(
        load_default=CurrencyKind.POINTS,
        validate=ma.validate.OneOf([str(kind) for kind in CurrencyKind]),
        metadata={"description": "`money` counts minor units of the brand's money, and pays"},
    )
    usable_from = ma.fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=ma.validate.Range(1, 100_000_000),
        metadata={"description": "Of money: of a smaller balance nothing is spent"},
    )

    @ma.validates_schema
    def both_or_none(self, data: dict[str, Any], **_: Any) -> None:
        if (data["worth_points"] is None) != (data["worth_minor"] is None):
            raise ma.ValidationError({"worth_minor": [complaints.MISSING]})

    @ma.validates_schema
    def fits_its_kind(self, data: dict[str, Any], **_: Any) -> None:
        is_money = data["kind"] == CurrencyKind.MONEY
        if is_money and data["worth_points"] is not None:
            raise ma.ValidationError({"worth_points": [NOT_OF_MONEY]})
        if data["kind"] == CurrencyKind.STAMPS and data["worth_points"] is not None:
            raise ma.ValidationError({"worth_points": [NOT_OF_STAMPS]})
        if not is_money and data["usable_from"] is not None:
            raise ma.ValidationError({"usable_from": [ONLY_OF_MONEY]})


class PointsCurrencyOut(Out):
    id = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True)
    name_fr = ma.fields.String(required=True)
    name_en = ma.fields.String(required=True)
    waits = ma.fields.String(required=True)
    lasts = ma.fields.String(required=True)
    may_go_negative = ma.fields.Boolean(required=True)
    worth_points = ma.fields.Integer(required=True, allow_none=True)
    worth_minor = ma.fields.Integer(required=True, allow_none=True)
    kind = ma.fields.String(required=True)
    usable_from = ma.fields.Integer(required=True, allow_none=True)
    created_at = Instant(required=True)


class PointsCurrenciesOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(PointsCurrencyOut), required=True)


class PointsAdjustmentIn(In):
    """Give points (more than 0) or take them (less). `reference` is the brand's own: the same one is one effect."""

    card_id = ma.fields.UUID(required=True)
    points = ma.fields.Integer(
        required=True, strict=True, validate=[ma.validate.Range(-MOST_POINTS, MOST_POINTS), NotZero()]
    )
    reference = LineField(longest=100, required=True)
    reason = LineField(longest=200, required=True, metadata={"description": "In words that the member will read"})


class PointsAdjustmentOut(Out):
    """What the balance comes to. `repeated` when this reference had done it before."""

    id = ma.fields.UUID(required=True)
    available = ma.fields.Integer(required=True)
    repeated = ma.fields.Boolean(required=True)


class PointsNameOut(Out):
    id = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    kind = ma.fields.String(required=True)
    money = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "ISO 4217, where it counts minor units of money: its texts say them as money"},
    )
    usable_from = ma.fields.Integer(required=True, allow_none=True)
    brand = ma.fields.Nested(BrandNameOut, required=True)


class PointsExpiryOut(Out):
    at = Instant(required=True)
    points = ma.fields.Integer(required=True)
    text = ma.fields.String(required=True)


class PointsBalanceOut(Out):
    """What I have. `lifetime` counts points by kind of movement. `awaited` was earned by a purchase that came back when
    the points were spent: they are taken if what they paid comes back."""

    currency = ma.fields.Nested(PointsNameOut, required=True)
    available = ma.fields.Integer(required=True)
    pending = ma.fields.Integer(required=True)
    held = ma.fields.Integer(required=True)
    owed = ma.fields.Integer(required=True)
    awaited = ma.fields.Integer(required=True)
    lifetime = Counts(required=True)
    next_expiries = ma.fields.List(ma.fields.Nested(PointsExpiryOut), required=True)
    text = ma.fields.String(required=True, metadata={"example": "Cagnotte : 12,50 €"})


class PointsBalancesOut(Out):
    items = ma.fields.List(ma.fields.Nested(PointsBalanceOut), required=True)


class PastPointsIn(In):
    """An instant; the present one unless given."""

    at = Instant(load_default=None)


class PastPointsOut(Out):
    """What I had at an instant, by what took effect until then."""

    at = Instant(required=True)
    available = ma.fields.Integer(required=True)
    pending = ma.fields.Integer(required=True)
    held = ma.fields.Integer(required=True)
    owed = ma.fields.Integer(required=True)
    awaited = ma.fields.Integer(required=True)


class PointsLotOut(Out):
    """Points that came together, and what became of them. `activates_at` is null while they wait for an act."""

    id = ma.fields.UUID(required=True)
    points = ma.fields.Integer(required=True)
    remaining = ma.fields.Integer(required=True)
    text = ma.fields.String(required=True)
    status = ma.fields.String(
        required=True, validate=ma.validate.OneOf(["pending", "active", "used", "expired", "cancelled"])
    )
    earned_at = Instant(required=True)
    activates_at = Instant(required=True, allow_none=True)
    expires_at = Instant(required=True, allow_none=True)


class PointsLotsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(PointsLotOut), required=True)


class PointsMovementOut(Out):
    """One movement: `what` happened and `why`, in words. `about_id` is the movement that this one continues."""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf([str(kind) for kind in EntryKind]))
    points = ma.fields.Integer(required=True)
    text = ma.fields.String(required=True)
    from_ = ma.fields.String(
        required=True,
        data_key="from",
        attribute="from",
        validate=ma.validate.OneOf([str(account) for account in Account]),
    )
    to = ma.fields.String(required=True, validate=ma.validate.OneOf([str(account) for account in Account]))
    occurred_at = Instant(required=True)
    recorded_at = Instant(required=True)
    about_id = ma.fields.UUID(required=True, allow_none=True)
    what = ma.fields.String(required=True)
    reason = ma.fields.String(required=True)
    why = ma.fields.String(required=True, allow_none=True)


class PointsMovementsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(PointsMovementOut), required=True)


class PointsMonthOut(Out):
    month = ma.fields.String(required=True, allow_none=True, metadata={"example": "2027-01"})
    active = ma.fields.Integer(required=True)
    pending = ma.fields.Integer(required=True)


class PointsLiabilityOut(Out):
    """Points of members by the month in which they expire; null: never, or not known yet."""

    currency_id = ma.fields.UUID(required=True)
    months = ma.fields.List(ma.fields.Nested(PointsMonthOut), required=True)
    active = ma.fields.Integer(required=True)
    pending = ma.fields.Integer(required=True)
    held = ma.fields.Integer(required=True)
    owed = ma.fields.Integer(required=True)


class PointsProofIn(In):
    """From where on: the `next_after` of the answer before."""

    after = ma.fields.UUID(load_default=None)


class PointsFaultOut(Out):
    what = ma.fields.String(required=True)
    member_id = ma.fields.UUID(required=True)
    entry_id = ma.fields.UUID(required=True, allow_none=True)


class PointsProofOut(Out):
    """What a look at some ledgers found. Ask again with `after` until `next_after` is null."""

    holds = ma.fields.Boolean(required=True)
    ledgers = ma.fields.Integer(required=True)
    entries = ma.fields.Integer(required=True)
    faults = ma.fields.List(ma.fields.Nested(PointsFaultOut), required=True)
    next_after = ma.fields.UUID(required=True, allow_none=True)
