"""Proofs: what is not exactly ours, or no longer good, opens nothing."""

import base64
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import clock
from app.accounts import sessions, tokens
from app.accounts.errors import RefreshNotAccepted
from app.accounts.models import MemberSession
from app.errors import Unauthenticated
from app.http.access import Role
from app.sql import db
from tests.accounts.factories import PASSWORD, make_user_with_password, sign_in
from tests.factories import console_token, make_brand, make_console_user, make_member, make_store, make_terminal, save
from tests.sizes import chosen
from tests.speaking import Speaker

NOW = datetime(2026, 5, 18, 10, 0, tzinfo=UTC)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=!é "

places_and_signs = given(place=st.integers(min_value=0, max_value=400), sign=st.sampled_from(ALPHABET))


def a_refresh_token() -> str:
    return tokens.issue_refresh_token(tokens.Refresh(uuid.uuid4(), uuid.uuid4(), 7))


def an_access_token() -> str:
    return tokens.issue_access_token(member_id=uuid.uuid4(), session_id=uuid.uuid4(), generation=0, now=NOW)


def replaced(token: str, place: int, sign: str) -> str:
    place %= len(token)
    return token[:place] + sign + token[place + 1 :]


def inserted(token: str, place: int, sign: str) -> str:
    place %= len(token) + 1
    return token[:place] + sign + token[place:]


@places_and_signs
def test_a_refresh_token_with_one_sign_changed_is_refused(place: int, sign: str) -> None:
    genuine = a_refresh_token()
    forged = replaced(genuine, place, sign)
    if forged != genuine:
        with pytest.raises(Unauthenticated):
            tokens.read_refresh_token(forged)


@places_and_signs
def test_a_refresh_token_with_one_sign_more_is_refused(place: int, sign: str) -> None:
    with pytest.raises(Unauthenticated):
        tokens.read_refresh_token(inserted(a_refresh_token(), place, sign))


@places_and_signs
def test_an_access_token_with_one_sign_changed_is_refused(place: int, sign: str) -> None:
    genuine = an_access_token()
    forged = replaced(genuine, place, sign)
    if forged != genuine:
        with pytest.raises(Unauthenticated):
            tokens.read_access_token(forged, now=NOW)


@places_and_signs
def test_an_access_token_with_one_sign_more_is_refused(place: int, sign: str) -> None:
    with pytest.raises(Unauthenticated):
        tokens.read_access_token(inserted(an_access_token(), place, sign), now=NOW)


@pytest.mark.parametrize("sign", ALPHABET)
def test_a_signature_has_one_spelling(sign: str) -> None:
    """The last sign of a base64 text holds spare bits, which decoders ignore."""
    genuine = an_access_token()
    forged = genuine[:-1] + sign
    if forged != genuine:
        with pytest.raises(Unauthenticated):
            tokens.read_access_token(forged, now=NOW)


@pytest.mark.parametrize("sign", ALPHABET)
def test_a_refresh_token_has_one_spelling(sign: str) -> None:
    genuine = a_refresh_token()
    forged = genuine[:-1] + sign
    if forged != genuine:
        with pytest.raises(Unauthenticated):
            tokens.read_refresh_token(forged)


@given(st.text(max_size=200))
def test_a_text_that_we_did_not_make_is_no_refresh_token(text: str) -> None:
    with pytest.raises(Unauthenticated):
        tokens.read_refresh_token(text)


@given(proof=st.binary(min_size=32, max_size=32))
def test_a_refresh_token_of_the_right_shape_needs_our_proof(proof: bytes) -> None:
    payload = uuid.uuid4().bytes + uuid.uuid4().bytes + bytes(4)
    with pytest.raises(Unauthenticated):
        tokens.read_refresh_token("ici_r_" + base64.urlsafe_b64encode(payload + proof).decode().rstrip("="))


@settings(max_examples=chosen().rows)
@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from([0, 3, 9, 11, 60])), max_size=12))
def test_no_sequence_of_refreshes_gives_one_token_two_successors(steps: list[tuple[int, int]]) -> None:
    """Steps: how many tokens back the one presented is, and the seconds that pass before."""
    member = make_member()
    session = save(
        MemberSession(
            member_id=member.id, generation=0, rotated_at=NOW, created_at=NOW, expires_at=NOW + timedelta(days=1)
        )
    )
    given_out = [tokens.issue_refresh_token(tokens.Refresh(member.id, session.id, 0))]
    successors: dict[str, str] = {}
    revoked, now = False, NOW
    for back, seconds in steps:
        now += timedelta(seconds=seconds)
        presented = given_out[max(0, len(given_out) - 1 - back)]
        try:
            with db.transaction():
                successor = sessions.refresh_tokens(refresh_token=presented, now=now).refresh_token
        except RefreshNotAccepted:
            revoked = True
            continue
        assert not revoked
        assert successors.setdefault(presented, successor) == successor
        given_out += [successor] if successor not in given_out else []


@given(proof=st.binary(min_size=32, max_size=32))
def test_an_access_token_of_the_right_shape_needs_our_proof(proof: bytes) -> None:
    payload = uuid.uuid4().bytes + uuid.uuid4().bytes + b"\xff" * 8
    with pytest.raises(Unauthenticated):
        tokens.read_access_token("ici_a_" + base64.urlsafe_b64encode(payload + proof).decode().rstrip("="), now=NOW)


