"""Opening hours as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.places.opening_hours import HoursUnreadable, read_hours

REPAIRS = {
    "Lu-Sam 10:00-21:00": "Mo-Sa 10:00-21:00",  # real, Paris
    "Mo-Su 09:00-23:00,Fr-Sa09:00-24:00": "Mo-Su 09:00-23:00, Fr-Sa 09:00-24:00",
    "Mo-Sa 09:00–12:30,14:00–19:00": "Mo-Sa 09:00-12:30,14:00-19:00",  # real, Monaco
    "Mon - Fri 11am - 11pm": "Mo-Fr 11:00-23:00",
    "Mo-Su 12pm-12am": "Mo-Su 12:00-00:00",
    "Fr11:00-12:00": "Fr 11:00-12:00",
    "Mo-Fr 10:00-18:00 Sa 10:00-12:00": "Mo-Fr 10:00-18:00; Sa 10:00-12:00",
    "Mo-Fr 9:00-18:00;": "Mo-Fr 09:00-18:00",
    "Mo-Fr: 08:00-19:00": "Mo-Fr 08:00-19:00",
    "Lundi-Samedi 9h30-19h30": "Mo-Sa 09:30-19:30",
    "Mar-Sam 10:00-19:00": "Tu-Sa 10:00-19:00",
    "Lu Ma Je 10h-12h": "Mo,Tu,Th 10:00-12:00",
    "LUNDI AU SAMEDI : 8H30 - 20H30\nDIMANCHE : 9H - 13H": "Mo-Sa 08:30-20:30; Su 09:00-13:00",
    "du lundi au samedi de 9h à 19h30 et le dimanche de 9h à 13h": "Mo-Sa 09:00-19:30, Su 09:00-13:00",
    "Lun-Ven : 9h00-12h30 / 14h00-19h00 ; Sam : 9h-12h": "Mo-Fr 09:00-12:30,14:00-19:00; Sa 09:00-12:00",
    "Lu-Sa 9h-19h30 / Di 9h-13h": "Mo-Sa 09:00-19:30; Su 09:00-13:00",
    "lundi, mardi : 10h-12h, 14h-18h; fermé le dimanche": "Mo,Tu 10:00-12:00,14:00-18:00; Su closed",
    "Mo-Sa 8h30 à 20h, jours fériés fermé": "Mo-Sa 08:30-20:00, PH closed",
    "tous les jours de 8h à minuit": "Mo-Su 08:00-24:00",
    "7j/7 8h-20h": "Mo-Su 08:00-20:00",
    "24h/24 7j/7": "24/7",
    "10-19": "10:00-19:00",
    "Dec 24 – Dec 26 10:00-12:00": "Dec 24-Dec 26 10:00-12:00",
    'Lu-Ve 9h-19h "sauf août"': 'Mo-Fr 09:00-19:00 "sauf août"',
    'Lu-Ve 9h-19h || "sur rendez-vous"': 'Mo-Fr 09:00-19:00 || "sur rendez-vous"',
    'Lu-Ve 9h-19h open "cour"': 'Mo-Fr 09:00-19:00 open "cour"',
    "Lu-Sa 9h-19h; dimanches fériés 9h-12h": "Mo-Sa 09:00-19:00; PH Su 09:00-12:00",
    "Lu-Sa 9h-19h; SH mercredi 9h-12h": "Mo-Sa 09:00-19:00; SH We 09:00-12:00",
    "Lu-Sa 9h-19h, fermé dimanche et jours fériés": "Mo-Sa 09:00-19:00, PH,Su closed",
    "Lu-Sa 9h-19h, fermé les dimanches fériés": "Mo-Sa 09:00-19:00, PH Su closed",
    "Lu-Ve 9h-18h, fermé samedi dimanche": "Mo-Fr 09:00-18:00, Sa,Su closed",
    "fermé le dimanche, lundi 10h-12h": "Su closed, Mo 10:00-12:00",
    "sur rendez-vous": '"sur rendez-vous"',
    "Uniquement sur RDV": '"sur rendez-vous"',
    "by appointment only": '"by appointment"',
    "Lu-Ve 9h-12h, samedi sur rendez-vous": 'Mo-Fr 09:00-12:00, Sa "sur rendez-vous"',
    "Lu-Ve 9h-12h, sur rendez-vous": 'Mo-Fr 09:00-12:00 "sur rendez-vous"',
    "Lu-Ve 9h-19h et sur rendez-vous": 'Mo-Fr 09:00-19:00 || "sur rendez-vous"',
}


@pytest.mark.parametrize(("typed", "meant"), REPAIRS.items())
def test_what_people_type_is_repaired(typed, meant):
    hours = read_hours(typed)
    assert (hours.text, hours.repaired) == (meant, True)


@pytest.mark.parametrize(
    "text",
    [
        "Mo-Di 10:00-12:00",  # German Tuesday, or French Sunday?
        "Mon-Fri 9-11pm",  # from the morning or from the evening?
        "sauf lundi 10h-12h",
        "Lu-Sa 9h-19h; dimanche jours fériés 9h-12h",  # both at once, or either?
        "jours fériés dimanche 9h-12h",
        "fermé dimanche, lundi, mardi 10h-12h",  # what is closed on Monday?
        "Lu-Sa",  # would read as day and night
        "fermé",
    ],
)
def test_nothing_is_guessed(text):
    with pytest.raises(HoursUnreadable):
        read_hours(text)


WORDS = [
    "lundi",
    "Mo",
    "sam.",
    "9h",
    "10:00",
    "-",
    "–",
    " ",
    ";",
    ",",
    "/",
    "à",
    "fermé",
    "PH",
    "11am",
    '"',
    "mar",
    "7j/7",
]


@given(st.lists(st.sampled_from(WORDS), max_size=12).map("".join) | st.text(max_size=60))
def test_a_repair_is_always_in_the_grammar(text):
    try:
        hours = read_hours(text)
    except HoursUnreadable:
        return
    assert not read_hours(hours.text).repaired
