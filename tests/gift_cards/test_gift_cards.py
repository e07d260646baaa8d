"""Gift cards are made, looked at, blocked and taken back."""

import csv
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.clock import start_of
from tests.checkout.factories import Counter
from tests.coupons.factories import acting_at
from tests.factories import NOON, made, make_brand, make_store, make_terminal
from tests.gift_cards.factories import balance, by_card, let_sell, reads_card, sell_card
from tests.racing import at_once
from wallet.gift_cards import card_texts, issuance
from wallet.gift_cards.codes import conceal_code
from wallet.gift_cards.commands import print_gift_cards
from wallet.gift_cards.errors import (
    GiftCardAmountOutside,
    GiftCardBlocked,
    GiftCardReferenceReused,
    GiftCardsNotSold,
    GiftCardUnknown,
    GiftCardUsed,
)


@pytest.fixture
def counter() -> Counter:
    counter = Counter()
    let_sell(counter.brand)
    return counter


def test_a_card_is_worth_what_was_paid_until_the_end_of_the_day_a_year_later(counter: Counter) -> None:
    sold = sell_card(counter, 2_500)
    assert balance(sold) == 2_500
    assert sold.card.expires_at == start_of(NOON.date().replace(year=NOON.year + 1) + timedelta(days=1), "Europe/Paris")
    told = card_texts.card_of(sold.card, zone="Europe/Paris", language="fr")
    assert told["text"] == f"Carte cadeau …{sold.code[-4:]} : 25,00\xa0€, valable jusqu'au 18 mai 2027."


def test_a_brand_that_says_nothing_sells_none_and_one_that_does_sells_within_its_bounds(counter: Counter) -> None:
    with pytest.raises(GiftCardsNotSold):
        sell_card(Counter(), 2_500)
    with pytest.raises(GiftCardAmountOutside):
        sell_card(counter, 15_001)
    let_sell(counter.brand, valid_months=None)
    assert sell_card(counter, 15_000).card.expires_at is None


def test_a_lost_answer_is_told_again_with_the_same_code(counter: Counter) -> None:
    first, again = (sell_card(counter, 2_500, reference="R1") for _ in range(2))
    assert (first.card.id, first.code) == (again.card.id, again.code)
    with pytest.raises(GiftCardReferenceReused):
        sell_card(counter, 2_600, reference="R1")


def test_one_reference_at_once_is_one_card(counter: Counter) -> None:
    assert len(set(at_once(16, lambda _: sell_card(counter, 2_500, reference="R1").code))) == 1


def test_no_table_holds_a_code(counter: Counter) -> None:
    sold = sell_card(counter, 2_500)
    kept = {name: str(value) for name, value in vars(reads_card(sold)).items()}
    assert not any(sold.code in value or sold.code.replace("-", "") in value for value in kept.values())


def test_a_card_of_another_brand_is_unknown(counter: Counter) -> None:
    sold = sell_card(counter, 2_500)
    with made(), pytest.raises(GiftCardUnknown):
        card_texts.find_card(code=sold.code, brand_id=make_brand().id)


def test_a_card_that_paid_nothing_is_taken_back_by_its_store(counter: Counter) -> None:
    sold, used = sell_card(counter, 2_500), sell_card(counter, 2_500)
    other = make_terminal(make_store(counter.brand))[0]
    whose = {"brand_id": counter.brand.id, "now": NOON}
    with acting_at(other), pytest.raises(GiftCardUnknown):
        issuance.cancel_gift_card(card_id=sold.card.id, store_id=other.store_id, **whose)
    for _ in range(2):
        with acting_at(counter.terminal):
            issuance.cancel_gift_card(card_id=sold.card.id, store_id=counter.store.id, **whose)
    assert (balance(sold), reads_card(sold).state) == (0, "cancelled")
    counter.sells(100, tenders=(by_card(used, 100),))
    with acting_at(counter.terminal), pytest.raises(GiftCardUsed):
        issuance.cancel_gift_card(card_id=used.card.id, store_id=counter.store.id, **whose)


def test_nobody_gets_money_for_a_blocked_card(counter: Counter) -> None:
    sold = sell_card(counter, 2_500)
    with made():
        issuance.block_gift_card(card_id=sold.card.id, brand_id=counter.brand.id, blocked=True)
    whose = {"brand_id": counter.brand.id, "store_id": counter.store.id, "now": NOON}
    with acting_at(counter.terminal), pytest.raises(GiftCardBlocked):
        issuance.cancel_gift_card(card_id=sold.card.id, **whose)


def test_a_blocked_card_pays_nothing_until_it_may_again(counter: Counter) -> None:
    sold = sell_card(counter, 2_500)
    for blocked in (True, False):
        with made():
            issuance.block_gift_card(card_id=sold.card.id, brand_id=counter.brand.id, blocked=blocked)
        if blocked:
            with pytest.raises(GiftCardBlocked):
                counter.sells(100, tenders=(by_card(sold, 100),))
    counter.sells(100, tenders=(by_card(sold, 100),))
    assert balance(sold) == 2_400


def test_a_brand_prints_cards_and_the_same_batch_again_is_the_same(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wallet.gift_cards.commands.preparation.connect", lambda: None)
    file = tmp_path / "cards.csv"
    words = [str(file), "--brand", counter.brand.code, "--batch", "xmas", "--amount-minor", "2500"]
    printed = []
    for count in ("3", "5"):
        assert CliRunner().invoke(print_gift_cards, [*words, "--count", count]).exit_code == 0
        with file.open() as lines:
            printed.append([row["code"] for row in csv.DictReader(lines)])
    assert printed[0] == printed[1][:3]
    with made():
        found = card_texts.find_card(code=printed[1][4], brand_id=counter.brand.id)
    assert (found.balance_minor, found.ending) == (2_500, conceal_code(printed[1][4]).ending)
    answer = CliRunner().invoke(print_gift_cards, [*words[:-1], "2600", "--count", "3"])
    assert answer.exit_code == 1
