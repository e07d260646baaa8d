"""The rules of a brand's programme, as values: what a version of it says. No tables, no time of day.

`write_rules` makes plain JSON of them, which a version keeps; `read_rules` makes them again.
"""

import uuid
from collections.abc import Mapping, Sequence
from collections.abc import Set as AnySet
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.languages import Text
from wallet.points.returns import Policy
from wallet.purchases.basket import Products
from wallet.purchases.tender_kinds import TenderKind

EARNING = frozenset(TenderKind) - {TenderKind.GIFT_CARD, TenderKind.VOUCHER, TenderKind.MANUFACTURER_COUPON}
"""Unless a programme says otherwise: a gift card earned when it was bought, a voucher or a manufacturer's coupon is an
advantage by itself."""


class RuleKind(StrEnum):
    """What points are counted on. A multiplier gives none of its own: it makes those of other rules more."""

    AMOUNT = "amount"  # so many for each step of what the lines cost
    VISIT = "visit"  # so many for a purchase, whatever it holds
    ITEM = "item"  # so many for each unit
    STAMP = "stamp"  # so many, in a currency of stamps, for each unit that is paid: none for one that was given
    CATEGORY = "category"  # so many for a purchase that holds such articles
    EVENT = "event"  # so many for something that happened outside a till
    MULTIPLIER = "multiplier"


class Rounding(StrEnum):
    """What becomes of a step that is not full."""

    FLOOR = "floor"
    HALF_UP = "half_up"
    CEILING = "ceiling"


class Period(StrEnum):
    """What a cap is counted in: one sale, a calendar period in the brand's zone (weeks begin on Monday), for ever."""

    SALE = "sale"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    LIFETIME = "lifetime"


class Downgrade(StrEnum):
    """How far a tier falls that was not earned again."""

    NONE = "none"
    ONE_LEVEL = "one_level"
    TO_EARNED = "to_earned"


@dataclass(frozen=True, slots=True)
class Conditions:
    """When a rule holds; what is empty asks nothing. Weekdays (1 is Monday) and minutes of the day are those of the
    store; an end of the day before its start goes over midnight. Instants and minutes end excluded."""

    channels: frozenset[str] = frozenset()
    stores: frozenset[uuid.UUID] = frozenset()
    tiers: frozenset[str] = frozenset()
    weekdays: frozenset[int] = frozenset()
    from_minute: int | None = None
    until_minute: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    least_minor: int = 0
    """The net amount of the basket from which on it holds."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Its code stays the same from version to version: caps are counted by it."""

    code: str
    kind: RuleKind
    title: Text
    currency_id: uuid.UUID | None = None
    """What it gives; none for a multiplier."""
    points: int = 0
    per_minor: int = 100
    rounding: Rounding = Rounding.FLOOR
    products: Products = field(default_factory=Products)
    event: str | None = None
    when: Conditions = field(default_factory=Conditions)
    caps: Mapping[Period, int] = field(default_factory=dict)
    factor_percent: int = 100
    multiplies: frozenset[str] = frozenset()
    """The rules that a multiplier makes more; all of them when empty."""
    waits: str | None = None
    lasts: str | None = None
    """Durations of `points.timing`; those of the points currency unless given."""


@dataclass(frozen=True, slots=True)
class Tier:
    """A level, from so many points in the period on."""

    code: str
    name: Text
    from_points: int


@dataclass(frozen=True, slots=True)
class Ladder:
    """The tiers, from low to high, and how one climbs and falls.

    Points of `currency_id` count that were earned in the last `months` months, or in the calendar year when that is
    null. A tier is kept for `keeps` (a duration of `points.timing`) from its entry; then it is looked at again: who has
    not earned it falls by `downgrade`, after a `grace` (a duration) in which earning it still keeps it.
    """

    currency_id: uuid.UUID
    tiers: tuple[Tier, ...]
    months: int | None = 12
    keeps: str = "12M"
    downgrade: Downgrade = Downgrade.ONE_LEVEL
    grace: str | None = None

    def rank(self, code: str | None) -> int:
        """0 for no tier (or one that is no more), 1 for the lowest."""
        return next((place for place, tier in enumerate(self.tiers, start=1) if tier.code == code), 0)

    def earned(self, points: int) -> int:
        """The rank that so many points make."""
        return sum(points >= tier.from_points for tier in self.tiers)

    def at(self, rank: int) -> Tier | None:
        """The tier of a rank; none for 0."""
        return self.tiers[rank - 1] if rank else None


