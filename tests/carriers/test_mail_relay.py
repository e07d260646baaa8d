"""What a mail server says of a person says nothing of the server, in a conversation held for real."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app import config
from app.carriers import channels
from app.carriers.errors import ChannelUnavailable, HandOverUnknown, RecipientPutOff, RecipientRefused
from app.config import Config
from tests.carriers.mail_servers import SILENCE, MailServer, mail_server

NOW = datetime(2026, 5, 18, 10, tzinfo=UTC)
GONE = "gone@example.org"
OF_A_PERSON = {
    "550 5.1.1 no such user": RecipientRefused,
    "553 5.1.3 bad address": RecipientRefused,
    "552 5.2.2 mailbox full": RecipientRefused,
    "450 4.2.0 greylisted": RecipientPutOff,
    "451 4.7.1 try again later": RecipientPutOff,
    "452 4.2.2 too many": RecipientPutOff,
}
OF_THE_SERVER = [
    {"greeting": "554 no"},
    {"greeting": "421 busy"},
    {"EHLO": "502 what", "HELO": "502 what"},
    {"MAIL": "553 not you"},
    {"MAIL": "451 not now"},
    {"MAIL": "421 closing"},
    {"RCPT": "421 closing"},
    {"DATA": "421 closing"},
    {".": "421 closing"},
]


def send(server: MailServer, to: str = "ada@example.org") -> None:
    config.use_config(replace(config.current(), mail=server.url))
    channels.send_mail(channels.Mail(to, "Bonjour", "Hiver", NOW))


def is_refused(error: type[Exception], act: Callable[[], None]) -> bool:
    with pytest.raises(error):
        act()
    return True


@pytest.mark.parametrize(("answer", "error"), OF_A_PERSON.items())
def test_what_is_said_of_a_person_is_not_said_of_the_server(settings: Config, answer: str, error: type) -> None:
    with mail_server(of={GONE: answer}) as server:
        assert is_refused(error, lambda: send(server, GONE))
        send(server)
        assert len(server.taken) == 1


@pytest.mark.parametrize(("answer", "error"), OF_A_PERSON.items())
def test_a_message_that_is_not_wanted_says_nothing_of_the_server_either(answer: str, error: type) -> None:
    with mail_server({".": answer}) as server:
        assert is_refused(error, lambda: send(server))


@pytest.mark.parametrize("said", OF_THE_SERVER, ids=str)
def test_what_is_said_of_everybody_is_the_server_being_away(said: dict[str, str]) -> None:
    with mail_server(said) as server:
        assert is_refused(ChannelUnavailable, lambda: send(server))


@pytest.mark.parametrize("verb", ["greeting", "EHLO", "MAIL"])
def test_a_server_that_stalls_before_anybody_is_named_is_away(verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.carriers.mail_relay.CONNECT_S", 0.1)
    monkeypatch.setattr("app.carriers.channels.TIMEOUT_S", 0.1)
    with mail_server({verb: SILENCE}) as server:
        assert is_refused(ChannelUnavailable, lambda: send(server))


@pytest.mark.parametrize("verb", ["RCPT", "DATA", "."])
def test_silence_after_a_name_may_be_about_that_name(verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.carriers.channels.TIMEOUT_S", 0.1)
    with mail_server({verb: SILENCE}) as server:
        assert is_refused(HandOverUnknown, lambda: send(server))


def test_the_log_says_why_and_not_whom(capfd: pytest.CaptureFixture[str]) -> None:
    with mail_server(of={GONE: f"550 5.1.1 {GONE} is unknown"}) as server:
        is_refused(RecipientRefused, lambda: send(server, GONE))
    said = capfd.readouterr().err
    assert '"status":"5.1.1"' in said
    assert GONE not in said


def test_a_refused_mail_leaves_the_line_open_for_the_next() -> None:
    with mail_server(of={GONE: "550 no"}) as server:
        config.use_config(replace(config.current(), mail=server.url))
        with channels.mail_server() as submit:
            is_refused(RecipientRefused, lambda: submit(channels.Mail(GONE, "a", "b", NOW)))
            submit(channels.Mail("ada@example.org", "a", "b", NOW))
        assert server.asked == [GONE, "ada@example.org"]
        assert len(server.taken) == 1
