"""The leaflet on paper."""

import re

import pytest

from app.languages import Text
from offers.leaflets.pages import POLICY
from offers.planning.schedules.daily_times import read_time
from offers.planning.schedules.recurrence import Schedule
from tests.coupons.factories import claim
from tests.leaflets.factories import Reader
from tests.speaking import Speaker


@pytest.fixture
def reader(anyone: Speaker) -> Reader:
    reader = Reader(anyone)
    reader.buys()
    return reader


def page(reader: Reader) -> str:
    answer = reader.reads("/leaflet")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert answer.headers["Content-Security-Policy"] == POLICY
    return str(answer.get_data(as_text=True))


def test_it_is_a_page_in_the_language_of_its_reader(reader: Reader) -> None:
    reader.offer()
    english = page(reader)
    reader.phone.language = "fr"
    french = page(reader)
    assert ('<html lang="en">' in english, "Free coffee" in english, "My offers of the week" in english) == (True,) * 3
    assert ('<html lang="fr">' in french, "Café offert" in french, "Mes offres de la semaine" in french) == (True,) * 3


def test_it_needs_no_script_and_nothing_from_elsewhere(reader: Reader) -> None:
    claim(reader.member, reader.offer(), now=reader.now)
    text = page(reader)
    assert "<script" not in text
    assert not re.search(r"(?:src|href)=", text)


def test_a_coupon_is_drawn_for_the_till(reader: Reader) -> None:
    coupon = claim(reader.member, reader.offer(), now=reader.now)
    text = page(reader)
    assert ("<svg" in text, coupon.code in text, "<?xml" in text) == (True, True, False)


def test_what_a_brand_writes_is_text_and_never_markup(reader: Reader) -> None:
    reader.offer(title=Text(fr="<b>x</b>", en="<b>x</b>"))
    assert "&lt;b&gt;x&lt;/b&gt;" in page(reader)


def test_the_hours_of_an_offer_are_printed(reader: Reader) -> None:
    reader.offer(schedule=Schedule("FREQ=DAILY", (read_time("17:00", "19:00"),)))
    assert "17:00 to 19:00" in page(reader)


def test_a_week_without_offers_says_so(reader: Reader) -> None:
    assert "No offer this week" in page(reader)


def test_it_is_laid_out_for_a_sheet_of_a4(reader: Reader) -> None:
    assert "@page { size: A4;" in page(reader)
