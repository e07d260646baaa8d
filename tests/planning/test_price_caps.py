"""The French cap on promotions: who it is for, until when, how much, and which offers it stops."""

from datetime import date
from typing import Any

import pytest

from app.accounts.models import Brand
from app.sql import db
from offers.planning.caps.capped_categories import map_categories
from offers.planning.caps.price_caps import Goods, cap_for, goods_in
from offers.planning.drafts import InASale
from offers.planning.errors import CapBroken, PriorPriceMissing
from offers.planning.models import Audience
from tests.factories import make_brand
from tests.planning.factories import Desk, approve, body, make_draft, make_offer, on_the_clock
from tests.speaking import Speaker
from wallet.purchases.basket import Products

FOOD = Products(categories=frozenset({"food/dairy"}))
SOAP = Products(categories=frozenset({"drugstore"}))
PATHS = {Goods.FOOD: ["food", "pets"], Goods.EVERYDAY: ["drugstore"]}


def mapped(**given: Any) -> Brand:
    brand = make_brand(**given)
    with db.system_transaction():
        map_categories(brand_id=brand.id, categories=PATHS)
    return brand


def percent(of: int, products: Products, **rules: Any) -> dict[str, Any]:
    return {"benefit": {"kind": "percent", "percent": of}, "in_a_sale": InASale(products=products, **rules)}


def euros(minor: int, **given: Any) -> dict[str, Any]:
    return {"benefit": {"kind": "amount", "amount_minor": minor, "currency": "EUR"}} | given


@pytest.mark.parametrize(
    ("goods", "countries", "day", "share_bp"),
    [
        (Goods.FOOD, ["FR"], date(2026, 5, 18), 3400),
        (Goods.EVERYDAY, ["FR"], date(2026, 5, 18), 4000),
        (Goods.FOOD, ["FR"], date(2028, 4, 15), 3400),
        (Goods.FOOD, ["FR"], date(2028, 4, 16), None),
        (Goods.FOOD, ["BE"], date(2026, 5, 18), None),
        (Goods.FOOD, ["BE", "FR"], date(2026, 5, 18), 3400),
    ],
)
def test_the_table_says_what_holds_where_and_until_when(
    goods: Goods, countries: list[str], day: date, share_bp: int | None
) -> None:
    cap = cap_for(goods, countries=countries, day=day)
    assert (cap and cap.share_bp) == share_bp


def test_the_longest_path_says_what_a_category_is() -> None:
    paths = {"food": Goods.FOOD, "food/cleaning": Goods.EVERYDAY}
    assert goods_in("food/cleaning/soap", paths) is Goods.EVERYDAY
    assert goods_in("foodstuff", paths) is None


def test_thirty_four_percent_off_food_can_be_planned_and_thirty_five_cannot() -> None:
    brand = mapped()
    make_draft(brand, **percent(34, FOOD))
    with pytest.raises(CapBroken) as refused:
        make_draft(brand, **percent(35, FOOD))
    assert refused.value.facts["percent"] == 34


def test_forty_percent_off_everyday_goods_can_be_planned_and_forty_one_cannot() -> None:
    brand = mapped()
    make_draft(brand, **percent(40, SOAP))
    with pytest.raises(CapBroken):
        make_draft(brand, **percent(41, SOAP))


def test_half_off_everything_is_off_food_too() -> None:
    with pytest.raises(CapBroken):
        make_draft(mapped(), **percent(50, Products()))


def test_half_off_everything_but_what_is_capped_can_be_planned() -> None:
    make_draft(mapped(), **percent(50, Products(but_not=frozenset({"food", "pets", "drugstore"}))))


def test_an_offer_that_the_till_caps_can_be_planned() -> None:
    make_draft(mapped(), **percent(50, FOOD, capped_at_till=True))


def test_the_cap_is_off_in_other_countries() -> None:
    make_draft(mapped(countries=["BE"]), **percent(50, FOOD))


def test_the_cap_is_off_once_the_law_has_ended() -> None:
    window = {"starts_local": on_the_clock("2028-04-16"), "ends_local": on_the_clock("2028-05-01")}
    make_draft(mapped(), **percent(50, FOOD), **window)


def test_an_offer_whose_last_day_is_the_day_before_the_law_is_not_under_it() -> None:
    window = {"starts_local": on_the_clock("2025-04-01"), "ends_local": on_the_clock("2025-04-16")}
    make_draft(mapped(), **percent(50, FOOD), **window)


