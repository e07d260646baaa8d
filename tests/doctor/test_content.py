"""What pass.json says: each rule with the smallest pass that breaks it, and nothing else said of that pass."""

import base64
import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.doctor.authority import NOW
from tests.doctor.factories import BARCODE, CONTENT, content_with, examined, found, make_pass, png, strings
from wallet.doctor.ailments import Grade

SPKI = PublicFormat.SubjectPublicKeyInfo


def says(*changes, **keys) -> list[str]:
    """The faults and warnings of the sound pass with another content."""
    return found(make_pass(content_with(*changes, **keys)))


def remarks(*changes, **keys) -> list[str]:
    every = found(make_pass(content_with(*changes, **keys)), Grade.REMARK)
    return [code for code in every if code != "authority_given"]


def instant(days: int) -> str:
    return (NOW + timedelta(days=days)).isoformat()


@pytest.mark.parametrize(
    ("keys", "codes"),
    [
        ({"formatVersion": 2}, ["format_version"]),
        ({"formatVersion": "1"}, ["format_version"]),
        ({"formatVersion": True}, ["format_version"]),
        ({"formatVersion": 1.0}, ["format_version"]),
        ({"description": None}, ["key_missing"]),
        ({"organizationName": "  "}, ["key_missing"]),
        ({"serialNumber": None}, ["key_missing"]),
        ({"serialNumber": 1234567890123456}, ["kind_wrong"]),
        ({"serialNumber": "card/1234567890 12"}, ["serial_characters"]),
        ({"voided": "yes"}, ["kind_wrong"]),
        ({"maxDistance": "100"}, ["kind_wrong"]),
        ({"maxDistance": 0}, ["distance_wrong"]),
        ({"storeCard": None}, ["style_none"]),
        ({"coupon": {"backFields": []}}, ["styles_many"]),
        ({"backgroundColour": "rgb(1, 2, 3)"}, ["key_misspelt"]),
        ({"appLaunchURL": "lilas://"}, ["app_without_store"]),
        ({"somethingOfOurs": 1}, []),
    ],
    ids=str,
)
def test_who_a_pass_is(keys, codes):
    assert says(**keys) == codes


def test_a_type_is_spelt_as_apple_registers_it():
    assert "type_spelt" in says(passTypeIdentifier="com.example.card")
    assert "team_spelt" in says(teamIdentifier="lilas")


@pytest.mark.parametrize(
    ("date", "codes"),
    [
        ("2031-01-31", ["date_without_offset"]),
        ("2031-01-31T10:00", ["date_without_offset"]),
        ("2031-01-31T10:00:00", ["date_without_offset"]),
        ("2031-01-31T10:00:00+0100", ["offset_spelt"]),
        ("2031-01-31T10:00+01:00", []),
        ("2031-01-31T10:00:00.5Z", []),
        ("31/01/2031", ["date_unreadable"]),
        ("2031-02-30T10:00:00Z", ["date_unreadable"]),
        (1927540800, ["kind_wrong"]),
    ],
)
def test_an_end_is_an_instant_with_its_offset(date, codes):
    assert says(expirationDate=date) == codes


def test_a_pass_that_is_over_is_told():
    assert says(expirationDate=instant(-1)) == ["pass_expired"]
    assert "pass_voided" in remarks(voided=True)


@pytest.mark.parametrize(
    ("entry", "codes"),
    [
        ({"relevantDate": "2031-01-31T10:00:00Z", "date": "2031-01-31T10:00:00Z"}, []),
        ({"relevantDate": "2031-01-31T10:00:00Z"}, ["date_one_spelling"]),
        ({"date": "2031-01-31T10:00:00Z"}, ["date_one_spelling"]),
        ({"relevantDate": "2031-01-31T10:00:00Z", "date": "2031-01-31T11:00:00Z"}, ["dates_disagree"]),
        ({"startDate": "2031-01-31T10:00:00Z", "endDate": "2031-01-31T11:00:00Z"}, []),
        ({"startDate": "2031-01-31T10:00:00Z", "endDate": "2031-01-31T10:00:00Z"}, ["span_backwards"]),
        ({"startDate": "2031-01-31T10:00:00Z"}, ["date_none"]),
        ({}, ["date_none"]),
        ("2031-01-31T10:00:00Z", ["kind_wrong"]),
    ],
    ids=str,
)
def test_when_a_pass_matters_is_said_for_each_ios(entry, codes):
    assert says(relevantDates=[entry]) == codes


def test_a_date_alone_does_not_bring_a_card_up():
    assert remarks(relevantDate="2031-01-31T10:00:00Z") == ["relevant_date_old"]
    assert "date_without_place" in remarks(relevantDate="2031-01-31T10:00:00Z", locations=None)


