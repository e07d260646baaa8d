"""Sign in, refresh, sign out: what each token opens, and when it stops."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import clock
from app.accounts import queries, sessions, tokens
from app.accounts.models import Member, MemberIdentifier, MemberSession
from app.sql import db
from tests.accounts.factories import ask_code, last_code, new_email, new_phone, sign_in
from tests.factories import make_member, member_token
from tests.racing import at_once
from tests.speaking import Speaker


def session_of(refresh_token: str) -> MemberSession:
    refresh = tokens.read_refresh_token(refresh_token)
    with db.system_transaction():
        found = db.get(MemberSession, (refresh.member_id, refresh.session_id))
    assert found is not None
    return found


def refresh(anyone: Speaker, refresh_token: str) -> str:
    answer = anyone.post("/v1/sessions/refresh", {"refresh_token": refresh_token})
    assert answer.status_code == 201
    return str(answer.get_json()["refresh_token"])


def later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    instant = clock.now() + by
    monkeypatch.setattr(clock, "now", lambda: instant)


def test_a_first_sign_in_makes_a_wallet(anyone: Speaker) -> None:
    assert sign_in(anyone)["new_member"] is True


def test_a_second_sign_in_opens_the_same_wallet(anyone: Speaker) -> None:
    email = new_email()
    first, second = sign_in(anyone, email), sign_in(anyone, email)
    assert (second["member_id"], second["new_member"]) == (first["member_id"], False)


def test_an_address_opens_the_same_wallet_however_it_is_written(anyone: Speaker) -> None:
    email = new_email()
    first = sign_in(anyone, email)
    code = ask_code(anyone, email)
    again = anyone.post("/v1/sessions", {"email": email.upper(), "code": code}).get_json()
    assert again["member_id"] == first["member_id"]


def test_a_phone_opens_the_same_wallet_however_it_is_written(anyone: Speaker) -> None:
    international = new_phone()
    national = f"06 {international[4:]}"
    members = []
    for written in (national, international):
        anyone.post("/v1/sign-in-codes", {"phone": written})
        body = {"phone": written, "code": last_code(international)}
        members.append(anyone.post("/v1/sessions", body).get_json()["member_id"])
    assert members[0] == members[1]


def test_the_wallet_speaks_the_language_of_its_first_sign_in(anyone: Speaker) -> None:
    member_id = sign_in(Speaker(anyone.client, language="en"))["member_id"]
    with db.system_transaction():
        assert db.get(Member, uuid.UUID(member_id)).language == "en"


def test_the_access_token_opens_my_wallet(anyone: Speaker) -> None:
    answer = sign_in(anyone)
    me = anyone.with_token(answer["access_token"]).get("/v1/me")
    assert me.get_json()["id"] == answer["member_id"]


def test_one_code_sent_eight_times_at_once_opens_one_wallet_once(anyone: Speaker) -> None:
    email = new_email()
    body = {"email": email, "code": ask_code(anyone, email)}

    def send(_: int) -> int:
        return Speaker(anyone.client.application.test_client()).post("/v1/sessions", body).status_code

    assert sorted(at_once(8, send)) == [201] + [401] * 7
    with db.system_transaction():
        owners = select(func.count()).select_from(MemberIdentifier).where(MemberIdentifier.value == email)
        assert db.execute(owners).scalar_one() == 1


def test_a_refresh_gives_another_refresh_token(anyone: Speaker) -> None:
    first = sign_in(anyone)["refresh_token"]
    assert refresh(anyone, first) != first


def test_a_refresh_gives_an_access_token_that_works(anyone: Speaker) -> None:
    body = {"refresh_token": sign_in(anyone)["refresh_token"]}
    access = anyone.post("/v1/sessions/refresh", body).get_json()["access_token"]
    assert anyone.with_token(access).get("/v1/me").status_code == 200


def test_a_lost_answer_is_given_again(anyone: Speaker) -> None:
    first = sign_in(anyone)["refresh_token"]
    assert refresh(anyone, first) == refresh(anyone, first)


@pytest.mark.parametrize("after", [timedelta(seconds=61), timedelta(days=60)])
def test_an_answer_that_nobody_saw_is_given_again_however_late(
    anyone: Speaker, monkeypatch: pytest.MonkeyPatch, after: timedelta
) -> None:
    first = sign_in(anyone)["refresh_token"]
    lost = refresh(anyone, first)
    later(monkeypatch, after)
    assert refresh(anyone, first) == lost


def test_a_token_used_again_after_the_new_one_was_seen_ends_the_sign_in(
    anyone: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sign_in(anyone)["refresh_token"]
    answer = anyone.post("/v1/sessions/refresh", {"refresh_token": first}).get_json()
    second = answer["refresh_token"]
    assert anyone.with_token(answer["access_token"]).get("/v1/me").status_code == 200
    later(monkeypatch, timedelta(seconds=11))
    assert anyone.post("/v1/sessions/refresh", {"refresh_token": first}).status_code == 401
    assert session_of(second).revoked_reason == sessions.Ended.REFRESH_REUSE


def test_an_access_token_of_before_says_nothing_of_its_successor(
    anyone: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sign_in(anyone)
    lost = refresh(anyone, before["refresh_token"])
    assert anyone.with_token(before["access_token"]).get("/v1/me").status_code == 200
    later(monkeypatch, timedelta(seconds=61))
    assert refresh(anyone, before["refresh_token"]) == lost


def test_two_requests_that_refresh_at_the_same_moment_are_forgiven(anyone: Speaker) -> None:
    first = sign_in(anyone)["refresh_token"]
    answer = anyone.post("/v1/sessions/refresh", {"refresh_token": first}).get_json()
    anyone.with_token(answer["access_token"]).get("/v1/me")
    assert refresh(anyone, first) == answer["refresh_token"]


def test_a_token_that_is_seen_waits_for_nobody(anyone: Speaker) -> None:
    before = sign_in(anyone)
    access = anyone.post("/v1/sessions/refresh", {"refresh_token": before["refresh_token"]}).get_json()["access_token"]
    member_id, session_id, *_ = tokens.read_access_token(access, now=clock.now())
    with db.transaction():
        db.become(member_id=member_id)
        assert db.first(db.locked(queries.member_session(member_id, session_id)))
        [answer] = at_once(1, lambda _: anyone.with_token(access).get("/v1/me").status_code)
        assert answer == 200


def test_the_grace_does_not_reach_two_generations_back(anyone: Speaker) -> None:
    first = sign_in(anyone)["refresh_token"]
    third = refresh(anyone, refresh(anyone, first))
    assert anyone.post("/v1/sessions/refresh", {"refresh_token": first}).status_code == 401
    assert session_of(third).revoked_at is not None


def test_a_revoked_sign_in_refuses_its_newest_refresh_token(anyone: Speaker) -> None:
    first = sign_in(anyone)["refresh_token"]
    third = refresh(anyone, refresh(anyone, first))
    anyone.post("/v1/sessions/refresh", {"refresh_token": first})
    answer = anyone.post("/v1/sessions/refresh", {"refresh_token": third})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "refresh_not_accepted")


def test_a_revoked_sign_in_stops_its_access_token_at_once(anyone: Speaker) -> None:
    answer = sign_in(anyone)
    refresh(anyone, refresh(anyone, answer["refresh_token"]))
    anyone.post("/v1/sessions/refresh", {"refresh_token": answer["refresh_token"]})
    assert anyone.with_token(answer["access_token"]).get("/v1/me").status_code == 401


def test_a_refresh_token_is_over_after_ninety_days_without_use(
    anyone: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"refresh_token": sign_in(anyone)["refresh_token"]}
    later(monkeypatch, timedelta(days=90))
    assert anyone.post("/v1/sessions/refresh", body).status_code == 401


def test_sixteen_refreshes_at_once_give_one_generation_and_one_successor(anyone: Speaker) -> None:
    first = sign_in(anyone)["refresh_token"]
    answers = at_once(16, lambda _: refresh(Speaker(anyone.client.application.test_client()), first))
    assert len(set(answers)) == 1
    assert session_of(first).generation == 1


def test_signing_out_stops_the_access_token(anyone: Speaker) -> None:
    me = anyone.with_token(sign_in(anyone)["access_token"])
    assert me.delete("/v1/sessions/current").status_code == 204
    assert me.get("/v1/me").status_code == 401


def test_signing_out_stops_the_refresh_token(anyone: Speaker) -> None:
    answer = sign_in(anyone)
    anyone.with_token(answer["access_token"]).delete("/v1/sessions/current")
    assert anyone.post("/v1/sessions/refresh", {"refresh_token": answer["refresh_token"]}).status_code == 401


def test_i_see_where_i_am_signed_in(anyone: Speaker) -> None:
    email = new_email()
    sign_in(anyone, email)
    here = anyone.with_token(sign_in(anyone, email)["access_token"])
    assert [s["current"] for s in here.get("/v1/sessions").get_json()["items"]] == [True, False]


def test_i_sign_out_a_lost_phone(anyone: Speaker) -> None:
    email = new_email()
    lost, here = (anyone.with_token(sign_in(anyone, email)["access_token"]) for _ in range(2))
    lost_id = next(s["id"] for s in lost.get("/v1/sessions").get_json()["items"] if s["current"])
    assert here.delete(f"/v1/sessions/{lost_id}").status_code == 204
    assert lost.get("/v1/me").status_code == 401


def test_a_phone_that_signed_in_long_ago_signs_nobody_else_out(
    anyone: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    email = new_email()
    found, mine = sign_in(anyone, email), sign_in(anyone, email)
    later(monkeypatch, timedelta(minutes=16))
    thief = anyone.with_token(
        anyone.post("/v1/sessions/refresh", {"refresh_token": found["refresh_token"]}).get_json()["access_token"]
    )
    answer = thief.delete(f"/v1/sessions/{session_of(mine['refresh_token']).id}")
    assert (answer.status_code, answer.get_json()["code"]) == (403, "sign_in_stale")
    assert refresh(anyone, mine["refresh_token"])


def test_a_phone_that_signed_in_long_ago_signs_itself_out(anyone: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    signed = sign_in(anyone)
    session_id = session_of(signed["refresh_token"]).id
    later(monkeypatch, timedelta(minutes=16))
    body = {"refresh_token": signed["refresh_token"]}
    me = anyone.with_token(anyone.post("/v1/sessions/refresh", body).get_json()["access_token"])
    assert me.delete(f"/v1/sessions/{session_id}").status_code == 204


def test_a_sign_in_ends_after_a_year_however_often_it_is_used(anyone: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    token = sign_in(anyone)["refresh_token"]
    for _ in range(4):
        later(monkeypatch, timedelta(days=89))
        token = refresh(anyone, token)
    later(monkeypatch, timedelta(days=8))
    token = refresh(anyone, token)
    later(monkeypatch, timedelta(days=2))
    answer = anyone.post("/v1/sessions/refresh", {"refresh_token": token})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "refresh_not_accepted")


def test_the_last_refresh_says_how_little_is_left(anyone: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    token = sign_in(anyone)["refresh_token"]
    for _ in range(4):
        later(monkeypatch, timedelta(days=89))
        answer = anyone.post("/v1/sessions/refresh", {"refresh_token": token}).get_json()
        token = answer["refresh_token"]
    assert answer["refresh_expires_in_s"] <= 9 * 86_400


def test_a_sign_in_of_before_there_was_a_last_day_has_one_too(anyone: Speaker) -> None:
    token = sign_in(anyone)["refresh_token"]
    session_id = session_of(token).id
    with db.system_transaction() as opened:
        opened.connection().exec_driver_sql(
            "UPDATE member_session SET created_at = now() - interval '366 days' WHERE id = %s", (session_id,)
        )
    assert anyone.post("/v1/sessions/refresh", {"refresh_token": token}).status_code == 401


def test_ending_a_session_twice_answers_the_same(anyone: Speaker) -> None:
    member = make_member()
    here, other = (anyone.with_token(member_token(member)) for _ in range(2))
    other_id = next(s["id"] for s in other.get("/v1/sessions").get_json()["items"] if s["current"])
    assert [here.delete(f"/v1/sessions/{other_id}").status_code for _ in range(2)] == [204, 204]


def test_somebody_elses_session_is_not_found(anyone: Speaker) -> None:
    theirs = anyone.with_token(sign_in(anyone)["access_token"])
    their_id = theirs.get("/v1/sessions").get_json()["items"][0]["id"]
    mine = anyone.with_token(sign_in(anyone)["access_token"])
    assert mine.delete(f"/v1/sessions/{their_id}").status_code == 404
    assert theirs.get("/v1/me").status_code == 200


def test_an_access_token_is_over_after_ten_minutes(anyone: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    me = anyone.with_token(sign_in(anyone)["access_token"])
    later(monkeypatch, timedelta(minutes=10, seconds=1))
    assert me.get("/v1/me").status_code == 401


def test_sessions_come_in_pages(anyone: Speaker) -> None:
    member = make_member()
    member_tokens = [member_token(member, now=clock.now() - timedelta(seconds=age)) for age in range(3)]
    me = anyone.with_token(member_tokens[0])
    first = me.get("/v1/sessions?limit=2").get_json()
    second = me.get(first["next"]).get_json()
    assert (len(first["items"]), len(second["items"]), second["next"]) == (2, 1, None)
