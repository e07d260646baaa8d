"""Passes come in as their holder sees them in a wallet: the barcode, its bytes, the words, the amounts, the days."""

import json
from datetime import date

import pytest

from tests.externals import files
from tests.externals.factories import held, zipped
from tests.externals.test_card_import import findings, imported, outcomes, refused
from tests.externals.test_symbologies import pixels, read_back
from tests.factories import make_member, member_token
from wallet.externals import barcodes
from wallet.externals.models import Encoding, Symbology
from wallet.externals.readers.lenient_json import read_lenient


@pytest.fixture
def phone(anyone, member):
    return anyone.with_token(member_token(member))


def the_card(member):
    (card,) = held(member)
    return card


def barcode(message="LIB-7", format="PKBarcodeFormatQR", **given):
    return {"format": format, "message": message} | given


def with_field(words=None, **field):
    """A pass with one field, and nothing else written on it."""
    style = {"primaryFields": [{"key": "k", "label": "Solde"} | field]}
    return files.pkpass(words, storeCard=style, description="Librairie")


UNKNOWN = barcode(format="PKBarcodeFormatMaxiCode")
EMPTY = barcode(message="")
IMPOSSIBLE = barcode(message="日本", format="PKBarcodeFormatCode128")


@pytest.mark.parametrize("before", [[UNKNOWN], [EMPTY], [IMPOSSIBLE], ["x", None, 7], [UNKNOWN, EMPTY, IMPOSSIBLE]])
def test_the_first_barcode_that_can_be_shown_is_taken(phone, member, before):
    imported(phone, files.pkpass(barcodes=[*before, barcode("LIB-8"), barcode("LIB-9")], barcode=barcode("LIB-1")))
    assert (the_card(member).code, the_card(member).symbology) == ("LIB-8", "qr")


def test_the_barcode_of_older_passes_is_taken_where_no_other_can_be_shown(phone, member):
    imported(phone, files.pkpass(barcodes=[UNKNOWN], barcode=barcode("LIB-1")))
    assert the_card(member).code == "LIB-1"


def test_a_barcode_that_nobody_can_show_is_a_number(phone, member):
    report = imported(phone, files.pkpass(barcodes=[UNKNOWN]))
    assert (findings(report), the_card(member).symbology) == (["symbology_unknown"], "none")


@pytest.mark.parametrize(
    ("encoding", "message", "drawn"),
    [
        ("utf-8", "Crème-42", b"Cr\xc3\xa8me-42"),
        ("UTF8", "Crème-42", b"Cr\xc3\xa8me-42"),
        ("iso-8859-1", "Crème-42", b"Cr\xe8me-42"),
        ("latin1", "Crème-42", b"Cr\xe8me-42"),
        ("windows-1252", "12 €", b"12 \x80"),
        ("ISO-8859-15", "12 €", b"12 \xa4"),
        ("utf-8", "12 €", b"12 \xe2\x82\xac"),
        ("utf-8", "LIB-7", b"LIB-7"),
    ],
)
@pytest.mark.parametrize("format", ["PKBarcodeFormatQR", "PKBarcodeFormatAztec", "PKBarcodeFormatPDF417"])
def test_a_till_reads_the_bytes_that_the_pass_asks_for(phone, member, format, encoding, message, drawn):
    assert outcomes(imported(phone, files.pkpass(barcodes=[barcode(message, format, messageEncoding=encoding)])))
    card = the_card(member)
    png = phone.get(f"/v1/external-cards/{card.id}/barcode.png").data
    assert read_back(png, Symbology(card.symbology)).bytes == drawn


@pytest.mark.parametrize("encoding", ["klingon", "iso-8859-1"])
def test_an_encoding_that_cannot_write_the_code_is_named(phone, member, encoding):
    report = imported(phone, files.pkpass(barcodes=[barcode("日本", messageEncoding=encoding)]))
    assert (findings(report), the_card(member).encoding) == (["encoding_unknown"], "utf-8")


def test_an_encoding_travels_in_the_api_and_through_catima(phone, anyone):
    card = phone.post(
        "/v1/external-cards", {"programme": "a", "code": "é", "symbology": "qr", "encoding": "utf-8"}
    ).json
    assert card["encoding"] == "utf-8"
    file = phone.get("/v1/external-card-export").data
    assert b",QR_CODE,UTF-8," in file
    there = make_member()
    imported(anyone.with_token(member_token(there)), file)
    assert the_card(there).encoding == Encoding.UTF_8


def test_an_encoding_that_changes_nothing_is_none(phone):
    card = phone.post(
        "/v1/external-cards", {"programme": "a", "code": "e", "symbology": "qr", "encoding": "utf-8"}
    ).json
    assert card["encoding"] is None