PLACE, RADIO = CONTENT["locations"][0], CONTENT["beacons"][0]


@pytest.mark.parametrize(
    ("keys", "codes"),
    [
        ({"locations": [PLACE | {"latitude": 90.5}]}, ["position_wrong"]),
        ({"locations": [PLACE | {"longitude": -181}]}, ["position_wrong"]),
        ({"locations": [PLACE | {"latitude": "48.88"}]}, ["position_wrong"]),
        ({"locations": [{"latitude": 0, "longitude": 0}]}, ["position_zero"]),
        ({"locations": [PLACE, PLACE]}, ["place_twice"]),
        ({"locations": [PLACE | {"latitude": 40 + n} for n in range(10)]}, []),
        ({"locations": [PLACE | {"latitude": 40 + n} for n in range(11)]}, ["places_many"]),
        ({"locations": PLACE}, ["kind_wrong"]),
        ({"locations": [PLACE | {"relevantText": 3}]}, ["kind_wrong"]),
        ({"beacons": [RADIO | {"major": n} for n in range(11)]}, ["places_many"]),
        ({"beacons": [RADIO | {"major": 65536}]}, ["beacon_number"]),
        ({"beacons": [RADIO | {"major": "7"}]}, ["beacon_number"]),
        ({"beacons": [RADIO | {"minor": 7}]}, ["minor_alone"]),
        ({"beacons": [RADIO | {"major": 1, "minor": 7}]}, []),
        ({"beacons": [{"major": 1}]}, ["uuid_wrong"]),
        ({"beacons": [{"proximityUUID": "f7826da64fa24e988024bc5b71e0893e"}]}, ["uuid_wrong"]),
    ],
    ids=str,
)
def test_where_a_pass_comes_up(keys, codes):
    assert says(**keys) == codes


@pytest.mark.parametrize(
    ("keys", "codes"),
    [
        ({"webServiceURL": None}, ["service_half"]),
        ({"authenticationToken": None}, ["service_half"]),
        ({"webServiceURL": None, "authenticationToken": None}, []),
        ({"authenticationToken": "0123456789abcde"}, ["token_short"]),
        ({"authenticationToken": "0" * 40}, ["token_guessable"]),
        ({"authenticationToken": CONTENT["serialNumber"]}, ["token_guessable"]),
        ({"webServiceURL": "http://passes.lilas.example/apple"}, ["service_plain"]),
        ({"webServiceURL": "https://passes.lilas.example/apple/"}, ["service_slash"]),
        ({"webServiceURL": "https://passes.lilas.example/apple/v1"}, ["service_version"]),
        ({"webServiceURL": "https://passes.lilas.example/apple?k=1"}, ["service_tail"]),
        ({"webServiceURL": "https://me:pw@passes.lilas.example/apple"}, ["service_tail"]),
        ({"webServiceURL": "https://192.168.1.7/apple"}, ["service_local"]),
        ({"webServiceURL": "http://localhost:8000/apple"}, ["service_local"]),
        ({"webServiceURL": "https://passes.lilas.example:port"}, ["service_address"]),
        ({"webServiceURL": "passes.lilas.example"}, ["service_address"]),
    ],
    ids=str,
)
def test_where_a_pass_is_brought_up_to_date(keys, codes):
    assert says(**keys) == codes


def test_a_token_is_never_repeated():
    token = "tokentokentokento"
    told = [one.say("fr") + one.about for one in examined(make_pass(content_with(authenticationToken=token))).found]
    assert not any(token in line for line in told)


def spki(curve: ec.EllipticCurve, *, is_compressed: bool) -> str:
    key = ec.generate_private_key(curve).public_key()
    written = key.public_bytes(Encoding.DER, SPKI)
    if is_compressed:
        point = key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        written = bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200") + point
    return base64.b64encode(written).decode()


@pytest.mark.parametrize(
    ("nfc", "codes"),
    [
        ({"message": "7QK3", "encryptionPublicKey": spki(ec.SECP256R1(), is_compressed=True)}, []),
        ({"message": "7QK3", "encryptionPublicKey": spki(ec.SECP256R1(), is_compressed=False)}, ["nfc_key_long"]),
        ({"message": "7QK3", "encryptionPublicKey": spki(ec.SECP384R1(), is_compressed=False)}, ["nfc_key"]),
        ({"message": "7QK3", "encryptionPublicKey": "no base64"}, ["nfc_key"]),
        ({"message": "é" * 33, "encryptionPublicKey": spki(ec.SECP256R1(), is_compressed=True)}, ["nfc_message"]),
    ],
    ids=["right", "long", "another curve", "no key", "long message"],
)
def test_what_a_reader_by_radio_is_told(nfc, codes):
    assert says(nfc=nfc) == codes
    assert "nfc_certificate" in remarks(nfc=nfc)


