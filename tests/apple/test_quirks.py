"""The web service as readers other than Apple's call it, each with its habits, and as somebody hostile does.

Habits were read in the sources of FossWallet, KDE Itinerary, the Dart package `passkit`, and in what is known of
Apple's own `passd`.
"""

import json
import uuid
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import quote, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.factory import Ici
from tests.apple.factories import TOKEN, Phone, make_pass, pass_type, proof, said_in
from wallet.issued.models import IssuedPass
from wallet.issued.tokens import authentication_token

PASSD = {"User-Agent": "passd/1.0 CFNetwork/1490.0.4 Darwin/23.2.0", "Accept": "*/*", "Accept-Language": "fr-FR"}
OKHTTP = {"User-Agent": "okhttp/4.12.0", "Accept-Encoding": "gzip"}
DART = {"User-Agent": "Dart/3.5 (dart:io)", "Content-Type": "text/plain; charset=utf-8", "Accept-Encoding": "gzip"}
QT = {"User-Agent": "Mozilla/5.0", "Accept-Encoding": "gzip, deflate, br", "Accept-Language": "de-DE,en,*"}


@pytest.fixture(scope="module")
def known(app: Ici) -> IssuedPass:
    """A pass that is only looked at, and so made once."""
    return make_pass()


def address_in(phone: Phone, held: IssuedPass) -> str:
    """The path of the web service as the pass itself names it: no reader knows another."""
    return urlsplit(said_in(phone.fetch(held).data)["webServiceURL"]).path


def latest(held: IssuedPass, base: str) -> str:
    """The address of the newest pass as readers put it together: nothing is escaped."""
    return f"{base}/v1/passes/{pass_type()}/{held.serial}"


def fetch(client: FlaskClient, path: str, held: IssuedPass, **headers: str) -> TestResponse:
    return client.get(path, headers=proof(held) | headers)


# --- FossWallet: asks for the newest pass alone, whole each time, and trims a slash at the end of the address ---------


def test_foss_wallet_is_given_the_whole_pass_each_time(phone: Phone, known: IssuedPass) -> None:
    path = latest(known, address_in(phone, known).rstrip("/"))
    answers = [fetch(phone.client, path, known, **OKHTTP) for _ in range(3)]
    assert [(one.status_code, one.content_type) for one in answers] == [(200, "application/vnd.apple.pkpass")] * 3
    assert {said_in(one.data)["serialNumber"] for one in answers} == {known.serial}


def test_foss_wallet_reads_the_answer_as_it_is_without_a_packing_of_the_transport(
    phone: Phone, known: IssuedPass
) -> None:
    answer = fetch(phone.client, latest(known, "/apple"), known, **OKHTTP)
    assert ("Content-Encoding" in answer.headers, answer.data[:2]) == (False, b"PK")


# --- KDE Itinerary: a slash in the address too many, redirects followed, whatever is no zip dropped -------------------


@pytest.mark.parametrize("base", ["/apple", "/apple/", "/apple//"])
def test_kde_may_put_a_slash_too_many(phone: Phone, known: IssuedPass, base: str) -> None:
    answer = fetch(phone.client, latest(known, base), known, **QT)
    assert (answer.status_code, answer.data[:2]) == (200, b"PK")


def test_no_reader_is_sent_elsewhere_with_its_token(phone: Phone, known: IssuedPass) -> None:
    for base in ("/apple", "/apple/"):
        assert "Location" not in fetch(phone.client, latest(known, base), known, **QT).headers


# --- Dart's passkit: JSON that is said to be text, sentences as a bare array, a question mark with nothing ------------


def test_dart_registers_with_json_that_it_calls_text(phone: Phone) -> None:
    held = make_pass()
    sent = {"data": json.dumps({"pushToken": TOKEN}), "headers": proof(held) | DART}
    answers = [phone.client.post(phone.copy_at(held), **sent) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 200]


def test_dart_complains_in_a_bare_array(phone: Phone) -> None:
    sent = {"data": json.dumps(["it does not work"]), "headers": DART}
    assert phone.client.post("/apple/v1/log", **sent).status_code == 200


def test_dart_asks_with_a_question_mark_and_nothing_after_it(phone: Phone) -> None:
    held = make_pass()
    phone.register(held)
    answer = phone.client.get(f"/apple/v1/devices/{phone.id}/registrations/{pass_type()}?", headers=DART)
    said = answer.get_json()
    assert (answer.status_code, said["serialNumbers"], type(said["lastUpdated"])) == (200, [held.serial], str)


