"""Cards come in from other wallets; what is nobody's business stays at the door."""

import io
import json
import logging
import struct
import zipfile
from contextlib import suppress
from datetime import date, datetime, time
from itertools import product
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app.sql import db
from tests.externals import files
from tests.externals.factories import EAN, add, held, zipped
from tests.externals.files import CANARY, CANARY_PLACE
from tests.factories import member_token
from tests.racing import at_once
from wallet.externals import card_import, rows
from wallet.externals.errors import FileRefused
from wallet.externals.findings import REFUSING
from wallet.externals.models import Symbology
from wallet.externals.readers import archives, catima
from wallet.externals.readers.detection import read_file
from wallet.externals.row_validation import validate_card
from wallet.externals.rows import Holder

BINARY = {"Content-Type": "application/octet-stream"}
EVERY_FILE = {
    "fidme": files.fidme(),
    "catima 1": files.CATIMA_1.encode(),
    "catima 2": files.CATIMA_2.encode(),
    "catima zip": zipped(**{"catima.csv": files.CATIMA_2, "card_1_front.png": CANARY}),
    "voucher vault": files.vault(),
    "stocard": files.stocard(),
    "pkpass": files.pkpass(),
    "localised pkpass": files.pkpass(words={"fr": '/* a */ "Niveau" = "Rang\\U00e9";', "en": '"Niveau" = "Level";'}),
    "pkpasses": zipped(**{"1.pkpass": files.pkpass(), "2.pkpass": files.pkpass(organizationName="Club")}),
}
every_file = pytest.mark.parametrize("content", EVERY_FILE.values(), ids=EVERY_FILE.keys())


@pytest.fixture
def phone(anyone, member):
    return anyone.with_token(member_token(member))


def send(phone, content, query="", **options):
    return phone.post(f"/v1/external-card-imports{query}", data=content, headers=BINARY, **options)


def imported(phone, content, query=""):
    answer = send(phone, content, query)
    assert answer.status_code == 200, answer.json
    return answer.json


def outcomes(report):
    return [row["outcome"] for row in report["rows"]]


def findings(report):
    return [finding["code"] for row in report["rows"] for finding in row["findings"]]


def dropped(report):
    return {line["code"] for line in report["dropped"]}


def refused(phone, content):
    answer = send(phone, content)
    return answer.status_code, answer.json["code"]


def test_fidme_cards_come_in_and_a_row_without_a_reference_is_none(phone, member):
    report = imported(phone, files.fidme())
    assert (report["format"], outcomes(report)) == ("fidme", ["accepted", "refused", "accepted"])
    assert findings(report) == ["reference_missing"]
    first, second = held(member)
    assert (first.programme, first.note, first.code, first.symbology) == ("Librairie", "Fidélité", EAN, "none")
    assert (second.programme, second.note, second.code) == ("Picard; Surgelés", "Picard", "7")


def test_fidme_says_what_was_left_at_the_door(phone):
    kinds = {"bank_details", "positions", "holder", "purchases", "points_history", "usage_times"}
    assert dropped(imported(phone, files.fidme())) == kinds


def test_catima_1_comes_in(phone, member):
    report = imported(phone, files.CATIMA_1.encode())
    assert outcomes(report) == ["accepted", "accepted"]
    first, second = held(member)
    assert (first.code, first.number, first.symbology, first.note) == (EAN, "1234", "ean_13", "deux\nlignes")
    assert (first.balance, first.expires_on) == ({"amount_minor": 10000, "currency": "USD"}, date(2030, 1, 1))
    assert (second.code, second.symbology, second.balance) == ("55", "none", None)


def test_catima_2_comes_in_with_its_groups_and_its_archive(phone, member):
    report = imported(phone, files.CATIMA_2.encode())
    assert outcomes(report) == ["accepted", "accepted"]
    first, second = held(member)
    assert (first.note, first.groups, first.colour) == ("deux\n\nlignes", ["Livres"], "#000000")
    assert (first.balance, first.expires_on) == ({"amount_minor": 1250, "currency": "EUR"}, date(2030, 1, 1))
    assert (second.groups, second.balance, second.symbology) == (["Livres", "Santé"], {"points": 150}, "qr")
    assert (first.archived_at, second.archived_at is not None) == (None, True)


@pytest.mark.parametrize(
    ("content", "unit"), [(files.CATIMA_1, "expiry_in_seconds"), (files.CATIMA_2, "expiry_in_milliseconds")]
)
def test_the_report_says_how_an_expiry_was_read(phone, content, unit):
    said = [line["code"] for line in imported(phone, content.encode())["read_as"]]
    assert said == [unit, "expiry_without_time_zone"]