HEADER = "storeCard/headerFields/0/"


@pytest.mark.parametrize(
    ("path", "value", "codes"),
    [
        (HEADER + "key", None, ["field_key"]),
        (HEADER + "key", "tier", ["field_key_twice"]),
        (HEADER + "value", None, ["value_missing"]),
        (HEADER + "value", 1250, ["value_bare"]),
        (HEADER + "value", True, ["kind_wrong"]),
        (HEADER + "changeMessage", "points", ["change_silent"]),
        (HEADER + "textAlignment", "left", ["style_unknown"]),
        (HEADER + "dateStyle", "PKDateStyleHuge", ["date_unreadable", "style_unknown"]),
        (HEADER + "numberStyle", "PKNumberStyleDecimal", ["value_no_number"]),
        (HEADER + "currencyCode", "EUROS", ["value_no_number", "currency_unknown"]),
        (HEADER + "dataDetectorTypes", ["PKDataDetectorTypePhone"], ["style_unknown"]),
        (HEADER + "attributedValue", "<b>1 250</b>", ["markup_inside"]),
        (HEADER + "attributedValue", "<a href='https://lilas.example'>1 250</a>", []),
        ("storeCard/headerFields", {}, ["kind_wrong"]),
        ("storeCard/primaryFields", [{"key": "a", "value": "a"}, {"key": "b", "value": "b"}], ["fields_many"]),
        ("storeCard/headerFields", [{"key": f"{n}", "value": "a"} for n in range(4)], ["fields_many"]),
        ("storeCard/secondaryFields", [{"key": f"{n}", "value": "a"} for n in range(5)], ["fields_many"]),
    ],
    ids=str,
)
def test_what_fields_say(path, value, codes):
    assert says(path, value) == codes


def test_a_number_with_a_style_is_meant_as_one():
    field = {"key": "points", "value": 12.5, "currencyCode": "EUR"}
    assert says("storeCard/headerFields/0", field) == []


def test_a_boarding_pass_needs_its_means_of_transport():
    fields = {"primaryFields": [{"key": "a", "value": "a"}, {"key": "b", "value": "b"}]}
    assert says(storeCard=None, boardingPass=fields) == ["transit_missing"]
    assert says(storeCard=None, boardingPass=fields | {"transitType": "plane"}) == ["style_unknown"]
    assert says(storeCard=None, boardingPass=fields | {"transitType": "PKTransitTypeTrain"}) == []


@pytest.mark.parametrize(
    ("keys", "codes"),
    [
        ({"backgroundColor": "#201040"}, ["colour_unreadable"]),
        ({"backgroundColor": "rgb(300, 0, 0)"}, ["colour_unreadable"]),
        ({"foregroundColor": "rgb(60, 40, 90)"}, ["contrast_low"]),
    ],
    ids=str,
)
def test_colours_can_be_read(keys, codes):
    assert says(**keys) == codes


@pytest.mark.parametrize(
    ("barcode", "codes"),
    [
        (BARCODE, []),
        (BARCODE | {"format": "QR"}, ["barcode_format"]),
        (BARCODE | {"message": None}, ["barcode_message"]),
        (BARCODE | {"message": 12345}, ["barcode_message"]),
        (BARCODE | {"message": "Zoë ₂"}, ["barcode_encoding"]),
        (BARCODE | {"messageEncoding": None}, ["barcode_encoding"]),
        (BARCODE | {"messageEncoding": "latin-one"}, ["barcode_encoding"]),
        (BARCODE | {"message": "Zoë ₂", "messageEncoding": "utf-8"}, []),
        (BARCODE | {"message": "x" * 1500}, ["barcode_dense"]),
        (BARCODE | {"message": "x" * 5000}, ["barcode_undrawable"]),
        (BARCODE | {"format": "PKBarcodeFormatCode128", "message": "7QK39XMA"}, []),
        (BARCODE | {"format": "PKBarcodeFormatCode128", "message": "x" * 60}, ["barcode_dense"]),
        (BARCODE | {"format": "PKBarcodeFormatAztec"}, []),
        (BARCODE | {"format": "PKBarcodeFormatPDF417"}, []),
        (BARCODE | {"altText": 7}, ["kind_wrong"]),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_code_can_be_drawn_and_read(barcode, codes):
    assert says(barcodes=[barcode], barcode=None) == codes


def test_older_readers_find_the_code_too():
    assert remarks(barcode=None) == ["legacy_missing"]
    assert remarks(barcode=None, barcodes=None) == ["barcode_none"]
    assert says(barcode=BARCODE | {"message": "another"}) == ["legacy_other"]
    linear = BARCODE | {"format": "PKBarcodeFormatCode128"}
    assert says(barcode=linear, barcodes=[linear]) == ["legacy_linear"]


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        (b"\xef\xbb\xbf" + json.dumps(CONTENT).encode(), ["bom"]),
        (json.dumps(CONTENT).encode("utf-16"), ["utf16"]),
        (json.dumps(CONTENT, ensure_ascii=False).encode("cp1252"), ["not_utf8"]),
        (json.dumps(CONTENT).encode()[:-1] + b",}", ["json_broken"]),
        (json.dumps(CONTENT).encode()[:-1] + b', "voided": false, "voided": true}', ["key_twice"]),
        (json.dumps(CONTENT).encode()[:-1] + b', "userInfo": NaN}', ["number_none"]),
        (json.dumps(CONTENT).encode()[:-1] + rb', "logoText": "\ud83d"}', ["text_impossible"]),
        (json.dumps(CONTENT).encode()[:-1] + b', "userInfo": ' + b"[" * 40 + b"]" * 40 + b"}", ["json_large"]),
        (json.dumps(CONTENT).encode()[:-1] + b', "userInfo": ' + b"9" * 5000 + b"}", ["json_large"]),
    ],
    ids=["bom", "utf-16", "windows", "comma", "twice", "nan", "half", "deep", "digits"],
)
def test_how_it_is_written(written, codes):
    assert [code for code in found(make_pass(written)) if code in codes] == codes


