"""Somebody new at the console chooses a password that nobody else ever knows."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app import clock
from app.accounts.models import Brand
from app.carriers.models import BrandLetter
from app.errors import NotFound
from app.sql import db
from tests.accounts.factories import PASSWORD, make_admin, make_user_with_password, messages_to, new_email
from tests.factories import NOON, make_brand, make_console_user
from tests.racing import at_once
from tests.speaking import Speaker
from tests.staff.factories import secret_sent_to


def invited(email: str, **given: str) -> dict[str, str]:
    return {"email": email, "name": "Noé", "role": "merchandiser"} | given


def choose(anyone: Speaker, secret: str, password: str = PASSWORD) -> tuple[int, dict[str, Any]]:
    answer = anyone.post("/v1/console/passwords", {"secret": secret, "password": password})
    return answer.status_code, {name: said for name, said in answer.get_json().items() if name != "instance"}


def sign_in(anyone: Speaker, brand: Brand, email: str, password: str = PASSWORD) -> int:
    known = {"brand": brand.code, "email": email, "password": password}
    return anyone.post("/v1/console/sessions", known).status_code


@pytest.fixture
def email() -> str:
    return new_email()


@pytest.fixture
def secret(anyone: Speaker, brand: Brand, email: str) -> Iterator[str]:
    """Of the link that somebody new was mailed."""
    assert make_admin(anyone, brand).post("/v1/console/users", invited(email)).status_code == 201
    return secret_sent_to(email)


def test_who_is_invited_chooses_a_password_and_signs_in(anyone: Speaker, brand: Brand, email: str, secret: str) -> None:
    assert choose(anyone, secret) == (201, {"brand": brand.code, "email": email, "name": "Noé"})
    assert sign_in(anyone, brand, email) == 201


def test_nothing_opens_before_a_password_was_chosen(anyone: Speaker, brand: Brand, email: str, secret: str) -> None:
    assert [sign_in(anyone, brand, email, password) for password in ("!", secret, PASSWORD)] == [401] * 3


def test_the_list_says_who_has_not_come_yet(anyone: Speaker, brand: Brand, email: str, secret: str) -> None:
    def state() -> str:
        users = make_admin(anyone, brand).get("/v1/console/users").get_json()["items"]
        return next(user["state"] for user in users if user["email"] == email)

    before = state()
    choose(anyone, secret)
    assert (before, state()) == ("invited", "working")


def test_nobody_sets_the_password_of_another(anyone: Speaker) -> None:
    document = anyone.get("/openapi.json").get_json()
    secret_doors = {
        path
        for path, methods in document["paths"].items()
        for operation in methods.values()
        if isinstance(operation, dict) and "password" in str(body_of(document, operation)).lower()
    }
    mine = {path for path in secret_doors if path.startswith("/v1/console/me/")}
    assert secret_doors - mine == {"/v1/console/sessions", "/v1/console/passwords"}


def body_of(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    name = schema.get("$ref", "").rpartition("/")[2]
    return document["components"]["schemas"].get(name, {}).get("properties", {})


@pytest.mark.parametrize(
    ("language", "subject"), [("fr", "Votre accès à la console"), ("en", "Your access to the console")]
)
def test_the_mail_speaks_the_language_of_its_reader(anyone: Speaker, brand: Brand, language: str, subject: str) -> None:
    email = new_email()
    make_admin(anyone, brand).post("/v1/console/users", invited(email, language=language))
    assert subject in messages_to(email)[-1]["subject"]


def test_the_mail_is_the_brands_in_its_own_words(anyone: Speaker, brand: Brand) -> None:
    email = new_email()
    with db.system_transaction():
        own = {"brand_id": brand.id, "kind": "staff_invitation", "language": "en"}
        db.add(BrandLetter(**own, subject="Aboard", text="Welcome aboard: {link}", published_at=NOON))
    make_admin(anyone, brand).post("/v1/console/users", invited(email, language="en"))
    words = messages_to(email)[-1]["text"]
    assert (words.startswith("Welcome aboard: http"), brand.name in words.rpartition("-- ")[2]) == (True, True)


def test_a_notice_is_written_in_the_name_of_the_brand(anyone: Speaker, brand: Brand, email: str, secret: str) -> None:
    choose(anyone, secret)
    anyone.post("/v1/console/password-resets", {"brand": brand.code, "email": email})
    assert brand.name in messages_to(email)[-1]["text"].rpartition("-- ")[2]


def test_a_link_works_once(anyone: Speaker, secret: str) -> None:
    answers = [choose(anyone, secret), choose(anyone, secret, "violon brouette cactus")]
    assert [(status, answer.get("code")) for status, answer in answers] == [(201, None), (401, "ticket_not_accepted")]


def test_of_eight_who_send_one_link_at_once_one_chooses(anyone: Speaker, secret: str, crowd: None) -> None:
    def send(number: int) -> int:
        other = Speaker(anyone.client.application.test_client())
        return choose(other, secret, f"violon brouette cactus {number}")[0]

    assert sorted(at_once(8, send)) == [201] + [401] * 7


def test_a_link_ends_after_seven_days(anyone: Speaker, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    later = clock.now() + timedelta(days=7)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert choose(anyone, secret)[0] == 401


def test_a_password_that_is_refused_leaves_the_link_as_it_was(anyone: Speaker, secret: str) -> None:
    status, refused = choose(anyone, secret, "motdepasse123456")
    assert (status, [one["code"] for one in refused["errors"]]) == (422, ["password_guessable"])
    assert choose(anyone, secret)[0] == 201


def test_a_stranger_with_no_link_is_told_nothing_of_passwords(anyone: Speaker) -> None:
    assert choose(anyone, "ici_w_nobody", "motdepasse123456")[1]["code"] == "ticket_not_accepted"


def test_a_second_invitation_voids_the_first(anyone: Speaker, brand: Brand, email: str, secret: str) -> None:
    admin = make_admin(anyone, brand)
    [user] = [one for one in admin.get("/v1/console/users").get_json()["items"] if one["email"] == email]
    assert admin.post(f"/v1/console/users/{user['id']}/invitation").status_code == 200
    assert [choose(anyone, one)[0] for one in (secret, secret_sent_to(email))] == [401, 201]


def test_who_has_a_password_or_is_disabled_waits_for_no_invitation(anyone: Speaker, brand: Brand) -> None:
    admin = make_admin(anyone, brand)
    for user in (make_user_with_password(brand), make_console_user(brand, disabled_at=NOON)):
        answer = admin.post(f"/v1/console/users/{user.id}/invitation")
        assert (answer.status_code, answer.get_json()["code"]) == (409, "user_not_waiting")


def test_another_brands_user_is_not_invited(anyone: Speaker) -> None:
    user = make_console_user(make_brand())
    answer = make_admin(anyone).post(f"/v1/console/users/{user.id}/invitation")
    assert (answer.status_code, answer.get_json()["code"]) == (404, NotFound.code())


def test_who_was_disabled_meanwhile_chooses_nothing(anyone: Speaker, brand: Brand, email: str, secret: str) -> None:
    admin = make_admin(anyone, brand)
    [user] = [one for one in admin.get("/v1/console/users").get_json()["items"] if one["email"] == email]
    admin.post(f"/v1/console/users/{user['id']}/disabling")
    assert choose(anyone, secret)[0] == 401


def test_an_invitation_sent_twice_is_one_person_and_one_mail(anyone: Speaker, brand: Brand, email: str) -> None:
    admin, key = make_admin(anyone, brand), "the same"
    answers = [admin.post("/v1/console/users", invited(email), key=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert len(messages_to(email)) == 1


def test_no_table_holds_the_secret(secret: str) -> None:
    with db.system_transaction():
        rows = db.execute(text("SELECT password_ticket::text FROM password_ticket")).scalars().all()
    assert rows
    assert not [row for row in rows if secret in row or secret.encode().hex() in row]
