"""A brand changes after it was founded; what others were promised in stays."""

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.accounts.brands import the_brand
from app.accounts.models import Brand
from app.commands.brands import edit_brand
from app.commands.correspondence.letters import preview_mail, publish_letters
from app.http.access import Role
from app.sql import db
from tests.accounts.factories import make_admin
from tests.factories import console_token, make_console_user
from tests.racing import at_once
from tests.speaking import Speaker

CHANGED = {
    "name": "Maison Lilas",
    "countries": ["FR", "BE"],
    "language": "en",
    "reply_to": "aide@lilas.example",
    "colour": "#7b3fa0",
    "sms_sender": "LILAS",
    "web_domain": "lilas.example",
}


@pytest.fixture(autouse=True)
def connected(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests have a database already."""
    monkeypatch.setattr("app.commands.preparation.connect", lambda: None)


@pytest.fixture
def admin(anyone: Speaker, brand: Brand) -> Speaker:
    return make_admin(anyone, brand)


def change(admin: Speaker, etag: str | None = None, **given: Any) -> Any:
    etag = etag or admin.get("/v1/brand").headers["ETag"]
    return admin.put("/v1/brand", CHANGED | given, headers={"If-Match": etag})


def test_a_brand_is_edited(admin: Speaker) -> None:
    answer = change(admin)
    assert (answer.status_code, {name: answer.get_json()[name] for name in CHANGED}) == (200, CHANGED)
    again = admin.get("/v1/brand")
    assert (again.get_json(), again.headers["ETag"]) == (answer.get_json(), answer.headers["ETag"])


def test_what_was_read_can_be_sent_back(admin: Speaker) -> None:
    read = admin.get("/v1/brand")
    answer = admin.put("/v1/brand", read.get_json(), headers={"If-Match": read.headers["ETag"]})
    assert (answer.status_code, answer.get_json()) == (200, read.get_json())


@pytest.mark.parametrize("fixed", [{"code": "other"}, {"time_zone": "Asia/Tokyo"}, {"currency": "USD"}])
def test_what_was_promised_in_stays(admin: Speaker, fixed: dict[str, str]) -> None:
    (wrong,) = change(admin, **fixed).get_json()["errors"]
    assert (wrong["pointer"], wrong["code"]) == (f"/{next(iter(fixed))}", "fixed_at_founding")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "a\nb"},
        {"countries": ["France"]},
        {"countries": []},
        {"language": "de"},
        {"reply_to": "nobody"},
        {"colour": "red"},
        {"sms_sender": "Maison-Lilas"},
        {"sms_sender": "12"},
        {"web_domain": "https://lilas.example"},
        {"web_domain": "localhost"},
    ],
    ids=str,
)
def test_a_wrong_value_is_pointed_at(admin: Speaker, wrong: dict[str, Any]) -> None:
    answer = change(admin, **wrong)
    assert (answer.status_code, answer.get_json()["errors"][0]["pointer"]) == (422, f"/{next(iter(wrong))}")


def test_somebody_elses_change_is_not_overwritten(admin: Speaker) -> None:
    etag = admin.get("/v1/brand").headers["ETag"]
    assert change(admin, etag).status_code == 200
    assert change(admin, etag).status_code == 412
    assert admin.put("/v1/brand", CHANGED).status_code == 428


def test_of_two_changes_at_once_one_passes(app: Any, brand: Brand, crowd: None) -> None:
    admins = [make_admin(Speaker(app.test_client()), brand) for _ in range(6)]
    etag = admins[0].get("/v1/brand").headers["ETag"]
    statuses = at_once(6, lambda n: change(admins[n], etag, name=f"Lilas {n}").status_code)
    assert sorted(statuses) == [200] + [412] * 5


@pytest.mark.parametrize(("role", "status"), [(Role.AUDITOR, 200), (Role.MERCHANDISER, 403)])
def test_who_may_look(anyone: Speaker, brand: Brand, role: Role, status: int) -> None:
    somebody = anyone.with_token(console_token(make_console_user(brand, role)))
    assert somebody.get("/v1/brand").status_code == status
    assert somebody.put("/v1/brand", CHANGED, headers={"If-Match": '"1"'}).status_code == 403


def run(command: Any, *words: str) -> Result:
    return CliRunner().invoke(command, list(words))


def fresh(brand: Brand) -> Brand:
    with db.system_transaction():
        found = the_brand(brand_id=brand.id)
        db.session().expunge(found)
        return found


def test_the_command_changes_what_is_named_and_nothing_else(brand: Brand) -> None:
    done = run(edit_brand, brand.code, "--name", "Maison Lilas", "--mail-from", "bonjour@lilas.example")
    assert (done.exit_code, "bonjour@lilas.example" in done.output) == (0, True)
    now = fresh(brand)
    assert (now.name, now.countries, now.mail_address) == ("Maison Lilas", ["FR"], "bonjour@lilas.example")
    run(edit_brand, brand.code, "--mail-from", "")
    assert fresh(brand).mail_address is None


@pytest.mark.parametrize("given", [("--colour", "red"), ("--mail-from", "nobody"), ("--name", "")])
def test_the_command_says_what_is_wrong(brand: Brand, given: tuple[str, str]) -> None:
    done = run(edit_brand, brand.code, *given)
    assert done.exit_code == 1
    assert fresh(brand).version == brand.version


def test_a_letter_is_looked_at_before_it_is_published(brand: Brand, tmp_path: Path) -> None:
    words = tmp_path / "words"
    words.mkdir()
    (words / "sign_in_code.fr.txt").write_text("Bienvenue\n\n{code}", encoding="utf-8")
    shown = run(preview_mail, brand.code, "sign_in_code", "--folder", str(words), "--out", str(tmp_path))
    assert (shown.exit_code, "Bienvenue" in shown.output) == (0, True)
    mail = (tmp_path / f"{brand.code}.sign_in_code.fr.eml").read_text()
    assert re.search("^Subject: Bienvenue$", mail, re.MULTILINE)
    assert "123456" in (tmp_path / f"{brand.code}.sign_in_code.fr.html").read_text()
    assert "Bienvenue" not in run(preview_mail, brand.code, "sign_in_code", "--out", str(tmp_path)).output
    assert run(publish_letters, brand.code, str(words)).exit_code == 0
    assert "Bienvenue" in run(preview_mail, brand.code, "sign_in_code", "--out", str(tmp_path)).output


def test_words_that_are_wrong_change_nothing(brand: Brand, tmp_path: Path) -> None:
    (tmp_path / "sign_in_code.fr.txt").write_text("Bienvenue\n\nsans code", encoding="utf-8")
    done = run(publish_letters, brand.code, str(tmp_path))
    assert (done.exit_code, "{code} must stand" in done.output) == (1, True)
