"""`ici rescue-admin`: whoever runs the server lets an administrator in again, and it is written down."""

import re

import pytest
from click.testing import CliRunner, Result

from app import clock
from app.accounts.models import Brand
from app.commands.brands import rescue_admin
from app.http.access import Role
from tests.accounts.factories import PASSWORD, make_admin, new_email
from tests.factories import NOON, make_console_user
from tests.speaking import Speaker
from tests.staff.factories import OTHER_PASSWORD, Person


@pytest.fixture(autouse=True)
def connected(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests have a database already."""
    monkeypatch.setattr("app.commands.preparation.connect", lambda: None)


def rescue(brand: Brand, *admin: str) -> Result:
    return CliRunner().invoke(rescue_admin, [brand.code, *(word for one in admin for word in ("--admin", one))])


def come_in(anyone: Speaker, brand: Brand, said: Result) -> Speaker:
    """Choose a password by what was shown, and sign in with it."""
    shown = re.search(r"brand (\S+), email (\S+), secret (\S+)", said.output)
    assert shown is not None, said.output
    chosen = anyone.post("/v1/console/passwords", {"secret": shown[3], "password": OTHER_PASSWORD})
    assert chosen.status_code == 201
    known = {"brand": brand.code, "email": shown[2], "password": OTHER_PASSWORD}
    return anyone.with_token(anyone.post("/v1/console/sessions", known).get_json()["token"])


@pytest.fixture
def admin(anyone: Speaker, brand: Brand) -> Person:
    """The only administrator, who has lost password and phone."""
    lost = Person(anyone, brand, Role.ADMIN)
    lost.add_app(clock.now())
    return lost


def test_the_only_administrator_comes_in_again(admin: Person) -> None:
    again = come_in(admin.anyone, admin.brand, rescue(admin.brand))
    assert again.get("/v1/console/me").get_json()["email"] == admin.user.email


def test_what_they_had_before_ends_at_once(admin: Person) -> None:
    rescue(admin.brand)
    assert admin.me.get("/v1/console/me").status_code == 401
    assert admin.sign_in(PASSWORD).get_json()["code"] == "credentials_not_accepted"


def test_it_is_written_down_that_no_colleague_did_it(admin: Person) -> None:
    me = come_in(admin.anyone, admin.brand, rescue(admin.brand))
    events = me.get("/v1/console/staff-events").get_json()["items"]
    [rescued] = [event for event in events if event["kind"] == "rescued"]
    assert (rescued["user_id"], rescued["by_id"]) == (str(admin.user.id), None)


def test_who_was_disabled_works_again(anyone: Speaker, brand: Brand) -> None:
    gone = make_console_user(brand, Role.ADMIN, disabled_at=NOON)
    assert come_in(anyone, brand, rescue(brand, gone.email)).get("/v1/console/users").status_code == 200


def test_an_address_that_nobody_has_becomes_a_new_administrator(anyone: Speaker, brand: Brand) -> None:
    assert come_in(anyone, brand, rescue(brand, new_email())).get("/v1/console/users").status_code == 200


def test_of_several_one_is_named(anyone: Speaker, brand: Brand) -> None:
    names = [make_console_user(brand, Role.ADMIN).email for _ in range(2)]
    said = rescue(brand)
    assert (said.exit_code, all(name in said.output for name in names)) == (1, True)


def test_a_brand_that_is_none_is_a_sentence(anyone: Speaker) -> None:
    said = CliRunner().invoke(rescue_admin, ["no-such-brand"])
    assert (said.exit_code, "no-such-brand" in said.output) == (1, True)


def test_other_people_keep_what_they_have(anyone: Speaker, brand: Brand) -> None:
    other = Person(anyone, brand)
    make_admin(anyone, brand)
    rescue(brand)
    assert other.me.get("/v1/console/me").status_code == 200
