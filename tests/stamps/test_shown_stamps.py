"""Members, staff and passes read the same card; the console says what it looks like."""

import json

import orjson
import pytest

from offers.greetings import greetings
from offers.greetings.schemas import GreetingOut
from tests.designs.factories import Balance, Said, draw_design
from tests.factories import NOON, console_token, made, make_console_user, make_member, member_token
from tests.issued.factories import issue, refresh, says
from tests.programmes.factories import make_reward
from tests.speaking import Speaker
from tests.stamps.factories import CoffeeBar
from wallet.designs.fields import FieldShows
from wallet.designs.layout import lay_out
from wallet.issued.contents import StampsShown


def test_a_member_reads_their_card(anyone: Speaker) -> None:
    bar = CoffeeBar()
    bar.drinks(7)
    mine = anyone.with_token(member_token(bar.member))
    mine.language = "fr"
    [shown] = mine.get("/v1/stamp-cards").get_json()["items"]
    assert shown["card"] == {
        "size": 10,
        "shown": 7,
        "full": 0,
        "stamps": 7,
        "used": 0,
        "owed": 0,
        "state": "started",
        "text": "7 tampons sur 10",
    }
    assert shown["reward"] == {"id": str(bar.reward.id), "title": "Une boîte de thé"}


def test_a_member_without_a_card_of_the_brand_has_no_stamp_card(anyone: Speaker) -> None:
    CoffeeBar()
    assert anyone.with_token(member_token(make_member())).get("/v1/stamp-cards").get_json() == {"items": []}


@pytest.mark.parametrize(("language", "said"), [("fr", "Café : 7 tampons sur 10."), ("en", "Coffee: 7 of 10 stamps.")])
def test_staff_are_told_in_a_sentence(language: str, said: str) -> None:
    bar = CoffeeBar()
    bar.drinks(7)
    whose = {"member_id": bar.member.id, "brand_id": bar.brand.id, "store_id": bar.store.id}
    with made():
        told = greetings.know_member(**whose, language=language, now=NOON)
    assert [one["text"] for one in told["balances"] if one["stamp_card"]] == [said]
    assert json.loads(orjson.dumps(told)) == json.loads(json.dumps(GreetingOut().dump(told)))


def test_staff_are_told_of_a_card_that_was_used() -> None:
    bar = CoffeeBar()
    bar.drinks(10)
    whose = {"member_id": bar.member.id, "brand_id": bar.brand.id, "store_id": bar.store.id}
    with made():
        told = greetings.know_member(**whose, language="fr", now=NOON)
    [card] = [one["stamp_card"] for one in told["balances"] if one["stamp_card"]]
    assert (card["state"], card["used"], [one["title"] for one in told["coupons"]]) == ("used", 1, ["Café offert"])


def test_a_pass_says_what_is_on_the_card_and_follows() -> None:
    bar = CoffeeBar()
    held = issue(bar.card)
    bar.drinks(7)
    assert refresh(held) == [held.id]
    assert [one for one in says(held).balances if isinstance(one, StampsShown)] == [
        StampsShown("coffee", "Café", "Coffee", 7, None, 10)
    ]


def test_a_pass_follows_when_cards_get_another_size() -> None:
    bar = CoffeeBar()
    bar.drinks(1)
    held = issue(bar.card)
    bar.sets_card(5, make_reward(bar.brand, bar.stamps, price=5))
    assert refresh(held) == [held.id]


@pytest.mark.parametrize(("language", "said"), [("fr", "7 tampons sur 10"), ("en", "7 of 10 stamps")])
def test_stamps_stand_on_a_pass_in_words_and_where_there_is_one_place_as_a_fraction(language: str, said: str) -> None:
    balance = Balance("coffee", "Café", "Coffee", 7, None, card_size=10)
    [field] = lay_out(Said(balances=(balance,)), draw_design(), language).shown(FieldShows.POINTS)
    assert (field.value, field.short, field.amount) == (said, "7/10", None)


@pytest.fixture
def bar() -> CoffeeBar:
    return CoffeeBar()


@pytest.fixture
def admin(anyone: Speaker, bar: CoffeeBar) -> Speaker:
    return anyone.with_token(console_token(make_console_user(bar.brand, "admin")))


def test_the_console_sets_and_reads_a_card(admin: Speaker, bar: CoffeeBar) -> None:
    path = f"/v1/points-currencies/{bar.stamps.id}/stamp-card"
    answer = admin.put(path, {"size": 12})
    assert (answer.status_code, answer.get_json()["size"], answer.get_json()["reward_id"]) == (200, 12, None)
    assert admin.get(path).get_json() == answer.get_json()


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"size": 1}, "malformed"),
        ({"size": 101}, "malformed"),
        ({"size": 9, "reward_id": "mine"}, "stamp_reward_unfit"),
        ({"size": 10, "reward_id": "01a225d2-d8b7-756d-9c8f-3c06cb13287c"}, "reward_unknown"),
    ],
)
def test_a_card_that_could_give_nothing_is_refused(
    admin: Speaker, bar: CoffeeBar, wish: dict[str, object], code: str
) -> None:
    wish = {**wish, "reward_id": str(bar.reward.id)} if wish.get("reward_id") == "mine" else wish
    answer = admin.put(f"/v1/points-currencies/{bar.stamps.id}/stamp-card", wish)
    assert answer.get_json()["code"] == code


def test_points_have_no_card(admin: Speaker, bar: CoffeeBar) -> None:
    path = f"/v1/points-currencies/{bar.currency.id}/stamp-card"
    assert admin.put(path, {"size": 10}).get_json()["code"] == "currency_not_stamps"
    assert admin.get(path).get_json()["code"] == "stamp_card_unknown"


def test_another_brands_stamps_are_unknown(anyone: Speaker, bar: CoffeeBar) -> None:
    other = anyone.with_token(console_token(make_console_user(CoffeeBar().brand, "admin")))
    path = f"/v1/points-currencies/{bar.stamps.id}/stamp-card"
    assert [other.put(path, {"size": 10}).status_code, other.get(path).status_code] == [404, 404]
