"""What Google is sent is what Google's own description of its API takes."""

import uuid
from datetime import timedelta

import pytest

from app import config
from tests.factories import NOON
from tests.google import discovery
from tests.google.factories import ISSUER, POINTS, RIVOLI, make_contents, make_shown_coupon
from wallet.authenticity.patterns import GooglePattern
from wallet.designs.designs import plain_design
from wallet.google.resources.classes import class_for, write_class
from wallet.google.resources.objects import write_object
from wallet.issued.models import PassKind

BRAND = uuid.UUID(int=7)
SECRET = "3132333435363738393031323334353637383930"
PATTERN = GooglePattern("ICI4:7QK32A9F1C-{totp_timestamp_seconds}-{totp_value_0}", SECRET, 8, 30)


@pytest.fixture(scope="module")
def design():
    return plain_design(brand_id=BRAND, name="Épicerie Test", time_zone="Europe/Paris", colour="#aa3311")


def card(design, *, pattern=None, now=NOON, **given):
    contents = make_contents(**given)
    ids = {"object_id": f"{ISSUER}.{contents.serial}", "class_id": f"{ISSUER}.card-1"}
    return write_object(contents, design, pattern=pattern, now=now, **ids)


def coupon(design, *, now=NOON, coupons=None, **given):
    shown = make_shown_coupon() if coupons is None else None
    fields = {"kind": PassKind.COUPON, "coupons": (shown,) if shown else coupons, "balances": (), "tier": None}
    contents = make_contents(**(fields | {"expires_at": NOON + timedelta(days=10)} | given))
    ids = {"object_id": f"{ISSUER}.{contents.serial}", "class_id": f"{ISSUER}.offer-1"}
    return write_object(contents, design, pattern=None, now=now, **ids)


def test_a_card_is_what_google_takes(design):
    full = {"places": (RIVOLI,) * 12, "may_notify": True, "expires_at": NOON + timedelta(days=1)}
    assert discovery.faults_of("LoyaltyObject", card(design, pattern=PATTERN, **full)) == []


def test_a_coupon_is_what_google_takes(design):
    assert discovery.faults_of("OfferObject", coupon(design)) == []


@pytest.mark.parametrize("kind", PassKind)
def test_a_class_is_what_google_takes(settings, design, kind):
    config.use_config(settings)
    wanted = class_for(make_contents(kind=kind, coupons=(make_shown_coupon(),)), issuer=ISSUER)
    fancy = design._replace(rotates=True, smart_tap_issuers=("20180608",))
    said = write_class(wanted, fancy, callback="https://ici.example/google/callbacks")
    assert discovery.faults_of("LoyaltyClass" if kind == PassKind.CARD else "OfferClass", said) == []
    assert said["reviewStatus"] == "UNDER_REVIEW"
    assert said["enableSmartTap"]


def test_a_misspelt_field_is_refused(design):
    said = card(design)
    assert discovery.faults_of("LoyaltyObject", said | {"acountName": "Zoé"})
    assert discovery.faults_of("LoyaltyObject", said | {"barcode": said["barcode"] | {"valu": "1"}})
    assert discovery.faults_of("LoyaltyObject", said | {"state": "OPEN"})


def test_points_tier_and_name_have_places_of_their_own(design):
    said = card(design)
    assert said["loyaltyPoints"]["balance"] == {"int": 120}
    assert said["secondaryLoyaltyPoints"]["balance"] == {"string": "Or"}
    assert said["accountName"] == "Zoé"
    assert {text["header"] for text in said["textModulesData"]}.isdisjoint({"Points", "Statut", "Titulaire"})


def test_a_balance_beyond_googles_integers_is_a_text(design):
    said = card(design, balances=(POINTS._replace(amount=2**31),))
    assert "string" in said["loyaltyPoints"]["balance"]
    assert discovery.faults_of("LoyaltyObject", said) == []


def test_more_than_two_balances_are_all_there(design):
    said = card(design, balances=tuple(POINTS._replace(currency=f"c{n}", name_fr=f"P{n}") for n in range(4)))
    assert {text["header"] for text in said["textModulesData"]} >= {"P2", "P3"}


def test_what_is_said_is_said_in_both_languages(design):
    for text in card(design)["textModulesData"]:
        assert text["localizedHeader"]["translatedValues"][0]["language"] == "en"


def test_at_most_ten_places_and_none_unless_there_are_some(design):
    assert len(card(design, places=(RIVOLI,) * 12)["merchantLocations"]) == 10
    assert "merchantLocations" not in card(design)


def test_a_code_that_changes_cannot_be_photographed(design):
    said = card(design, pattern=PATTERN)
    assert said["rotatingBarcode"]["totpDetails"]["periodMillis"] == "30000"
    assert said["rotatingBarcode"]["totpDetails"]["parameters"] == [{"key": SECRET, "valueLength": 8}]
    assert said["passConstraints"] == {"screenshotEligibility": "INELIGIBLE"}
    assert said["barcode"]["value"] == "7QK3-2A9F-1C"


def test_smart_tap_says_the_code(design):
    assert card(design._replace(smart_tap_issuers=("20180608",)))["smartTapRedemptionValue"] == "7QK3-2A9F-1C"
    assert "smartTapRedemptionValue" not in card(design)


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "ACTIVE"),
        ({"is_void": True}, "COMPLETED"),
        ({"expires_at": NOON - timedelta(seconds=1)}, "EXPIRED"),
        ({"expires_at": NOON - timedelta(seconds=1), "is_void": True}, "EXPIRED"),
    ],
)
def test_a_coupon_ends_by_its_state(design, fields, state):
    assert coupon(design, **fields)["state"] == state


def test_a_void_card_is_inactive(design):
    assert card(design, is_void=True, code="")["state"] == "INACTIVE"


def test_google_announces_the_end_of_an_offer_only_where_that_is_permitted(design):
    assert coupon(design)["disableExpirationNotification"] is True
    assert coupon(design, may_notify=True)["disableExpirationNotification"] is False


def test_offers_of_the_same_words_share_a_class_and_others_do_not():
    def named(**given):
        return class_for(make_contents(kind=PassKind.COUPON, coupons=(make_shown_coupon(**given),)), issuer=ISSUER).id

    assert named() == named() != named(title_fr="Deux cafés offerts")
