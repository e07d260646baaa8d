"""What is stored means what was typed: through a whole year, for any text that the grammar allows."""

from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from geo.places.hours.grammar import RulesUnreadable, read_rules
from geo.places.hours.rules import spell_rules
from geo.places.opening_hours import HoursUnreadable, open_intervals, read_hours
from tests.places.factories import somewhere

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)

DATES = st.sampled_from(["", "Dec 25,26", "Apr-Sep", "Jul 14-Aug 20", "2026 Dec 24", "week 10-20/2", "easter -2 days"])
DAYS = st.sampled_from(
    ["", "Mo-Fr", "Sa, Su", "PH", "PH Su", "PH,Su", "SH We", "Su PH", "Sa-Mo", "Fr[-1]", "mo", "PH -1 day", "We,PH"]
)
TIMES = st.sampled_from(
    [
        "",
        "9:00-19:00",
        "08:00-12:00,14:00-18:00",
        "18:00-03:00",
        "10:00+",
        "20:00-26:00",
        "10:00-24:00",
        "08:00 - 9:00+",
    ]
)
STATES = st.sampled_from(
    ["", "", "", "off", "closed", "open", "unknown", '"sur rendez-vous"', 'open "cour"', 'off "x"']
)
RULES = st.tuples(DATES, DAYS, TIMES, STATES).map(lambda parts: " ".join(filter(None, parts))) | st.just("24/7")
TEXTS = st.lists(st.tuples(st.sampled_from(["; ", ";", ", ", " || "]), RULES), min_size=1, max_size=4).map(
    lambda rules: "".join(between * bool(number) + rule for number, (between, rule) in enumerate(rules))
)


def year(text):
    """When a store at the Louvre is open in 2026."""
    return open_intervals(text, around=somewhere(text), start=NEW_YEAR, days=365)


@given(TEXTS)
def test_what_is_stored_means_what_was_typed(text):
    try:
        hours = read_hours(text)
        assume(not (hours.repaired or hours.rearranged))
    except HoursUnreadable:
        assume(False)
    assert year(hours.text) == year(text)


@given(TEXTS)
def test_canonical_spelling_reads_as_the_same_rules(text):
    try:
        rules = read_rules(text)
    except RulesUnreadable:
        return
    assert read_rules(spell_rules(rules)) == rules


@given(TEXTS)
def test_what_is_stored_is_never_asked_about_again(text):
    try:
        hours = read_hours(read_hours(text).text)
    except HoursUnreadable:
        return
    assert (hours.repaired, hours.rearranged) == (False, False)


CANONICAL = {
    "mo-sa 8:30-22:00": "Mo-Sa 08:30-22:00",
    "Mo-Sa 09:00-19:00;PH Su off": "Mo-Sa 09:00-19:00; PH Su closed",
    "PH,SH Mo-Fr 10:00-12:00": "PH,SH Mo-Fr 10:00-12:00",
    "Su,PH off": "PH,Su closed",
    "Sa, Su 09:00-16:00": "Sa,Su 09:00-16:00",
    "Dec 25,26 off": "Dec 25,Dec 26 closed",
    "Dec 24-26,31 off": "Dec 24-Dec 26,Dec 31 closed",
    "Jun 15-Jul 31: 20:45-24:00": "Jun 15-Jul 31 20:45-24:00",
    "week 10-20: Mo 10:00-12:00": "week 10-20 Mo 10:00-12:00",
    'Mo 10:00-12:00 open "cour"': 'Mo 10:00-12:00 open "cour"',
    "Mo-Fr open": "Mo-Fr open",
    "Sa[1,-1] 10:00-12:00": "Sa[1,-1] 10:00-12:00",
    "Fr[-1] +1 day 10:00-12:00": "Fr[-1] +1 day 10:00-12:00",
    "PH -1 day 09:00-12:00": "PH -1 day 09:00-12:00",
    "(sunrise+01:00)-(sunset-00:30)": "(sunrise+01:00)-(sunset-00:30)",
    'Mo-Su 08:00-19:00 || "sur rendez-vous"': 'Mo-Su 08:00-19:00 || "sur rendez-vous"',
    "24/7": "24/7",
    '24/7 "sur rendez-vous"': '"sur rendez-vous"',
}


@pytest.mark.parametrize(("typed", "canonical"), CANONICAL.items())
def test_each_form_keeps_its_meaning_in_canonical_spelling(typed, canonical):
    hours = read_hours(typed)
    assert (hours.text, hours.repaired, hours.rearranged) == (canonical, False, False)