def test_an_amount_is_held_against_the_price_before_it() -> None:
    brand = mapped()
    make_draft(brand, **euros(340, prior_price_minor=1_000, in_a_sale=InASale(products=FOOD)))
    with pytest.raises(CapBroken):
        make_draft(brand, **euros(341, prior_price_minor=1_000, in_a_sale=InASale(products=FOOD)))


def test_what_the_brand_says_of_its_articles_counts_when_the_offer_is_approved() -> None:
    brand = make_brand()
    offer = make_draft(brand, **percent(50, FOOD))
    with db.system_transaction():
        map_categories(brand_id=brand.id, categories=PATHS)
    with pytest.raises(CapBroken):
        approve(offer, brand)


def test_a_reduction_for_everybody_states_the_lowest_price_of_the_last_thirty_days() -> None:
    brand = make_brand()
    with pytest.raises(PriorPriceMissing):
        make_draft(brand, audience=Audience.EVERYBODY)
    make_draft(brand, audience=Audience.EVERYBODY, prior_price_minor=1_000)


def test_a_reduction_for_members_needs_no_prior_price() -> None:
    assert make_draft(make_brand(), audience=Audience.MEMBERS).draft is not None


def test_the_console_maps_categories_and_reads_the_rules(anyone: Speaker) -> None:
    desk = Desk(anyone)
    wish = {"food": ["food"], "everyday": ["drugstore", "food"]}
    assert desk.merchandiser.put("/v1/capped-categories", wish).status_code == 200
    known = desk.auditor.get("/v1/capped-categories").get_json()
    assert (known["food"], known["everyday"]) == (["food"], ["drugstore"])
    assert [cap["share_bp"] for cap in known["caps"]] == [3400, 4000]


@pytest.mark.parametrize("path", ["/food", "food//dairy", "food/", "\ud800"], ids=["first", "twice", "last", "half"])
def test_a_path_that_is_none_is_refused(anyone: Speaker, path: str) -> None:
    assert Desk(anyone).merchandiser.put("/v1/capped-categories", {"food": [path]}).status_code == 422


def test_the_console_is_told_which_law_an_offer_breaks(anyone: Speaker) -> None:
    desk = Desk(anyone)
    desk.merchandiser.put("/v1/capped-categories", {"food": ["food"]})
    sale = {"products": {"categories": ["food"]}}
    answer = desk.merchandiser.post("/v1/offers", body(benefit={"kind": "percent", "percent": 50}, in_a_sale=sale))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "cap_broken")
    assert "34 %" in answer.get_json()["title"]


def test_the_console_reads_how_an_offer_works_in_a_sale(anyone: Speaker) -> None:
    desk = Desk(anyone)
    sale = {
        "products": {
            "categories": ["food"],
            "gtins": ["3017620422003"],
            "skus": [],
            "but_not": ["food/spreads"],
            "lists": [],
            "but_not_lists": [],
        },
        "minimum_minor": 1_000,
        "maximum_minor": 5_000,
        "counted_tax": "excluded",
        "stacking": "exclusive",
        "base": "initial",
        "rank": 3,
        "capped_at_till": True,
    }
    made = desk.merchandiser.post("/v1/offers", body(in_a_sale=sale, personalised_by_algorithm=True)).get_json()
    assert (made["draft"]["in_a_sale"], made["draft"]["personalised_by_algorithm"]) == (sale, True)


def test_a_maximum_below_the_minimum_is_refused(anyone: Speaker) -> None:
    desk = Desk(anyone)
    sale = {"minimum_minor": 1_000, "maximum_minor": 999}
    answer = desk.merchandiser.post("/v1/offers", body(in_a_sale=sale), headers={"Accept-Language": "fr"})
    [said] = answer.get_json()["errors"]
    assert (answer.status_code, said["pointer"], said["code"]) == (
        422,
        "/in_a_sale/maximum_minor",
        "maximum_below_minimum",
    )
    assert said["detail"] == "Le maximum est inférieur au minimum."
    same = body(in_a_sale={"minimum_minor": 1_000, "maximum_minor": 1_000})
    assert desk.merchandiser.post("/v1/offers", same).status_code == 201


def test_an_offer_of_before_means_what_it_meant() -> None:
    version = make_offer(make_brand()).live
    assert version is not None
    bounds = (version.minimum_minor, version.maximum_minor, version.counted_tax)
    assert (version.articles, bounds, version.stacking, version.base) == (
        Products(),
        (0, None, "included"),
        "common",
        "discounted",
    )
