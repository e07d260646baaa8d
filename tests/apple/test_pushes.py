"""Phones are woken once for what changed, by a service that may be slow, away, or tell us off."""

import ssl
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import delete, select, text

from app import config
from app.sql import db
from tests.apple.apns import Pushed, StandIn, Told
from tests.apple.factories import Phone, make_pass, pass_type
from tests.factories import made
from tests.racing import at_once
from wallet.apple import devices, identities, push_gateway, pushes
from wallet.apple.models import ApplePush, AppleRegistration
from wallet.apple.push_gateway import PushAnswer, PushOutcome, read_answer
from wallet.issued.models import IssuedPass
from wallet.issued.revisions import refresh_some


@pytest.fixture(autouse=True)
def nobody_waits(app: object) -> None:
    """Phones of other tests."""
    with made():
        db.execute(delete(ApplePush))


@pytest.fixture
def token() -> str:
    return "ab" * 32


def holding(phone: Phone, *passes: IssuedPass, token: str) -> None:
    """A phone that holds these and was told of them."""
    for held in passes:
        phone.register(held, token)
    with made():
        db.execute(delete(ApplePush))


def change(*passes: IssuedPass) -> None:
    with made():
        refresh_some([held.id for held in passes], now=datetime.now(UTC), anew=True)


def waiting() -> list[ApplePush]:
    with made():
        return list(db.all_of(select(ApplePush)))


def copies(held: IssuedPass) -> int:
    with made():
        return len(db.all_of(select(AppleRegistration).where(AppleRegistration.pass_id == held.id)))


def later(**lasting: float) -> Callable[[], datetime]:
    return lambda: datetime.now(UTC) + timedelta(**lasting)


def test_a_change_wakes_the_phone_with_an_empty_object_under_our_pass_type(
    phone: Phone, apns: StandIn, token: str
) -> None:
    held = make_pass()
    holding(phone, held, token=token)
    change(held)
    assert pushes.send_due() == 1
    assert apns.pushed == [Pushed(token, pass_type(), b"{}", pass_type(), 1)]
    assert waiting() == []


def test_many_changes_of_many_passes_are_one_push(phone: Phone, apns: StandIn, token: str) -> None:
    passes = [make_pass() for _ in range(3)]
    holding(phone, *passes, token=token)
    for _ in range(3):
        change(*passes)
    pushes.send_due()
    assert apns.tokens == [token]


def test_each_phone_that_holds_a_pass_is_woken(phone: Phone, apns: StandIn) -> None:
    held = make_pass()
    for number in range(3):
        holding(Phone(phone.client), held, token=f"{number}" * 64)
    change(held)
    pushes.send_due()
    assert apns.tokens == ["0" * 64, "1" * 64, "2" * 64]


def test_a_change_that_is_undone_wakes_nobody(phone: Phone, apns: StandIn, token: str) -> None:
    held = make_pass()
    holding(phone, held, token=token)
    with made():
        refresh_some([held.id], now=datetime.now(UTC), anew=True)
        db.session().rollback()
    pushes.send_due()
    assert apns.pushed == []


def test_a_change_while_a_push_is_under_way_is_another_push(phone: Phone, apns: StandIn, token: str) -> None:
    held = make_pass()
    holding(phone, held, token=token)
    change(held)

    def change_meanwhile(pushed: Pushed) -> Told:
        if len(apns.pushed) == 0:
            change(held)
        return Told()

    apns.answer = change_meanwhile
    assert (pushes.send_due(), len(apns.pushed), waiting()) == (2, 2, [])


@pytest.mark.parametrize("told", [Told(410, "Unregistered"), Told(400, "BadDeviceToken"), Told(410, "ExpiredToken")])
def test_a_phone_that_is_gone_is_forgotten(phone: Phone, apns: StandIn, token: str, told: Told) -> None:
    held = make_pass()
    holding(phone, held, token=token)
    change(held)
    apns.answer = lambda pushed: told
    pushes.send_due()
    assert (copies(held), waiting()) == (0, [])


def test_a_phone_that_came_back_since_is_not_forgotten(phone: Phone, apns: StandIn, token: str) -> None:
    held = make_pass()
    holding(phone, held, token=token)
    change(held)
    apns.answer = lambda pushed: Told(410, "Unregistered", timestamp=int(later(days=-1)().timestamp() * 1000))
    pushes.send_due()
    assert copies(held) == 1


