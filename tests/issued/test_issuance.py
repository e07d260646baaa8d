"""A pass is issued once for a card, and ended."""

import pytest

from tests.factories import NOON, made, make_brand, make_member
from tests.issued.factories import LATER, as_now, end, issue, says
from tests.racing import at_once
from tests.wallet.factories import make_card
from wallet.issued import issuance
from wallet.issued.errors import IssuedPassUnknown
from wallet.issued.models import PassKind
from wallet.issued.tokens import authentication_token, is_token


def test_a_card_has_one_pass_however_often_it_is_asked_for(member, brand):
    card = make_card(member, brand)
    assert issue(card).serial == issue(card, now=LATER).serial


def test_sixteen_who_ask_at_once_get_one_pass(member, brand, crowd):
    card = make_card(member, brand)
    assert len(set(at_once(16, lambda _: issue_plainly(card)))) == 1


def issue_plainly(card):
    with made():
        return issuance.issue_pass(
            member_id=card.member_id, brand_id=card.brand_id, kind=PassKind.CARD, target_id=card.id, now=NOON
        ).serial


def test_a_serial_is_long_and_fits_an_address(member, brand):
    serial = issue(make_card(member, brand)).serial
    assert len(serial) == 22
    assert serial.replace("-", "").replace("_", "").isalnum()


def test_a_token_is_long_and_of_its_serial_alone(member, brand):
    serial = issue(make_card(member, brand)).serial
    token = authentication_token(serial)
    assert len(token) == 43
    assert is_token(serial, token)
    assert not is_token(serial[::-1], token)
    assert not is_token(serial, token[:-1])
    assert not is_token(serial, "é")


def test_an_ended_pass_is_void_and_the_card_can_have_another(member, brand):
    card = make_card(member, brand)
    first = issue(card)
    end(first)
    assert says(first).is_void
    second = issue(card, now=LATER)
    assert second.serial != first.serial
    assert not says(second).is_void


def test_ending_twice_is_once(member, brand):
    held = issue(make_card(member, brand))
    end(held)
    ended_at = as_now(held).ended_at
    end(held, now=LATER)
    assert as_now(held).ended_at == ended_at


def test_somebody_elses_pass_is_unknown(member, brand):
    held = issue(make_card(make_member(), make_brand()))
    with pytest.raises(IssuedPassUnknown), made():
        issuance.end_pass(member_id=member.id, pass_id=held.id, now=NOON)
