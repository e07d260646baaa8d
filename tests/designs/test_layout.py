"""A design is filled: how numbers, dates and names are worded, and what finds a place."""

from datetime import datetime

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from app.languages import LANGUAGES, Language, Text
from tests.designs.factories import Balance, Coupon, Said, draw_design
from wallet.designs.capabilities import PassSymbology, WalletName
from wallet.designs.fields import CHANGES, CHANGING, FieldPlace, FieldPlan, FieldShows, last_day, write_number
from wallet.designs.layout import lay_out

TEXT = FieldPlan(FieldShows.TEXT, FieldPlace.SECONDARY, text=Text(fr="Bonjour {vous}", en="Hello {you}"))


def values_of(said: Said, language: str = "fr", **given: object) -> dict[str, str]:
    return {field.key: field.value for field in lay_out(said, draw_design(**given), language).fields}


def test_points_stand_under_the_name_of_their_currency_with_thousands_apart() -> None:
    (french,) = lay_out(Said(), draw_design(), "fr").shown(FieldShows.POINTS)
    (english,) = lay_out(Said(), draw_design(), "en").shown(FieldShows.POINTS)
    assert (french.label, french.value, french.amount) == ("Points Lilas", "1\u202f234", 1234)
    assert (english.label, english.value, english.currency) == ("Lilac points", "1,234", "lilas")


@given(number=st.integers(0, 10**12), language=st.sampled_from(LANGUAGES))
def test_numbers_are_written_as_unicode_has_them(number: int, language: Language) -> None:
    assert write_number(number, language) == format_decimal(number, locale=language)


def test_a_label_of_the_brand_leaves_the_name_with_the_number() -> None:
    plan = FieldPlan(FieldShows.POINTS, FieldPlace.HEADER, Text(fr="Cagnotte", en="Purse"))
    assert values_of(Said(), front=(plan,))["points-lilas"] == "1\u202f234 Points Lilas"


def test_no_points_are_shown_as_nought() -> None:
    assert values_of(Said(balances=(Balance(amount=0),)))["points-lilas"] == "0"


def test_money_is_shown_as_money() -> None:
    said = Said(balances=(Balance("cagnotte", "Cagnotte", "Cagnotte", 1_250, None, "EUR"),))
    assert values_of(said)["points-cagnotte"] == "12,50\xa0€"
    assert values_of(said, "en")["points-cagnotte"] == "€12.50"


def test_each_currency_has_a_field_of_its_own_unless_one_is_named() -> None:
    said = Said(balances=(Balance(), Balance("stars", "Étoiles", "Stars", 5, None)))
    one = FieldPlan(FieldShows.POINTS, FieldPlace.HEADER, currency="stars")
    assert {"points-lilas", "points-stars"} <= values_of(said).keys()
    assert "points-lilas" not in values_of(said, front=(one,))


def test_points_expire_on_the_last_day_of_the_brands_calendar() -> None:
    assert values_of(Said())["next_expiry"] == "31 décembre 2026"
    assert values_of(Said(), "en")["next_expiry"] == "31 December 2026"
    assert values_of(Said(), time_zone="America/New_York")["next_expiry"] == "31 décembre 2026 à 18:00"


def test_what_ends_at_midnight_ends_with_the_day_before() -> None:
    assert last_day(datetime.fromisoformat("2026-05-02T00:00"), "fr") == "1er mai 2026"
    assert last_day(datetime.fromisoformat("2026-05-02T18:30"), "en") == "2 May 2026 18:30"


def test_a_card_lists_its_coupons_and_a_coupon_says_its_own() -> None:
    two = Said(coupons=(Coupon(), Coupon(title_fr="Un thé offert")))
    assert values_of(two)["coupon_title"].split("\n") == [
        "Dix pour cent sur les thés – jusqu'au 31 mai 2026",
        "Un thé offert – jusqu'au 31 mai 2026",
    ]
    pass_ = values_of(Said(kind="coupon"))
    assert (pass_["coupon_title"], pass_["ends"]) == ("Dix pour cent sur les thés", "31 mai 2026")


def test_a_field_without_anything_to_say_is_left_out() -> None:
    bare = Said(display_name="", balances=(), tier=None, coupons=())
    assert values_of(bare) == {"coupon_count": "Aucun"}


def test_the_lock_screen_has_words_only_where_the_member_may_be_told() -> None:
    told = [field.change_message for field in lay_out(Said(), draw_design(), "fr").fields if field.change_message]
    assert told == ["Points Lilas : %@", "Votre statut : %@", "Vos bons : %@"]
    assert not any(field.change_message for field in lay_out(Said(may_notify=False), draw_design(), "fr").fields)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_change_says_the_new_value(language: str) -> None:
    assert all(CHANGING in getattr(words, language) for words in CHANGES.values())


def test_braces_of_a_brand_are_no_places() -> None:
    assert values_of(Said(), front=(TEXT,))["text"] == "Bonjour {vous}"


def test_keys_are_unique_and_stay() -> None:
    fields = lay_out(Said(), draw_design(front=(TEXT, TEXT, TEXT)), "fr").at(FieldPlace.SECONDARY)
    assert [field.key for field in fields] == ["text", "text-2", "text-3"]


def test_what_the_front_of_an_apple_pass_has_no_place_for_is_on_its_back() -> None:
    layout = lay_out(Said(), draw_design(front=(TEXT,) * 6, back=()), "fr")
    assert (len(layout.at(FieldPlace.SECONDARY)), len(layout.at(FieldPlace.BACK)), len(layout.moved)) == (4, 2, 2)


def test_beside_a_wide_code_each_row_has_four() -> None:
    plans = tuple(TEXT._replace(place=place) for place in (FieldPlace.SECONDARY, FieldPlace.AUXILIARY) * 4)
    layout = lay_out(Said(), draw_design(front=plans, back=(), card_symbology=PassSymbology.PDF417), "fr")
    assert not layout.moved


def test_google_has_ten_texts_beside_balance_tier_and_name() -> None:
    design = draw_design(front=(TEXT,) * 12, back=())
    layout = lay_out(Said(), design, "fr", wallet=WalletName.GOOGLE)
    assert (len(layout.fields), len(layout.left_out)) == (10, 2)


def test_links_contact_and_terms_end_the_back() -> None:
    design = draw_design(help_contact="mailto:aide@lilas.example", terms=Text(fr="Règles", en="Rules"))
    assert [field.value for field in lay_out(Said(), design, "fr").fields][-2:] == ["aide@lilas.example", "Règles"]
