"""The words of a question name who asks, by which means, and what becomes of the data; a yes is to those very words."""

import hashlib
import re
from urllib.parse import urlencode

import pytest

from app import clock
from app.consent import queries
from app.consent.models import Level
from app.consent.registry.purpose_data import USED, data_of
from app.consent.registry.touchpoints import TOUCHPOINTS
from app.consent.registry.words import fill_words
from app.data_map import RETENTION
from app.languages import LANGUAGES
from app.sql import db
from tests.consent.factories import (
    CELL,
    body,
    by_fingerprint,
    cell_address,
    evidence,
    give,
    ledger,
    make_recipient,
    read_words,
    say_no,
    states,
)
from tests.factories import make_brand

NAMELESS = {"legal_name": None, "postal_address": None, "privacy_contact": None}


def read(speaker, brand, **asked):
    question = urlencode({**CELL, "brand": brand.code, "locale": "fr"} | asked)
    return speaker.get(f"/v1/permissions/texts?{question}")


def move(brand, **said):
    """The brand says something else about itself from now on."""
    with db.system_transaction():
        found = db.get(type(brand), brand.id)
        for name, value in said.items():
            setattr(found, name, value)


def test_they_name_who_asks(brand):
    text = read_words(brand).text
    for part in (brand.name, brand.legal_name, brand.postal_address, brand.privacy_contact):
        assert part in text


def test_they_name_who_watches_over_the_data_where_there_is_somebody(app):
    assert "dpo@lilas.example" in read_words(make_brand(dpo_contact="dpo@lilas.example")).text


@pytest.mark.parametrize("touchpoint", ["geofence", "email"])
def test_they_name_the_touchpoint(brand, touchpoint):
    assert TOUCHPOINTS[touchpoint].label.fr in read_words(brand, touchpoint=touchpoint).text


def test_they_name_the_partner_and_their_country(brand):
    make_recipient(brand)
    assert "Acme (France)" in read_words(brand, touchpoint="email", purpose="partner_offers").text


def test_they_say_where_the_data_are(brand):
    assert "Lieu de conservation : France." in read_words(brand).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_they_say_how_long_each_datum_is_kept(brand, language):
    text = read_words(brand, locale=language).text
    for datum in data_of(purpose=CELL["purpose"], touchpoint=CELL["touchpoint"]):
        assert datum.label.say(language) in text
        assert datum.kept_as is None or RETENTION[datum.kept_as].say(language) in text


def test_no_place_is_left_open(speaker, brand):
    for purpose in ("partner_offers", "social_audience_matching", "sister_brand_offers"):
        make_recipient(brand, purpose)
    for touchpoint in TOUCHPOINTS:
        found = speaker.get(f"/v1/permissions/texts?brand={brand.code}&touchpoint={touchpoint}").json["items"]
        assert {one["purpose"] for one in found} > {"loyalty_account"}
        assert not [one for one in found if re.search("[{}]", one["text"])]


def test_a_brand_may_call_itself_as_a_place_is_called(brand):
    with db.system_transaction():
        template = db.first(queries.texts(now=clock.now(), purpose=CELL["purpose"], locale="fr"))
    brand.name = "{address}"
    assert "{address} vous" in fill_words(template, brand=brand, touchpoint="email", recipient=None).text


def test_every_purpose_says_which_data_it_uses(speaker):
    assert {one["code"] for one in speaker.get("/v1/purposes").json["items"]} == set(USED)


def test_each_partner_has_words_of_their_own(speaker, brand):
    for code in ("acme", "umbrella"):
        make_recipient(brand, code=code)
    found = read(speaker, brand, touchpoint="email", purpose="partner_offers").json["items"]
    assert [one["recipient"] for one in found] == ["acme", "umbrella"]
    assert (
        read(speaker, brand, touchpoint="email", purpose="partner_offers", recipient="acme").json["items"] == found[:1]
    )


def test_the_fingerprint_is_that_of_the_filled_words(speaker, brand):
    (one,) = read(speaker, brand).json["items"]
    assert hashlib.sha256(one["text"].encode()).hexdigest() == one["sha256"]
    assert read(speaker, make_brand(name="Lilas")).json["items"][0]["sha256"] != one["sha256"]


def test_two_brands_that_call_themselves_the_same_may_show_the_same_words(speaker, brand):
    for one in (brand, make_brand()):
        assert speaker.put(cell_address(one), body(evidence=by_fingerprint(read_words(one)))).json["effective"]


def test_a_yes_to_the_words_that_were_read_is_taken(speaker, brand, member):
    (one,) = read(speaker, brand).json["items"]
    proof = {name: said for name, said in evidence(text_sha256=one["sha256"]).items() if name != "version"}
    assert speaker.put(cell_address(brand), body(evidence=proof)).json["effective"]
    assert ledger(member)[0].evidence["text_sha256"] == one["sha256"]


@pytest.mark.parametrize(
    "other",
    [{"touchpoint": "beacon"}, {"purpose": "in_store_offers"}, {"brand": "another"}],
    ids=["means", "goal", "brand"],
)
def test_the_words_of_another_question_prove_nothing(speaker, brand, member, other):
    asker = make_brand(name="Lilas") if other.pop("brand", None) else brand
    words = read_words(asker, **other)
    answer = speaker.put(cell_address(brand), body(evidence=by_fingerprint(words)))
    assert (answer.status_code, answer.json["code"]) == (422, "purpose_text_unknown")
    assert states(member) == []


