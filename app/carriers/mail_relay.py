"""The mail server that our mail leaves by, and what its answers mean.

What it says of a person says nothing of the server (RFC 5321 section 4.2.1). Where it says it tells of whom it speaks:

| it answers | to | means |
|---|---|---|
| an error, or nothing | connecting, `EHLO`, `STARTTLS`, `AUTH`, `MAIL FROM` | it is away: `ChannelUnavailable` |
| 421 | anything | it is away |
| 5yz | `RCPT TO`, `DATA` | this message never leaves: `RecipientRefused` |
| 4yz | `RCPT TO`, `DATA` | not now, as greylisting says: `RecipientPutOff` |
| nothing | `RCPT TO`, `DATA` | `HandOverUnknown`: perhaps the server asks that of the person who stays silent |
"""

import re
import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from typing import NoReturn, Self
from urllib.parse import SplitResult, unquote

from app.carriers.errors import ChannelUnavailable, HandOverUnknown, RecipientPutOff, RecipientRefused
from app.logs import log
from app.settings import THIS_MACHINE

CONNECT_S = 10
"""How long connecting, and each answer until the server is ready, may take."""
AWAY_S = 60
SUBMISSION_PORT = 587  # RFC 6409
CLOSING = 421
ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}\b")
SEVEN_BITS = SMTP.clone(cte_type="7bit")
"""No relay has to change what it carries, so that signatures of mail hold."""


class MailRelay:
    """An open connection to a mail server, as a context; it hands over one mail after the other."""

    def __init__(self, server: SplitResult, *, answer_s: float) -> None:
        """Connect; afterwards each answer may take `answer_s` seconds. Raises `ChannelUnavailable`."""
        try:
            self._line = _connected(server)
        except (OSError, smtplib.SMTPException) as error:
            _be_away(type(error).__name__)
        if self._line.sock is not None:
            self._line.sock.settimeout(answer_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()  # QUIT would wait for an answer that changes nothing

    def submit(self, message: EmailMessage, *, sender: str, to: str) -> None:
        """Hand over one mail.

        Raises `ChannelUnavailable`, `RecipientRefused`, `RecipientPutOff`, `HandOverUnknown`.
        """
        written = message.as_bytes(policy=SEVEN_BITS)
        self._name_sender(sender)
        try:
            self._judge(*self._line.rcpt(to), stage="RCPT TO")
            self._judge(*self._line.data(written), stage="DATA")
        except smtplib.SMTPDataError as refusal:
            self._judge(refusal.smtp_code, refusal.smtp_error, stage="DATA")
        except (OSError, smtplib.SMTPException) as error:
            self._line.close()
            log.warning("mail_server_silent", error=type(error).__name__)
            raise HandOverUnknown from None

    def _name_sender(self, sender: str) -> None:
        # A server that does not want us wants no mail of ours, whoever it is for.
        try:
            code, _ = self._line.mail(sender)
        except (OSError, smtplib.SMTPException) as error:
            _be_away(type(error).__name__)
        if code != 250:
            self._line.close()
            _be_away(f"MAIL FROM {code}")

    def _judge(self, code: int, said: bytes | str, *, stage: str) -> None:
        if 200 <= code < 300:
            return
        if code == CLOSING or not 400 <= code < 600:
            self._line.close()
            _be_away(f"{stage} {code}")
        # The words may name the person; the enhanced status (RFC 3463) tells a mailbox (5.1.1) from our policy (5.7.1).
        status = ENHANCED.match(said if isinstance(said, bytes) else said.encode())
        log.warning("mail_refused", stage=stage, code=code, status=status and status[0].decode())
        self._forget_mail()
        raise RecipientRefused if code >= 500 else RecipientPutOff

    def _forget_mail(self) -> None:
        """Let the next mail begin anew; what this one met stays what it is."""
        try:
            self._line.rset()
        except (OSError, smtplib.SMTPException) as error:
            self._line.close()
            log.warning("mail_server_silent", error=type(error).__name__)


def _connected(server: SplitResult) -> smtplib.SMTP:
    host = server.hostname or "localhost"
    line = smtplib.SMTP(host, server.port or SUBMISSION_PORT, timeout=CONNECT_S)
    try:
        if host not in THIS_MACHINE:
            line.starttls(context=ssl.create_default_context())
        if server.username is not None:
            line.login(unquote(server.username), unquote(server.password or ""))
        else:
            line.ehlo_or_helo_if_needed()
    except BaseException:
        line.close()
        raise
    return line


def _be_away(why: str) -> NoReturn:
    log.error("mail_server_away", error=why)
    raise ChannelUnavailable(retry_after_s=AWAY_S) from None