def test_with_the_time_zone_of_the_phone_nothing_is_guessed(phone):
    report = imported(phone, files.CATIMA_1.encode(), "?time_zone=Europe/Paris")
    assert [line["code"] for line in report["read_as"]] == ["expiry_in_seconds"]


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "UTC+1"])
def test_a_time_zone_that_is_none_is_refused(phone, zone):
    assert send(phone, files.vault(), f"?time_zone={quote(zone)}").json["code"] == "malformed"


ZONES = [
    *("Pacific/Honolulu", "America/Los_Angeles", "America/Montreal", "America/Cayenne", "America/Martinique"),
    *("UTC", "Europe/Paris", "Europe/Moscow", "Indian/Reunion", "Asia/Kolkata", "Asia/Tokyo", "Pacific/Noumea"),
]


@pytest.mark.parametrize("day", [date(2026, 12, 31), date(2026, 7, 14)])
@pytest.mark.parametrize("zone", ZONES)
def test_a_day_chosen_on_a_phone_anywhere_stays_that_day(phone, member, zone, day):
    """Catima writes midnight of the phone, other apps the last second of the day; with and without a time zone."""
    midnight = datetime.combine(day, time(), ZoneInfo(zone))
    last = datetime.combine(day, time(23, 59, 59), ZoneInfo(zone))
    for at, query in product((midnight, last), ("", f"?time_zone={zone}")):
        code = f"{at.timestamp():.0f}"
        content = files.CATIMA_1.replace("1893452400", code).replace("1234", f"{code}{len(query)}")
        imported(phone, content.replace(f",{EAN},EAN_13", ",,").encode(), query)
    assert {card.expires_on for card in held(member) if card.code != "55"} == {day}


@pytest.mark.parametrize("query", ["", "?time_zone=America/Montreal", "?time_zone=Pacific/Noumea"])
@pytest.mark.parametrize("instant", ["1893456000", "1893456000000", "1893499200000"])
def test_midnight_and_noon_in_utc_are_that_day_everywhere(phone, member, instant, query):
    imported(phone, files.CATIMA_1.replace("1893452400", instant).encode(), query)
    assert held(member)[0].expires_on == date(2030, 1, 1)


@pytest.mark.parametrize("instant", ["soon", "9" * 18, "9" * 40, "-1", "1"])
def test_an_expiry_that_is_none_stays_empty_and_is_named(phone, member, instant):
    report = imported(phone, files.CATIMA_1.replace("1893452400", instant).encode())
    assert (findings(report), held(member)[0].expires_on) == (["expiry_unreadable"], None)


def test_a_file_of_any_platform_is_read(phone, member):
    imported(phone, b"\xef\xbb\xbf" + files.CATIMA_2.replace("\n", "\r\n").encode())
    assert held(member)[0].note == "deux\n\nlignes"


def test_the_zip_of_catima_comes_in_without_its_pictures(phone, member):
    report = imported(phone, EVERY_FILE["catima zip"])
    assert (len(held(member)), "images" in dropped(report)) == (2, True)


def test_voucher_vault_counts_in_thousandths(phone, member):
    report = imported(phone, files.vault())
    (card,) = held(member)
    assert card.balance == {"amount_minor": 350, "currency": "EUR"}
    assert (card.expires_on, card.symbology, card.colour) == (date(2027, 2, 28), "ean_13", "#9c27b0")
    assert (outcomes(report), findings(report)) == (["corrected"], ["currency_assumed"])


def test_the_currency_of_a_file_that_names_none_can_be_said(phone, member):
    imported(phone, files.vault(), "?currency=JPY")
    assert held(member)[0].balance == {"amount_minor": 4, "currency": "JPY"}


@pytest.mark.parametrize("currency", ["XQZ", "eur", "EURO", ""])
def test_a_currency_that_is_none_is_refused(phone, currency):
    assert send(phone, files.vault(), f"?currency={currency}").json["code"] == "malformed"


def test_stocard_comes_in_with_its_own_programmes_and_notes(phone, member):
    report = imported(phone, files.stocard())
    own, known, older = held(member)
    assert (own.programme, own.code, own.symbology) == ("Librairie du coin", EAN, "ean_13")
    assert own.note == "La mienne\nau fond\ndu sac"
    assert (known.programme, known.code, known.symbology) == ("Papeterie", "0078", "code_128")
    assert (older.programme, outcomes(report)) == ("Stocard 42", ["accepted", "accepted", "corrected"])
    assert findings(report) == ["programme_unknown"]
    assert dropped(report) == {"positions", "usage_times", "device_data", "points_history", "images"}


