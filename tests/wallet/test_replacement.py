"""A lost card is refused from that instant, and goes on under a new code."""

import pytest

from app.sql import db
from tests.factories import NOON, make_brand, make_member
from tests.racing import at_once
from tests.wallet.factories import code_of, make_card
from wallet.cards import replacement
from wallet.cards.errors import CardUnknown
from wallet.cards.models import Card
from wallet.passes.directory import find_code
from wallet.passes.errors import CardLost


@pytest.fixture
def card(app):
    return make_card(make_member(), make_brand())


def replace(card: Card) -> Card:
    with db.transaction():
        db.become(member_id=card.member_id)
        return replacement.replace_lost(member_id=card.member_id, card_id=card.id, now=NOON)


def standing(card: Card, code: str) -> bool:
    with db.system_transaction():
        try:
            return find_code(code=code, brand_id=card.brand_id).target_id == card.id
        except CardLost:
            return False


def test_the_card_is_the_same_with_another_code(card):
    new = replace(card)
    assert (new.id, new.joined_at, new.version) == (card.id, card.joined_at, card.version + 1)
    assert new.code != card.code


def test_the_new_code_is_taken_and_the_old_one_is_not(card):
    new = replace(card)
    assert (standing(card, new.code), standing(card, card.code)) == (True, False)


def test_staff_hear_that_the_old_card_was_lost_and_when(card):
    replace(card)
    with db.system_transaction(), pytest.raises(CardLost) as refused:
        find_code(code=card.code, brand_id=card.brand_id)
    assert refused.value.facts["at"].at == NOON


def test_an_old_code_never_comes_back(card):
    codes = [card.code, replace(card).code, replace(card).code]
    assert [standing(card, code) for code in codes] == [False, False, True]


def test_of_many_replacements_at_once_one_code_stands(card):
    made = at_once(8, lambda _: replace(card).code)
    assert [code for code in made if standing(card, code)] == [code_of(card)]


def test_somebody_elses_card_cannot_be_replaced(card):
    with db.transaction():
        db.become(member_id=make_member().id)
        with pytest.raises(CardUnknown):
            replacement.replace_lost(member_id=make_member().id, card_id=card.id, now=NOON)


def test_a_brand_replaces_a_card_of_its_own_only(card):
    with db.system_transaction(), pytest.raises(CardUnknown):
        replacement.replace_lost_of_brand(brand_id=make_brand().id, card_id=card.id, now=NOON)


def test_a_closed_card_is_not_replaced(app):
    with pytest.raises(CardUnknown):
        replace(make_card(make_member(), make_brand(), status="closed"))