def test_what_is_no_object_is_no_content():
    assert "pass_no_object" in found(make_pass(b"[]"))


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        (strings({"points": "Points"}).decode().encode("utf-16"), "words_encoded"),
        (b"\xef\xbb\xbf" + strings({"points": "Points"}), "words_encoded"),
        (b'"points" = "Points\xe9";', "words_undecodable"),
        (b'"points" = "Points"\n"tier" = "Tier";', "words_broken"),
        (b'"points" = "a";\n"points" = "b";', "words_twice"),
        (b'/* one */ "points" = "Vos \\"points\\"";\n// two\n', "words_missing"),
    ],
)
def test_translations_can_be_read_by_all(written, codes):
    assert codes in found(make_pass(**{"fr.lproj/pass.strings": written}))


def test_a_translation_that_one_language_lacks_is_named():
    less = make_pass(**{"en.lproj/pass.strings": strings({"points": "Points"})})
    assert {one.about for one in examined(less).found if str(one.finding) == "words_missing"} == {
        "en.lproj/pass.strings"
    }


def test_translations_that_nobody_asks_for_are_counted():
    assert found(make_pass(**{"de.lproj/pass.strings": strings({"Punkte": "Punkte"})}), Grade.REMARK)[-1:] == [
        "words_unused"
    ]


def test_translations_beside_their_folder_are_lost():
    assert found(make_pass(**{"pass.strings": b""})) == ["words_elsewhere"]


@pytest.mark.parametrize(
    ("name", "picture", "codes"),
    [
        ("icon.png", b"GIF89a", ["picture_no_png"]),
        ("icon.png", png(38, 38)[:-20], ["picture_broken"]),
        ("icon.png", png(38, 38).replace(b"IEND", b"IENE"), ["picture_broken"]),
        ("icon.png", png(20, 20), ["picture_small", "picture_shape"]),
        ("icon@2x.png", png(58, 58), ["picture_shape"]),
        ("icon@3x.png", None, ["picture_size_missing"]),
        ("logo.jpg", b"\xff\xd8\xff", ["picture_no_png"]),
        ("strip@3x.png", png(1125, 432), []),
        ("strip.png", png(3000, 1200), ["picture_huge"]),
        ("fr.lproj/strip.png", png(375, 144), []),
    ],
)
def test_pictures_are_shown_as_they_should(name, picture, codes):
    assert found(make_pass(**{name: picture})) == codes


@pytest.mark.parametrize(("name", "code"), [("thumbnail.png", "picture_unused"), ("hero.png", "picture_unknown")])
def test_pictures_that_nobody_sees_are_named(name, code):
    assert code in found(make_pass(**{name: png(90, 90)}), Grade.REMARK)


def test_a_picture_that_only_a_phone_of_apple_reads_is_told():
    plain = png(160, 50)
    crushed = plain[:8] + b"\0\0\0\4CgBI\x50\0\x20\x02\x2b\xd5\xb3\x7f" + plain[8:]
    assert found(make_pass(**{"logo.png": crushed})) == ["picture_crushed", "picture_shape"]


def test_what_is_wrong_very_often_is_counted():
    fields = [{"key": f"{n}", "value": n} for n in range(30)]
    examination = examined(make_pass(content_with("storeCard/backFields", fields)))
    assert sum(str(one.finding) == "value_bare" for one in examination.found) == 10
    assert [(str(ailment), more) for ailment, more in examination.unlisted.items()] == [("value_bare", 20)]