def test_a_broken_card_of_stocard_is_refused_by_itself(phone, member):
    broken = {"loyalty-cards/c4/content.json": "{", "loyalty-cards/c2/content.json": "[]"}
    report = imported(phone, files.stocard(**broken))
    assert (outcomes(report).count("refused"), len(held(member))) == (2, 2)


def test_a_broken_note_of_stocard_leaves_the_card(phone, member):
    report = imported(phone, files.stocard(**{"loyalty-cards/c1/notes/default/content.json": "{"}))
    assert ("note_unreadable" in findings(report), held(member)[0].note) == (True, "La mienne")


def test_a_pass_comes_in_with_what_is_written_on_it(phone, member):
    report = imported(phone, files.pkpass())
    (card,) = held(member)
    assert (card.programme, card.code, card.symbology, card.number) == ("Librairie", "LIB-7", "qr", "n° 7")
    assert (card.note, card.colour) == ("Carte de fidélité\nNiveau: Or", "#17bb52")
    assert (card.expires_on, card.source) == (date(2027, 2, 28), "pkpass")
    assert dropped(report) == {"positions", "access", "device_data", "images"}


def test_an_older_pass_has_one_barcode(phone, member):
    barcode = {"format": "PKBarcodeFormatPDF417", "message": "7"}
    imported(phone, files.pkpass(barcodes=[], barcode=barcode))
    assert held(member)[0].symbology == "pdf_417"


def test_several_passes_come_in_and_a_broken_one_is_named(phone, member):
    several = zipped(**{"1.pkpass": files.pkpass(), "2.pkpass": b"PK\x03\x04 no", "3.pkpass": zipped(a="b")})
    report = imported(phone, several)
    assert (outcomes(report), findings(report)) == (["accepted", "refused", "refused"], ["pass_broken", "row_broken"])
    assert report["rows"][1]["findings"][0]["text"] == "The archive is broken or incomplete."
    assert len(held(member)) == 1


def test_what_a_mac_adds_to_an_archive_is_no_pass(phone, member):
    beside = {"__MACOSX/._1.pkpass": b"\x00\x05\x16\x07"}
    assert outcomes(imported(phone, zipped(**{"1.pkpass": files.pkpass()} | beside))) == ["accepted"]


@every_file
def test_the_same_file_twice_changes_nothing(phone, member, content):
    imported(phone, content)
    before = [(card.id, card.version) for card in held(member)]
    report = imported(phone, content)
    assert set(outcomes(report)) <= {"unchanged", "refused"}
    assert [(card.id, card.version) for card in held(member)] == before


@every_file
def test_a_dry_run_says_the_same_and_writes_nothing(phone, member, content):
    tried = imported(phone, content, "?dry_run=true")
    assert held(member) == []
    report = imported(phone, content)
    assert (tried.pop("dry_run"), report.pop("dry_run")) == (True, False)
    for row in (*tried["rows"], *report["rows"]):
        row.pop("card_id")
    assert tried == report


def test_a_card_that_was_renamed_does_not_come_in_again(phone, member):
    imported(phone, files.vault())
    path = f"/v1/external-cards/{held(member)[0].id}"
    phone.put(path, {"programme": "Renommée", "code": EAN}, headers={"If-Match": '"1"'})
    assert outcomes(imported(phone, files.vault())) == ["unchanged"]


def test_the_same_card_twice_in_a_file_is_one(phone, member):
    (card,) = json.loads(files.vault())
    assert outcomes(imported(phone, json.dumps([card, card]).encode())) == ["corrected", "unchanged"]


def test_the_same_file_many_times_at_once_is_each_card_once(app, member):
    def bring(_):
        with db.transaction():
            db.become(member_id=member.id)
            report = card_import.import_cards(
                member_id=member.id,
                content=files.CATIMA_2.encode(),
                currency="EUR",
                holder=Holder(),
                dry_run=False,
                now=member.created_at,
            )
            return [judged.outcome for judged in report.rows]

    brought = at_once(8, bring)
    assert sorted(brought) == [["accepted", "accepted"]] + [["unchanged", "unchanged"]] * 7
    assert len(held(member)) == 2


def test_an_import_sent_again_has_the_same_answer(phone):
    first, again = (send(phone, files.vault(), key="k") for _ in range(2))
    assert (again.data, again.headers["Idempotency-Replayed"]) == (first.data, "true")


