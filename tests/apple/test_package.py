"""The file of a pass: what is in it, what signs it, and what a phone would refuse."""

import hashlib
import json
import re
import subprocess
import uuid
import zipfile
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from app.config import Config
from app.languages import Text
from tests.apple.factories import members_of, said_in, verify_signature
from tests.factories import NOON
from wallet.apple import identities
from wallet.apple.files.description import describe_pass, write_date, write_strings
from wallet.apple.files.package import build_pass
from wallet.designs.capabilities import PassSymbology
from wallet.designs.designs import Design, TapTerms, plain_design
from wallet.designs.fields import FieldPlace, FieldPlan, FieldShows
from wallet.issued.contents import BalanceShown, BeaconShown, CouponShown, PassContents, PlaceShown, TierShown
from wallet.issued.models import PassKind

BRAND = uuid.uuid4()
ENDS = NOON + timedelta(days=9)


def contents(**given: Any) -> PassContents:
    fields: dict[str, Any] = {
        "kind": PassKind.CARD,
        "brand_id": BRAND,
        "brand_name": "Épicerie",
        "serial": "s" * 22,
        "member_id": uuid.uuid4(),
        "display_name": "Zoé",
        "code": "7QK3-2M4P-9XWT",
        "revision": 7,
        "changed_at": NOON,
        "balances": (BalanceShown("pts", "Points", "Points", 1234, ENDS),),
        "tier": TierShown("gold", "Or", "Gold", None),
    }
    return PassContents(**(fields | given))


def design(**given: Any) -> Design:
    return plain_design(brand_id=BRAND, name="Épicerie", time_zone="Europe/Paris", colour="#1f3a5f")._replace(**given)


def place(number: int = 0, **given: Any) -> PlaceShown:
    fields: dict[str, Any] = {
        "lon": 2.35 + number / 100, "lat": 48.85, "text_fr": "Bienvenue", "text_en": "Welcome", "max_distance_m": None
    }  # fmt: skip
    return PlaceShown(**(fields | given))


def coupon(**given: Any) -> CouponShown:
    fields: dict[str, Any] = {
        "id": uuid.uuid4(), "code": "C0DE", "title_fr": "Dix %", "title_en": "Ten %", "description_fr": "Une fois",
        "description_en": "Once", "ends_at": ENDS, "ends_local": datetime(2026, 5, 28),  # noqa: DTZ001
    }  # fmt: skip
    return CouponShown(**(fields | given))


@pytest.fixture
def made(signing: Config) -> bytes:
    return built()


def built(said: PassContents | None = None, look: Design | None = None) -> bytes:
    shared = identities.load_identities().shared
    assert shared is not None
    return build_pass(said or contents(), look or design(), shared)


def described(said: PassContents | None = None, look: Design | None = None) -> dict[str, Any]:
    shared = identities.load_identities().shared
    assert shared is not None
    return dict(describe_pass(said or contents(), look or design(), shared).said)


def test_openssl_verifies_the_signature(made: bytes, pki: Path, tmp_path: Path) -> None:
    assert verify_signature(members_of(made), pki, tmp_path)