def test_dart_gives_back_the_tag_and_reads_204(phone: Phone) -> None:
    held = make_pass()
    phone.register(held)
    tag = phone.ask().get_json()["lastUpdated"]
    answer = phone.client.get(
        f"/apple/v1/devices/{phone.id}/registrations/{pass_type()}?passesUpdatedSince={quote(tag)}", headers=DART
    )
    assert (answer.status_code, answer.data) == (204, b"")


def test_dart_unregisters_without_a_body(phone: Phone) -> None:
    held = make_pass()
    phone.register(held)
    answer = phone.client.delete(phone.copy_at(held), headers=proof(held) | DART)
    assert (answer.status_code, answer.data) == (200, b"")


def test_nobody_signs_up_through_a_pass(phone: Phone, known: IssuedPass) -> None:
    """A call of Apple's for reward cards by NFC, which Dart's client knows: we have no such pass, and say so."""
    answer = phone.client.post(f"{latest(known, '/apple')}/personalize", data="{}", headers=DART)
    assert answer.status_code == 404


# --- Apple's passd: a scheme of its own, the date that we gave, registrations and fetches at once ---------------------


@pytest.mark.parametrize("scheme", ["ApplePass", "applepass", "APPLEPASS"])
def test_a_scheme_is_one_in_any_letters(phone: Phone, known: IssuedPass, scheme: str) -> None:
    headers = {"Authorization": f"{scheme} {authentication_token(known.serial)}"}
    assert phone.client.get(latest(known, "/apple"), headers=headers | PASSD).status_code == 200


def test_the_date_that_we_gave_is_answered_by_304_without_a_body(phone: Phone, known: IssuedPass) -> None:
    dated = fetch(phone.client, latest(known, "/apple"), known, **PASSD).headers["Last-Modified"]
    again = fetch(phone.client, latest(known, "/apple"), known, **PASSD, **{"If-Modified-Since": dated})
    assert (again.status_code, again.data) == (304, b"")


def test_a_phone_in_english_and_one_in_french_are_given_one_file(phone: Phone, known: IssuedPass) -> None:
    """Both languages are in it, and the phone chooses: an answer that hung on the header could be kept for another."""
    said = [
        said_in(fetch(phone.client, latest(known, "/apple"), known, **{"Accept-Language": one}).data)
        for one in ("fr-FR", "en-GB")
    ]
    assert said[0] == said[1]


# --- Somebody hostile -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "since",
    [
        "",
        "0",
        "now",
        "2026-05-18T10:00:00Z",
        "1780000000",
        "Mon, 01 Jun 99999 12:00:00 GMT",
        "Mon, 01 Jun 0000 12:00:00 GMT",
        "Mon, 01 Jun 0001 00:00:00 +1400",
        "Mon, 01 Jun 2026 12:00:00 +9999999999999999999999",
        "Mon, 01 Jun 2026 99999999999999999999:00:00 GMT",
        "Mon, 01 Jun 2026 12:00:00 -99999",
        "Mon, 31 Feb 2026 12:00:00 GMT",
        "é",
        "," * 500,
        "(" * 500,
    ],
)
def test_a_date_that_is_none_brings_the_whole_pass(phone: Phone, known: IssuedPass, since: str) -> None:
    assert phone.fetch(known, since).status_code == 200


def test_a_date_to_come_is_not_believed(phone: Phone, known: IssuedPass) -> None:
    ahead = format_datetime(datetime.now(UTC) + timedelta(days=1), usegmt=True)
    assert phone.fetch(known, ahead).status_code == 200


@pytest.mark.parametrize("place", ["device", "type"])
@pytest.mark.parametrize("sign", ["%00", "%ED%A0%80", "%FF", "%0A", "%F0%9F%98%80", "'", "%25", "x" * 100])
def test_whatever_stands_in_an_address_is_a_stranger(phone: Phone, place: str, sign: str) -> None:
    device, kind = (sign, pass_type()) if place == "device" else (phone.id, sign)
    """404 for what no address can hold, 204 for what no phone and no pass type is called."""
    assert phone.client.get(f"/apple/v1/devices/{device}/registrations/{kind}").status_code in (204, 404)