def test_another_file_under_the_same_key_is_refused(phone):
    send(phone, files.vault(), key="k")
    assert send(phone, files.vault(code="7"), key="k").json["code"] == "idempotency_key_reused"


def test_a_code_without_its_check_digit_gets_it(phone, member):
    report = imported(phone, files.vault(code=EAN[:-1]))
    assert ("check_digit_added" in findings(report), held(member)[0].code) == (True, EAN)


def test_a_wrong_code_is_refused_and_the_right_digit_named(phone, member):
    report = imported(phone, files.vault(code=EAN[:-1] + "0"))
    assert (outcomes(report), held(member)) == (["refused"], [])
    assert report["rows"][0]["findings"][-1]["text"].startswith("The last digit should be 1, not 0")


def test_an_unknown_barcode_becomes_a_number(phone, member):
    report = imported(phone, files.vault(codeType="MAXICODE"))
    assert ("symbology_unknown" in findings(report), held(member)[0].symbology) == (True, Symbology.NONE)


def test_a_long_note_is_cut_and_named(phone, member):
    report = imported(phone, files.pkpass(description="x" * 5000))
    assert (findings(report), len(held(member)[0].note)) == (["shortened"], 4000)


@pytest.mark.parametrize("card", [7, None, [], {"code": {}, "description": []}, {"description": "x"}, {}])
def test_an_entry_that_is_no_card_is_refused_by_itself(phone, member, card):
    report = imported(phone, json.dumps([card, *json.loads(files.vault())]).encode())
    assert (outcomes(report), len(held(member))) == (["refused", "corrected"], 1)


@pytest.mark.parametrize(
    "amount", ["x", 10**30, [], "NaN", "sNaN", "Infinity", True, "9" * 60, "1E99", "0x10", "1_000"]
)
def test_a_balance_that_is_none_stays_empty(phone, member, amount):
    report = imported(phone, files.vault(balanceMilliunits=amount))
    assert (findings(report), held(member)[0].balance) == (["balance_unreadable"], None)


def test_the_report_speaks_french(phone):
    phone.language = "fr"
    report = imported(phone, files.fidme())
    assert report["rows"][1]["findings"][0]["text"] == "Sans numéro ni code, ce n'est pas une carte."
    assert "Coordonnées bancaires : non reprises." in [line["text"] for line in report["dropped"]]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b" \n ", "file_empty"),
        (b"hello", "file_format_unknown"),
        (b"{}", "file_format_unknown"),
        (b"%PDF-1.7 \xff\xfe", "file_not_text"),
        (files.CATIMA_1.encode("utf-16"), "file_not_text"),
        (b"[1,", "file_broken"),
        (b"[" * 100_000, "file_broken"),
        (b"[" * 50 + b"]" * 50, "file_broken"),
        (b"2\n\n_id\n\n", "file_broken"),
        (files.CATIMA_1.replace('lignes"', "lignes").encode(), "file_broken"),
        (zipped(a="b"), "file_format_unknown"),
        (zipped(**{"loyalty_programs.csv": "a;b\n"}), "file_broken"),
        (zipped(**{"loyalty_programs.csv": b"\xff\xfe"}), "file_not_text"),
        (zipped(**{"pass.json": "{"}), "pass_broken"),
        (zipped(**{"pass.json": b"\xff\xfe"}), "pass_broken"),
        (b"[]", "file_without_cards"),
        (files.CATIMA_2.split("1,Librairie")[0].encode(), "file_without_cards"),
        (zipped(**{"loyalty_programs.csv": "Retailer;Reference\n"}), "file_without_cards"),
        (zipped(**{"extracts/u/users/u/loyalty-cards/c1/images/front.png": CANARY}), "file_without_cards"),
        (zipped(**{"catima.csv": files.CATIMA_1.partition("\n")[0]}), "file_without_cards"),
        (files.fidme()[:200], "archive_broken"),
        (b"PK\x03\x04" + b"x" * 100, "archive_broken"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(phone, member, content, code):
    assert refused(phone, content) == (422, code)
    assert held(member) == []


def test_an_archive_whose_content_was_changed_is_broken(phone):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("loyalty_programs.csv", "Retailer;Reference\nLibrairie;7\n")
    assert refused(phone, made.getvalue().replace(b"Librairie", b"Lubrairie")) == (422, "archive_broken")


@pytest.mark.parametrize("content", [files.fidme(), files.stocard(), files.pkpass(), zipped(a="b")])
def test_a_locked_archive_says_so_before_it_says_what_it_is(phone, content):
    assert refused(phone, locked(content)) == (422, "archive_encrypted")


def locked(content: bytes) -> bytes:
    """The archive with the mark that its files are encrypted."""
    marked = bytearray(content)
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := marked.find(signature, start)) >= 0:
            (flags,) = struct.unpack_from("<H", marked, start + at)
            struct.pack_into("<H", marked, start + at, flags | 1)
            start += 4
    return bytes(marked)


