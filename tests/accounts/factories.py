"""What tests of sign-in need: addresses that nobody has, the code that was sent, people who are signed in."""

import json
import re
import uuid
from itertools import count
from typing import Any

from app.accounts.models import Brand, ConsoleUser
from app.accounts.passwords import hash_password
from app.carriers import channels
from app.http.access import Role
from tests.factories import console_token, make_brand, make_console_user
from tests.speaking import Speaker

PASSWORD = "correct horse battery"


def new_email() -> str:
    return f"{uuid.uuid4().hex[:12]}@example.org"


def new_phone() -> str:
    """A number that nobody has: by chance one came twice, now and then."""
    return f"+336{next(_phones):08d}"


_phones = count(70_000_001)


def messages_to(address: str) -> list[dict[str, Any]]:
    """What the development channels sent to this address, oldest first."""
    lines = channels.mailbox().read_text(encoding="utf-8").splitlines() if channels.mailbox().exists() else []
    return [message for message in map(json.loads, lines) if message["to"] == address]


def last_code(address: str) -> str:
    """The code in the last message to this address."""
    found = re.search(r"(?<!\d)(?:\d{6}|\d{3}(?: \d{3}){3})(?!\d)", messages_to(address)[-1]["text"])
    assert found is not None
    return found[0].replace(" ", "")


def ask_code(anyone: Speaker, email: str) -> str:
    """Ask for a code as the app does, and read it as its owner does."""
    assert anyone.post("/v1/sign-in-codes", {"email": email}).status_code == 202
    return last_code(email)


def other_than(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 10**6:06d}"


def sign_in(anyone: Speaker, email: str | None = None) -> dict[str, Any]:
    """The answer to a sign-in with the right code."""
    email = email or new_email()
    answer = anyone.post("/v1/sessions", {"email": email, "code": ask_code(anyone, email)})
    assert answer.status_code == 201
    return answer.get_json()


def make_user_with_password(brand: Brand, role: Role = Role.MERCHANDISER, **given: Any) -> ConsoleUser:
    return make_console_user(brand, role, password_hash=hash_password(PASSWORD), **given)


def make_admin(anyone: Speaker, brand: Brand | None = None) -> Speaker:
    """Somebody who speaks as an administrator of this brand."""
    return anyone.with_token(console_token(make_console_user(brand or make_brand(), Role.ADMIN)))
