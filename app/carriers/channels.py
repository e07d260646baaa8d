"""Mail and text messages to people.

| setting | value | what happens |
|---|---|---|
| `ICI_MAIL` | `development` | a line in `mailbox.jsonl`, which `ici mailbox` shows; refused in production |
| | `smtp://user:password@host:port?from=sender@example.org` | sent by SMTP, over TLS unless the host is this machine |
| `ICI_SMS` | `development` | as for mail |
| | `https://host/path` | sent by a request to a gateway (`sms_gateway`) |
| either | empty | the channel refuses everybody alike |

Messages are sent after the commit of what they speak of, so nobody hears of something that did not happen.
"""

import json
import os
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qs, urlsplit

from app import config
from app.carriers import sms_gateway
from app.carriers.errors import ChannelUnavailable
from app.carriers.mail_relay import SEVEN_BITS, MailRelay
from app.carriers.senders import WALLET, Sender
from app.settings import DEVELOPMENT

MAILBOX = "mailbox.jsonl"
TIMEOUT_S = 10
HAND_OVER_S = 1
"""How long each answer of a connected mail server may take: a withdrawal waits for the mail that is on its way out."""


def require_mail() -> None:
    """Raise `ChannelUnavailable` when no mail can leave, before anything depends on it."""
    if not config.current().mail:
        raise ChannelUnavailable


def require_sms() -> None:
    """Raise `ChannelUnavailable` when no text message can leave, before anything depends on it."""
    if not config.current().sms:
        raise ChannelUnavailable


class Mail(NamedTuple):
    """One mail; `headers` beside those that every mail has."""

    to: str
    subject: str
    text: str
    now: datetime
    headers: Mapping[str, str] = {}
    html: str | None = None
    sender: Sender = WALLET


def send_mail(mail: Mail) -> None:
    """Send one mail.

    Raises `ChannelUnavailable`, or what the mail server says of this one address: `RecipientRefused`,
    `RecipientPutOff`, `HandOverUnknown`.
    """
    with mail_server(answer_s=TIMEOUT_S) as submit:
        submit(mail)


@contextmanager
def mail_server(*, answer_s: int = HAND_OVER_S) -> Iterator[Callable[[Mail], None]]:
    """A connection to where mail leaves, and a function that hands one mail over to it.

    Connecting raises `ChannelUnavailable`; the function raises that too, `RecipientRefused`, `RecipientPutOff` and
    `HandOverUnknown`.
    """
    require_mail()
    if config.current().mail == DEVELOPMENT:
        yield _keep_mail
        return
    server = urlsplit(config.current().mail)
    with MailRelay(server, answer_s=answer_s) as relay:
        yield lambda mail: relay.submit(write_mail(mail), sender=_own_address(server), to=mail.to)


def require_answer() -> None:
    """Ask the mail server whether it is there, without a word of anybody. Raises `ChannelUnavailable`."""
    with MailRelay(urlsplit(config.current().mail), answer_s=TIMEOUT_S):
        pass


def send_sms(*, to: str, text: str, now: datetime, sender: str | None = None, id: str | None = None) -> None:
    """Send one text message; `id` tells the gateway that it is the same as before.

    Raises `ChannelUnavailable`, or what the gateway says of this one number: `RecipientRefused`, `HandOverUnknown`.
    """
    require_sms()
    if config.current().sms == DEVELOPMENT:
        _write({"at": now.isoformat(), "channel": "sms", "to": to, "subject": "", "text": text})
        return
    sms_gateway.submit_text(to=to, text=text, sender=sender, id=id or str(uuid.uuid4()))


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


def _keep_mail(mail: Mail) -> None:
    line = {"at": mail.now.isoformat(), "channel": "mail", "to": mail.to, "subject": mail.subject, "text": mail.text}
    _write(line | dict(mail.headers))


def write_mail(mail: Mail) -> EmailMessage:
    """The mail as it is sent: plain text, beside which HTML stands when there is some.

    It is from the sender's own address when there is one; the server hears the installation's either way, to which
    what cannot be delivered comes back.
    """
    message = EmailMessage(policy=SEVEN_BITS)
    address = mail.sender.address or _own_address(urlsplit(config.current().mail))
    message["From"] = Address(_on_one_line(mail.sender.name), addr_spec=address)
    message["To"], message["Subject"] = mail.to, _on_one_line(mail.subject)
    if mail.sender.reply_to is not None:
        message["Reply-To"] = mail.sender.reply_to
    message["Date"] = format_datetime(mail.now)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notices in answer
    for name, value in mail.headers.items():
        message[name] = value
    if "Message-ID" not in message:
        message["Message-ID"] = new_message_id()
    message.set_content(mail.text)
    if mail.html is not None:
        message.add_alternative(mail.html, subtype="html")
    return message


def _on_one_line(text: str) -> str:
    """Whatever a name or a subject holds, it begins no other header."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _own_address(server: SplitResult) -> str:
    named = parse_qs(server.query).get("from")
    return named[0] if named else f"ici@{domain()}"


def new_message_id() -> str:
    """A name for a mail that no other has; a mail that is sent again keeps it, so that mailboxes show one."""
    return make_msgid(domain=domain())


def domain() -> str:
    """The domain that our messages come from, for their ids."""
    return urlsplit(config.current().public_url).hostname or "localhost"
