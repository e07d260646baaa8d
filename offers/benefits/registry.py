"""Every kind of benefit by its code: the one place that knows which there are."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from offers.benefits.amounts.amount_off import AmountOff
from offers.benefits.amounts.amount_per_unit import AmountPerUnit
from offers.benefits.amounts.stepped_amount import SteppedAmount
from offers.benefits.given.bonus_points import BonusPoints
from offers.benefits.given.cagnotte_amount import CagnotteAmount
from offers.benefits.given.cagnotte_percent import CagnottePercent
from offers.benefits.given.free_item import FreeItem
from offers.benefits.given.free_of_list import FreeOfList
from offers.benefits.given.gift_card_amount import GiftCardAmount
from offers.benefits.given.points_by_amount import PointsByAmount
from offers.benefits.given.units_free import UnitsFree
from offers.benefits.kinds import Benefit, fields_of
from offers.benefits.percentages.nth_unit_off import NthUnitOff
from offers.benefits.percentages.percent_off import PercentOff
from offers.benefits.percentages.percent_up_to import PercentUpTo
from offers.benefits.percentages.stepped_percent import SteppedPercent
from offers.benefits.prices.fixed_price import FixedPrice
from offers.benefits.prices.set_price import SetPrice
from offers.benefits.wire import WireField

KINDS: dict[str, type[Benefit]] = {
    kind.code: kind
    for kind in (
        *(PercentOff, PercentUpTo, SteppedPercent, NthUnitOff, AmountOff, AmountPerUnit, SteppedAmount, FixedPrice),
        *(SetPrice, UnitsFree, FreeItem, FreeOfList, BonusPoints, PointsByAmount, CagnotteAmount, CagnottePercent),
        GiftCardAmount,
    )
}


class BenefitKindUnknown(LookupError):
    """A benefit of a kind that has no class: nothing may be said of it, nor given, nor held against a law."""


class FieldDeclaredTwice(TypeError):
    """Two kinds of benefit have a value of one name, and do not mean the same by it."""


def read_benefit(kept: Mapping[str, Any]) -> Benefit:
    """What an offer gives, from what its version keeps. Raises `BenefitKindUnknown`; `KeyError` where a value lacks."""
    kind = KINDS.get(kept["kind"])
    if kind is None:
        raise BenefitKindUnknown(kept["kind"])
    return kind.read(kept)


def kind_in(kept: InstrumentedAttribute[dict[str, Any]]) -> ColumnElement[str]:
    """The code of the kind of a benefit that a column keeps."""
    return cast(ColumnElement[str], kept["kind"].astext)


def collect_fields(kinds: Iterable[type[Benefit]]) -> dict[str, WireField]:
    """The values of all these kinds by their names on the wire. Raises `FieldDeclaredTwice`."""
    found: dict[str, WireField] = {}
    for kind in kinds:
        for name, declared in fields_of(kind).items():
            if found.setdefault(name, declared) != declared:
                raise FieldDeclaredTwice(name)
    return found
