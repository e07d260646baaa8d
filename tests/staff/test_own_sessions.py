"""Where one is signed in to the console, and how one signs out somewhere else."""

import pytest

from app.accounts.models import Brand
from app.http.access import Role
from app.sql import db
from tests.accounts.factories import PASSWORD, make_admin
from tests.factories import console_token
from tests.speaking import Speaker
from tests.staff.factories import Person

ENDING = "/v1/console/me/sessions/ending"


@pytest.fixture
def person(anyone: Speaker, brand: Brand) -> Person:
    return Person(anyone, brand, Role.AUDITOR)


@pytest.fixture
def elsewhere(person: Person) -> Speaker:
    """Another browser of the same person."""
    return person.anyone.with_token(console_token(person.user))


def sessions_of(me: Speaker) -> dict[bool, str]:
    return {one["current"]: one["id"] for one in me.get("/v1/console/me/sessions").get_json()["items"]}


def test_i_see_where_i_am_signed_in(person: Person, elsewhere: Speaker) -> None:
    assert sessions_of(person.me) == {not here: id_ for here, id_ in sessions_of(elsewhere).items()}


def test_i_see_nobody_elses_sessions(person: Person) -> None:
    make_admin(person.anyone, person.brand).get("/v1/console/me")
    assert len(sessions_of(person.me)) == 1


def test_i_sign_out_somewhere_else(person: Person, elsewhere: Speaker) -> None:
    theirs = sessions_of(person.me)[False]
    ends = [person.me.post(ENDING, {"password": PASSWORD, "session_id": theirs}).status_code for _ in range(2)]
    assert ends == [204, 204]
    assert [one.get("/v1/console/me").status_code for one in (person.me, elsewhere)] == [200, 401]


def test_i_sign_out_everywhere_else(person: Person, elsewhere: Speaker) -> None:
    third = person.anyone.with_token(console_token(person.user))
    assert person.me.post(ENDING, {"password": PASSWORD}).status_code == 204
    assert [one.get("/v1/console/me").status_code for one in (person.me, elsewhere, third)] == [200, 401, 401]


def test_whoever_finds_my_browser_open_signs_me_out_nowhere(person: Person, elsewhere: Speaker) -> None:
    assert person.me.post(ENDING, {"password": "not the password"}).status_code == 401
    assert elsewhere.get("/v1/console/me").status_code == 200


def test_somebody_elses_session_is_not_found(person: Person) -> None:
    other = Person(person.anyone, person.brand)
    theirs = sessions_of(other.me)[True]
    answer = person.me.post(ENDING, {"password": PASSWORD, "session_id": theirs})
    assert answer.status_code == 404
    assert other.me.get("/v1/console/me").status_code == 200


def test_that_i_signed_out_somewhere_is_written_down_once(person: Person, elsewhere: Speaker) -> None:
    for _ in range(2):
        person.me.post(ENDING, {"password": PASSWORD})
    events = person.me.get("/v1/console/staff-events").get_json()["items"]
    assert [(one["kind"], one["by_id"]) for one in events] == [("signed_out", str(person.user.id))]


def test_what_is_over_is_not_listed(person: Person, elsewhere: Speaker) -> None:
    with db.system_transaction() as opened:
        opened.connection().exec_driver_sql(
            "UPDATE console_session SET expires_at = now() - interval '1 second' WHERE id = %s",
            (sessions_of(person.me)[False],),
        )
    assert list(sessions_of(person.me)) == [True]
