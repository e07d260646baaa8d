"""What operators do by command about rights: give a file back, answer what is addressed to the wallet."""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.commands.database import erase
from app.commands.rights import import_portability, rights_requests
from app.ops.notebook import LEDGER
from tests.factories import make_brand, make_member, member_token
from tests.rights.factories import as_it_is, ask
from tests.speaking import Speaker
from tests.wallet.factories import make_card


@pytest.fixture(autouse=True)
def connected(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests have a database already."""
    monkeypatch.setattr("app.commands.preparation.connect", lambda: None)


def run(command: Any, *words: object) -> Result:
    return CliRunner().invoke(command, [str(word) for word in words])


def test_a_file_is_given_back_to_a_wallet(anyone: Speaker, tmp_path: Path) -> None:
    member, back, brand = make_member(), make_member(), make_brand()
    make_card(member, brand, display_name="Zoé")
    file = tmp_path / "mine.json"
    file.write_bytes(anyone.with_token(member_token(member)).get("/v1/me/portability").data)
    said = run(import_portability, file, "--member", back.id)
    assert (said.exit_code, said.output) == (0, "languages: 1, cards: 1, external_cards: 0\n")
    cards = anyone.with_token(member_token(back)).get("/v1/cards").get_json()["items"]
    assert [(card["brand"]["code"], card["display_name"]) for card in cards] == [(brand.code, "Zoé")]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": "urn:ici:portability:2"}'])
def test_a_file_that_is_none_is_refused_in_a_sentence(tmp_path: Path, content: str) -> None:
    file = tmp_path / "broken.json"
    file.write_text(content)
    said = run(import_portability, file, "--member", make_member().id)
    assert said.exit_code == 1
    assert said.output.startswith("Error: ")


@pytest.mark.parametrize("sign", ["\ud800", "\0"])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_row_with_an_impossible_character_is_left_out_alone(tmp_path: Path, sign: str, ascii_only: bool) -> None:
    cards = [{"programme": f"a{one}", "code": "7", "symbology": "none", f"x{one}": 1} for one in (sign, "")]
    records = {"member": [{"language": "fr"}], "external_card": cards}
    document = {"format": "urn:ici:portability:1", "records": records, "names": {}}
    if not ascii_only and sign == "\0":
        pytest.skip("a NUL by itself is no JSON")
    file = tmp_path / "mine.json"
    file.write_bytes(json.dumps(document, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass"))
    said = run(import_portability, file, "--member", make_member().id)
    assert (said.exit_code, "external_cards: 1, left_out: 1" in said.output) == (1, True)


def test_a_file_with_nothing_to_give_back_is_no_success(tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_text(json.dumps({"format": "urn:ici:portability:1", "records": {"card": []}, "names": {}}))
    said = run(import_portability, file, "--member", make_member().id)
    assert (said.exit_code, "nothing in this export" in said.output) == (1, True)


def test_a_wallet_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    records = {"member": [{"language": "fr"}]}
    file.write_text(json.dumps({"format": "urn:ici:portability:1", "records": records, "names": {}}))
    assert run(import_portability, file, "--member", uuid.uuid4()).exit_code == 1


def test_what_is_addressed_to_the_wallet_is_listed_and_answered() -> None:
    asked = ask(make_member())
    assert str(asked.id) in run(rights_requests).output
    assert run(rights_requests, "--answer", asked.id, "--text", "Corrigé.").exit_code == 0
    assert (as_it_is(asked).state, as_it_is(asked).answer) == ("answered", "Corrigé.")
    assert str(asked.id) not in run(rights_requests).output


def test_what_is_addressed_to_a_brand_is_the_brands() -> None:
    asked = ask(make_member(), brand=make_brand())
    assert str(asked.id) not in run(rights_requests).output
    assert run(rights_requests, "--refuse", asked.id, "--text", "x").exit_code == 1


def test_an_answer_needs_words() -> None:
    assert run(rights_requests, "--answer", ask(make_member()).id).exit_code == 2


def test_a_private_database_that_is_erased_takes_its_notes_of_erasures_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are signed with a key of its settings: left behind, they would keep the next one from ever being ready."""
    monkeypatch.setenv("ICI_VAR", str(tmp_path))
    (tmp_path / LEDGER).write_text("{}\n", encoding="utf-8")
    assert run(erase, "--yes").exit_code == 0
    assert not (tmp_path / LEDGER).exists()