def test_a_code_that_its_encoding_cannot_write_is_refused(phone):
    asked = {"programme": "a", "code": "日", "symbology": "qr", "encoding": "iso-8859-1"}
    answer = phone.post("/v1/external-cards", asked)
    assert (answer.status_code, answer.json["facts"]["allowed"]) == (422, "iso-8859-1")


WORDS = {"fr": '"Solde" = "Reste";\n"or" = "Or fin";', "en": '"Solde" = "Balance";\n"or" = "Gold";'}


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "Reste: Or fin"), ("en", "Balance: Gold"), ("de", "Reste: Or fin")]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_words_of_a_pass_are_in_the_readers_language(phone, member, language, said, encoding):
    phone.language = language
    words = {locale: text.encode(encoding) for locale, text in WORDS.items()}
    imported(phone, with_field(words, value="or"))
    assert the_card(member).note == said


@pytest.mark.parametrize("locale", ["fr-CA", "FR", "fr_FR", "de"])
def test_words_in_any_language_are_better_than_keys(phone, member, locale):
    imported(phone, with_field({locale: WORDS["fr"]}, value="or"))
    assert the_card(member).note == "Reste: Or fin"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('/* "Solde" = "non"; */ "Solde" = "a\\"b\\\\c";', 'a"b\\c: 7'),
        ('// "Solde" = "non";\nSolde = "b";', "b: 7"),
        ('"Solde" = "d\\U00e9ja\\u0020vu";', "déja vu: 7"),
        ('"Solde" = "\\ud83d\\ude00";', "😀: 7"),
        ('"Solde"="c";"x"="y"', "c: 7"),
        ('"Solde" = "sans fin', "Solde: 7"),
        ("\0\1\2", "Solde: 7"),
        ("", "Solde: 7"),
    ],
)
def test_a_table_of_words_is_read_with_its_comments_and_escapes(phone, member, table, said):
    imported(phone, with_field({"fr": table}, value="7"))
    assert the_card(member).note == said


def test_a_table_of_words_in_no_encoding_leaves_the_pass(phone, member):
    report = imported(phone, with_field({"fr": b'"Solde" = "\xe9";'}, value="7"))
    assert (findings(report), the_card(member).note) == (["words_unreadable"], "Solde: 7")


DAY = "2026-12-31T23:30:00+01:00"


@pytest.mark.parametrize(
    ("field", "french", "english"),
    [
        ({"value": 21.75, "currencyCode": "EUR"}, "21,75 €", "€21.75"),
        ({"value": "1000", "currencyCode": "JPY"}, "1 000 JPY", "¥1,000"),
        ({"value": 12, "currencyCode": "XQZ"}, "12", "12"),
        ({"value": 0.125, "numberStyle": "PKNumberStylePercent"}, "12,5 %", "12.5%"),
        ({"value": 1234.5, "numberStyle": "PKNumberStyleDecimal"}, "1 234,5", "1,234.5"),
        ({"value": DAY, "dateStyle": "PKDateStyleLong"}, "31 décembre 2026", "December 31, 2026"),
        ({"value": DAY, "timeStyle": "PKDateStyleShort"}, "23:30", "11:30 PM"),
        (
            {"value": DAY, "dateStyle": "PKDateStyleLong", "timeStyle": "PKDateStyleShort"},
            "31 décembre 2026 à 23:30",
            "December 31, 2026, 11:30 PM",
        ),
        ({"value": DAY, "dateStyle": "PKDateStyleNone"}, DAY, DAY),
        ({"value": "bientôt", "dateStyle": "PKDateStyleLong"}, "bientôt", "bientôt"),
        ({"value": "4006381333931"}, "4006381333931", "4006381333931"),
    ],
)
def test_amounts_numbers_and_dates_are_words(phone, member, field, french, english):
    for language, said in (("fr", french), ("en", english)):
        phone.language = language
        imported(phone, with_field(**field))
        plain = the_card(member).note.replace("\u202f", " ").replace("\xa0", " ")
        assert plain == f"Solde: {said}"


@pytest.mark.parametrize(
    ("ignored", "said"), [(False, "1 janvier 2027 à 02:30:00"), (True, "31 décembre 2026 à 23:30:00")]
)
def test_a_date_is_said_on_the_clock_of_the_phone(phone, member, ignored, said):
    phone.language = "fr"
    field = {"dateStyle": "PKDateStyleLong", "timeStyle": "PKDateStyleFull", "ignoresTimeZone": ignored}
    imported(phone, with_field(value=DAY, **field), "?time_zone=Indian/Reunion")
    assert the_card(member).note == f"Solde: {said}"


