"""`ici found-brand`: a brand with its first administrator, who can sign in; or a sentence that says what is wrong."""

import re
import uuid

import pytest
from click.testing import CliRunner, Result

from app.commands.brands import found_brand
from tests.accounts.factories import PASSWORD
from tests.speaking import Speaker


@pytest.fixture(autouse=True)
def connected(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests have a database already."""
    monkeypatch.setattr("app.commands.preparation.connect", lambda: None)


def found(code: str, **given: str) -> Result:
    about = {
        "name": "Maison Test",
        "country": "FR",
        "time-zone": "Europe/Paris",
        "currency": "EUR",
        "admin": "Ada@Example.org",
    } | given
    return CliRunner().invoke(found_brand, [code, *(word for key in about for word in (f"--{key}", about[key]))])


def fresh() -> str:
    return f"b{uuid.uuid4().hex[:10]}"


def test_the_administrator_of_a_new_brand_signs_in_with_what_was_shown(anyone: Speaker) -> None:
    code = fresh()
    said = found(code)
    shown = re.search(r"email (\S+), secret (\S+)", said.output)
    assert shown is not None
    assert anyone.post("/v1/console/passwords", {"secret": shown[2], "password": PASSWORD}).status_code == 201
    known = {"brand": code, "email": shown[1], "password": PASSWORD}
    assert anyone.post("/v1/console/sessions", known).get_json()["role"] == "admin"


def test_nobody_is_shown_a_password(app: object) -> None:
    assert re.search(r"password[ :]+\S*[\d_-]", found(fresh()).output) is None


def test_the_same_code_twice_is_refused(app: object) -> None:
    code = fresh()
    found(code)
    again = found(code)
    assert (again.exit_code, "already" in again.output) == (1, True)


@pytest.mark.parametrize(
    ("given", "named"),
    [({"country": "France"}, "countries"), ({"time-zone": "Paris"}, "time_zone"), ({"currency": "euro"}, "currency")],
)
def test_what_is_wrong_is_named(app: object, given: dict[str, str], named: str) -> None:
    said = found(fresh(), **given)
    assert (said.exit_code, named in said.output) == (1, True)


def test_an_address_that_is_none_is_refused(app: object) -> None:
    assert found(fresh(), admin="ada").exit_code == 2
