"""Who works for a brand: sign-in by password, and who may add or stop whom."""

import uuid

import pytest

from app.accounts.console_users import disable_console_user
from app.accounts.models import Brand, ConsoleUser
from app.errors import Unauthenticated
from app.http.access import Role
from app.sql import db
from tests.accounts.factories import PASSWORD, make_admin, make_user_with_password, new_email
from tests.factories import NOON, console_token, make_brand, make_console_user
from tests.racing import at_once
from tests.speaking import Speaker


def try_password(anyone: Speaker, brand: str, email: str, password: str = PASSWORD) -> tuple[int, dict[str, object]]:
    answer = anyone.post("/v1/console/sessions", {"brand": brand, "email": email, "password": password})
    return answer.status_code, {k: v for k, v in answer.get_json().items() if k != "instance"}


def user_now(user: ConsoleUser) -> ConsoleUser:
    with db.system_transaction():
        found = db.get(ConsoleUser, user.id)
    assert found is not None
    return found


def new_user(email: str | None = None, **given: str) -> dict[str, str]:
    return {"email": email or new_email(), "name": "Noé", "role": "merchandiser"} | given


def test_the_right_password_opens_a_session(anyone: Speaker, brand: Brand) -> None:
    user = make_user_with_password(brand, Role.ADMIN)
    status, answer = try_password(anyone, brand.code, user.email)
    assert (status, answer["role"], answer["name"]) == (201, "admin", "Camille")


def test_the_session_opens_doors(anyone: Speaker, brand: Brand) -> None:
    user = make_user_with_password(brand, Role.ADMIN)
    token = str(try_password(anyone, brand.code, user.email)[1]["token"])
    assert anyone.with_token(token).get("/v1/console/users").status_code == 200


def test_an_address_is_taken_in_any_case(anyone: Speaker, brand: Brand) -> None:
    user = make_user_with_password(brand)
    assert try_password(anyone, brand.code, user.email.upper())[0] == 201


def test_nothing_tells_a_wrong_password_from_an_unknown_user_or_brand(anyone: Speaker, brand: Brand) -> None:
    user = make_user_with_password(brand)
    disabled = make_user_with_password(brand, disabled_at=NOON)
    answers = [
        try_password(anyone, brand.code, user.email, "not the password"),
        try_password(anyone, brand.code, new_email()),
        try_password(anyone, f"b{uuid.uuid4().hex[:12]}", user.email),
        try_password(anyone, brand.code, disabled.email),
        try_password(anyone, make_brand().code, user.email),
    ]
    assert [a[1]["code"] for a in answers] == ["credentials_not_accepted"] * 5
    assert all(a == answers[0] for a in answers)


def test_a_user_without_a_password_cannot_sign_in(anyone: Speaker, brand: Brand) -> None:
    user = make_console_user(brand, password_hash="!")
    assert try_password(anyone, brand.code, user.email, "!")[0] == 401


def test_signing_out_stops_the_session(anyone: Speaker, brand: Brand) -> None:
    me = anyone.with_token(console_token(make_console_user(brand, Role.ADMIN)))
    assert me.delete("/v1/console/sessions/current").status_code == 204
    assert me.get("/v1/console/users").status_code == 401


def test_signing_out_leaves_my_other_session(anyone: Speaker, brand: Brand) -> None:
    user = make_console_user(brand, Role.ADMIN)
    here, there = (anyone.with_token(console_token(user)) for _ in range(2))
    here.delete("/v1/console/sessions/current")
    assert there.get("/v1/console/users").status_code == 200


def test_the_answer_shows_no_password(anyone: Speaker, brand: Brand) -> None:
    answer = make_admin(anyone, brand).post("/v1/console/users", new_user())
    assert not [name for name in answer.get_json() if "password" in name]


def test_an_address_belongs_to_one_user_of_a_brand(anyone: Speaker, brand: Brand) -> None:
    admin, user = make_admin(anyone, brand), new_user()
    answers = [admin.post("/v1/console/users", user | {"email": e}) for e in (user["email"], user["email"].upper())]
    assert [a.status_code for a in answers] == [201, 409]
    assert answers[1].get_json()["code"] == "console_user_exists"


def test_one_address_may_work_for_two_brands(anyone: Speaker, brand: Brand) -> None:
    user = new_user()
    make_admin(anyone, brand).post("/v1/console/users", user)
    assert make_admin(anyone).post("/v1/console/users", user).status_code == 201


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": PASSWORD},
        {"language": "de"},
        {"role": "member"},
        {"role": "terminal"},
        {"name": ""},
        {"name": "a\0b"},
        {"name": "x" * 101},
        {"extra": "field"},
    ],
)
def test_a_malformed_user_is_refused(anyone: Speaker, brand: Brand, wrong: dict[str, str]) -> None:
    answer = make_admin(anyone, brand).post("/v1/console/users", new_user(**wrong))
    assert (answer.status_code, answer.get_json()["errors"][0]["pointer"]) == (422, f"/{next(iter(wrong))}")


@pytest.mark.parametrize("role", [Role.MERCHANDISER, Role.APPROVER, Role.AUDITOR])
def test_only_an_administrator_adds_users(anyone: Speaker, brand: Brand, role: Role) -> None:
    me = anyone.with_token(console_token(make_console_user(brand, role)))
    assert me.post("/v1/console/users", new_user()).status_code == 403


