"""A receipt is accepted as it was given, and refused after any change, by us and by the script for anybody."""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app import canonical
from app.cli import main
from app.receipts import signatures
from app.receipts.verification import ReceiptRefused, verify_receipt
from tests.receipts.factories import keys, one_saved

SCRIPT = Path(__file__).parents[2] / "docs" / "verify_receipt.py"
KEY = Ed25519PrivateKey.generate().public_key().public_bytes_raw()


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_receipt", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


script = loaded()


def by_us(data: bytes) -> bool:
    try:
        verify_receipt(data, keys=keys())
    except ReceiptRefused:
        return False
    return True


def by_script(data: bytes) -> bool:
    try:
        script.verify(data, signatures.public_key().hex())
    except (script.Refused, ValueError, KeyError, TypeError, AttributeError):
        return False
    return True


both = pytest.mark.parametrize("accepts", [by_us, by_script])
Accepts = Callable[[bytes], bool]


NOT_JSON = {"deep": b"[" * 100_000, "closed": b"[" * 100_000 + b"]" * 100_000, "nested": b"[" * 900 + b"]" * 900}


@pytest.mark.parametrize("data", NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_nested_without_end_is_refused_with_a_sentence_by_our_command(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "receipt.json"
    file.write_bytes(data)
    answer = CliRunner().invoke(main, ["verify-receipt", str(file), "--key", KEY.hex()])
    assert (answer.exit_code, answer.output.startswith("Error: Refused.")) == (1, True)


@pytest.mark.parametrize("data", NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_nested_without_end_is_refused_with_a_sentence_by_the_script(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "receipt.json"
    file.write_bytes(data)
    answer = subprocess.run([sys.executable, SCRIPT, file, KEY.hex()], capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr.partition(":")[0]) == (1, "Refused")


@pytest.mark.parametrize("option", ["verify-receipt", "audit-log"])
def test_a_file_beside_it_that_is_nested_without_end_is_a_sentence_too(tmp_path: Path, option: str) -> None:
    file = tmp_path / "kept.json"
    file.write_bytes(b"[" * 100_000)
    words = [option, str(file), "--key"] if option == "verify-receipt" else [option, "--checkpoint"]
    answer = CliRunner().invoke(main, [*words, str(file)])
    assert (answer.exit_code, answer.output.partition(" takes ")[1]) == (1, " takes ")


@both
def test_a_receipt_is_accepted(app: Any, accepts: Accepts) -> None:
    assert accepts(one_saved())


@both
@pytest.mark.parametrize("bit", [1, 32, 128])
def test_a_receipt_with_any_one_byte_changed_is_refused(app: Any, accepts: Accepts, bit: int) -> None:
    """Bit 1 makes another digit or letter, bit 32 the other case or another sign, bit 128 no text at all."""
    data = one_saved()
    accepted = [
        place for place in range(len(data)) if accepts(data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :])
    ]
    assert accepted == []


@both
def test_a_receipt_with_any_one_byte_missing_is_refused(app: Any, accepts: Accepts) -> None:
    data = one_saved()
    assert [place for place in range(len(data)) if accepts(data[:place] + data[place + 1 :])] == []


@both
@pytest.mark.parametrize("added", [b" ", b"\n", b"0"])
def test_a_receipt_with_any_one_byte_more_is_refused(app: Any, accepts: Accepts, added: bytes) -> None:
    data = one_saved()
    assert [place for place in range(len(data) + 1) if accepts(data[:place] + added + data[place:])] == []


@both
def test_a_receipt_in_another_spelling_is_refused(app: Any, accepts: Accepts) -> None:
    assert not accepts(json.dumps(json.loads(one_saved()), indent=1).encode())


def changed(change: Callable[[dict[str, Any]], None]) -> bytes:
    """The receipt after a change of its content, canonical again."""
    receipt = json.loads(one_saved())
    change(receipt)
    return canonical.write_json(receipt)


CHANGES: dict[str, Callable[[dict[str, Any]], None]] = {
    "another level": lambda one: one["record"]["processing"].update(level="contact_once"),
    "a wider scope": lambda one: one["record"]["processing"]["scope"].update(kind="store_group"),
    "another end": lambda one: one["record"]["event"]["validity"].update(expires_at="2030-01-01T00:00:00.000000Z"),
    "one part more": lambda one: one.update(note="x"),
    "one part more in the record": lambda one: one["record"].update(note="x"),
    "one part more in the proof": lambda one: one["proof"].update(note="x"),
    "one part less": lambda one: one.pop("issued_at"),
    "another receipt's name": lambda one: one.update(receipt_id="00000000-0000-7000-8000-000000000000"),
    "another time of issue": lambda one: one.update(issued_at="2026-01-01T00:00:00.000000Z"),
    "another size of the log": lambda one: one["proof"].update(tree_size=one["proof"]["tree_size"] + 1),
    "another place in the log": lambda one: one["proof"].update(leaf_index=one["proof"]["leaf_index"] + 1),
    "a place below nothing": lambda one: one["proof"].update(leaf_index=-1),
    "a place that is a truth": lambda one: one["proof"].update(leaf_index=True),
    "a place that is a text": lambda one: one["proof"].update(leaf_index="1"),
    "another log": lambda one: one["proof"].update(log_id="urn:uuid:0"),
    "another algorithm": lambda one: one["proof"]["checkpoint"].update(alg="none"),
    "no path": lambda one: one["proof"].update(path=[]),
    "a longer path": lambda one: one["proof"].update(path=one["proof"]["path"] * 2),
    "hashes in capitals": lambda one: one["proof"].update(root=one["proof"]["root"].upper()),
    "no signature": lambda one: one["proof"]["checkpoint"].update(signature=""),
    "no record": lambda one: one.update(record=None),
}


@both
@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_a_receipt_that_says_something_else_is_refused(
    app: Any, accepts: Accepts, change: Callable[[dict[str, Any]], None]
) -> None:
    assert not accepts(changed(change))


@both
@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", b"1", b'"x"', b"\xff", b'{"a":1,"a":1}', b"[1.5]"])
def test_what_is_no_receipt_is_refused(app: Any, accepts: Accepts, data: bytes) -> None:
    assert not accepts(data)


def test_a_key_of_somebody_else_does_not_verify(app: Any) -> None:
    with pytest.raises(ReceiptRefused, match="another key"):
        verify_receipt(one_saved(), keys={signatures.key_id(KEY): KEY})


def test_a_key_that_takes_our_name_does_not_verify(app: Any) -> None:
    with pytest.raises(ReceiptRefused, match="signature"):
        verify_receipt(one_saved(), keys=dict.fromkeys(keys(), KEY))


@pytest.fixture
def file(app: Any, tmp_path: Path) -> Path:
    path = tmp_path / "receipt.json"
    path.write_bytes(one_saved())
    return path


def command(*arguments: str) -> Any:
    return CliRunner().invoke(main, ["verify-receipt", *arguments])


def test_the_command_accepts_a_receipt_and_says_what_it_is_about(file: Path) -> None:
    said = command(str(file), "--key", signatures.public_key().hex())
    assert (said.exit_code, said.output.splitlines()[0]) == (0, "Accepted: given · geofence · personalised_offers")


def test_the_command_takes_the_keys_as_they_are_published(file: Path, anyone: Any) -> None:
    published = file.with_name("keys.json")
    published.write_bytes(anyone.get("/v1/log/keys").get_data())
    assert command(str(file), "--key", str(published)).exit_code == 0


def test_the_command_refuses_a_changed_receipt(file: Path) -> None:
    file.write_bytes(one_saved().replace(b"proactive", b"proactivf", 1))
    said = command(str(file), "--key", signatures.public_key().hex())
    assert said.exit_code == 1
    assert "Refused." in said.output


def test_the_command_refuses_a_key_that_is_none(file: Path) -> None:
    assert "64 hexadecimal digits" in command(str(file), "--key", "abc").output


def run_script(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-I", str(SCRIPT), *arguments], capture_output=True, text=True, check=False)


def test_the_script_alone_accepts_a_receipt(file: Path) -> None:
    said = run_script(str(file), signatures.public_key().hex())
    assert (said.returncode, said.stdout) == (0, "Accepted: given geofence personalised_offers\n")


def test_the_script_alone_refuses_another_key(file: Path) -> None:
    said = run_script(str(file), KEY.hex())
    assert (said.returncode, said.stderr) == (1, "Refused: the root was not signed with this key\n")


def test_the_script_is_short_enough_to_be_read() -> None:
    assert len(SCRIPT.read_text().splitlines()) <= 120
