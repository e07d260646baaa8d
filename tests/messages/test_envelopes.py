"""Carriers: what a mail server says, and what silence means; the headers by which a mailbox stops a mail."""

import uuid
from dataclasses import replace

import pytest

from app import config
from app.carriers import channels
from app.carriers.errors import ChannelUnavailable, HandOverUnknown, RecipientPutOff, RecipientRefused
from app.messages import envelopes
from app.messages.envelopes import CARRIERS, CarriageOutcome, Envelope
from tests.factories import NOON

LETTER = Envelope(
    id=uuid.uuid4(),
    to="ada@example.org",
    subject="Trois fromages",
    text="Goûtez-les.",
    stop_url="http://localhost/stop/x",
    at=NOON,
)


@pytest.fixture
def fresh(settings, tmp_path):
    config.use_config(replace(settings, var=tmp_path))
    yield config.current()
    config.use_config(settings)


def outcome_when(error: Exception) -> CarriageOutcome:
    def submit() -> None:
        raise error

    return envelopes._outcome(submit)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (RecipientRefused(), CarriageOutcome.REFUSED),
        (RecipientPutOff(), CarriageOutcome.NOT_TAKEN),
        (ChannelUnavailable(), CarriageOutcome.AWAY),
        (HandOverUnknown(), CarriageOutcome.UNKNOWN),
    ],
    ids=str,
)
def test_what_a_mail_server_says(error, outcome):
    assert outcome_when(error) is outcome


def test_a_mail_can_be_stopped_by_the_mailbox_itself():
    headers = envelopes._mail(LETTER).headers
    assert headers["List-Unsubscribe"] == "<http://localhost/stop/x>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_mail_that_is_sent_twice_is_one_mail():
    assert envelopes._mail(LETTER).headers["Message-ID"] == f"<{LETTER.id}@localhost>"


@pytest.mark.parametrize("touchpoint", ["email", "sms"])
def test_what_is_handed_over_in_development_is_in_the_mailbox(fresh, touchpoint):
    with CARRIERS[touchpoint].connect() as hand_over:
        assert hand_over(LETTER) is CarriageOutcome.TAKEN
    assert "Goûtez-les." in channels.mailbox().read_text(encoding="utf-8")


@pytest.mark.parametrize("touchpoint", ["email", "sms"])
def test_without_a_channel_nothing_is_connected(fresh, touchpoint):
    config.use_config(replace(fresh, mail="", sms=""))
    with pytest.raises(ChannelUnavailable), CARRIERS[touchpoint].connect():
        pass


def test_a_mail_server_that_is_away_is_no_channel(fresh):
    config.use_config(replace(fresh, mail="smtp://127.0.0.1:1"))
    with pytest.raises(ChannelUnavailable), CARRIERS["email"].connect():
        pass


def test_only_a_mail_is_handed_over_when_nobody_knows():
    assert {name: carrier.repeatable for name, carrier in CARRIERS.items()} == {"email": True, "sms": False}
