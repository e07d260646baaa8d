"""A kind that was just made is asked everywhere, and one that nobody made is refused everywhere."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import marshmallow as ma
import pytest
from sqlalchemy import update

import offers
from app.http.api import In
from app.languages import Language
from app.sql import db
from offers.benefits.kinds import fields_of
from offers.benefits.percentages.percent_off import PercentOff
from offers.benefits.registry import (
    KINDS,
    BenefitKindUnknown,
    FieldDeclaredTwice,
    collect_fields,
    read_benefit,
)
from offers.benefits.schemas import fields_in, fields_out, fields_told
from offers.benefits.wire import WholeField, WireField, declare_field
from offers.checkout.discounts import CapIgnored
from offers.coupons.models import Coupon
from offers.coupons.portability import promotions
from offers.planning import description
from offers.planning.caps.capped_categories import map_categories
from offers.planning.caps.price_caps import Goods
from offers.planning.drafts import InASale
from offers.planning.errors import CapBroken, PriorPriceMissing
from offers.planning.models import Audience, Offer, OfferVersion
from tests.benefits.factories import MENU, Greedy, LunchPrice, registered
from tests.checkout.factories import Counter
from tests.factories import make_brand
from tests.planning.factories import approve, make_draft, make_offer
from wallet.purchases.basket import BasketLine, Products

FOODS = {Goods.FOOD: ["food"]}
TEN = {"kind": "percent", "percent": 10}
FOOD = Products(categories=frozenset({"food"}))


@pytest.fixture
def counter() -> Counter:
    counter = Counter()
    with db.system_transaction():
        map_categories(brand_id=counter.brand.id, categories=FOODS)
    return counter


@pytest.fixture(autouse=True)
def only_known_kinds() -> Iterator[None]:
    """What a test leaves behind is of a kind that the next one knows: a rebuild reads every offer."""
    yield
    with db.system_transaction():
        db.execute(
            update(OfferVersion).where(OfferVersion.benefit["kind"].astext == LunchPrice.code).values(benefit=TEN)
        )


@pytest.fixture
def lunch_prices() -> Iterator[None]:
    with registered(LunchPrice):
        yield


@pytest.mark.parametrize("code", list(KINDS))
def test_every_kind_is_found_by_its_own_code(code: str) -> None:
    assert KINDS[code].code == code


@pytest.mark.usefixtures("lunch_prices")
def test_a_new_kind_is_held_against_the_law(counter: Counter) -> None:
    rules = InASale(products=FOOD)
    make_draft(counter.brand, benefit=MENU, prior_price_minor=900, in_a_sale=rules)
    with pytest.raises(CapBroken):
        make_draft(counter.brand, benefit=MENU, prior_price_minor=1_000, in_a_sale=rules)


@pytest.mark.usefixtures("lunch_prices")
def test_a_new_kind_is_held_against_the_law_once_more_when_it_is_approved() -> None:
    brand = make_brand()
    offer = make_draft(brand, benefit=MENU, in_a_sale=InASale(products=FOOD))
    with db.system_transaction():
        map_categories(brand_id=brand.id, categories=FOODS)
    with pytest.raises(CapBroken):
        approve(offer, brand)


@pytest.mark.usefixtures("lunch_prices")
def test_a_new_kind_that_reduces_states_the_price_before_it(counter: Counter) -> None:
    with pytest.raises(PriorPriceMissing):
        make_draft(counter.brand, benefit=MENU, audience=Audience.EVERYBODY)


@pytest.mark.usefixtures("lunch_prices")
def test_a_new_kind_is_read_in_one_language(counter: Counter) -> None:
    version = make_offer(counter.brand, benefit=MENU, in_a_sale=InASale(capped_at_till=True)).live
    assert version is not None
    assert description.card_of(version, "en")["benefit"] == MENU | {"menu": "Lunch"}


@pytest.mark.usefixtures("lunch_prices")
def test_a_new_kind_is_priced_at_the_till_and_cut_by_the_law(counter: Counter) -> None:
    lines = (BasketLine(1, 1, 1_000, category="toys"), BasketLine(2, 1, 1_000, category="food"))
    coupon = counter.coupon(benefit=MENU, capped_at_till=True)
    [step] = counter.quotes(*lines, coupons=[coupon]).stacked.steps
    assert (step.incentive.kind, step.wanted_minor, step.lines) == ("lunch_price", 1_400, {1: 1_000, 2: 340})


@pytest.mark.usefixtures("lunch_prices")
def test_a_new_kind_is_carried_away(counter: Counter) -> None:
    coupon = counter.coupon(benefit=MENU, capped_at_till=True)
    with db.system_transaction():
        [promotion] = promotions(coupon.member_id)
    assert (promotion.kind, promotion.amount_minor) == ("lunch_price", None)


def test_a_new_kind_has_its_fields_on_the_wire() -> None:
    kinds = [*KINDS.values(), LunchPrice]
    shape = In.from_dict(fields_in(kinds))()
    assert shape.load({"price_minor": 600, "menu": MENU["menu"]}) == {"price_minor": 600, "menu": MENU["menu"]}
    with pytest.raises(ma.ValidationError):
        shape.load({"price_minor": 1_001})
    assert {"price_minor", "menu"} <= fields_out(kinds).keys() & fields_told(kinds).keys()


def test_a_new_kind_that_takes_more_than_the_law_allows_sells_nothing(counter: Counter) -> None:
    with registered(Greedy):
        coupon = counter.coupon(benefit=MENU, capped_at_till=True)
        with pytest.raises(CapIgnored):
            counter.quotes(1_000, coupons=[coupon])


def draft_it(counter: Counter, _: Coupon, __: Offer) -> Any:
    return make_draft(counter.brand, benefit=MENU, in_a_sale=InASale(capped_at_till=True))


def approve_it(counter: Counter, _: Coupon, draft: Offer) -> Any:
    return approve(draft, counter.brand)


def price_it(counter: Counter, coupon: Coupon, _: Offer) -> Any:
    return counter.quotes(1_000, coupons=[coupon])


def show_it(_: Counter, __: Coupon, draft: Offer) -> Any:
    assert draft.draft is not None
    return description.card_of(draft.draft, "fr")


def carry_it_away(_: Counter, coupon: Coupon, __: Offer) -> Any:
    with db.system_transaction():
        return promotions(coupon.member_id)


@pytest.mark.parametrize("act", [draft_it, approve_it, price_it, show_it, carry_it_away])
def test_a_kind_that_nobody_made_is_refused_everywhere(counter: Counter, act: Callable[..., Any]) -> None:
    with registered(LunchPrice):
        coupon = counter.coupon(benefit=MENU, capped_at_till=True)
        draft = make_draft(counter.brand, benefit=MENU, in_a_sale=InASale(products=FOOD, capped_at_till=True))
    with pytest.raises(BenefitKindUnknown):
        act(counter, coupon, draft)


def test_a_value_that_is_missing_is_a_fault() -> None:
    with pytest.raises(KeyError):
        read_benefit({"kind": "percent"})


@dataclass(frozen=True)
class OtherPercent(PercentOff):
    percent: int = field(metadata=declare_field(WholeField(1, 50)))


class Odd(WireField):
    """A value that nobody sends."""

    def read(self, kept: Any) -> Any:
        return kept

    def tell(self, value: Any, language: Language) -> Any:
        return value


@dataclass(frozen=True)
class OddPercent(PercentOff):
    percent: int = field(metadata=declare_field(Odd()))


@dataclass(frozen=True)
class Undeclared(PercentOff):
    points: int


def test_two_kinds_may_not_mean_two_things_by_one_name() -> None:
    with pytest.raises(FieldDeclaredTwice):
        collect_fields([PercentOff, OtherPercent])


def test_a_value_that_is_not_declared_is_a_fault() -> None:
    with pytest.raises(KeyError):
        fields_of(Undeclared)


@pytest.mark.parametrize("shape", [fields_in, fields_out, fields_told])
def test_a_value_without_a_shape_on_the_wire_is_a_fault(shape: Callable[..., Any]) -> None:
    with pytest.raises(TypeError):
        shape([OddPercent])


def test_nobody_else_asks_a_benefit_for_its_kind() -> None:
    room = Path(offers.__file__ or "").parent
    others = [file for file in room.rglob("*.py") if file.parent.name != "benefits"]
    asking = [str(file) for file in others if re.search(r"benefit(\[|\.get\()", file.read_text(encoding="utf-8"))]
    assert asking == []
