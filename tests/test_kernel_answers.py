"""What every answer carries, and what a refusal or a fault tells, and does not."""

import uuid
from collections.abc import Iterator
from typing import NoReturn

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from app.accounts import members
from app.config import Config
from app.languages import LANGUAGES, Language, preferred
from app.sql import db
from tests.crowding import no_database, one_connection
from tests.factories import make_member, member_token
from tests.speaking import Speaker

SECRET = "Zoé zoe.secret@example.org 48.853217"


@pytest.fixture
def member(anyone: Speaker) -> Speaker:
    return anyone.with_token(member_token(make_member()))


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody made a mistake in the code behind `GET /v1/me`."""

    def fail(**_: object) -> NoReturn:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(members, "find_member", fail)


@pytest.fixture
def database_away(settings: Config) -> Iterator[None]:
    """Nothing answers where the database was."""
    with no_database(settings):
        yield


@pytest.mark.parametrize("path", ["/v1/me", "/v1/nothing", "/livez", "/docs", "/problems/not_found"])
def test_every_answer_has_an_id(anyone: Speaker, path: str) -> None:
    assert uuid.UUID(anyone.get(path).headers["X-Request-Id"])


def test_a_problem_names_its_request(anyone: Speaker) -> None:
    answer = anyone.get("/v1/me")
    assert answer.get_json()["instance"] == f"urn:uuid:{answer.headers['X-Request-Id']}"


def test_two_requests_have_two_ids(anyone: Speaker) -> None:
    assert anyone.get("/livez").headers["X-Request-Id"] != anyone.get("/livez").headers["X-Request-Id"]


@pytest.mark.parametrize("path", ["/v1/me", "/v1/nothing", "/livez"])
@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
        ("Cache-Control", "no-store"),
    ],
)
def test_every_answer_is_locked_down(member: Speaker, path: str, header: str, value: str) -> None:
    assert member.get(path).headers[header] == value


def test_a_refusal_to_a_stranger_says_how_to_sign_in(anyone: Speaker) -> None:
    assert anyone.get("/v1/me").headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("", "fr"),
        ("fr", "fr"),
        ("en", "en"),
        ("en-GB,en;q=0.8", "en"),
        ("fr-CA", "fr"),
        ("de", "fr"),
        ("de, en;q=0.5", "en"),
        ("en;q=0.2, fr;q=0.9", "fr"),
        ("en;q=0.9, fr;q=0.2", "en"),
        ("fr;q=0, en", "en"),
        ("*", "fr"),
        ("EN", "en"),
        (";;;,,q=", "fr"),
        ("en;q=nonsense", "fr"),
        ("fr-FR,en;q=0.9", "fr"),
        ("en-US,fr;q=0.9", "en"),
        ("fr-CH, en;q=0.9, *;q=0.5", "fr"),
        ("en-US, fr", "en"),
        ("fr_CA, en", "fr"),
        ("fr-Latn-CH-x-geneva;q=0.8, en;q=0.7", "fr"),
        ("fr;q=0", "en"),
        ("fr;q=0, fr-FR, en;q=0.1", "en"),
        ("fr-FR;q=0, fr;q=0.1", "fr"),
        ("fr;q=0, en;q=0.0", "fr"),
        ("*;q=0", "fr"),
        ("fr;q=0, *", "en"),
        ("fr;q=0.3, *;q=0.7", "en"),
        ("fr-FR;q=2, en", "en"),
        ("de-DE, de;q=0.9, en;q=0.1", "en"),
        (" en ; Q = 0.3 , fr ; q=0.30 ", "en"),
    ],
)
def test_the_reader_chooses_the_language(asked: str, answered: str) -> None:
    assert preferred(asked) == answered


@pytest.mark.parametrize(
    ("asked", "answered"),
    [("", "en"), ("de", "en"), ("*", "en"), ("de, *;q=0.5", "en"), ("fr", "fr"), ("en;q=0", "fr")],
)
def test_the_language_of_a_wallet_comes_before_ours(asked: str, answered: str) -> None:
    assert preferred(asked, own="en") == answered


@given(st.text() | st.text("fren-_;=q.01*, ", max_size=40))
def test_no_header_is_too_odd_for_an_answer(asked: str) -> None:
    assert preferred(asked) in LANGUAGES


@given(st.permutations([("fr-FR", 0.9), ("en-US", 0.8), ("de", 1.0), ("es", 0.85)]))
def test_the_order_of_quality_counts_and_not_that_of_the_header(ranges: list[tuple[str, float]]) -> None:
    assert preferred(", ".join(f"{tag};q={quality}" for tag, quality in ranges)) == "fr"


@pytest.mark.parametrize(
    ("language", "title"), [("fr", "Identifiez-vous pour continuer."), ("en", "Sign in to continue.")]
)
def test_a_refusal_speaks_the_readers_language(anyone: Speaker, language: str, title: str) -> None:
    answer = anyone.get("/v1/me", headers={"Accept-Language": language})
    assert (answer.get_json()["title"], answer.get_json()["code"]) == (title, "unauthenticated")


def test_answers_differ_by_language_and_say_so(anyone: Speaker) -> None:
    assert "Accept-Language" in anyone.get("/v1/me").headers["Vary"]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_answer_that_speaks_names_its_language(anyone: Speaker, language: str) -> None:
    for path in ("/v1/me", "/v1/nothing", "/problems/not_found"):
        assert anyone.get(path, headers={"Accept-Language": language}).headers["Content-Language"] == language


def test_an_answer_that_speaks_no_language_names_none(anyone: Speaker) -> None:
    assert "Content-Language" not in anyone.get("/livez").headers


@pytest.mark.parametrize(("own", "title"), [("en", "There is no such card."), ("fr", "Cette carte n'existe pas.")])
@pytest.mark.parametrize("asked", ["de", ""])
def test_a_member_is_answered_in_the_language_of_the_wallet(
    anyone: Speaker, asked: str, own: Language, title: str
) -> None:
    mine = anyone.with_token(member_token(make_member(language=own)))
    answer = mine.get(f"/v1/cards/{uuid.uuid4()}", headers={"Accept-Language": asked})
    assert (answer.get_json()["title"], answer.headers["Content-Language"]) == (title, own)


@pytest.mark.usefixtures("broken")
def test_a_fault_of_ours_is_a_problem_too(member: Speaker) -> None:
    answer = member.get("/v1/me")
    assert (answer.status_code, answer.get_json()["code"]) == (500, "internal_fault")


@pytest.mark.usefixtures("broken")
def test_a_fault_of_ours_tells_nothing_of_its_words(member: Speaker) -> None:
    said = member.get("/v1/me").get_data(as_text=True)
    assert not any(word in said for word in (*SECRET.split(), "RuntimeError", "Traceback", ".py"))


@pytest.mark.usefixtures("broken")
def test_the_log_of_a_fault_says_where_and_not_what(member: Speaker, capfd: pytest.CaptureFixture[str]) -> None:
    member.get("/v1/me")
    said = capfd.readouterr().err
    assert '"error":"RuntimeError"' in said
    assert "test_kernel_answers.py" in said
    assert not any(word in said for word in SECRET.split())


def test_the_log_of_a_request_holds_its_route_and_not_its_address(
    member: Speaker, capfd: pytest.CaptureFixture[str]
) -> None:
    member.get("/v1/coupons/CANARY-CODE?colour=CANARY")
    said = capfd.readouterr().err
    assert '"route":"/v1/coupons/<string(maxlength=64):code>"' in said
    assert "CANARY" not in said


def unavailable(answer: TestResponse) -> bool:
    body = answer.get_json()
    return (answer.status_code, body["code"], answer.headers["Retry-After"]) == (503, "database_unavailable", "1")


@pytest.mark.usefixtures("database_away")
def test_without_its_database_a_read_is_unavailable(anyone: Speaker) -> None:
    assert unavailable(anyone.with_token("ici_t_whatever").get("/v1/scans/01a20122-720f-74cd-9381-c40f0977734f"))


@pytest.mark.usefixtures("database_away")
def test_without_its_database_a_write_is_unavailable(anyone: Speaker) -> None:
    assert unavailable(anyone.post("/v1/sign-in-codes", {"email": "somebody@example.org"}))


def test_without_its_database_near_me_is_unavailable(anyone: Speaker, settings: Config) -> None:
    token = member_token(make_member())
    with no_database(settings):
        answer = anyone.with_token(token).post("/v1/nearby-offers", {"lat": 48.8, "lon": 2.3, "accuracy_m": 10})
    assert unavailable(answer)


def test_when_every_connection_is_taken_the_database_is_unavailable(anyone: Speaker, settings: Config) -> None:
    token = member_token(make_member())
    with one_connection(settings, pool_timeout=0.1), db.engine().connect():
        answer = anyone.with_token(token).get("/v1/me")
    assert unavailable(answer)


def test_a_connection_that_died_is_replaced(member: Speaker, settings: Config) -> None:
    with one_connection(settings):
        with db.engine().connect() as connection:
            pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with psycopg.connect(settings.database_url.replace("+psycopg", "")) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
        answer = member.get("/v1/me")
    assert answer.status_code == 200


def test_the_browser_may_ask_which_methods_there_are(member: Speaker) -> None:
    assert {"GET", "PUT"} <= set(member.send("OPTIONS", "/v1/me").headers["Allow"].split(", "))


def test_a_head_request_is_answered_without_a_body(member: Speaker) -> None:
    answer = member.send("HEAD", "/v1/me")
    assert (answer.status_code, answer.get_data()) == (200, b"")