@pytest.mark.parametrize("name", ["manifest.json", "signature"])
def test_a_changed_byte_in_what_is_signed_is_seen_by_openssl(made: bytes, pki: Path, tmp_path: Path, name: str) -> None:
    parts = members_of(made)
    for at in (5, len(parts[name]) // 2, len(parts[name]) - 3):
        changed = bytearray(parts[name])
        changed[at] ^= 1
        assert not verify_signature(parts | {name: bytes(changed)}, pki, tmp_path)


def test_every_other_member_is_on_the_list_by_its_hash(made: bytes) -> None:
    parts = members_of(made)
    others = {name: hashlib.sha1(one).hexdigest() for name, one in parts.items()}
    assert json.loads(parts["manifest.json"]) == {
        name: hash for name, hash in others.items() if name not in ("manifest.json", "signature")
    }


def test_every_reader_of_zips_finds_every_member_whole(made: bytes, tmp_path: Path) -> None:
    file = tmp_path / "pass.pkpass"
    file.write_bytes(made)
    with zipfile.ZipFile(file) as zipped:
        assert zipped.testzip() is None
        assert {info.compress_type for info in zipped.infolist()} == {zipfile.ZIP_STORED}
    said = subprocess.run(["python3", "-m", "zipfile", "-t", str(file)], capture_output=True, check=False)
    assert said.returncode == 0


def test_two_files_of_one_pass_differ_in_the_signature_alone(signing: Config) -> None:
    first, second = members_of(built()), members_of(built())
    del first["signature"], second["signature"]
    assert first == second


def test_no_member_bears_an_instant(made: bytes) -> None:
    with zipfile.ZipFile(BytesIO(made)) as zipped:
        assert {info.date_time for info in zipped.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_type_and_team_are_those_of_the_certificate(made: bytes) -> None:
    said = said_in(made)
    assert (said["passTypeIdentifier"], said["teamIdentifier"]) == ("pass.example.ici.trial", "1C1TR1AL00")


def test_the_web_service_ends_without_a_slash_and_the_token_is_long(made: bytes) -> None:
    said = said_in(made)
    assert (said["webServiceURL"], len(said["authenticationToken"])) == ("https://ici.example/apple", 43)


def test_a_card_and_a_coupon_have_exactly_one_style(signing: Config) -> None:
    card, of_coupon = described(), described(contents(kind=PassKind.COUPON, coupons=(coupon(),)))
    assert [("storeCard" in one, "coupon" in one) for one in (card, of_coupon)] == [(True, False), (False, True)]


def test_every_value_is_a_text(signing: Config) -> None:
    fields = [field for place in described()["storeCard"].values() for field in place]
    assert {type(field["value"]) for field in fields} == {str}
    assert len({field["key"] for field in fields}) == len(fields)


def test_front_fields_keep_apples_limits(signing: Config) -> None:
    many = tuple(
        FieldPlan(FieldShows.TEXT, place, Text(fr=f"{n}", en=f"{n}"), Text(fr=f"v{n}", en=f"v{n}"))
        for place in (FieldPlace.HEADER, FieldPlace.PRIMARY, FieldPlace.SECONDARY, FieldPlace.AUXILIARY)
        for n in range(6)
    )
    style = described(look=design(front=many))["storeCard"]
    counts = {name: len(fields) for name, fields in style.items()}
    assert (counts["headerFields"], counts["primaryFields"]) == (3, 1)
    assert counts["secondaryFields"] + counts.get("auxiliaryFields", 0) == 4


def test_sentences_come_in_both_languages_and_utf_8_without_a_mark(made: bytes) -> None:
    parts = members_of(made)
    french, english = parts["fr.lproj/pass.strings"].decode(), parts["en.lproj/pass.strings"].decode()
    assert (french[0], english[0]) == ('"', '"')
    assert ('"Or" = "Or";' in french, '"Or" = "Gold";' in english) == (True, True)


def test_a_sentence_that_is_two_in_english_stays_two(signing: Config) -> None:
    twice = (
        FieldPlan(FieldShows.TEXT, FieldPlace.BACK, Text(fr="Avis", en="Notice"), Text(fr="a", en="a")),
        FieldPlan(FieldShows.TEXT, FieldPlace.BACK, Text(fr="Avis", en="Review"), Text(fr="b", en="b")),
    )
    parts = members_of(built(look=design(back=twice)))
    english = dict(re.findall(r'"(.*)" = "(.*)";', parts["en.lproj/pass.strings"].decode()))
    labels = [field["label"] for field in json.loads(parts["pass.json"])["storeCard"]["backFields"]]
    assert [english[label] for label in labels] == ["Notice", "Review"]
    french = dict(re.findall(r'"(.*)" = "(.*)";', parts["fr.lproj/pass.strings"].decode()))
    assert [french[label] for label in labels] == ["Avis", "Avis"]


def test_what_ends_a_sentence_in_the_file_is_escaped() -> None:
    assert write_strings({'a"b': "c\\d\ne"}) == b'"a\\"b" = "c\\\\d\\ne";\n'


@pytest.mark.parametrize(
    ("symbology", "new", "old"),
    [
        (PassSymbology.QR, "PKBarcodeFormatQR", "PKBarcodeFormatQR"),
        (PassSymbology.PDF417, "PKBarcodeFormatPDF417", "PKBarcodeFormatPDF417"),
        (PassSymbology.AZTEC, "PKBarcodeFormatAztec", "PKBarcodeFormatAztec"),
        (PassSymbology.CODE128, "PKBarcodeFormatCode128", "PKBarcodeFormatQR"),
    ],
)
def test_old_readers_are_never_given_code_128(signing: Config, symbology: PassSymbology, new: str, old: str) -> None:
    said = described(look=design(card_symbology=symbology))
    assert ([one["format"] for one in said["barcodes"]], said["barcode"]["format"]) == ([new], old)
    assert said["barcode"]["message"] == contents().code


def test_at_most_ten_places_are_on_a_pass_in_their_order(signing: Config) -> None:
    said = described(contents(places=tuple(place(number) for number in range(14))))
    assert [one["longitude"] for one in said["locations"]] == [2.35 + number / 100 for number in range(10)]


def test_a_distance_is_said_only_if_every_place_has_one(signing: Config) -> None:
    near, far = place(max_distance_m=60), place(1, max_distance_m=90)
    said = [described(contents(places=some)) for some in ((near, far), (near, place(2)))]
    assert [one.get("maxDistance") for one in said] == [90, None]


def test_one_beacon_without_a_major_number_covers_a_chain(signing: Config) -> None:
    heard = uuid.uuid4()
    [said] = described(contents(beacon=BeaconShown(heard, None, "Bonjour", "Hello")))["beacons"]
    assert said == {"proximityUUID": str(heard).upper(), "relevantText": "Bonjour"}
    [said] = described(contents(beacon=BeaconShown(heard, 0, "Bonjour", "Hello")))["beacons"]
    assert said["major"] == 0


def test_relevant_dates_stand_under_both_names_and_never_without_places(signing: Config) -> None:
    alone = described(contents(coupons=(coupon(),)))
    beside = described(contents(coupons=(coupon(), coupon()), places=(place(),)))
    day = write_date(ENDS - timedelta(days=1))
    assert ("relevantDates" in alone, beside["relevantDates"]) == (False, [{"date": day, "relevantDate": day}])


@pytest.mark.parametrize("offset", [0, 2, -5])
def test_dates_have_an_offset_with_a_colon(offset: int) -> None:
    instant = datetime(2026, 5, 18, 12, 0, 0, 123_456, tzinfo=UTC)
    assert write_date(instant.astimezone(timezone(timedelta(hours=offset)))) == "2026-05-18T12:00:00+00:00"


def test_a_void_pass_says_so_and_is_put_forward_nowhere(signing: Config) -> None:
    said = described(contents(is_void=True, expires_at=ENDS, places=(place(),)))
    assert (said["voided"], said["expirationDate"], "locations" in said) == (True, write_date(ENDS), False)
    assert "voided" not in described()


def test_changes_are_announced_only_where_that_is_permitted(signing: Config) -> None:
    def announced(may_notify: bool) -> int:
        said = described(contents(may_notify=may_notify))["storeCard"]
        return sum("%@" in field.get("changeMessage", "") for fields in said.values() for field in fields)

    assert (announced(False), announced(True) > 0) == (0, True)


def test_a_tap_hands_over_the_code_within_its_bound(signing: Config) -> None:
    tapping = design(nfc=TapTerms("MDkw", True))
    assert described(look=tapping)["nfc"] == {
        "message": contents().code, "encryptionPublicKey": "MDkw", "requiresAuthentication": True
    }  # fmt: skip
    assert "nfc" not in described(contents(code="x" * 65), tapping)
    assert "nfc" not in described()


def test_a_pass_cannot_be_shared_from_the_phone(made: bytes) -> None:
    assert said_in(made)["sharingProhibited"] is True
