"""`ici end-sign-ins`: whoever runs the server signs somebody out everywhere."""

import pytest
from click.testing import CliRunner, Result

from app.accounts.models import Brand
from app.commands.brands import end_sign_ins
from app.http.access import Role
from tests.accounts.factories import make_admin, new_email, sign_in
from tests.factories import console_token, make_brand, make_console_user, make_member, member_token
from tests.speaking import Speaker


@pytest.fixture(autouse=True)
def connected(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests have a database already."""
    monkeypatch.setattr("app.commands.preparation.connect", lambda: None)


def end(*words: str) -> Result:
    return CliRunner().invoke(end_sign_ins, words)


def test_a_member_is_signed_out_everywhere_and_nobody_else(anyone: Speaker) -> None:
    email = new_email()
    phones = [anyone.with_token(sign_in(anyone, email)["access_token"]) for _ in range(2)]
    other = anyone.with_token(sign_in(anyone)["access_token"])
    assert end("--member", email.upper()).output == "Sign-ins ended: 2.\n"
    assert [phone.get("/v1/me").status_code for phone in (*phones, other)] == [401, 401, 200]


def test_a_member_is_named_by_their_id_too(anyone: Speaker) -> None:
    member = make_member()
    phone = anyone.with_token(member_token(member))
    assert end("--member", str(member.id)).exit_code == 0
    assert phone.get("/v1/me").status_code == 401


def test_twice_ends_nothing_more(anyone: Speaker) -> None:
    email = new_email()
    sign_in(anyone, email)
    assert [end("--member", email).output for _ in range(2)] == ["Sign-ins ended: 1.\n", "Sign-ins ended: 0.\n"]


def test_a_member_comes_in_again(anyone: Speaker) -> None:
    email = new_email()
    before = sign_in(anyone, email)
    end("--member", email)
    assert sign_in(anyone, email)["member_id"] == before["member_id"]


def test_one_of_a_console_is_signed_out_and_it_is_written_down(anyone: Speaker, brand: Brand) -> None:
    admin, user = make_admin(anyone, brand), make_console_user(brand, Role.AUDITOR)
    theirs = anyone.with_token(console_token(user))
    assert end("--brand", brand.code, "--staff", user.email).output == "Sign-ins ended: 1.\n"
    assert theirs.get("/v1/console/me").status_code == 401
    [event] = admin.get("/v1/console/staff-events").get_json()["items"]
    assert (event["kind"], event["user_id"], event["by_id"]) == ("signed_out", str(user.id), None)


def test_a_whole_console_is_signed_out_and_no_other(anyone: Speaker, brand: Brand) -> None:
    others = make_admin(anyone, make_brand())
    mine = [make_admin(anyone, brand) for _ in range(2)]
    end("--brand", brand.code)
    assert [one.get("/v1/console/me").status_code for one in (*mine, others)] == [401, 401, 200]


def test_everybody_is_signed_out(anyone: Speaker, brand: Brand) -> None:
    phone, admin = anyone.with_token(sign_in(anyone)["access_token"]), make_admin(anyone, brand)
    assert end("--everybody").exit_code == 0
    assert (phone.get("/v1/me").status_code, admin.get("/v1/console/me").status_code) == (401, 401)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--staff", "ada@example.org"),
        ("--member", "ada@example.org", "--everybody"),
        ("--member", "not an address"),
        ("--member", "nobody@example.org"),
        ("--brand", "no-such-brand"),
    ],
)
def test_who_is_meant_must_be_clear(words: tuple[str, ...]) -> None:
    said = end(*words)
    assert said.exit_code != 0
    assert "Error: " in said.output