@dataclass(frozen=True, slots=True)
class Referral:
    """What both get when the first purchase of somebody who was brought along stands."""

    currency_id: uuid.UUID
    referrer_points: int
    referred_points: int
    least_minor: int = 0
    most_per_year: int | None = None
    waits: str | None = None


@dataclass(frozen=True, slots=True)
class TenderRules:
    """`earning` are the tenders that points are counted on; titres-restaurant pay for `meal_articles`."""

    earning: frozenset[TenderKind] = EARNING
    meal_articles: Products = field(default_factory=Products)


@dataclass(frozen=True, slots=True)
class Programme:
    """Everything that a version says. `currency` (ISO 4217) is that of the baskets; rules add up, in their order."""

    currency: str
    rules: tuple[Rule, ...] = ()
    ladder: Ladder | None = None
    referral: Referral | None = None
    policy: Policy = Policy.WITHIN_BALANCE
    tenders: TenderRules = field(default_factory=TenderRules)

    @property
    def named_lists(self) -> frozenset[str]:
        """Every list of articles on which it depends."""
        named = (rule.products.named_lists for rule in self.rules)
        return self.tenders.meal_articles.named_lists.union(*named)

    def rule(self, code: str) -> Rule:
        """The rule of this code."""
        return next(rule for rule in self.rules if rule.code == code)

    def currencies(self) -> list[uuid.UUID]:
        """What this programme may give, in the order in which balances are locked."""
        given = {rule.currency_id for rule in self.rules if rule.currency_id is not None}
        given |= {self.ladder.currency_id} if self.ladder else set()
        return sorted(given)


LISTS = ("lists", "but_not_lists")
"""What articles may be named by besides what they are themselves."""


def write_rules(value: Any) -> Any:
    """A value of this module as JSON holds it. Lists of articles stand there only where some are named: a version that
    names none is written as before there were any."""
    if isinstance(value, Products):
        named = {name: write_rules(getattr(value, name)) for name in Products.__dataclass_fields__}
        return {name: ones for name, ones in named.items() if ones or name not in LISTS}
    if is_dataclass(value):
        return {one.name: write_rules(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): write_rules(one) for key, one in value.items()}
    if isinstance(value, AnySet):
        return sorted(write_rules(one) for one in value)
    if isinstance(value, tuple | list):
        return [write_rules(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID | StrEnum) else value


def read_rules(content: Mapping[str, Any]) -> Programme:
    """The programme that `write_rules` wrote."""
    ladder, referral = content.get("ladder"), content.get("referral")
    return Programme(
        currency=content["currency"],
        rules=tuple(_rule(one) for one in content["rules"]),
        ladder=None if ladder is None else _ladder(ladder),
        referral=None
        if referral is None
        else Referral(**referral | {"currency_id": uuid.UUID(referral["currency_id"])}),
        policy=Policy(content["policy"]),
        tenders=_tenders(content.get("tenders")),
    )


def _rule(said: Mapping[str, Any]) -> Rule:
    currency_id = said["currency_id"]
    return Rule(
        **{
            **said,
            "kind": RuleKind(said["kind"]),
            "title": Text(**said["title"]),
            "currency_id": None if currency_id is None else uuid.UUID(currency_id),
            "rounding": Rounding(said["rounding"]),
            "products": Products(**{name: frozenset(ones) for name, ones in said["products"].items()}),
            "when": _conditions(said["when"]),
            "caps": {Period(period): most for period, most in said["caps"].items()},
            "multiplies": frozenset(said["multiplies"]),
        }
    )


def _conditions(said: Mapping[str, Any]) -> Conditions:
    sets: Sequence[str] = ("channels", "tiers", "weekdays")
    return Conditions(
        **{
            **said,
            **{name: frozenset(said[name]) for name in sets},
            "stores": frozenset(uuid.UUID(one) for one in said["stores"]),
            **{name: said[name] and datetime.fromisoformat(said[name]) for name in ("starts_at", "ends_at")},
        }
    )


def _tenders(said: Mapping[str, Any] | None) -> TenderRules:
    """What a version says; that of before tenders were known says nothing."""
    if said is None:
        return TenderRules()
    articles = Products(**{name: frozenset(ones) for name, ones in said["meal_articles"].items()})
    return TenderRules(frozenset(map(TenderKind, said["earning"])), articles)


def _ladder(said: Mapping[str, Any]) -> Ladder:
    return Ladder(
        **{
            **said,
            "currency_id": uuid.UUID(said["currency_id"]),
            "tiers": tuple(Tier(**one | {"name": Text(**one["name"])}) for one in said["tiers"]),
            "downgrade": Downgrade(said["downgrade"]),
        }
    )