@pytest.mark.parametrize(
    ("ends", "query", "last"),
    [
        ("2027-01-01T00:00:00+01:00", "", date(2026, 12, 31)),
        ("2027-01-01T00:00Z", "", date(2026, 12, 31)),
        ("2026-12-31T23:59:59Z", "", date(2026, 12, 31)),
        ("2027-01-01T00:01+01:00", "", date(2027, 1, 1)),
        ("2026-12-31", "", date(2026, 12, 31)),
        ("2026-12-31T23:00Z", "?time_zone=Europe/Paris", date(2026, 12, 31)),
        ("2026-12-31T23:00Z", "?time_zone=Indian/Reunion", date(2027, 1, 1)),
    ],
)
def test_a_pass_that_ends_at_midnight_holds_on_the_day_before(phone, member, ends, query, last):
    imported(phone, files.pkpass(expirationDate=ends), query)
    assert the_card(member).expires_on == last


GOOD = (
    '{"formatVersion": 1, "organizationName": "Librairie", "barcode": {"format": "PKBarcodeFormatQR", "message": "7"}'
)


@pytest.mark.parametrize(
    "written",
    [
        GOOD + ",}",
        GOOD + ", , }",
        GOOD + ', "backgroundColor": }',
        GOOD + ', "backgroundColor": , "voided": false}',
        GOOD + ', "description": "deux\nlignes\tet"}',
        GOOD + ', "a": [1, 2, ], "b": {"c": "x,}", }, }',
    ],
)
def test_a_pass_that_wallets_read_comes_in_with_a_word(phone, member, written):
    report = imported(phone, zipped(**{"pass.json": written}))
    assert (outcomes(report), findings(report), the_card(member).code) == (["corrected"], ["pass_mended"], "7")


def test_a_mended_text_keeps_what_looks_like_a_slip():
    assert read_lenient('{"a": ", }", "b": ": ,",}') == ({"a": ", }", "b": ": ,"}, True)


@pytest.mark.parametrize("broken", ["{", '{"a": "', "[,]x", "{'a': 1}", '{"a" 1}', GOOD + "}}", ":" * 50_000])
def test_a_pass_that_no_wallet_reads_says_what_its_holder_can_do(phone, broken):
    phone.language = "fr"
    assert refused(phone, zipped(**{"pass.json": broken})) == (422, "pass_broken")


def test_the_remedy_is_in_the_members_power(phone):
    phone.language = "fr"
    answer = phone.post(
        "/v1/external-card-imports",
        data=zipped(**{"pass.json": "{"}),
        headers={"Content-Type": "application/octet-stream"},
    )
    assert answer.json["remedy"].startswith("Ajoutez la carte avec le code qui y est écrit")


@pytest.mark.parametrize("size", [20_000, 40_000])
def test_a_pass_of_many_slips_is_read_in_one_look(size):
    for text in ('"' + '\\"' * size, "," * size + " " * size, '{"a":' * size, "[" + ", " * size):
        with pytest.raises((ValueError, RecursionError)):
            read_lenient(text)


def test_a_gs1_code_is_drawn_with_its_separators(phone, member):
    imported(phone, files.pkpass(barcodes=[barcode("\x1d0109521234543213\x1d", "PKBarcodeFormatCode128")]))
    card = the_card(member)
    found = read_back(phone.get(f"/v1/external-cards/{card.id}/barcode.png").data, Symbology.CODE_128)
    assert (found.bytes, found.symbology_identifier) == (b"0109521234543213", "]C1")


@pytest.mark.parametrize(
    ("code", "drawn"),
    [
        ("\x1d10ABC\x1d21xyz", b"10ABC\x1d21xyz"),
        ("\x1d01095212345432131728010110ABC", b"01095212345432131728010110ABC"),
        ("\x1d3103000123", b"3103000123"),
        ("\x1d4109521234543213", b"4109521234543213"),
    ],
)
def test_gs1_elements_of_every_length_are_drawn(code, drawn):
    found = read_back(barcodes.as_png(symbology=Symbology.CODE_128, code=code), Symbology.CODE_128)
    assert (found.bytes, found.symbology_identifier) == (drawn, "]C1")


@pytest.mark.parametrize("code", ["\x1d", "\x1dABC", "\x1d010952", "\x1d0\x1d1"])
def test_what_begins_with_fnc1_and_is_no_gs1_code_says_so(phone, code):
    answer = phone.post("/v1/external-cards", {"programme": "a", "code": code, "symbology": "code_128"})
    assert answer.json["code"] in ("element_string_wrong", "code_undrawable", "code_characters_wrong")
    assert json.dumps(answer.json).count('holds only: ASCII"') == 0


def test_code_128_holds_the_controls_of_ascii(phone):
    card = phone.post("/v1/external-cards", {"programme": "a", "code": "a\tb\x01", "symbology": "code_128"}).json
    png = phone.get(f"/v1/external-cards/{card['id']}/barcode.png").data
    assert (pixels(png).shape[0] > 0, read_back(png, Symbology.CODE_128).bytes) == (True, b"a\tb\x01")
