"""Who takes part: new members who sign in by mail, and the demo brand's staff."""

import json
import os
import re
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.tour.calling import Caller
from tests.tour.telling import Story

ROOT = Path(__file__).resolve().parents[2]


class NoDemo(Exception):
    """The demo's sign-ins cannot be read."""


@dataclass
class Cast:
    """The server, the demo's sign-ins, and whoever has signed in so far."""

    url: str
    demo: dict[str, Any]

    @property
    def brand(self) -> str:
        return str(self.demo["brand"])

    def anyone(self, name: str) -> Caller:
        return Caller(self.url, name)


def folder_of_demo() -> Path:
    """Where the server keeps what it keeps."""
    return Path(os.environ.get("ICI_VAR", ROOT / "var"))


def cast_at(url: str) -> Cast:
    """Read the sign-ins of the demo. Raises `NoDemo`."""
    file = folder_of_demo() / "demo.json"
    try:
        return Cast(url, json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise NoDemo(f"The demo's sign-ins are not in {file} ({type(error).__name__}).") from None


def new_email() -> str:
    """An address that nobody used before."""
    return f"tour-{uuid.uuid4().hex[:10]}@example.org"


def code_in_mail(email: str) -> str:
    """The last code that was sent to an address, read as its owner would in development."""
    command = [sys.executable, "-m", "app.cli", "mailbox", "--to", email]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    codes = re.findall(r"\b\d{6}\b", shown)
    return codes[-1] if codes else ""


def sign_in_quietly(cast: Cast, name: str) -> Caller:
    """One more new member, without telling how."""
    email, anyone = new_email(), cast.anyone(name)
    anyone.post("/v1/sign-in-codes", {"email": email})
    session = anyone.post("/v1/sessions", {"email": email, "code": code_in_mail(email)})
    return anyone.with_token(session.json["access_token"])


def sign_in_staff(story: Story, cast: Cast, role: str) -> Caller:
    """Somebody of the demo brand signs in to the console with their password."""
    story.step(f"The {role} signs in to the console of the brand")
    known = {"brand": cast.brand, "email": cast.demo["emails"][role], "password": cast.demo["passwords"][role]}
    opened = story.expect(cast.anyone(role).post("/v1/console/sessions", known), 201)
    story.proves(f"staff sign in with a password, and the token says what they may do: {role}", opened["role"] == role)
    return cast.anyone(role).with_token(opened["token"])
