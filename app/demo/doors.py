"""The passwords and the key of the demo, in `var/demo.json`, for its owner's eyes only.

They are random, so that a demo left open on a network is not open to whoever has read this page. They are kept in a
file, and not derived from the secret of the installation, because other programs (the tour, an app in development)
read them from there; whoever deletes the file gets new ones at the next seeding.
"""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from app import config
from app.accounts.tokens import TERMINAL_PREFIX
from app.http.access import CONSOLE_ROLES

FILE = "demo.json"
BRAND = "demo"
MEMBER_EMAIL = "lea@example.org"
NAMES = {"merchandiser": "Marion", "approver": "Adama", "auditor": "Alix", "admin": "Dominique"}


@dataclass(frozen=True)
class Doors:
    """Who can sign in to the demo: addresses and passwords by console role, the key of the terminal."""

    brand: str
    member: str
    emails: dict[str, str]
    passwords: dict[str, str]
    terminal_key: str


def known_doors() -> Doors | None:
    """The doors as they were made before; None when there is no file, or one that is not ours."""
    try:
        return Doors(**json.loads(demo_file().read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def new_doors() -> Doors:
    """Fresh passwords and a fresh key. Not written yet."""
    return Doors(
        brand=BRAND,
        member=MEMBER_EMAIL,
        emails={str(role): f"{NAMES[role].lower()}@example.org" for role in CONSOLE_ROLES},
        passwords={str(role): _password() for role in CONSOLE_ROLES},
        terminal_key=TERMINAL_PREFIX + secrets.token_urlsafe(32),
    )


def write_doors(doors: Doors) -> None:
    """Replace the file whole, so that nobody reads half of it."""
    file = demo_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as opened:
        json.dump(asdict(doors), opened, indent=2)
    fresh.replace(file)


def demo_file() -> Path:
    """Where the doors are kept."""
    return config.current().var / FILE


def _password() -> str:
    """Four groups of four symbols that people can copy by hand: 79 bits."""
    symbols = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(symbols) for _ in range(4)) for _ in range(4))