def test_a_text_whose_places_are_open_proves_nothing(anyone, speaker, brand, member):
    with db.system_transaction():
        template = db.first(queries.texts(now=clock.now(), purpose=CELL["purpose"], locale="fr"))
    proof = body(evidence=by_fingerprint(read_words(brand)._replace(sha256=template.sha256)))
    assert speaker.put(cell_address(brand), proof).json["code"] == "purpose_text_unknown"
    assert anyone.get(f"/v1/permissions/texts/{template.sha256}").status_code == 404
    assert states(member) == []


def test_the_words_about_one_partner_do_not_hold_for_another(speaker, brand):
    for code in ("acme", "umbrella"):
        make_recipient(brand, code=code)
    words = read_words(brand, touchpoint="email", purpose="partner_offers", recipient="acme")
    given = body(evidence=by_fingerprint(words), recipient="umbrella")
    answer = speaker.put(cell_address(brand, "email", "partner_offers"), given)
    assert answer.json["code"] == "purpose_text_unknown"


def test_the_words_stay_as_they_were_when_the_brand_moves(anyone, brand, member):
    give(member, brand)
    shown = ledger(member)[0].evidence["text_sha256"]
    before = anyone.get(f"/v1/permissions/texts/{shown}").json
    move(brand, postal_address="2 quai de Saône, 69001 Lyon, FR")
    assert anyone.get(f"/v1/permissions/texts/{shown}").json == before
    assert read_words(brand).sha256 != shown


@pytest.mark.parametrize("missing", NAMELESS)
@pytest.mark.parametrize("said", [None, " "])
def test_a_brand_that_nobody_can_identify_asks_for_nothing(speaker, member, missing, said):
    brand = make_brand(**{missing: said})
    answers = [
        speaker.put(cell_address(brand), body()),
        speaker.post(f"{cell_address(brand)}/prompts", {}),
        read(speaker, brand),
    ]
    assert {(one.status_code, one.json["code"]) for one in answers} == {(422, "brand_unidentified")}
    assert states(member) == []


def test_whoever_said_yes_to_it_before_withdraws_and_goes_down(speaker, brand, member):
    assert speaker.put(cell_address(brand), body()).json["effective"]
    move(brand, **NAMELESS)
    lower = speaker.put(cell_address(brand), {"level": "one_shot"}).json
    assert (lower["level"], lower["effective"]) == (Level.ONE_SHOT, True)
    assert speaker.delete(cell_address(brand)).json["state"] == "withdrawn"


def test_a_no_to_it_needs_nothing(member):
    assert say_no(member, make_brand(**NAMELESS)).state == "refused"


def test_words_that_name_somebody_need_somebody(anyone):
    answer = anyone.get("/v1/permissions/texts?purpose=personalised_offers")
    assert (answer.status_code, answer.json["code"]) == (422, "brand_unnamed")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"touchpoint": "pigeon"}, "touchpoint_unknown"),
        ({"purpose": "mischief"}, "purpose_unknown"),
        ({"recipient": "nobody"}, "recipient_unknown"),
    ],
)
def test_words_of_what_does_not_exist_are_refused(speaker, brand, asked, code):
    assert read(speaker, brand, **asked).json["code"] == code


LOCALES = {
    "fr-CA": "fr",
    "fr_FR": "fr",
    "FR": "fr",
    "en-GB": "en",
    "en-US-POSIX": "en",
    "de": "en",
    "de-CH": "en",
    "zh-Hans-CN": "en",
    "es-419": "en",
    "fil": "en",
}
"""What phones call their language, and what is read there with a brand that speaks English."""


@pytest.mark.parametrize(("locale", "taken"), LOCALES.items())
def test_a_phones_own_locale_has_words_and_a_yes_to_them_is_taken(speaker, member, locale, taken):
    brand = make_brand(language="en")
    (one,) = read(speaker, brand, locale=locale).json["items"]
    assert one["locale"] == taken
    for named in ({"text_sha256": one["sha256"]}, {"version": one["version"]}):
        proof = {name: said for name, said in evidence(locale=locale).items() if name != "version"} | named
        answer = speaker.put(cell_address(brand), body(evidence=proof))
        assert answer.status_code == 200, answer.json
    assert {event.evidence["text_sha256"] for event in ledger(member)} == {one["sha256"]}


def test_without_words_of_its_own_a_phone_gets_what_the_brand_speaks(speaker):
    assert [read(speaker, make_brand(language=one), locale="de").json["items"][0]["locale"] for one in LANGUAGES] == [
        "fr",
        "en",
    ]


def test_english_words_are_not_what_a_french_phone_reads(speaker, brand):
    proof = by_fingerprint(read_words(brand, locale="en")) | {"locale": "fr-CA"}
    assert speaker.put(cell_address(brand), body(evidence=proof)).json["code"] == "purpose_text_unknown"


@pytest.mark.parametrize("locale", ["français", "f", "fr/../..", "fr-" + "x" * 60])
def test_what_is_no_locale_is_refused(speaker, brand, locale):
    assert read(speaker, brand, locale=locale).status_code == 422


def test_a_locale_is_kept_as_language_and_region(speaker, brand, member):
    speaker.put(cell_address(brand), body(evidence=evidence(locale="fr_CA")))
    assert ledger(member)[0].evidence["locale"] == "fr-CA"
