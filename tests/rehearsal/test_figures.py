import pytest

from offers.rehearsal.estimates import Range
from offers.rehearsal.figures import NAMES, Figure, count_members, ranged, round_to_two


@pytest.mark.parametrize(("members", "told"), [(5, 5), (9, 5), (10, 10), (104, 100)])
def test_members_are_counted_by_fives(members: int, told: int) -> None:
    assert count_members("reach", members, scale=1).value == told


def test_what_fewer_than_five_members_stand_behind_is_not_said() -> None:
    card = ranged("cost_minor", Range(100, 12_345, 20_000), behind=4).card(currency="EUR", language="fr")
    assert {card["expected"], card["low"], card["high"]} == {None}
    assert not any(sign.isdigit() and sign != "5" for sign in card["text"])


def test_a_drawn_member_who_stands_for_many_is_still_one() -> None:
    assert not count_members("reach", 4, scale=100).is_said


@pytest.mark.parametrize(("number", "told"), [(0, 0), (99, 99), (101, 100), (1_234, 1_200), (-1_277, -1_300)])
def test_amounts_have_two_digits(number: int, told: int) -> None:
    assert round_to_two(number) == told


def test_money_is_spoken_as_people_write_it() -> None:
    figure = ranged("cost_minor", Range(1_000, 2_000, 3_000), behind=50)
    assert "20,00\xa0€, entre 10,00\xa0€ et 30,00\xa0€" in figure.card(currency="EUR", language="fr")["text"]
    assert "€20.00, between €10.00 and €30.00" in figure.card(currency="EUR", language="en")["text"]


def test_a_share_is_spoken_in_percent() -> None:
    figure = Figure("used_of_shown_bp", 523, behind=9)
    assert figure.card(currency="EUR", language="fr")["text"].endswith(": 5,2\xa0%.")


def test_every_number_has_a_name_in_both_languages() -> None:
    assert all(name.fr != name.en for name in NAMES.values())
