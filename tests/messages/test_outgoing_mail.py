"""Mail that leaves beside the request that caused it."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app import config
from app.carriers import outbox, outgoing_mail
from app.carriers.errors import ChannelUnavailable
from app.carriers.letters.composition import dress_text
from app.carriers.senders import WALLET
from app.config import Config

NOW = datetime(2026, 5, 18, 10, tzinfo=UTC)
PATIENCE_S = 20


class Silent:
    """A mail server that lets callers wait, and turns each away when it is told to."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=2 * outbox.MOST_WAITING)
        self.url = f"smtp://127.0.0.1:{self.listener.getsockname()[1]}"
        self.met = threading.Semaphore(0)
        self.enough = threading.Event()
        self.thread = threading.Thread(target=self._listen)
        self.thread.start()

    def _listen(self) -> None:
        waiting: list[socket.socket] = []
        self.listener.settimeout(0.05)
        while not self.enough.is_set():
            try:
                waiting.append(self.listener.accept()[0])
                self.met.release()
            except TimeoutError:
                continue
        for caller in waiting:
            caller.close()
        self.listener.close()

    def turn_away(self) -> None:
        self.enough.set()
        self.thread.join()


@pytest.fixture
def silent(settings: Config) -> Iterator[Silent]:
    server = Silent()
    config.use_config(replace(settings, mail=server.url))
    yield server
    server.turn_away()
    settle()
    config.use_config(settings)


def settle() -> None:
    """Every mail that was posted has come to its end."""
    for _ in range(outbox.MOST_WAITING):
        assert outgoing_mail.OUTBOX._places.acquire(timeout=PATIENCE_S), "a mail does not end"
    for _ in range(outbox.MOST_WAITING):
        outgoing_mail.OUTBOX._places.release()


def post() -> None:
    letter = dress_text("Bonjour", "Hiver", sender=WALLET, language="fr")
    outgoing_mail.post_letter(letter, to="ada@example.org", now=NOW)


def test_who_asks_does_not_wait_for_the_mail_server(silent: Silent) -> None:
    post()
    assert silent.met.acquire(timeout=PATIENCE_S)
    assert not silent.enough.is_set()


def test_while_the_mail_server_is_away_whoever_asks_is_told(silent: Silent) -> None:
    post()
    silent.turn_away()
    settle()
    with pytest.raises(ChannelUnavailable):
        post()


def test_a_mail_server_that_failed_is_tried_again_later(silent: Silent, monkeypatch: pytest.MonkeyPatch) -> None:
    post()
    silent.turn_away()
    settle()
    monkeypatch.setattr(outbox, "AWAY_S", 0)
    post()


def test_a_fault_of_ours_is_logged_and_gives_its_place_back(settings: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(outbox.log, "error", lambda event, **facts: seen.append(facts["error"]), raising=False)
    monkeypatch.setattr(outgoing_mail.channels, "send_mail", lambda *_: 1 / 0)
    config.use_config(replace(settings, mail="smtp://127.0.0.1:1?from=ici@example.org"))
    post()
    settle()
    config.use_config(settings)
    assert seen == ["ZeroDivisionError"]


def test_no_more_mail_waits_than_we_can_send(silent: Silent) -> None:
    for _ in range(outbox.MOST_WAITING):
        post()
    with pytest.raises(ChannelUnavailable):
        post()


def test_without_a_channel_nothing_is_posted(settings: Config) -> None:
    config.use_config(replace(settings, mail=""))
    with pytest.raises(ChannelUnavailable):
        post()
    config.use_config(settings)
