"""`ici passes check`, as people and programs call it, and its words."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from tests.doctor import authority
from tests.doctor.factories import content_with, make_pass, zipped
from wallet.doctor.ailments import Ailment

ROOT = Path(__file__).parents[2]
SOURCES = "\n".join(file.read_text() for file in (ROOT / "wallet/doctor").rglob("*.py"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "root.pem").write_bytes(authority.pem(authority.root().certificate))
    (tmp_path / "sound.pkpass").write_bytes(make_pass())
    (tmp_path / "bad.pkpass").write_bytes(make_pass(content_with(description=None)))
    (tmp_path / "page.pkpass").write_text("<html>")
    return tmp_path


def check(folder: Path, *arguments: str, given: bytes | None = None) -> Result:
    words = [str(folder / word) if re.search(r"\.(pkpass|pem)$", word) else word for word in arguments]
    return CliRunner().invoke(main, ["passes", "check", *words], input=given)


@pytest.mark.parametrize(
    ("file", "code", "last"),
    [
        ("sound.pkpass", 0, "Le pass est bon. 0 défaut, 0 alerte, 1 remarque."),
        ("bad.pkpass", 1, "Le pass n'est pas bon. 1 défaut, 0 alerte, 1 remarque."),
        ("page.pkpass", 2, "Ce n'est pas un pass. 1 défaut, 0 alerte, 0 remarque."),
    ],
)
def test_the_exit_code_says_what_the_last_line_says(folder, file, code, last):
    told = check(folder, file, "--root", "root.pem", "--language", "fr")
    assert (told.exit_code, told.output.splitlines()[-1]) == (code, last)


def test_without_its_root_a_trial_is_refused(folder):
    told = check(folder, "sound.pkpass")
    assert told.exit_code == 1
    assert "fault authority_unknown · signature" in told.output


def test_a_pass_may_come_through_a_pipe(folder):
    told = check(folder, "-", "--root", "root.pem", given=make_pass())
    assert told.exit_code == 0
    assert told.output.splitlines()[0] == "Maison Lilas · Carte Lilas · (storeCard)"


def test_a_program_reads_the_same_as_json(folder):
    told = check(folder, "bad.pkpass", "--root", "root.pem", "--json")
    record = json.loads(told.output)
    assert (told.exit_code, record["is_sound"], record["counts"]["faults"]) == (1, False, 1)
    [fault] = [one for one in record["findings"] if one["grade"] == "fault"]
    assert (fault["code"], fault["about"]) == ("key_missing", "pass.json#/description")
    assert record["pass"]["signed_by"]["standing"] == "given"


def test_a_bundle_is_told_pass_by_pass(folder):
    told = check(folder, "-", "--root", "root.pem", given=zipped({"a.pkpass": make_pass(), "b.pkpass": b"PK"}))
    assert told.exit_code == 1
    assert "== a.pkpass" in told.output
    assert "== b.pkpass" in told.output


def test_a_root_that_is_none_is_told(folder):
    told = check(folder, "sound.pkpass", "--root", "page.pkpass")
    assert told.exit_code == 2
    assert "holds no certificate" in told.output


def ailments() -> list[Ailment]:
    return [one for kind in Ailment.__subclasses__() for one in kind]


def test_no_code_stands_twice():
    codes = [str(one) for one in ailments()]
    assert len(codes) > 120
    assert sorted(set(codes)) == sorted(codes)


@pytest.mark.parametrize("ailment", ailments(), ids=str)
def test_every_ailment_is_noted_somewhere_in_sentences(ailment):
    assert re.search(rf"{type(ailment).__name__}\.{ailment.name}\b", SOURCES)
    for text in (ailment.sentence, ailment.meaning, ailment.remedy):
        assert text.fr != text.en
        assert all(said and said == said.strip() for said in (text.fr, text.en))
        assert not re.search(r"\w[:;!?](\s|$)", text.fr.replace("Content-Type:", ""))
