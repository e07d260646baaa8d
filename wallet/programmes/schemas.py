"""Programmes on the wire.

Points are integers, money is in minor units of the brand's currency, factors in whole percent, minutes of the day from
midnight of the store. Durations are those of points currencies: `12M`, `14D`, `1Y_U`.
"""

from datetime import datetime
from typing import Any

import marshmallow as ma

from app import complaints
from app.http.api import In, Instant, Out
from app.http.fields import Counts, LineField, Pattern, Values, product_lists
from app.http.serialization import mirror_shape
from app.languages import Text
from wallet.ledger.durations import LASTS, WAITS
from wallet.points.returns import Policy
from wallet.points.schemas import MOST_POINTS, Duration
from wallet.programmes.rules import (
    Conditions,
    Downgrade,
    Ladder,
    Period,
    Programme,
    Referral,
    Rounding,
    Rule,
    RuleKind,
    TenderRules,
    Tier,
)
from wallet.programmes.simulation import MOST
from wallet.purchases.basket import Products
from wallet.purchases.models import Channel
from wallet.purchases.tender_kinds import TenderKind

CODE = Pattern(r"^[a-z0-9][a-z0-9-]{0,39}$", complaints.NOT_A_CODE)
EVENT = Pattern(r"^[a-z][a-z0-9_]{0,39}$", complaints.NOT_A_CODE)
POINTS = ma.validate.Range(1, MOST_POINTS)
MINOR = ma.validate.Range(0, 100_000_000)
A_DAY = ma.validate.Range(0, 24 * 60)
YEARS = range(2000, 2200)
MOST_RULES, MOST_TIERS, MOST_NAMED = 100, 20, 500


class OurTime(ma.validate.Validator):
    """An instant that every calendar here can hold."""

    def __call__(self, value: datetime) -> datetime:
        """The value, or `ValidationError`."""
        if value.year not in YEARS:
            raise ma.ValidationError([complaints.NOT_OUR_TIME])
        return value


def whole(*rules: Any, **given: Any) -> ma.fields.Integer:
    """An integer, nothing that could be read as one."""
    return ma.fields.Integer(strict=True, validate=list(rules), **given)


def some(field: ma.fields.Field[Any]) -> ma.fields.List[Any]:
    """A set of these, empty unless given."""
    return ma.fields.List(field, load_default=list, validate=ma.validate.Length(max=MOST_NAMED))


def one_of(kinds: Any, **given: Any) -> ma.fields.String:
    """One of the values of an enumeration."""
    return ma.fields.String(validate=ma.validate.OneOf([str(one) for one in kinds]), **given)


class NameIn(In):
    """Words for people, in both languages."""

    fr = LineField(required=True, longest=120)
    en = LineField(required=True, longest=120)

    @ma.post_load
    def make(self, data: dict[str, str], **_: Any) -> Text:
        return Text(fr=data["fr"], en=data["en"])


class RuleProductsIn(In):
    """Articles in one of the categories (`food/dairy`), of one of the numbers, or on one of the product lists; all of
    them when none is named; never those in `but_not` (categories), nor on `but_not_lists`."""

    categories = some(LineField(longest=200))
    gtins = some(LineField(longest=14))
    skus = some(LineField(longest=60))
    but_not = some(LineField(longest=200))
    lists, but_not_lists = product_lists(load_default=ma.missing), product_lists(load_default=ma.missing)

    @ma.post_load
    def make(self, data: dict[str, list[str]], **_: Any) -> Products:
        return Products(**{name: frozenset(ones) for name, ones in data.items()})


class ConditionsIn(In):
    """When a rule holds. What is not named asks nothing. Weekdays: 1 is Monday. Ends are excluded."""

    channels = some(one_of(Channel))
    stores = some(ma.fields.UUID())
    tiers = some(ma.fields.String(validate=CODE))
    weekdays = some(whole(ma.validate.Range(1, 7)))
    from_minute = whole(A_DAY, allow_none=True, load_default=None)
    until_minute = whole(A_DAY, allow_none=True, load_default=None)
    starts_at = Instant(allow_none=True, load_default=None, validate=OurTime())
    ends_at = Instant(allow_none=True, load_default=None, validate=OurTime())
    least_minor = whole(MINOR, load_default=0)

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> Conditions:
        sets = ("channels", "stores", "tiers", "weekdays")
        return Conditions(**data | {name: frozenset(data[name]) for name in sets})


class CapsIn(In):
    """The most points that a rule gives in one sale, in a calendar period of the brand's zone, altogether."""

    sale = whole(POINTS)
    day = whole(POINTS)
    week = whole(POINTS)
    month = whole(POINTS)
    year = whole(POINTS)
    lifetime = whole(POINTS)

    @ma.post_load
    def make(self, data: dict[str, int], **_: Any) -> dict[Period, int]:
        return {Period(name): most for name, most in data.items()}