def test_i_see_my_brands_users_only(anyone: Speaker, brand: Brand) -> None:
    make_console_user(make_brand())
    user = make_console_user(brand)
    listed = make_admin(anyone, brand).get("/v1/console/users").get_json()["items"]
    assert len(listed) == 2
    assert str(user.id) in {item["id"] for item in listed}


def test_a_disabled_user_stops_at_once(anyone: Speaker, brand: Brand) -> None:
    user = make_console_user(brand, Role.ADMIN)
    theirs = anyone.with_token(console_token(user))
    answer = make_admin(anyone, brand).post(f"/v1/console/users/{user.id}/disabling")
    assert (answer.status_code, answer.get_json()["disabled_at"] is not None) == (200, True)
    assert theirs.get("/v1/console/users").status_code == 401


def test_disabling_twice_keeps_the_first_instant(anyone: Speaker, brand: Brand) -> None:
    user, admin = make_console_user(brand), make_admin(anyone, brand)
    first, second = (admin.post(f"/v1/console/users/{user.id}/disabling").get_json() for _ in range(2))
    assert first == second


def test_who_was_disabled_comes_back_with_their_own_password(anyone: Speaker, brand: Brand) -> None:
    user, admin = make_user_with_password(brand), make_admin(anyone, brand)
    admin.post(f"/v1/console/users/{user.id}/disabling")
    answers = [admin.post(f"/v1/console/users/{user.id}/enabling") for _ in range(2)]
    assert [(one.status_code, one.get_json()["state"]) for one in answers] == [(200, "working")] * 2
    assert try_password(anyone, brand.code, user.email)[0] == 201


def test_what_was_open_before_somebody_was_disabled_stays_closed(anyone: Speaker, brand: Brand) -> None:
    user, admin = make_user_with_password(brand, Role.ADMIN), make_admin(anyone, brand)
    theirs = anyone.with_token(console_token(user))
    admin.post(f"/v1/console/users/{user.id}/disabling")
    admin.post(f"/v1/console/users/{user.id}/enabling")
    assert theirs.get("/v1/console/users").status_code == 401


def test_whoever_was_forgotten_is_not_found_again(anyone: Speaker, brand: Brand) -> None:
    user = make_console_user(brand, name="", disabled_at=NOON)
    assert make_admin(anyone, brand).post(f"/v1/console/users/{user.id}/enabling").status_code == 404


def test_every_act_on_an_access_is_written_down_once(anyone: Speaker, brand: Brand) -> None:
    by = make_console_user(brand, Role.ADMIN)
    user, admin = make_console_user(brand), anyone.with_token(console_token(by))
    for act in ("disabling", "disabling", "enabling", "enabling"):
        admin.post(f"/v1/console/users/{user.id}/{act}")
    events = admin.get("/v1/console/staff-events").get_json()["items"]
    assert [(one["kind"], one["user_id"], one["by_id"]) for one in events] == [
        (kind, str(user.id), str(by.id)) for kind in ("enabled", "disabled")
    ]


def test_i_see_my_brands_staff_events_only(anyone: Speaker, brand: Brand) -> None:
    user = make_console_user(brand)
    make_admin(anyone, brand).post(f"/v1/console/users/{user.id}/disabling")
    assert make_admin(anyone).get("/v1/console/staff-events").get_json()["items"] == []


def test_nobody_disables_themselves(anyone: Speaker, brand: Brand) -> None:
    user = make_console_user(brand, Role.ADMIN)
    answer = anyone.with_token(console_token(user)).post(f"/v1/console/users/{user.id}/disabling")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "own_access_kept")


def test_another_brands_user_is_not_found(anyone: Speaker, brand: Brand) -> None:
    user = make_console_user(make_brand())
    assert make_admin(anyone, brand).post(f"/v1/console/users/{user.id}/disabling").status_code == 404
    assert user_now(user).disabled_at is None


def test_two_administrators_who_disable_each_other_at_once_leave_one(anyone: Speaker, brand: Brand) -> None:
    users = [make_console_user(brand, Role.ADMIN) for _ in range(2)]
    keys = [console_token(user) for user in users]

    def disable_the_other(number: int) -> int:
        me = Speaker(anyone.client.application.test_client(), keys[number])
        return me.post(f"/v1/console/users/{users[1 - number].id}/disabling").status_code

    assert sorted(at_once(2, disable_the_other)) == [200, 401]
    assert [user_now(user).disabled_at is None for user in users].count(True) == 1


def test_who_was_disabled_meanwhile_disables_nobody(brand: Brand) -> None:
    first, second = (make_console_user(brand, Role.ADMIN) for _ in range(2))
    with db.transaction():
        asking = db.get(ConsoleUser, second.id)  # the second one's request has begun
        with db.transaction():
            disable_console_user(brand_id=brand.id, user_id=second.id, by_id=first.id, now=NOON)
        with pytest.raises(Unauthenticated):
            disable_console_user(brand_id=brand.id, user_id=first.id, by_id=second.id, now=NOON)
    assert asking is not None
