"""A card is known by other numbers too: the brand's own, a tag, a transit pass."""

import uuid

import pytest
from sqlalchemy import select

from app.sql import db
from tests.factories import NOON, make_brand, make_member
from tests.racing import at_once
from tests.wallet.factories import link, make_card
from wallet.cards import numbers
from wallet.cards.errors import NumberTaken, NumberUnknown, NumberUnusable, TooManyNumbers
from wallet.cards.models import Card, CardNumber, NumberKind
from wallet.cards.queries import number_of_brand


@pytest.fixture
def card(app):
    return make_card(make_member(), make_brand())


def found(card: Card, number: str, kind: NumberKind = NumberKind.BRAND_NUMBER) -> CardNumber | None:
    with db.system_transaction():
        value = numbers.kept_as(brand_id=card.brand_id, kind=kind, number=number)
        return db.first(number_of_brand(card.brand_id, kind, value))


def unlink(card: Card, number_id: uuid.UUID) -> None:
    with db.transaction():
        db.become(member_id=card.member_id)
        numbers.unlink_number(member_id=card.member_id, card_id=card.id, number_id=number_id)


@pytest.mark.parametrize("kind", list(NumberKind))
def test_a_number_finds_its_card(card, kind):
    link(card, "04A2 2F1B", kind=kind)
    known = found(card, "04a22f1b", kind)
    assert known is not None
    assert (known.member_id, known.card_id) == (card.member_id, card.id)


def test_a_tag_is_the_same_with_and_without_colons(card):
    link(card, "04:a2:2f:1b", kind=NumberKind.NFC)
    assert found(card, "04A22F1B", NumberKind.NFC) is not None


def test_leading_zeros_count(card):
    link(card, "0042")
    assert found(card, "42") is None


def test_the_same_number_is_another_of_another_kind(card):
    link(card, "0042", kind=NumberKind.NFC)
    assert found(card, "0042") is None


def test_a_number_is_known_to_its_brand_only(card):
    link(card, "0042")
    assert found(make_card(make_member(), make_brand()), "0042") is None


@pytest.mark.parametrize("kind", [NumberKind.NFC, NumberKind.TRANSIT], ids=str)
def test_what_others_read_too_is_kept_as_a_hash(card, kind):
    assert "04A22F1B" not in link(card, "04A22F1B", kind=kind).value


def test_two_brands_keep_a_tag_in_two_ways(card):
    other = make_card(make_member(), make_brand())
    assert link(card, "04A22F1B", kind=NumberKind.NFC).value != link(other, "04A22F1B", kind=NumberKind.NFC).value


def test_linking_again_is_the_same_link(card):
    assert link(card, "0042").id == link(card, "0042").id


def test_a_number_stands_for_one_card(card):
    link(card, "0042")
    with db.system_transaction():
        other = Card(member_id=make_member().id, id=uuid.uuid4(), brand_id=card.brand_id)
    with pytest.raises(NumberTaken):
        link(other, "0042")


def test_of_many_cards_that_want_one_number_one_gets_it(app):
    brand = make_brand()
    cards = [make_card(make_member(), brand) for _ in range(8)]

    def take(which: int) -> bool:
        try:
            link(cards[which], "0042")
        except NumberTaken:
            return False
        return True

    assert sum(at_once(8, take)) == 1


@pytest.mark.parametrize("number", ["", " ", "x" * 65, "é", "a;b", "-1"])
def test_what_no_card_could_carry_is_refused(card, number):
    with pytest.raises(NumberUnusable):
        link(card, number)


def test_a_card_has_so_many_numbers_and_no_more(card):
    for number in range(numbers.MOST_NUMBERS):
        link(card, f"A{number}")
    with pytest.raises(TooManyNumbers):
        link(card, "ONE-MORE")


def test_the_last_number_may_be_linked_again(card):
    for number in range(numbers.MOST_NUMBERS):
        link(card, f"A{number}")
    assert link(card, "A0").value == "A0"


def test_an_unlinked_number_is_free(card):
    unlink(card, link(card, "0042").id)
    other = make_card(make_member(), make_brand())
    assert found(card, "0042") is None
    assert link(other, "0042").card_id == other.id


def test_somebody_elses_number_cannot_be_unlinked(card):
    with pytest.raises(NumberUnknown):
        unlink(make_card(make_member(), make_brand()), link(card, "0042").id)


def test_a_number_that_row_security_hides_is_taken_all_the_same(card):
    link(card, "0042")
    mine = make_card(make_member(), make_brand())
    with db.transaction():
        db.become(member_id=mine.member_id)
        with pytest.raises(NumberTaken):
            numbers.link_number(
                member_id=mine.member_id,
                card_id=mine.id,
                brand_id=card.brand_id,
                kind=NumberKind.BRAND_NUMBER,
                number="0042",
                now=NOON,
            )
    with db.system_transaction():
        assert len(db.all_of(select(CardNumber).where(CardNumber.member_id == mine.member_id))) == 0
