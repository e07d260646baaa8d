"""Every kind of benefit by its code: the one place that knows which there are."""

from collections.abc import Iterable, Mapping
from typing import Any

from offers.benefits.amount_off import AmountOff
from offers.benefits.bonus_points import BonusPoints
from offers.benefits.free_item import FreeItem
from offers.benefits.kinds import Benefit, fields_of
from offers.benefits.percent_off import PercentOff
from offers.benefits.wire import WireField

KINDS: dict[str, type[Benefit]] = {kind.code: kind for kind in (PercentOff, AmountOff, FreeItem, BonusPoints)}


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


def collect_fields(kinds: Iterable[type[Benefit]]) -> dict[str, WireField]:
    """The values of all these kinds by their names on the wire. Raises `FieldDeclaredTwice`."""
    found: dict[str, WireField] = {}
    for kind in kinds:
        for name, declared in fields_of(kind).items():
            if found.setdefault(name, declared) != declared:
                raise FieldDeclaredTwice(name)
    return found
