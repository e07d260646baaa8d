"""Mail and text messages to people.

| setting | value | what happens |
|---|---|---|
| `ICI_MAIL` | `development` | a line in `mailbox.jsonl`, which `ici mailbox` shows; refused in production |
| | `smtp://user:password@host:port?from=sender@example.org` | sent by SMTP, over TLS unless the host is this machine |
| `ICI_SMS` | `development` | as for mail |
| either | empty | the channel refuses everybody alike |

There is no gateway for text messages yet: in production a phone number can be neither proved nor used to sign in.
Messages are sent after the commit of what they speak of, so nobody hears of something that did not happen.
"""

import json
import os
import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from app import config
from app.carriers.errors import ChannelUnavailable
from app.config import DEVELOPMENT
from app.logs import log

MAILBOX = "mailbox.jsonl"
TIMEOUT_S = 10
HAND_OVER_S = 1
"""How long each answer of a connected mail server may take: a withdrawal waits for the mail that is on its way out."""
SUBMISSION_PORT = 587  # RFC 6409
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


def require_mail() -> None:
    """Raise `ChannelUnavailable` when no mail can leave, before anything depends on it."""
    if not config.current().mail:
        raise ChannelUnavailable


def require_sms() -> None:
    """Raise `ChannelUnavailable` when no text message can leave, before anything depends on it."""
    if not config.current().sms:
        raise ChannelUnavailable


class Mail(NamedTuple):
    """One mail of plain text; `headers` beside those that every mail has."""

    to: str
    subject: str
    text: str
    now: datetime
    headers: Mapping[str, str] = {}


def send_mail(*, to: str, subject: str, text: str, now: datetime) -> None:
    """Send one mail of plain text. Raises `ChannelUnavailable` when it cannot be handed over within 10 seconds."""
    try:
        with mail_server(answer_s=TIMEOUT_S) as submit:
            submit(Mail(to=to, subject=subject, text=text, now=now))
    except (OSError, smtplib.SMTPException) as error:
        log.error("mail_not_sent", error=type(error).__name__)
        raise ChannelUnavailable(retry_after_s=60) from None


@contextmanager
def mail_server(*, answer_s: int = HAND_OVER_S) -> Iterator[Callable[[Mail], None]]:
    """A connection to where mail leaves, and a function that hands one mail over to it.

    Connecting raises `ChannelUnavailable`; the function raises `OSError` or `smtplib.SMTPException`.
    """
    require_mail()
    if config.current().mail == DEVELOPMENT:
        yield _write_mail
        return
    server = urlsplit(config.current().mail)
    try:
        connection = _connected(server)
    except (OSError, smtplib.SMTPException) as error:
        log.error("mail_server_away", error=type(error).__name__)
        raise ChannelUnavailable(retry_after_s=60) from None
    try:
        if connection.sock is not None:
            connection.sock.settimeout(answer_s)
        yield lambda mail: _submit(connection, mail, sender=_sender(server))
    finally:
        connection.close()  # QUIT would wait for an answer that changes nothing


def send_sms(*, to: str, text: str, now: datetime) -> None:
    """Send one text message. Raises `ChannelUnavailable` when there is no channel."""
    require_sms()
    _write({"at": now.isoformat(), "channel": "sms", "to": to, "subject": "", "text": text})


def mailbox() -> Path:
    """The file of the development channel: one JSON object per line, newest last."""
    return config.current().var / MAILBOX


def _write(message: dict[str, str]) -> None:
    file = mailbox()
    file.parent.mkdir(parents=True, exist_ok=True)
    # One write of one line to a file opened for appending: workers never mix their lines.
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        os.write(descriptor, (json.dumps(message, ensure_ascii=False) + "\n").encode())
    finally:
        os.close(descriptor)


def _write_mail(mail: Mail) -> None:
    line = {"at": mail.now.isoformat(), "channel": "mail", "to": mail.to, "subject": mail.subject, "text": mail.text}
    _write(line | dict(mail.headers))


def _connected(server: SplitResult) -> smtplib.SMTP:
    host = server.hostname or "localhost"
    connection = smtplib.SMTP(host, server.port or SUBMISSION_PORT, timeout=TIMEOUT_S)
    try:
        if host not in THIS_MACHINE:
            connection.starttls(context=ssl.create_default_context())
        if server.username is not None:
            connection.login(unquote(server.username), unquote(server.password or ""))
        else:
            connection.ehlo_or_helo_if_needed()
    except BaseException:
        connection.close()
        raise
    return connection


def _submit(connection: smtplib.SMTP, mail: Mail, *, sender: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, mail.to, mail.subject
    message["Date"] = format_datetime(mail.now)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notices in answer
    for name, value in mail.headers.items():
        message[name] = value
    message.set_content(mail.text)
    connection.send_message(message)


def _sender(server: SplitResult) -> str:
    named = parse_qs(server.query).get("from")
    return named[0] if named else f"ici@{urlsplit(config.current().public_url).hostname}"


def domain() -> str:
    """The domain that our messages come from, for their ids."""
    return urlsplit(config.current().public_url).hostname or "localhost"