def test_only_the_push_token_that_is_gone_is_forgotten(phone: Phone, apns: StandIn, token: str) -> None:
    old, new = make_pass(), make_pass()
    holding(phone, old, token="cd" * 32)
    holding(phone, new, token=token)
    change(old, new)
    apns.answer = lambda pushed: Told(410, "Unregistered") if pushed.token != token else Told()
    pushes.send_due()
    assert (copies(old), copies(new), waiting()) == (0, 1, [])


@pytest.mark.parametrize("told", [Told(403, "BadCertificate"), Told(403, "Forbidden"), Told(400, "TopicDisallowed")])
def test_a_certificate_that_is_refused_is_an_alarm_and_deletes_nothing(
    phone: Phone, apns: StandIn, token: str, told: Told
) -> None:
    held = make_pass()
    holding(phone, held, token=token)
    change(held)
    apns.answer = lambda pushed: told
    pushes.send_due()
    with made():
        sign = pushes.watch_pushes(datetime.now(UTC))
    assert sign.detail == f"Apple refuses our certificate: {pass_type()}: {told.reason}"
    assert (copies(held), len(waiting())) == (1, 1)


def test_a_refused_certificate_is_not_tried_with_everybody(phone: Phone, apns: StandIn) -> None:
    held = make_pass()
    for number in range(5):
        holding(Phone(phone.client), held, token=f"{number}" * 64)
    change(held)
    apns.answer = lambda pushed: Told(403, "BadCertificate")
    pushes.send_due(batch=1)
    pushes.send_due(batch=1)
    assert len(apns.pushed) == 1
    apns.answer = lambda pushed: Told()
    assert pushes.send_due(clock=later(minutes=1)) == 5
    with made():
        assert pushes.watch_pushes(datetime.now(UTC)).detail == "ok"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_passes_is_tried_again_later_and_later(phone: Phone, apns: StandIn, token: str, status: int) -> None:
    held = make_pass()
    holding(phone, held, token=token)
    change(held)
    apns.answer = lambda pushed: Told(status, "Shutdown")
    waits = []
    for _ in range(3):
        [before] = waiting()
        pushes.send_due(clock=lambda before=before: before.due_at)
        [after] = waiting()
        waits.append((after.due_at - before.due_at).total_seconds())
    assert waits == [30, 120, 600]
    apns.answer = lambda pushed: Told()
    assert (pushes.send_due(), pushes.send_due(clock=later(minutes=20)), waiting()) == (0, 1, [])


def test_a_service_that_says_nothing_is_asked_a_few_times_and_left(
    phone: Phone, apns: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push_gateway, "ANSWER_S", 0.3)
    monkeypatch.setattr(push_gateway, "STANDSTILLS", 2)
    monkeypatch.setattr(push_gateway, "AT_ONCE", 2)
    held = make_pass()
    for number in range(5):
        holding(Phone(phone.client), held, token=f"{number}" * 64)
    change(held)
    apns.answer = lambda pushed: Told(None)
    assert (pushes.send_due(), len(apns.pushed), copies(held)) == (0, 2, 5)
    assert len(waiting()) == 5


def test_a_service_that_is_away_costs_no_phone(phone: Phone, signing: Any, token: str) -> None:
    config.use_config(replace(signing, apple_push_url="https://127.0.0.1:9"))
    held = make_pass()
    holding(phone, held, token=token)
    change(held)
    assert (pushes.send_due(), copies(held), len(waiting())) == (0, 1, 1)


def test_after_a_day_a_phone_is_not_woken_for_it_any_more(phone: Phone, apns: StandIn, token: str) -> None:
    held = make_pass()
    holding(phone, held, token=token)
    change(held)
    apns.answer = lambda pushed: Told(500)
    pushes.send_due()
    assert len(waiting()) == 1
    pushes.send_due(clock=later(days=1.1))
    assert waiting() == []


def test_phones_that_wait_long_are_an_alarm(phone: Phone, signing: object, token: str) -> None:
    held = make_pass()
    holding(phone, held, token=token)
    change(held)
    with made():
        signs = [pushes.watch_pushes(later(minutes=minutes)()).detail for minutes in (1, 20)]
    assert signs == ["ok", "1 phones wait"]


def test_two_senders_share_the_work(phone: Phone, apns: StandIn, crowd: None) -> None:
    held = make_pass()
    tokens = [f"{number:02}" * 32 for number in range(12)]
    for token in tokens:
        holding(Phone(phone.client), held, token=token)
    change(held)
    assert sum(at_once(2, lambda number: pushes.send_due(batch=2))) == 12
    assert apns.tokens == tokens


