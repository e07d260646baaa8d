"""Staff who come in: links out of their mail, codes of their app, passkeys."""

import base64
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from werkzeug.test import TestResponse

from app.accounts.models import Brand, ConsoleUser
from app.http.access import Role
from app.sql import db
from app.staff import authenticators, tickets
from app.staff.authenticators import STEP_S
from app.staff.tickets import TicketKind
from tests.accounts.factories import PASSWORD, make_user_with_password, messages_to
from tests.factories import console_token
from tests.speaking import Speaker
from tests.staff.soft_key import SoftKey

OTHER_PASSWORD = "violon brouette cactus"


class Person:
    """Somebody who works for a brand, knows their password, and speaks from one session."""

    def __init__(self, anyone: Speaker, brand: Brand, role: Role = Role.MERCHANDISER) -> None:
        self.anyone, self.brand = anyone, brand
        self.user = make_user_with_password(brand, role)
        self.me = anyone.with_token(console_token(self.user))

    def sign_in(self, password: str = PASSWORD, **given: Any) -> TestResponse:
        known = {"brand": self.brand.code, "email": self.user.email, "password": password}
        return self.anyone.post("/v1/console/sessions", known | given)

    def add_app(self, now: datetime) -> tuple[bytes, Sequence[str]]:
        """The key of a new app, confirmed with the code of this instant, and the recovery codes that came with it."""
        made = self.me.post("/v1/console/me/totp", {"password": PASSWORD}).get_json()
        key = key_in(made["uri"])
        answer = self.me.post("/v1/console/me/totp/confirmation", {"code": code_at(key, now)})
        assert answer.status_code == 200, answer.get_json()
        return key, answer.get_json()["recovery_codes"]

    def add_passkey(self, key: SoftKey | None = None, **given: Any) -> TestResponse:
        key = key or SoftKey()
        asked = self.me.post("/v1/console/me/passkey-challenges", {"password": PASSWORD}).get_json()
        sent = {"name": "Téléphone", "credential": key.create(asked["public_key"])}
        return self.me.post("/v1/console/me/passkeys", sent | given)


def key_in(uri: str) -> bytes:
    """The key that an app reads from a QR code."""
    return base64.b32decode(parse_qs(urlsplit(uri).query)["secret"][0])


def code_at(key: bytes, now: datetime, *, steps: int = 0) -> str:
    """What the app shows at this instant, or some steps later."""
    return authenticators.code_of_step(key, int(now.timestamp()) // STEP_S + steps)


def secret_sent_to(email: str) -> str:
    """The secret in the last link that was mailed to this address."""
    found = re.search(r"/console/password#(\S+)", messages_to(email)[-1]["text"])
    assert found is not None
    return found[1]


def make_ticket(user: ConsoleUser, kind: TicketKind = TicketKind.RESET, *, now: datetime) -> str:
    """The secret of a link for this user."""
    with db.system_transaction():
        return tickets.issue_ticket(user=user, kind=kind, now=now).secret


def answer_sign_in(anyone: Speaker, key: SoftKey) -> dict[str, Any]:
    """The answer of this passkey to a fresh question of the door."""
    return key.get(anyone.post("/v1/console/passkey-challenges").get_json()["public_key"])
