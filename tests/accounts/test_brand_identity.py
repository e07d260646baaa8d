"""A brand says who answers for personal data, over the API or by command; until then it can ask for nothing."""

import pytest
from click.testing import CliRunner, Result

from app.accounts.models import Brand
from app.commands.brands import identify_brand
from tests.consent.factories import body, cell_address
from tests.factories import console_token, make_brand, make_console_user, make_member, member_token
from tests.speaking import Speaker

NAMELESS = {"legal_name": None, "postal_address": None, "privacy_contact": None}
SAID = {
    "legal_name": "Maison Lilas SAS",
    "postal_address": "14 rue des Lilas, 75019 Paris, FR",
    "privacy_contact": "donnees@lilas.example",
}


@pytest.fixture
def nobody(app: object) -> Brand:
    return make_brand(**NAMELESS)


@pytest.fixture
def admin(anyone: Speaker, nobody: Brand) -> Speaker:
    return anyone.with_token(console_token(make_console_user(nobody, "admin")))


def ask(anyone: Speaker, brand: Brand) -> str:
    """What becomes of a yes to this brand."""
    answer = anyone.with_token(member_token(make_member())).put(cell_address(brand), body()).get_json()
    return str(answer.get("code", answer.get("state")))


def test_it_may_ask_once_it_has_said_so(anyone: Speaker, admin: Speaker, nobody: Brand) -> None:
    assert ask(anyone, nobody) == "brand_unidentified"
    assert admin.put("/v1/brand/identity", SAID).get_json()["identified"]
    assert ask(anyone, nobody) == "given"


def test_what_was_said_is_read_again(admin: Speaker, nobody: Brand) -> None:
    assert admin.get("/v1/brand/identity").get_json()["identified"] is False
    said = admin.put("/v1/brand/identity", SAID | {"dpo_contact": "https://lilas.example/dpo", "language": "en"})
    assert admin.get("/v1/brand/identity").get_json() == said.get_json()
    assert said.get_json() == {
        **SAID,
        "code": nobody.code,
        "name": nobody.name,
        "dpo_contact": "https://lilas.example/dpo",
        "language": "en",
        "requires_age": False,
        "identified": True,
    }


def test_the_language_stays_unless_another_is_said(admin: Speaker) -> None:
    admin.put("/v1/brand/identity", SAID | {"language": "en", "requires_age": True})
    said = admin.put("/v1/brand/identity", SAID).get_json()
    assert (said["language"], said["requires_age"]) == ("en", True)


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"legal_name": " "}, "/legal_name"),
        ({"postal_address": "FR"}, "/postal_address"),
        ({"privacy_contact": "us"}, "/privacy_contact"),
        ({"privacy_contact": "http://lilas.example"}, "/privacy_contact"),
        ({"privacy_contact": "https://"}, "/privacy_contact"),
        ({"dpo_contact": "nobody"}, "/dpo_contact"),
        ({"language": "de"}, "/language"),
    ],
)
def test_what_tells_nobody_anything_is_refused(admin: Speaker, wrong: dict[str, str], pointer: str) -> None:
    answer = admin.put("/v1/brand/identity", SAID | wrong)
    assert (answer.status_code, [one["pointer"] for one in answer.get_json()["errors"]]) == (422, [pointer])


def identify(code: str, **given: str) -> Result:
    said = {name.replace("_", "-"): value for name, value in (SAID | given).items()}
    return CliRunner().invoke(identify_brand, [code, *(word for name in said for word in (f"--{name}", said[name]))])


def test_the_command_does_the_same(anyone: Speaker, nobody: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.commands.preparation.connect", lambda: None)
    done = identify(nobody.code)
    assert (done.exit_code, "Maison Lilas SAS" in done.output) == (0, True)
    assert ask(anyone, nobody) == "given"


def test_the_command_says_what_is_wrong(nobody: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.commands.preparation.connect", lambda: None)
    wrong = identify(nobody.code, privacy_contact="us")
    assert (wrong.exit_code, "privacy_contact" in wrong.output) == (1, True)
    assert identify("nobody-at-all").exit_code == 1