def test_a_small_archive_that_would_fill_the_memory_is_refused(phone):
    bomb = zipped(**{"loyalty_programs.csv": b"Retailer;Reference\n" + b"0" * (archives.MOST_BYTES + 1)})
    assert len(bomb) < 100_000
    assert refused(phone, bomb) == (422, "archive_too_large")


def test_archives_in_an_archive_share_one_budget(phone, member):
    half = zipped(**{"pass.json": b" " * (archives.MOST_BYTES // 2)})
    assert refused(phone, zipped(**{f"{n}.pkpass": half for n in range(3)})) == (422, "archive_too_large")


def test_an_archive_of_very_many_files_is_refused(phone, monkeypatch):
    monkeypatch.setattr(archives, "MOST_FILES", 2)
    assert refused(phone, zipped(a="", b="", c="")) == (422, "archive_too_large")


def test_a_file_of_more_cards_than_a_wallet_holds_is_refused(phone, monkeypatch):
    monkeypatch.setattr(catima, "MOST_CARDS", 1)
    assert refused(phone, files.CATIMA_2.encode()) == (422, "too_many_rows")


def test_a_wallet_that_gets_full_says_which_cards_stay_outside(phone, member, monkeypatch):
    monkeypatch.setattr(rows, "MOST_CARDS", 2)
    add(member, programme="Papeterie")
    report = imported(phone, files.CATIMA_2.encode())
    assert (outcomes(report), findings(report)) == (["accepted", "refused"], ["wallet_full"])


def test_a_file_that_is_too_large_is_not_even_read(phone):
    assert send(phone, b"x" * (card_import.MOST_BYTES + 1)).status_code == 413


def test_a_file_is_sent_as_it_is(phone):
    answer = phone.post("/v1/external-card-imports", {"file": "x"})
    assert (answer.status_code, answer.json["code"]) == (415, "file_expected")


def test_a_stranger_sends_nothing(anyone):
    assert send(anyone, files.vault()).status_code == 401


PIECES = [b'"', b"\n", b";", b"sNaN", b"1E99", b"\0", b"9" * 50, b"null", b"[", b"{}", b"\\ud800", b"\xed\xa0\x80", b""]


@given(
    content=st.sampled_from(list(EVERY_FILE.values())),
    damage=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), st.sampled_from(PIECES)), max_size=6),
)
def test_a_damaged_file_is_read_or_refused_and_never_a_fault(content, damage):
    """Inside the archives too: what a zip would notice by its checksum is packed again."""
    with suppress(FileRefused):
        for raw in read_file(damaged(content, damage), holder=Holder()).rows:
            row = validate_card(raw, currency="EUR")
            assert (row.wish is None) == any(found.finding in REFUSING for found in row.found)
            for found in row.found:
                assert found.say("fr") != found.say("en")


def damaged(content: bytes, damage: list[tuple[float, int, bytes]]) -> bytes:
    """The content with pieces of it replaced."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return zipped(**{name: damaged(archive.read(name), damage) for name in archive.namelist()})
    for place, length, piece in damage:
        at = int(place * len(content))
        content = content[:at] + piece + content[at + length :]
    return content


def everything() -> str:
    """Every row of every table as text, bytes as what they spell."""
    with db.system_transaction():
        db.execute(text("SET LOCAL bytea_output = 'escape'"))
        rows = [
            row
            for table in db.Base.metadata.sorted_tables
            for row in db.execute(text(f"SELECT t::text FROM {table.name} t")).scalars()
        ]
    return "\n".join(rows)


def test_what_was_left_at_the_door_is_nowhere(phone, member, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    answers = [send(phone, content).get_data(as_text=True) for content in EVERY_FILE.values()]
    said, written = "".join(answers) + caplog.text + "".join(capfd.readouterr()), everything()
    assert EAN in written  # the search finds what is there
    for sign in (CANARY[:18], str(CANARY_PLACE)):  # up to the é, which each encoding spells its own way
        assert sign not in said
        assert sign not in written
