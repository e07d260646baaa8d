"""What is shown beside a password: codes of an app, each once; codes on paper, each once; and who must have one."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from app import clock
from app.accounts.models import Brand
from app.http.access import CONSOLE_ROLES, Role
from app.sql import db
from app.staff.authenticators import code_of_step
from tests.accounts.factories import PASSWORD, make_admin, make_user_with_password, messages_to
from tests.factories import console_token, make_brand, make_console_user
from tests.racing import at_once
from tests.speaking import Speaker
from tests.staff.factories import Person, code_at, key_in, make_ticket

# RFC 6238, appendix B, SHA-1: the last six of its eight digits.
VECTORS = {59: 287082, 1111111109: 81804, 1111111111: 50471, 1234567890: 5924, 2000000000: 279037, 20000000000: 353130}


@pytest.mark.parametrize(("at_s", "code"), VECTORS.items())
def test_codes_are_those_of_the_standard(at_s: int, code: int) -> None:
    assert code_of_step(b"12345678901234567890", at_s // 30) == f"{code:06d}"


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Iterator[datetime]:
    """An instant that stands still, in the middle of a step."""
    instant = clock.now().replace(second=15, microsecond=0)
    monkeypatch.setattr(clock, "now", lambda: instant)
    return instant


def wait(monkeypatch: pytest.MonkeyPatch, now: datetime, by: timedelta) -> datetime:
    later = now + by
    monkeypatch.setattr(clock, "now", lambda: later)
    return later


@pytest.fixture
def person(anyone: Speaker, brand: Brand) -> Person:
    return Person(anyone, brand)


class TestApp:
    """Codes of an authenticator app. The one that confirmed it is used up: signing in takes the next."""

    def test_without_a_code_the_right_password_is_not_enough(self, person: Person, now: datetime) -> None:
        person.add_app(now)
        answer = person.sign_in()
        assert (answer.status_code, answer.get_json()["code"]) == (401, "second_factor_needed")
        assert answer.get_json()["facts"] == {"factors": ["totp", "recovery_code"]}

    def test_a_wrong_password_says_nothing_of_factors(self, person: Person, now: datetime) -> None:
        key, _ = person.add_app(now)
        answer = person.sign_in("not the password", code=code_at(key, now, steps=1))
        assert answer.get_json()["code"] == "credentials_not_accepted"

    def test_the_right_password_without_a_code_uses_up_no_try(self, person: Person, now: datetime) -> None:
        person.add_app(now)
        assert {person.sign_in().get_json()["code"] for _ in range(12)} == {"second_factor_needed"}

    def test_the_code_opens(self, person: Person, now: datetime) -> None:
        key, _ = person.add_app(now)
        code = code_at(key, now, steps=1)
        assert person.sign_in(code=f" {code[:3]} {code[3:]}").status_code == 201

    def test_the_code_that_confirmed_the_app_does_not_open_too(self, person: Person, now: datetime) -> None:
        key, _ = person.add_app(now)
        assert person.sign_in(code=code_at(key, now)).get_json()["code"] == "second_factor_not_accepted"

    def test_a_code_opens_once(self, person: Person, now: datetime) -> None:
        key, _ = person.add_app(now)
        code = code_at(key, now, steps=1)
        assert [person.sign_in(code=code).status_code for _ in range(2)] == [201, 401]

    def test_an_older_code_than_one_that_was_used_is_over(
        self, person: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        key, _ = person.add_app(now)
        now = wait(monkeypatch, now, timedelta(minutes=5))
        newer, older = code_at(key, now, steps=1), code_at(key, now)
        assert [person.sign_in(code=code).status_code for code in (newer, older)] == [201, 401]

    @pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 201), (0, 201), (1, 201), (2, 401)])
    def test_a_clock_may_differ_by_one_step(
        self, person: Person, now: datetime, monkeypatch: pytest.MonkeyPatch, steps: int, status: int
    ) -> None:
        key, _ = person.add_app(now)
        now = wait(monkeypatch, now, timedelta(minutes=5))
        assert person.sign_in(code=code_at(key, now, steps=steps)).status_code == status

    def test_of_eight_who_send_one_code_at_once_one_is_let_in(self, person: Person, now: datetime, crowd: None) -> None:
        key, _ = person.add_app(now)
        known = {"brand": person.brand.code, "email": person.user.email, "password": PASSWORD}

        def send(_: int) -> int:
            other = Speaker(person.anyone.client.application.test_client())
            return other.post("/v1/console/sessions", known | {"code": code_at(key, now, steps=1)}).status_code

        statuses = at_once(8, send)
        assert statuses.count(201) == 1

    def test_twenty_wrong_codes_close_the_app_and_not_the_paper(self, person: Person, now: datetime) -> None:
        key, paper = person.add_app(now)
        wrong = code_at(key, now, steps=7)
        statuses = [person.sign_in(code=wrong).status_code for _ in range(21)]
        assert statuses == [401] * 20 + [429]
        assert person.sign_in(code=code_at(key, now, steps=1)).status_code == 429
        assert person.sign_in(code=paper[0]).status_code == 201

    def test_who_lacks_the_password_closes_nothing(self, person: Person, now: datetime) -> None:
        key, _ = person.add_app(now)
        for _ in range(9):
            person.sign_in("not the password", code="000000")
        assert person.sign_in(code=code_at(key, now, steps=1)).status_code == 201

    def test_an_app_that_nobody_confirmed_opens_and_asks_nothing(self, person: Person) -> None:
        person.me.post("/v1/console/me/totp", {"password": PASSWORD})
        assert person.sign_in().status_code == 201

    def test_the_app_of_before_goes_on_until_the_next_is_confirmed(
        self, person: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        old, _ = person.add_app(now)
        made = person.me.post("/v1/console/me/totp", {"password": PASSWORD}).get_json()
        now = wait(monkeypatch, now, timedelta(minutes=5))
        assert person.sign_in(code=code_at(old, now)).status_code == 201
        code = code_at(key_in(made["uri"]), now)
        answer = person.me.post("/v1/console/me/totp/confirmation", {"code": code})
        assert (answer.status_code, answer.get_json()["recovery_codes"]) == (200, None)
        assert person.sign_in(code=code_at(old, now, steps=1)).status_code == 401

    def test_a_key_waits_a_quarter_of_an_hour(
        self, person: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = person.me.post("/v1/console/me/totp", {"password": PASSWORD}).get_json()
        now = wait(monkeypatch, now, timedelta(minutes=15))
        answer = person.me.post("/v1/console/me/totp/confirmation", {"code": code_at(key_in(made["uri"]), now)})
        assert answer.get_json()["code"] == "second_factor_missing"

    def test_an_app_is_added_with_the_password_only(self, person: Person) -> None:
        assert person.me.post("/v1/console/me/totp", {"password": "not the password"}).status_code == 401

    def test_other_sessions_end_and_the_owner_is_told(self, person: Person, now: datetime) -> None:
        there = person.anyone.with_token(console_token(person.user))
        person.add_app(now)
        assert [one.get("/v1/console/me").status_code for one in (person.me, there)] == [200, 401]
        assert "ajoutée à votre accès" in messages_to(person.user.email)[-1]["text"]

    def test_a_new_password_does_not_replace_it(self, person: Person, now: datetime) -> None:
        person.add_app(now)
        sent = {"secret": make_ticket(person.user, now=now), "password": "violon brouette cactus"}
        person.anyone.post("/v1/console/passwords", sent)
        assert person.sign_in("violon brouette cactus").get_json()["code"] == "second_factor_needed"


class TestRecoveryCodes:
    def test_each_opens_once_however_it_is_typed(self, person: Person, now: datetime) -> None:
        _, paper = person.add_app(now)
        assert len(set(paper)) == 10
        typed = paper[3].upper().replace("-", " ")
        assert [person.sign_in(code=typed).status_code for _ in range(2)] == [201, 401]
        assert person.me.get("/v1/console/me").get_json()["recovery_codes_left"] == 9

    def test_of_eight_who_send_one_at_once_one_is_let_in(self, person: Person, now: datetime, crowd: None) -> None:
        _, paper = person.add_app(now)
        known = {"brand": person.brand.code, "email": person.user.email, "password": PASSWORD, "code": paper[0]}

        def send(_: int) -> int:
            other = Speaker(person.anyone.client.application.test_client())
            return other.post("/v1/console/sessions", known).status_code

        statuses = at_once(8, send)
        assert (statuses.count(201), set(statuses) - {201, 401, 503}) == (1, set())  # 503: others were being checked

    def test_the_owner_is_told(self, person: Person, now: datetime) -> None:
        _, paper = person.add_app(now)
        person.sign_in(code=paper[0])
        assert "codes de secours" in messages_to(person.user.email)[-1]["text"]

    def test_new_ones_void_the_old(self, person: Person, now: datetime) -> None:
        _, old = person.add_app(now)
        new = person.me.post("/v1/console/me/recovery-codes", {"password": PASSWORD}).get_json()["recovery_codes"]
        assert [person.sign_in(code=code).status_code for code in (old[0], new[0])] == [401, 201]

    def test_there_are_none_without_a_factor(self, person: Person) -> None:
        answer = person.me.post("/v1/console/me/recovery-codes", {"password": PASSWORD})
        assert answer.get_json()["code"] == "second_factor_missing"

    def test_another_persons_open_nothing(self, person: Person, now: datetime) -> None:
        _, paper = Person(person.anyone, person.brand).add_app(now)
        person.add_app(now)
        assert person.sign_in(code=paper[0]).status_code == 401

    def test_no_table_holds_them(self, person: Person, now: datetime) -> None:
        _, paper = person.add_app(now)
        with db.system_transaction():
            rows = db.execute(text("SELECT recovery_code::text FROM recovery_code")).scalars().all()
        assert not [row for row in rows for code in paper if code.encode().hex() in row or code in row]


class TestRemoval:
    def test_without_the_app_the_password_opens_alone(self, person: Person, now: datetime) -> None:
        _, _paper = person.add_app(now)
        assert person.me.post("/v1/console/me/totp/removal", {"password": PASSWORD}).status_code == 204
        assert person.sign_in().status_code == 201
        assert person.me.get("/v1/console/me").get_json()["recovery_codes_left"] == 0

    def test_it_takes_the_password(self, person: Person, now: datetime) -> None:
        person.add_app(now)
        assert person.me.post("/v1/console/me/totp/removal", {"password": "not it"}).status_code == 401

    def test_what_is_not_there_is_not_found(self, person: Person) -> None:
        assert person.me.post("/v1/console/me/totp/removal", {"password": PASSWORD}).status_code == 404

    def test_a_colleague_who_lost_their_phone_comes_in_by_password_again(self, person: Person, now: datetime) -> None:
        person.add_app(now)
        admin = make_admin(person.anyone, person.brand)
        path = f"/v1/console/users/{person.user.id}/second-factors/removal"
        assert [admin.post(path).status_code for _ in range(2)] == [200, 200]
        assert person.me.get("/v1/console/me").status_code == 401
        assert person.sign_in().status_code == 201
        assert "retirée de votre accès" in messages_to(person.user.email)[-1]["text"]

    def test_nobody_takes_their_own_this_way(self, anyone: Speaker, brand: Brand, now: datetime) -> None:
        admin = Person(anyone, brand, Role.ADMIN)
        admin.add_app(now)
        answer = admin.me.post(f"/v1/console/users/{admin.user.id}/second-factors/removal")
        assert answer.get_json()["code"] == "own_factors_kept"


def demand(admin: Speaker, *roles: Role) -> int:
    sent = {"second_factor_roles": [str(role) for role in roles]}
    return admin.put("/v1/console/sign-in-rules", sent).status_code


class TestDemand:
    """A brand asks a second factor of some roles."""

    def test_nobody_is_asked_until_a_brand_says_so(self, anyone: Speaker, brand: Brand) -> None:
        assert make_admin(anyone, brand).get("/v1/console/sign-in-rules").get_json() == {"second_factor_roles": []}

    def test_who_has_none_signs_in_and_opens_nothing_else(self, anyone: Speaker, brand: Brand) -> None:
        approver = Person(anyone, brand, Role.APPROVER)
        assert demand(make_admin(anyone, brand), Role.APPROVER) == 200
        signed = approver.sign_in().get_json()
        assert signed["must_add_second_factor"]
        answer = anyone.with_token(signed["token"]).get("/v1/stores")
        assert (answer.status_code, answer.get_json()["code"]) == (403, "second_factor_awaited")

    def test_it_holds_at_once_for_who_is_inside(self, anyone: Speaker, brand: Brand) -> None:
        approver = Person(anyone, brand, Role.APPROVER)
        before = approver.me.get("/v1/stores").status_code
        demand(make_admin(anyone, brand), Role.APPROVER)
        assert (before, approver.me.get("/v1/stores").status_code) == (200, 403)

    def test_a_factor_opens_the_rest(self, anyone: Speaker, brand: Brand, now: datetime) -> None:
        approver = Person(anyone, brand, Role.APPROVER)
        demand(make_admin(anyone, brand), Role.APPROVER)
        key, _ = approver.add_app(now)
        assert approver.me.get("/v1/stores").status_code == 200
        signed = approver.sign_in(code=code_at(key, now, steps=1)).get_json()
        assert not signed["must_add_second_factor"]
        assert anyone.with_token(signed["token"]).get("/v1/stores").status_code == 200

    def test_other_roles_and_other_brands_are_not_asked(self, anyone: Speaker, brand: Brand) -> None:
        others = [Person(anyone, brand), Person(anyone, make_brand(), Role.APPROVER)]
        demand(make_admin(anyone, brand), Role.APPROVER)
        assert [one.me.get("/v1/stores").status_code for one in others] == [200, 200]

    def test_the_last_one_is_kept(self, anyone: Speaker, brand: Brand, now: datetime) -> None:
        approver = Person(anyone, brand, Role.APPROVER)
        approver.add_app(now)
        demand(make_admin(anyone, brand), Role.APPROVER)
        answer = approver.me.post("/v1/console/me/totp/removal", {"password": PASSWORD})
        assert answer.get_json()["code"] == "second_factor_kept"

    def test_who_asks_it_of_their_own_role_has_one(self, anyone: Speaker, brand: Brand, now: datetime) -> None:
        admin = Person(anyone, brand, Role.ADMIN)
        assert demand(admin.me, Role.ADMIN) == 409
        admin.add_app(now)
        assert demand(admin.me, Role.ADMIN, Role.APPROVER) == 200
        assert admin.me.get("/v1/console/users").status_code == 200

    @pytest.mark.parametrize("role", [role for role in CONSOLE_ROLES if role is not Role.ADMIN])
    def test_only_an_administrator_asks(self, anyone: Speaker, brand: Brand, role: Role) -> None:
        assert demand(anyone.with_token(console_token(make_console_user(brand, role)))) == 403

    def test_a_newcomer_may_see_and_change_their_own_access_only(self, anyone: Speaker, brand: Brand) -> None:
        approver = Person(anyone, brand, Role.APPROVER)
        demand(make_admin(anyone, brand), Role.APPROVER)
        mine = approver.me.get("/v1/console/me").get_json()
        assert (mine["role"], mine["second_factor_needed"], mine["totp"]) == ("approver", True, False)


def test_a_user_of_another_brand_keeps_their_factors(anyone: Speaker, now: datetime) -> None:
    user = make_user_with_password(make_brand())
    answer = make_admin(anyone).post(f"/v1/console/users/{user.id}/second-factors/removal")
    assert answer.status_code == 404
