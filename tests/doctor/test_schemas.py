"""What passkit-generator, a maker of passes that many use, says of `pass.json` (`tests/oracle`, asked by node)."""

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.doctor.authority import intermediate, pem, usual_certificate
from tests.doctor.factories import CONTENT, content_with, found, make_pass, members_with
from wallet.doctor.ailments import Grade

ORACLE = Path(__file__).parents[1] / "oracle"


@pytest.fixture(scope="module", autouse=True)
def _oracle() -> None:
    if not (ORACLE / "node_modules/passkit-generator").is_dir() or shutil.which("node") is None:
        assert os.environ.get("ICI_ORACLE") != "required", "tests/oracle is not installed: make setup-clients"
        pytest.skip("passkit-generator is not installed: make setup-clients")


def ask(*contents: Any) -> list[str | None]:
    """The first fault that the schemas find in each; None where they find none."""
    answer = subprocess.run(
        ["node", str(ORACLE / "pass_schemas.mjs")],
        input=json.dumps(contents),
        capture_output=True,
        text=True,
        check=True,
    )
    told: list[str | None] = json.loads(answer.stdout)
    return told


WRONG = [
    content_with(authenticationToken="short"),
    content_with(authenticationToken=None),
    content_with(voided="yes"),
    content_with(maxDistance=-1),
    content_with(backgroundColor="red"),
    content_with(locations=[{"latitude": "48"}]),
    content_with(beacons=[{"proximityUUID": "f7826da6-4fa2-4e98-8024-bc5b71e0893e", "major": 70_000}]),
    content_with("storeCard/headerFields/0/key", None),
    content_with("storeCard/headerFields/0/value", None),
    content_with("storeCard/headerFields/0/textAlignment", "left"),
    content_with("storeCard/headerFields/0/numberStyle", "PKNumberStyleDecimal"),
    content_with(barcodes=[{"format": "QR", "message": "1", "messageEncoding": "utf-8"}]),
    content_with(barcodes=[{"format": "PKBarcodeFormatQR", "messageEncoding": "utf-8"}]),
    content_with(relevantDates=[{"startDate": "2031-01-31T10:00:00Z"}]),
    content_with(nfc={"message": "x" * 65, "encryptionPublicKey": "MDkw"}),
]


def test_the_sound_pass_is_one_for_others_too():
    assert ask(CONTENT) == [None]


def test_whatever_others_refuse_the_doctor_does():
    refused = ask(*WRONG)
    assert None not in refused
    assert [found(make_pass(content)) for content in WRONG if not found(make_pass(content))] == []


NOT_SEEN = [
    content_with(locations=[{"latitude": 40 + n, "longitude": 2} for n in range(11)]),
    content_with(locations=[{"latitude": 200, "longitude": 2}]),
    content_with(coupon={}),
    content_with(serialNumber=None),
    content_with(formatVersion=2),
]


def test_the_doctor_sees_what_those_schemas_do_not():
    assert ask(*NOT_SEEN) == [None] * len(NOT_SEEN)
    assert all(found(make_pass(content)) for content in NOT_SEEN)


def test_a_pass_that_another_maker_made_is_read_as_it_is():
    signer = usual_certificate()
    written = {name: base64.b64encode(one).decode() for name, one in members_with().items()}
    key = signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pems = {"wwdr": pem(intermediate().certificate), "signerCert": pem(signer.certificate), "signerKey": key}
    given = {"members": written} | {name: base64.b64encode(one).decode() for name, one in pems.items()}
    command = ["node", str(ORACLE / "make_pass.mjs")]
    answer = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    made = base64.b64decode(answer.stdout)
    assert sorted(found(made, *Grade)) == ["algorithm_old", "authority_given", "legacy_missing"]