def test_one_connection_carries_them_all(phone: Phone, apns: StandIn) -> None:
    held = make_pass()
    for number in range(6):
        holding(Phone(phone.client), held, token=f"{number}" * 64)
    change(held)
    pushes.send_due(batch=2)
    assert {one.connection for one in apns.pushed} == {1}


def test_no_more_phones_are_woken_at_once_than_the_house_can_serve(
    phone: Phone, apns: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr("wallet.apple.pushes.time.sleep", slept.append)
    config.use_config(replace(config.current(), apple_pushes_per_second=2))
    held = make_pass()
    for number in range(5):
        holding(Phone(phone.client), held, token=f"{number}" * 64)
    change(held)
    assert (pushes.send_due(), len(slept), max(slept) <= 1.0) == (5, 3, True)


def test_a_stranger_without_the_certificate_is_let_in_nowhere(apns: StandIn, pki: Path) -> None:
    trusting = ssl.create_default_context(cafile=pki / "root.pem")
    with pytest.raises(httpx2.HTTPError), httpx2.Client(http2=True, verify=trusting) as client:
        client.post(f"{apns.url}/3/device/x", content=b"{}")


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, b"", PushOutcome.TAKEN),
        (410, b"", PushOutcome.GONE),
        (410, b"not json", PushOutcome.GONE),
        (400, b'{"reason":"BadDeviceToken"}', PushOutcome.GONE),
        (400, b'{"reason":"PayloadEmpty"}', PushOutcome.LATER),
        (400, b"[]", PushOutcome.LATER),
        (403, b'{"reason":"InvalidProviderToken"}', PushOutcome.BARRED),
        (404, b"", PushOutcome.LATER),
        (429, b'{"reason":"TooManyRequests"}', PushOutcome.LATER),
        (503, b"<html>", PushOutcome.LATER),
        (410, b'{"reason":"Unregistered","timestamp":1e400}', PushOutcome.GONE),
        (410, b'{"reason":"Unregistered","timestamp":99999999999999999}', PushOutcome.GONE),
    ],
)
def test_each_answer_means_one_thing(status: int, body: bytes, outcome: PushOutcome) -> None:
    assert read_answer(status, body).outcome is outcome


class Counting:
    """A line that takes everything and keeps nothing."""

    def __init__(self) -> None:
        self.woken = 0

    def push_all(self, tokens: Sequence[str]) -> list[PushAnswer]:
        self.woken += len(tokens)
        return [PushAnswer(PushOutcome.TAKEN)] * len(tokens)


def test_memory_stays_flat_however_many_wait(phone: Phone, signing: object, token: str) -> None:
    held = make_pass()
    holding(phone, held, token=token)
    counted = Counting()

    @contextmanager
    def line(identity: object) -> Iterator[Any]:
        yield counted

    def peak(phones: int) -> int:
        with made():
            db.execute(
                text(
                    "INSERT INTO apple_push (device_hash, pass_type, first_asked_at, asked_at, due_at)"
                    " SELECT sha256(n::text::bytea), :type, now(), now(), now() FROM generate_series(1, :phones) AS n"
                ),
                {"type": pass_type(), "phones": phones},
            )
        tracemalloc.start()
        pushes.send_due(line=line, batch=100)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert waiting() == []
        return most

    peak(100)
    # The least of several: what a moment takes once, in whatever thread, is not what grows with those that wait.
    assert min(peak(3_000) for _ in range(3)) < 2 * min(peak(300) for _ in range(3))


def test_a_push_token_of_another_secret_wakes_nobody_and_stops_nobody(phone: Phone, apns: StandIn, token: str) -> None:
    held, other = make_pass(), make_pass()
    holding(phone, held, token=token)
    holding(Phone(phone.client), other, token="cd" * 32)
    with made():
        db.execute(text("UPDATE apple_registration SET push_token = sha256('') WHERE pass_id = :id"), {"id": held.id})
    change(held, other)
    pushes.send_due()
    assert (apns.tokens, waiting()) == (["cd" * 32], [])


def test_a_pass_type_whose_certificate_has_ended_waits(phone: Phone, apns: StandIn, token: str) -> None:
    held = make_pass()
    holding(phone, held, token=token)
    change(held)
    shared = identities.load_identities().shared
    assert shared is not None
    assert pushes.send_due(clock=lambda: shared.ends_at) == 0
    assert (apns.pushed, devices.hash_device(phone.id) is None) == ([], False)
