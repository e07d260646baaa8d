"""Our passes as others see them: the doctor, openssl, and the schemas of passkit-generator (`tests/oracle`)."""

import json
import os
import shutil
import subprocess
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.languages import Text
from tests.apple.factories import Phone, make_pass, members_of, said_in, verify_signature
from tests.apple.test_package import built, contents, coupon, design, place
from tests.doctor.factories import zipped
from wallet.apple.trial_pki import ROOT
from wallet.designs.capabilities import PassSymbology
from wallet.designs.designs import Design, DesignLink
from wallet.doctor.ailments import Grade
from wallet.doctor.examination import Examination, examine_pass
from wallet.issued.contents import BeaconShown, PassContents
from wallet.issued.models import PassKind

ORACLE = Path(__file__).parents[1] / "oracle"
LATER = datetime.now(UTC) + timedelta(days=90)
FULL = contents(
    places=tuple(place(number) for number in range(10)),
    beacon=BeaconShown(uuid.uuid4(), None, "Bonjour", "Hello"),
    coupons=(coupon(ends_at=LATER), coupon(ends_at=LATER + timedelta(days=3))),
    may_notify=True,
    expires_at=LATER,
)
CASES: dict[str, tuple[PassContents, dict[str, Any]]] = {
    "plain": (contents(), {}),
    "full": (FULL, {}),
    "coupon": (contents(kind=PassKind.COUPON, coupons=(coupon(ends_at=LATER),), expires_at=LATER), {}),
    "rotates": (contents(), {"rotates": True}),
    "void": (FULL._replace(is_void=True), {}),
    "no balance": (contents(balances=(), tier=None), {}),
    "no code": (contents(code=""), {}),
    "long names": (contents(display_name="Zoé-Élisabeth " * 8, brand_name="É" * 60), {}),
    "links": (contents(), {"links": (DesignLink(Text(fr="Boutique", en="Shop"), "https://lilas.example/?a=1&b=2"),)}),
    "terms": (contents(), {"terms": Text(fr='Une "ligne"\net une autre', en="One \\ line\nand another")}),
    **{str(kind): (contents(), {"card_symbology": kind}) for kind in PassSymbology},
}


def examined(file: bytes, pki: Path) -> Examination:
    roots = x509.load_pem_x509_certificates((pki / ROOT).read_bytes())
    return examine_pass(file, now=datetime.now(UTC), roots=roots)


def wrong(file: bytes, pki: Path) -> list[str]:
    told = examined(file, pki)
    return told.codes(Grade.FAULT) + told.codes(Grade.WARNING)


def looks(changes: dict[str, Any]) -> Design:
    return design(**changes)


@pytest.mark.parametrize("case", CASES)
def test_the_doctor_finds_nothing_in_our_passes(signing: object, pki: Path, case: str) -> None:
    said, changes = CASES[case]
    assert wrong(built(said, looks(changes)), pki) == []


def test_the_doctor_finds_nothing_in_a_pass_that_a_phone_fetched(phone: Phone, pki: Path, tmp_path: Path) -> None:
    file = phone.fetch(make_pass()).data
    assert wrong(file, pki) == []
    assert verify_signature(members_of(file), pki, tmp_path)


def test_without_the_root_of_the_trial_our_pass_is_of_nobody(signing: object) -> None:
    assert examine_pass(built(), now=datetime.now(UTC)).codes(Grade.FAULT) == ["authority_unknown"]


@given(place=st.integers(0, 10_000_000), flip=st.integers(1, 255))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_changed_byte_in_ours_is_refused_or_changes_nothing(
    signing: object, pki: Path, place: int, flip: int
) -> None:
    changed = bytearray(built())
    changed[place % len(changed)] ^= flip
    told = examined(bytes(changed), pki)
    assert not told.is_sound or said_in(bytes(changed)) == said_in(built())


@pytest.mark.parametrize("member", ["pass.json", "icon.png", "fr.lproj/pass.strings"])
def test_a_changed_member_of_ours_is_named(signing: object, pki: Path, member: str) -> None:
    parts = members_of(built())
    told = examined(zipped(parts | {member: parts[member] + b"\n"}), pki)
    assert [one.about for one in told.found if str(one.finding) == "digest_wrong"] == [member]


@given(
    name=st.text(max_size=40), code=st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=20)
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_brand_and_a_member_are_called_the_pass_is_sound(
    signing: object, pki: Path, name: str, code: str
) -> None:
    written = name.encode("utf-8", "ignore").decode().replace("\0", "")
    said = contents(display_name=written, brand_name=f"L{written}", code=code)
    assert wrong(built(said), pki) == []


def test_passkit_generator_reads_our_passes(signing: object) -> None:
    if not (ORACLE / "node_modules/passkit-generator").is_dir() or shutil.which("node") is None:
        assert os.environ.get("ICI_ORACLE") != "required", "tests/oracle is not installed: make setup-clients"
        pytest.skip("passkit-generator is not installed: make setup-clients")
    passes = [said_in(built(said, looks(changes))) for said, changes in CASES.values()]
    command = ["node", str(ORACLE / "pass_schemas.mjs")]
    answer = subprocess.run(command, input=json.dumps(passes), capture_output=True, text=True, check=True)
    assert dict(zip(CASES, json.loads(answer.stdout), strict=True)) == dict.fromkeys(CASES)
