"""What waits to leave: one person's refusal closes the channel for nobody else, and what may help is tried again."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app import config
from app.carriers import outbox, outgoing_mail
from app.carriers.errors import ChannelUnavailable, HandOverUnknown, RecipientPutOff
from app.carriers.letters.composition import dress_text
from app.carriers.outbox import Errand, Outbox
from app.carriers.senders import WALLET
from tests.carriers.mail_servers import SILENCE, MailServer, mail_server

NOW = datetime(2026, 5, 18, 10, tzinfo=UTC)
GONE, ADA, BOB = "gone@example.org", "ada@example.org", "bob@example.org"
LETTER = dress_text("Bonjour", "Hiver", sender=WALLET, language="fr")
PATIENCE_S = 20


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for minutes."""
    monkeypatch.setattr(outbox, "TRY_AGAIN_S", (0.05,))
    monkeypatch.setattr("app.carriers.channels.TIMEOUT_S", 0.2)
    monkeypatch.setattr("app.carriers.mail_relay.CONNECT_S", 0.2)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server(of={GONE: "550 5.1.1 no such user"}) as made:
        config.use_config(replace(config.current(), mail=made.url))
        yield made
        settle()


def post(to: str, **given: object) -> None:
    outgoing_mail.post_letter(LETTER, to=to, now=NOW, **given)


def settle() -> None:
    """Everything that was taken up has come to its end."""
    for _ in range(outbox.MOST_WAITING):
        assert outgoing_mail.OUTBOX._places.acquire(timeout=PATIENCE_S)
    for _ in range(outbox.MOST_WAITING):
        outgoing_mail.OUTBOX._places.release()


def wait_until(done: object) -> None:
    until = time.monotonic() + PATIENCE_S
    while not done() and time.monotonic() < until:
        time.sleep(0.01)
    assert done()


def test_a_refused_recipient_turns_the_mail_off_for_nobody(server: MailServer) -> None:
    post(GONE)
    settle()
    post(ADA)
    settle()
    assert len(server.to(ADA)) == 1


def test_a_refused_address_is_told_and_not_tried_again(server: MailServer) -> None:
    told = threading.Event()
    post(GONE, refused=told.set)
    assert told.wait(PATIENCE_S)
    settle()
    time.sleep(0.2)
    assert server.asked == [GONE]


def test_greylisting_is_waited_for(server: MailServer) -> None:
    server.of[ADA] = "450 4.2.0 greylisted"
    post(ADA)
    wait_until(lambda: len(server.asked) >= 2)
    del server.of[ADA]
    wait_until(lambda: server.to(ADA))
    post(BOB)
    settle()
    assert len(server.to(BOB)) == 1


def test_a_mail_is_not_tried_for_longer_than_it_is_of_use(server: MailServer) -> None:
    server.of[ADA] = "450 4.2.0 greylisted"
    post(ADA, useful_for=timedelta(0))
    settle()
    time.sleep(0.2)
    assert server.asked == [ADA]


def test_a_newer_mail_takes_the_place_of_one_that_waits(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "TRY_AGAIN_S", (0.3,))
    server.of[ADA] = "450 4.2.0 greylisted"
    post(ADA, topic="code")
    settle()
    del server.of[ADA]
    post(ADA, topic="code")
    settle()
    time.sleep(0.6)
    assert len(server.to(ADA)) == 1


def test_a_mail_sent_again_is_the_same_mail(server: MailServer) -> None:
    server.said["."] = SILENCE
    post(ADA)
    wait_until(lambda: len(server.asked) >= 2)
    del server.said["."]
    wait_until(lambda: server.taken)
    settle()
    assert len({mail["Message-ID"] for mail in server.taken}) == 1


def test_silence_about_one_person_closes_the_channel_for_nobody(server: MailServer) -> None:
    server.of[GONE] = SILENCE
    post(GONE, useful_for=timedelta(0))
    settle()
    post(ADA)
    settle()
    assert len(server.to(ADA)) == 1


def test_a_server_that_is_silent_to_everybody_is_away(server: MailServer) -> None:
    server.said["RCPT"] = server.said["greeting"] = SILENCE
    post(ADA, useful_for=timedelta(0))
    settle()
    with pytest.raises(ChannelUnavailable):
        post(BOB)


def test_what_was_to_leave_while_the_server_was_away_leaves_when_it_is_back(server: MailServer) -> None:
    server.said["greeting"] = "421 busy"
    post(ADA)
    settle()
    del server.said["greeting"]
    wait_until(lambda: server.to(ADA))


def tries_of(error: type[Exception], *, repeatable: bool) -> int:
    tries = 0

    def send() -> None:
        nonlocal tries
        tries += 1
        raise error

    box = Outbox("test", ask=None, repeatable=repeatable)
    box.post(Errand("server", send, time.monotonic() + 0.3))
    time.sleep(0.5)
    return tries


def test_what_may_have_arrived_is_sent_again_only_if_nobody_sees_it_twice() -> None:
    assert tries_of(HandOverUnknown, repeatable=False) == 1
    assert tries_of(HandOverUnknown, repeatable=True) > 1
    assert tries_of(RecipientPutOff, repeatable=False) > 1
