"""Rules that undo each other are put as they must have been meant, and this is said."""

import pytest

from geo.places.opening_hours import read_hours
from tests.places.factories import codes, judged, sentence

MEANT = {
    # a second half
    "08:00-13:00; 15:00-18:00": "08:00-13:00,15:00-18:00",
    "09:00-12:30; 14:30-19:00; Su off": "09:00-12:30,14:30-19:00; Su closed",  # real, Monaco
    "Mo-Fr 08:00-12:00; Mo-Fr 14:00-18:00": "Mo-Fr 08:00-12:00,14:00-18:00",
    "Mo-Fr 09:00-12:00; 14:00-18:00": "Mo-Fr 09:00-12:00,14:00-18:00",
    "Mo-Fr 08:00-12:00; Mo-Sa 14:00-18:00": "Mo-Fr 08:00-12:00, Mo-Sa 14:00-18:00",
    "Dec 24 09:00-12:00; Dec 24 14:00-17:00": "Dec 24 09:00-12:00,14:00-17:00",
    # a closing that is opened again
    "PH off; Mo-Sa 09:00-19:00": "Mo-Sa 09:00-19:00; PH closed",
    "Aug off; Mo-Fr 09:00-19:00; Sa 10:00-12:00": "Mo-Fr 09:00-19:00; Sa 10:00-12:00; Aug closed",
    "Su off; 09:00-19:00": "09:00-19:00; Su closed",
    "PH off; Mo-Sa 09:00-19:00; PH Mo 10:00-12:00": "Mo-Sa 09:00-19:00; PH closed; PH Mo 10:00-12:00",
    # a night that would end at midnight
    "Mo-Sa 10:00-05:00; Su 11:00-05:00": "Mo-Sa 10:00-05:00, Su 11:00-05:00",
    "Mo-Sa 18:00-03:00; Su off": "Mo-Sa 18:00-03:00",
    "19:00-02:00; Mo off": "Tu-Su 19:00-02:00",  # real, Monaco
    "Mo-Su 18:00-26:00; We off": "Th-Tu 18:00-26:00",
}


@pytest.mark.parametrize(("typed", "meant"), MEANT.items())
def test_rules_that_undo_each_other_are_put_in_order(typed, meant):
    hours = read_hours(typed)
    assert (hours.text, hours.rearranged) == (meant, True)


@pytest.mark.parametrize("meant", MEANT.values())
def test_what_was_put_in_order_stays(meant):
    assert (read_hours(meant).text, read_hours(meant).rearranged) == (meant, False)


@pytest.mark.parametrize(
    "text",
    [
        "Mo-Su 08:30-21:00; Sa 08:30-20:00",
        "Mo-Su 10:00-21:00; Th 10:00-22:00",
        "Mo-Sa 08:00-22:00; 08:00-12:30",
        "Mo-Fr 08:00-12:00; We 14:00-18:00",
        "Mo-Sa 09:00-19:00; PH off",
        "Mo closed; Tu-Sa 06:00-13:00",
        "Mo-Sa 18:00-03:00; PH off",
        "Mo-Fr 10:00-20:00; We 12:00-14:00 off",
        'Mo-Fr 10:00-12:00; Mo-Fr 14:00-18:00 "sur rendez-vous"',
        "Mo-Fr 10:00+; Mo-Fr 09:00-09:30",
    ],
)
def test_rules_that_may_well_be_meant_so_stay(text):
    assert not read_hours(text).rearranged


def test_a_merchandiser_is_asked():
    given = "Mo-Fr 08:00-12:00; Mo-Fr 14:00-18:00"
    assert sentence(judged(opening_hours=given)) == (
        'opening hours "Mo-Fr 08:00-12:00; Mo-Fr 14:00-18:00" read as "Mo-Fr 08:00-12:00,14:00-18:00": '
        'after ";" a rule replaces those before it'
    )


def test_hours_that_were_repaired_and_put_in_order_are_said_once():
    checked = judged(opening_hours="8h-13h; 15h-18h")
    assert (codes(checked), checked.details.opening_hours) == (["hours_repaired"], "08:00-13:00,15:00-18:00")