def test_a_refresh_token_is_no_access_token(anyone: Speaker) -> None:
    refresh = sign_in(anyone)["refresh_token"]
    assert anyone.with_token(refresh).get("/v1/me").status_code == 401
    assert anyone.with_token(refresh.replace("ici_r_", "ici_a_")).get("/v1/me").status_code == 401


def test_a_token_for_a_session_that_never_was_is_refused(anyone: Speaker) -> None:
    token = tokens.issue_access_token(
        member_id=make_member().id, session_id=uuid.uuid4(), generation=0, now=datetime.now(UTC)
    )
    assert anyone.with_token(token).get("/v1/me").status_code == 401


def test_a_session_of_another_member_is_refused(anyone: Speaker) -> None:
    theirs = tokens.read_access_token(sign_in(anyone)["access_token"], now=datetime.now(UTC))
    mixed = tokens.issue_access_token(
        member_id=make_member().id, session_id=theirs.session_id, generation=0, now=datetime.now(UTC)
    )
    assert anyone.with_token(mixed).get("/v1/me").status_code == 401


def test_a_refresh_token_opens_no_door(anyone: Speaker) -> None:
    assert anyone.with_token(sign_in(anyone)["refresh_token"]).get("/v1/me").status_code == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic dTpw", "bearer x", "Bearer ici_c_"])
def test_a_header_that_proves_nothing_is_refused(anyone: Speaker, header: str) -> None:
    answer = anyone.get("/v1/me", headers={"Authorization": header})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "unauthenticated")


def test_a_till_that_is_not_known_is_told_to_be_paired_again(anyone: Speaker) -> None:
    answer = anyone.with_token("ici_t_x").post("/v1/scans", {"code": "x"}, headers={"Accept-Language": "fr"})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "terminal_unpaired")
    assert "appairer à nouveau" in answer.get_json()["remedy"]


def test_an_expired_console_session_is_refused(anyone: Speaker) -> None:
    user = make_console_user(make_brand(), "admin")
    token = console_token(user)
    with db.system_transaction() as opened:
        opened.connection().exec_driver_sql(
            "UPDATE console_session SET expires_at = now() - interval '1 second' WHERE user_id = %s", (user.id,)
        )
    assert anyone.with_token(token).get("/v1/console/users").status_code == 401


def sign_in_to_console(anyone: Speaker) -> Speaker:
    brand = make_brand()
    user = make_user_with_password(brand, Role.ADMIN)
    known = {"brand": brand.code, "email": user.email, "password": PASSWORD}
    return anyone.with_token(anyone.post("/v1/console/sessions", known).get_json()["token"])


def is_open_after(me: Speaker, monkeypatch: pytest.MonkeyPatch, *minutes: int) -> list[bool]:
    """Whether the session opens a door after so many minutes, and after so many more, and so on."""
    instant, found = clock.now(), []
    for some in minutes:
        instant += timedelta(minutes=some)
        monkeypatch.setattr(clock, "now", lambda at=instant: at)
        found.append(me.get("/v1/console/users").status_code == 200)
    return found


def test_a_console_that_nobody_uses_for_an_hour_is_closed(anyone: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_open_after(sign_in_to_console(anyone), monkeypatch, 59, 58, 61) == [True, True, False]


def test_a_console_is_closed_after_eight_hours_however_it_is_used(
    anyone: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_open_after(sign_in_to_console(anyone), monkeypatch, *[50] * 9, 31) == [True] * 9 + [False]


def test_what_is_refused_is_used_by_nobody(anyone: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    me, instant = sign_in_to_console(anyone), clock.now()
    monkeypatch.setattr(clock, "now", lambda: instant + timedelta(minutes=59))
    assert me.post("/v1/scans", {"code": "x"}).status_code == 403
    monkeypatch.setattr(clock, "now", lambda: instant + timedelta(minutes=61))
    assert me.get("/v1/console/users").status_code == 401


def test_a_revoked_terminal_is_refused(anyone: Speaker) -> None:
    _, key = make_terminal(make_store(make_brand()), revoked_at=NOW)
    assert anyone.with_token(key).get("/v1/me").status_code == 401


def test_a_paired_terminal_is_known_but_not_a_member(anyone: Speaker) -> None:
    _, key = make_terminal(make_store(make_brand()))
    assert anyone.with_token(key).get("/v1/me").status_code == 403


def test_a_token_of_the_console_proves_itself_before_the_database_is_asked() -> None:
    now = datetime.now(UTC)
    token, token_hash = tokens.new_console_token()
    assert token_hash == tokens.hash_of(token)
    assert tokens.proves_itself(f"Bearer {token}", now=now)
    changed = token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]
    for other in (changed, tokens.new_opaque_token(tokens.CONSOLE_PREFIX)[0], tokens.CONSOLE_PREFIX + "short"):
        assert not tokens.proves_itself(f"Bearer {other}", now=now)
    assert not tokens.proves_itself(f"Bearer {tokens.new_opaque_token(tokens.TERMINAL_PREFIX)[0]}", now=now)