class RuleIn(In):
    """One rule. `amount`: points for each `per_minor` that the lines cost; `visit`: for a purchase; `item`: for each
    unit; `stamp`: for each unit that is paid; `category`: for a purchase with such articles; `event`: for an event;
    `multiplier`: makes the points of the rules that it names, or of all, `factor_percent` of what they are."""

    code = ma.fields.String(required=True, validate=CODE)
    kind = one_of(RuleKind, required=True)
    title = ma.fields.Nested(NameIn, required=True)
    currency_id = ma.fields.UUID(allow_none=True, load_default=None)
    points = whole(ma.validate.Range(0, MOST_POINTS), load_default=0)
    per_minor = whole(ma.validate.Range(1, 100_000_000), load_default=100)
    rounding = one_of(Rounding, load_default=str(Rounding.FLOOR))
    products = ma.fields.Nested(RuleProductsIn, load_default=Products)
    event = ma.fields.String(validate=EVENT, allow_none=True, load_default=None)
    when = ma.fields.Nested(ConditionsIn, load_default=Conditions)
    caps = ma.fields.Nested(CapsIn, load_default=dict)
    factor_percent = whole(ma.validate.Range(100, 1_000), load_default=100)
    multiplies = some(ma.fields.String(validate=CODE))
    waits = ma.fields.String(validate=Duration(WAITS, complaints.NOT_A_DURATION), allow_none=True, load_default=None)
    lasts = ma.fields.String(validate=Duration(LASTS, complaints.NOT_A_DURATION), allow_none=True, load_default=None)

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> Rule:
        kind, rounding = RuleKind(data["kind"]), Rounding(data["rounding"])
        return Rule(**data | {"kind": kind, "rounding": rounding, "multiplies": frozenset(data["multiplies"])})


class TierIn(In):
    code = ma.fields.String(required=True, validate=CODE)
    name = ma.fields.Nested(NameIn, required=True)
    from_points = whole(POINTS, required=True)

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> Tier:
        return Tier(**data)


class LadderIn(In):
    """Tiers, from low to high, on points earned in the last `months` months, or in the calendar year when that is null.
    A tier is kept for `keeps`, then looked at again."""

    currency_id = ma.fields.UUID(required=True)
    tiers = ma.fields.List(ma.fields.Nested(TierIn), required=True, validate=ma.validate.Length(1, MOST_TIERS))
    months = whole(ma.validate.Range(1, 60), allow_none=True, load_default=12)
    keeps = ma.fields.String(validate=Duration(LASTS, complaints.NOT_A_DURATION), load_default="12M")
    downgrade = one_of(Downgrade, load_default=str(Downgrade.ONE_LEVEL))
    grace = ma.fields.String(validate=Duration(LASTS, complaints.NOT_A_DURATION), allow_none=True, load_default=None)

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> Ladder:
        return Ladder(**data | {"tiers": tuple(data["tiers"]), "downgrade": Downgrade(data["downgrade"])})


class ReferralIn(In):
    """What both get when the first purchase of somebody who was brought along is large enough and stands."""

    currency_id = ma.fields.UUID(required=True)
    referrer_points = whole(ma.validate.Range(0, MOST_POINTS), required=True)
    referred_points = whole(ma.validate.Range(0, MOST_POINTS), required=True)
    least_minor = whole(MINOR, load_default=0)
    most_per_year = whole(ma.validate.Range(1, 10_000), allow_none=True, load_default=None)
    waits = ma.fields.String(validate=Duration(WAITS, complaints.NOT_A_DURATION), allow_none=True, load_default=None)

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> Referral:
        return Referral(**data)


class TenderRulesIn(In):
    """Which means of payment earn, and for which articles titres-restaurant pay."""

    earning = some(one_of(TenderKind))
    meal_articles = ma.fields.Nested(RuleProductsIn, load_default=Products)

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> TenderRules:
        return TenderRules(frozenset(map(TenderKind, data["earning"])), data["meal_articles"])


