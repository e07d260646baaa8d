"""Cards that are printed before anybody holds them: points first, person later."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.errors import TooManyGuesses
from app.accounts.guess_limits import GUESSES_PER_ASKER, GUESSES_PER_DAY
from app.accounts.models import MemberIdentifier
from app.sql import db
from tests.factories import NOON, make_brand, make_member
from tests.racing import at_once
from tests.wallet.factories import print_some
from wallet.cards.errors import PrintedCardRefused
from wallet.cards.models import Card, PrintedCard
from wallet.cards.printed_cards import AT_ONCE, GUESSES_AT_A_CARD, Printed, take_printed
from wallet.passes.codes import new_code
from wallet.passes.directory import find_code


def take(member_id: uuid.UUID, code: str, check: str, now=NOON) -> PrintedCard:
    with db.transaction():
        db.become(member_id=member_id)
        return take_printed(member_id=member_id, code=code, check=check, now=now)


def wrong(printed: Printed) -> str:
    return f"{(int(printed.check) + 1) % 1_000_000:06}"


def test_a_printed_card_is_known_at_the_till_at_once(brand):
    (printed,) = print_some(brand)
    with db.system_transaction():
        known = find_code(code=printed.code, brand_id=brand.id)
        assert db.get(Card, (known.member_id, known.target_id)).display_name == f"Carte {printed.code[-4:]}"


def test_its_member_is_nobody(brand):
    print_some(brand)
    with db.system_transaction():
        members = select(PrintedCard.member_id).where(PrintedCard.brand_id == brand.id)
        assert not db.all_of(select(MemberIdentifier).where(MemberIdentifier.member_id.in_(members)))


def test_the_same_batch_again_gives_the_same_cards(brand):
    assert print_some(brand, 3) == print_some(brand, 3)


def test_a_batch_grows(brand):
    first = print_some(brand, 2)
    grown = print_some(brand, 4)
    assert grown[:2] == first
    assert [card.position for card in grown] == [1, 2, 3, 4]


def test_a_batch_of_more_than_one_round_has_all_its_cards(brand):
    made = print_some(brand, AT_ONCE + 3)
    assert len({card.code for card in made}) == AT_ONCE + 3


def test_the_same_batch_made_at_once_is_made_once(brand):
    first, second = at_once(2, lambda _: print_some(brand, 20))
    assert first == second


def test_two_brands_have_batches_of_one_name(brand):
    assert print_some(brand) != print_some(make_brand())


def test_code_and_check_name_the_card(brand):
    (printed,) = print_some(brand)
    assert take(make_member().id, printed.code, printed.check).code == printed.code


def test_taking_a_card_twice_is_taking_it_once(brand):
    (printed,), member = print_some(brand), make_member()
    first = take(member.id, printed.code, printed.check)
    assert take(member.id, printed.code, printed.check, NOON + timedelta(days=1)).registered_at == first.registered_at


def test_of_many_who_type_one_card_one_has_it(brand):
    (printed,) = print_some(brand)
    members = [make_member() for _ in range(8)]

    def try_it(which: int) -> bool:
        try:
            take(members[which].id, printed.code, printed.check)
        except PrintedCardRefused:
            return False
        return True

    assert sum(at_once(8, try_it)) == 1


def test_three_faults_have_one_answer(brand):
    first, second = print_some(brand, 2)
    take(make_member().id, second.code, second.check)
    tries = [(first.code, wrong(first)), (new_code(), first.check), (second.code, second.check)]
    answers = []
    for code, check in tries:
        with pytest.raises(PrintedCardRefused) as refused:
            take(make_member().id, code, check)
        answers.append(refused.value.body(language="en", instance="x"))
    assert answers[0] == answers[1] == answers[2]


def test_one_member_guesses_so_often_and_no_more(brand):
    (printed,), member = print_some(brand), make_member()
    for _ in range(GUESSES_PER_DAY):
        with pytest.raises(PrintedCardRefused):
            take(member.id, new_code(), "000000")
    with pytest.raises(TooManyGuesses):
        take(member.id, printed.code, printed.check)


def test_one_member_cannot_close_a_card_to_its_holder(brand):
    (printed,), stranger = print_some(brand), make_member()
    for _ in range(GUESSES_PER_ASKER):
        with pytest.raises(PrintedCardRefused):
            take(stranger.id, printed.code, wrong(printed))
    with pytest.raises(TooManyGuesses):
        take(stranger.id, printed.code, wrong(printed))
    assert take(make_member().id, printed.code, printed.check).code == printed.code


def test_one_card_is_guessed_so_often_and_no_more(brand):
    (printed,) = print_some(brand)
    for _ in range(GUESSES_AT_A_CARD):
        with pytest.raises(PrintedCardRefused):
            take(make_member().id, printed.code, wrong(printed))
    with pytest.raises(TooManyGuesses):
        take(make_member().id, printed.code, printed.check)


def test_guesses_are_forgotten_after_a_day(brand):
    (printed,), member = print_some(brand), make_member()
    for _ in range(GUESSES_PER_ASKER):
        with pytest.raises(PrintedCardRefused):
            take(member.id, printed.code, wrong(printed))
    assert take(member.id, printed.code, printed.check, NOON + timedelta(days=1, seconds=1)).code == printed.code