@pytest.mark.parametrize("sign", ["%00", "%ED%A0%80", "%FF", "%0A", "%F0%9F%98%80", "'", "..", "x" * 60])
def test_whatever_stands_for_a_serial_is_a_stranger(phone: Phone, known: IssuedPass, sign: str) -> None:
    answer = phone.client.get(f"/apple/v1/passes/{pass_type()}/{sign}", headers=proof(known))
    assert answer.status_code in (401, 404)


@pytest.mark.parametrize(
    "given", ["ApplePass", "ApplePass ", "ApplePass é", "ApplePass \udcff", "x" * 5000, "Basic eDp5"]
)
def test_whatever_stands_for_a_token_is_a_stranger(phone: Phone, known: IssuedPass, given: str) -> None:
    header = given.encode("utf-8", "surrogateescape").decode("latin-1")
    answer = phone.client.get(latest(known, "/apple"), headers={"Authorization": header})
    assert (answer.status_code, answer.data) == (401, b"")


@pytest.mark.parametrize("tag", ["١.١", "1.1\u0000", "0.0", "1" * 18 + "." + "1" * 18, "-5.2", "1.5e3", "%00"])
def test_a_tag_that_was_made_up_loses_no_change(phone: Phone, tag: str) -> None:
    held = make_pass()
    phone.register(held)
    answer = phone.ask(tag)
    assert (answer.status_code, answer.get_json()["serialNumbers"]) == (200, [held.serial])


@pytest.mark.parametrize(
    "body",
    [
        b'{"pushToken": "' + b"a" * 100_000 + b'"}',
        b'{"pushToken": "\xe9"}',
        rb'{"pushToken": "\ud83d"}',
        rb'{"pushToken": "a\u0000b"}',
        b'{"pushToken": "' + "é".encode() * 20 + b'"}',
        b'{"pushToken": "aa/../../3/device/bb"}',
        b'{"pushToken": ["a"]}',
        b"[" * 10_000,
        b'{"pushToken": "aa", "pushToken": "bb"}',
    ],
)
def test_a_push_token_that_is_none_is_not_kept(phone: Phone, known: IssuedPass, body: bytes) -> None:
    assert phone.register(known, data=body).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b'{"logs": null}',
        b'{"logs": {"a": 1}}',
        b'{"logs": [1, null, [], {}]}',
        rb'{"logs": ["\u0000", "\ud83d", "ok"]}',
        json.dumps({"logs": ["x" * 500] * 100}).encode(),
        json.dumps([f"sentence {uuid.uuid4()}" for _ in range(200)]).encode(),
    ],
)
def test_whatever_a_phone_complains_of_is_200(phone: Phone, body: bytes) -> None:
    assert phone.client.post("/apple/v1/log", data=body, headers=DART).status_code == 200


def test_whoever_holds_one_pass_cannot_drop_the_registration_of_another(phone: Phone) -> None:
    mine, theirs = make_pass(), make_pass()
    phone.register(theirs)
    answer = phone.client.delete(phone.copy_at(theirs), headers=proof(mine))
    assert (answer.status_code, phone.ask().get_json()["serialNumbers"]) == (401, [theirs.serial])


def test_a_pass_that_a_stranger_registers_for_a_phone_hides_none_of_its_own(phone: Phone) -> None:
    """Whoever learnt the id of a phone and holds a pass may add it there; what the phone asks for stays."""
    own, foreign = make_pass(), make_pass()
    phone.register(own)
    Phone(phone.client, phone.id).register(foreign, "f" * 64)
    assert set(phone.changed()) == {own.serial, foreign.serial}
    assert phone.fetch(own).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "TRACE", "PROPFIND"])
def test_other_methods_are_none_of_apples(phone: Phone, known: IssuedPass, method: str) -> None:
    answer = phone.client.open(latest(known, "/apple"), method=method, headers=proof(known))
    assert answer.status_code in (405, 501)


def test_no_answer_may_be_kept_by_anybody_between(phone: Phone) -> None:
    """The next phone behind one proxy would be given the pass of the one before."""
    held = make_pass()
    phone.register(held)
    for answer in (phone.fetch(held), phone.ask(), phone.fetch(held, phone.fetch(held).headers["Last-Modified"])):
        assert {"no-store", "private"} & set(answer.headers.get("Cache-Control", "").replace(" ", "").split(","))