class ProgrammeIn(In):
    """The whole content of a version. `starts_at` is null for "with its approval"."""

    currency = ma.fields.String(
        required=True, validate=Pattern(r"^[A-Z]{3}$", complaints.NOT_A_CURRENCY), metadata={"description": "ISO 4217"}
    )
    rules = ma.fields.List(ma.fields.Nested(RuleIn), required=True, validate=ma.validate.Length(max=MOST_RULES))
    ladder = ma.fields.Nested(LadderIn, allow_none=True, load_default=None)
    referral = ma.fields.Nested(ReferralIn, allow_none=True, load_default=None)
    tenders = ma.fields.Nested(TenderRulesIn, load_default=TenderRules)
    policy = one_of(Policy, load_default=str(Policy.WITHIN_BALANCE))
    starts_at = Instant(allow_none=True, load_default=None, validate=OurTime())

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        starts_at = data.pop("starts_at")
        programme = Programme(**data | {"rules": tuple(data["rules"]), "policy": Policy(data["policy"])})
        return {"programme": programme, "starts_at": starts_at}


class ProgrammeOut(Out):
    """A version. `content` has the fields that were sent, and what was left out as it counts."""

    version = ma.fields.Integer(required=True)
    content = ma.fields.Nested(mirror_shape(ProgrammeIn, without=("starts_at",)), required=True)
    starts_at = Instant(required=True, allow_none=True)
    drafted_by = ma.fields.UUID(required=True)
    drafted_at = Instant(required=True)
    approved_by = ma.fields.UUID(required=True, allow_none=True)
    approved_at = Instant(required=True, allow_none=True)


class ProgrammesOut(Out):
    items = ma.fields.List(ma.fields.Nested(ProgrammeOut), required=True)


class SimulationIn(In):
    """Which purchases to try a version on: from `since` to `until`, excluded."""

    since = Instant(required=True, validate=OurTime())
    until = Instant(required=True, validate=OurTime())
    most = whole(ma.validate.Range(1, MOST), load_default=MOST)


class TriedRuleOut(Out):
    code = ma.fields.String(required=True)
    points = ma.fields.Integer(required=True)
    awards = ma.fields.Integer(required=True)
    cut = ma.fields.Integer(required=True)


class TriedCurrencyOut(Out):
    currency_id = ma.fields.UUID(required=True)
    points = ma.fields.Integer(required=True)


class TriedOut(Out):
    """What a version would have given. `cut` is what its caps kept."""

    version = ma.fields.Integer(required=True)
    points = ma.fields.List(ma.fields.Nested(TriedCurrencyOut), required=True)
    rules = ma.fields.List(ma.fields.Nested(TriedRuleOut), required=True)


class SimulationOut(Out):
    """Both versions begin from nothing, so they can be compared; neither is what was really given."""

    purchases = ma.fields.Integer(required=True)
    members = ma.fields.Integer(required=True)
    foreign = ma.fields.Integer(required=True)
    complete = ma.fields.Boolean(required=True)
    draft = ma.fields.Nested(TriedOut, required=True)
    live = ma.fields.Nested(TriedOut, required=True, allow_none=True)


class ProgrammeEventIn(In):
    """Something that happened to the holder of a card. The same `reference` is one effect."""

    card_id = ma.fields.UUID(required=True)
    event = ma.fields.String(required=True, validate=EVENT, metadata={"example": "profile_completed"})
    reference = LineField(longest=100, required=True)
    occurred_at = Instant(allow_none=True, load_default=None, validate=OurTime())


class RulePointsOut(Out):
    """What a rule gives."""

    rule = ma.fields.String(required=True)
    currency_id = ma.fields.UUID(required=True)
    points = ma.fields.Integer(required=True)


class EventAwardsOut(Out):
    items = ma.fields.List(ma.fields.Nested(RulePointsOut), required=True)


class AwardLineOut(Out):
    position = ma.fields.Integer(required=True)
    points = ma.fields.Integer(required=True)


class AwardOut(Out):
    """What a rule gave for a purchase and why. `facts` is what it was counted on; `returned` was asked back since."""

    rule = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)
    currency_id = ma.fields.UUID(required=True)
    points = ma.fields.Integer(required=True)
    returned = ma.fields.Integer(required=True)
    why = ma.fields.String(required=True)
    facts = Values(required=True)
    lines = ma.fields.List(ma.fields.Nested(AwardLineOut), required=True)


class AwardsOut(Out):
    items = ma.fields.List(ma.fields.Nested(AwardOut), required=True)


class ReferralCodeOut(Out):
    code = ma.fields.String(required=True)
    made_at = Instant(required=True)


class ReferralDeclarationIn(In):
    code = LineField(longest=60, required=True)


class ReferralOut(Out):
    """That I was brought to a brand, and how far it came: waiting for my first purchase, rewarded…"""

    state = ma.fields.String(required=True)
    declared_at = Instant(required=True)


class ReferralsOut(Out):
    """My code with a brand if I have one, and how many I brought, by how far it came."""

    code = ma.fields.String(required=True, allow_none=True)
    brought = Counts(required=True)
    mine = ma.fields.Nested(ReferralOut, required=True, allow_none=True)
