"""Channels: the file of development, SMTP, and refusals that are the same for everybody."""

import json
import socketserver
import stat
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app import config
from app.carriers import channels
from app.carriers.channels import Mail
from app.carriers.errors import ChannelUnavailable
from app.config import Config
from app.settings import ConfigIncomplete

NOW = datetime(2026, 5, 18, 10, 0, tzinfo=UTC)
PRODUCTION = {
    "ICI_ENV": "production",
    "ICI_DATABASE_URL": "postgresql+psycopg:///ici",
    "ICI_SECRET": "x" * 32,
    "ICI_MAIL": "smtp://mail.example.org?from=ici@example.org",
    "ICI_PUBLIC_URL": "https://ici.example.org",
}


@pytest.fixture
def fresh(settings: Config, tmp_path: Path) -> Iterator[Config]:
    """Settings whose mailbox is empty."""
    config.use_config(replace(settings, var=tmp_path))
    yield config.current()
    config.use_config(settings)


class Mailman(socketserver.StreamRequestHandler):
    """As much of an SMTP server as one message needs."""

    def handle(self) -> None:
        self.wfile.write(b"220 ready\r\n")
        while line := self.rfile.readline().strip():
            verb = line.split(b" ")[0].upper()
            self.wfile.write({b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}.get(verb, b"250 ok\r\n"))
            if verb == b"DATA":
                taken: list[bytes] = self.server.taken  # type: ignore[attr-defined]
                taken.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                self.wfile.write(b"250 taken\r\n")


@pytest.fixture
def mailman() -> Iterator[socketserver.TCPServer]:
    with socketserver.TCPServer(("127.0.0.1", 0), Mailman) as server:
        server.taken = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_mail_of_development_is_one_line(fresh: Config) -> None:
    channels.send_mail(Mail("ada@example.org", "Bonjour", "Été\nHiver", NOW))
    assert json.loads(channels.mailbox().read_text(encoding="utf-8")) == {
        "at": "2026-05-18T10:00:00+00:00",
        "channel": "mail",
        "to": "ada@example.org",
        "subject": "Bonjour",
        "text": "Été\nHiver",
    }


def test_messages_of_development_are_added_at_the_end(fresh: Config) -> None:
    for text in ("one", "two"):
        channels.send_sms(to="+33612345678", text=text, now=NOW)
    lines = channels.mailbox().read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["text"] for line in lines] == ["one", "two"]


def test_only_its_owner_reads_the_mailbox(fresh: Config) -> None:
    channels.send_sms(to="+33612345678", text="one", now=NOW)
    assert stat.S_IMODE(channels.mailbox().stat().st_mode) == 0o600


def test_a_mail_is_handed_over_by_smtp(fresh: Config, mailman: socketserver.TCPServer) -> None:
    address = f"smtp://127.0.0.1:{mailman.server_address[1]}?from=ici@example.org"
    config.use_config(replace(fresh, mail=address))
    channels.send_mail(Mail("ada@example.org", "Bonjour", "Hiver", NOW))
    taken = mailman.taken[0].decode()  # type: ignore[attr-defined]
    assert "From: Ici <ici@example.org>" in taken
    assert "To: ada@example.org" in taken
    assert "Hiver" in taken


def test_a_server_that_does_not_answer_is_a_refusal(fresh: Config) -> None:
    config.use_config(replace(fresh, mail="smtp://127.0.0.1:1"))
    with pytest.raises(ChannelUnavailable):
        channels.send_mail(Mail("ada@example.org", "Bonjour", "Hiver", NOW))


def test_mail_without_a_channel_is_refused(fresh: Config) -> None:
    config.use_config(replace(fresh, mail=""))
    with pytest.raises(ChannelUnavailable):
        channels.send_mail(Mail("ada@example.org", "Bonjour", "Hiver", NOW))


def test_a_text_message_without_a_channel_is_refused(fresh: Config) -> None:
    config.use_config(replace(fresh, sms=""))
    with pytest.raises(ChannelUnavailable):
        channels.send_sms(to="+33612345678", text="one", now=NOW)


def test_production_starts_with_a_mail_server() -> None:
    assert Config.load(PRODUCTION).sms == ""


@pytest.mark.parametrize("wrong", [{"ICI_MAIL": "development"}, {"ICI_SMS": "development"}])
def test_production_refuses_the_channel_of_development(wrong: dict[str, str]) -> None:
    with pytest.raises(ConfigIncomplete, match="development"):
        Config.load(PRODUCTION | wrong)


@pytest.mark.parametrize("wrong", [{"ICI_MAIL": "mail.example.org"}, {"ICI_SMS": "sms.example.org"}])
def test_a_channel_that_we_do_not_know_is_refused_at_start(wrong: dict[str, str]) -> None:
    with pytest.raises(ConfigIncomplete, match=next(iter(wrong))):
        Config.load(PRODUCTION | wrong)
