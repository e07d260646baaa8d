"""A currency that is money reads as money, wherever points are numbers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.factories import NOON, console_token, made, make_console_user, member_token
from tests.points.factories import Purse
from tests.programmes.factories import make_reward
from tests.speaking import Speaker
from tests.wallet.factories import make_card
from wallet.ledger.errors import CagnotteBelowUse, NotEnoughMoney
from wallet.ledger.models import EntryKind
from wallet.points import adjustments, money_words, spending, wording

MONEY: dict[str, Any] = {"kind": "money", "name_fr": "Cagnotte", "name_en": "Cagnotte"}


@pytest.fixture
def purse() -> Purse:
    return Purse(MONEY)


@pytest.fixture
def phone(purse: Purse, anyone: Speaker) -> Speaker:
    make_card(purse.member, purse.brand)
    phone = anyone.with_token(member_token(purse.member))
    phone.language = "fr"
    return phone


def test_a_balance_and_what_expires_are_read_in_euros(purse: Purse, phone: Speaker) -> None:
    [empty] = phone.get("/v1/points").json["items"]
    assert (empty["text"], empty["currency"]["money"]) == ("Cagnotte : 0,00\xa0€", "EUR")
    purse.earn(1_250, lasts="3M", now=datetime.now(UTC))
    [told] = phone.get("/v1/points").json["items"]
    assert (told["text"], told["next_expiries"][0]["text"]) == ("Cagnotte : 12,50\xa0€", "12,50\xa0€")


def test_movements_and_lots_are_read_in_euros(purse: Purse, phone: Speaker) -> None:
    purse.earn(350)
    path = f"/v1/points/{purse.currency.id}"
    [moved] = phone.get(f"{path}/movements").json["items"]
    assert (moved["what"], moved["text"]) == ("Argent gagné", "3,50\xa0€")
    assert phone.get(f"{path}/lots").json["items"][0]["text"] == "3,50\xa0€"


def test_points_are_read_as_numbers(anyone: Speaker) -> None:
    purse = Purse()
    make_card(purse.member, purse.brand)
    purse.earn(120)
    [told] = anyone.with_token(member_token(purse.member)).get("/v1/points").json["items"]
    assert (told["text"], told["currency"]["money"]) == ("Points: 120", None)


def test_every_movement_has_words_for_money() -> None:
    assert set(money_words.KINDS) == set(EntryKind)
    assert set(money_words.REASONS) <= set(wording.REASONS)


def test_too_little_money_is_said_in_euros_also_to_the_brand(purse: Purse, anyone: Speaker) -> None:
    purse.earn(200)
    for verb in (spending.spend_points, spending.hold_points):
        more = {"ends_at": NOON + timedelta(days=1)} if verb is spending.hold_points else {}
        with pytest.raises(NotEnoughMoney) as refused:
            purse.does(verb, points=350, **more)
        assert refused.value.facts["missing_minor"].amount_minor == 150
    with pytest.raises(NotEnoughMoney):
        purse.does(adjustments.adjust_balance, points=-350)
    admin = anyone.with_token(console_token(make_console_user(purse.brand, "admin")))
    card = make_card(purse.member, purse.brand)
    wish = {"card_id": str(card.id), "points": -350, "reference": "1", "reason": "Erreur"}
    answer = admin.post(f"/v1/points-currencies/{purse.currency.id}/adjustments", wish)
    assert (answer.status_code, answer.json["code"]) == (409, "not_enough_money")


def test_a_threshold_holds_for_whatever_spends_and_not_for_the_brand() -> None:
    purse = Purse(MONEY | {"usable_from": 500})
    purse.earn(499)
    with pytest.raises(CagnotteBelowUse):
        purse.does(spending.spend_points, points=1)
    with pytest.raises(CagnotteBelowUse):
        purse.does(spending.hold_points, points=1, ends_at=NOON + timedelta(days=1))
    purse.does(adjustments.adjust_balance, points=-400)
    assert purse.available == 99


def test_a_reward_is_out_of_reach_below_the_threshold(anyone: Speaker) -> None:
    purse = Purse(MONEY | {"usable_from": 500})
    make_card(purse.member, purse.brand)
    purse.earn(300)
    make_reward(purse.brand, purse.currency, price=200)
    phone = anyone.with_token(member_token(purse.member))
    phone.language = "fr"
    with made():
        code = purse.brand.code
    [told] = phone.get(f"/v1/brands/{code}/rewards").json["items"]
    assert (told["missing"], told["why"]) == (200, ["Il vous manque 2,00\xa0€."])
