"""Phones that hold passes, and files of passes taken apart."""

import io
import json
import subprocess
import uuid
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from app.accounts.models import Brand, Member
from app.sql import db
from tests.factories import made, make_brand, make_member
from tests.issued.factories import issue
from tests.wallet.factories import make_card
from wallet.apple import identities, registrations
from wallet.apple.trial_pki import ROOT
from wallet.issued.models import IssuedPass
from wallet.issued.tokens import authentication_token

TOKEN = "0123456789abcdef" * 4


def make_pass(brand: Brand | None = None, member: Member | None = None) -> IssuedPass:
    """A card in a wallet, some time ago: whatever ran when it was issued has ended, here and in tests beside this."""
    held = issue(make_card(member or make_member(), brand or make_brand()))
    with made():
        db.execute(update(IssuedPass).where(IssuedPass.id == held.id).values(settling=None, due_at=None))
    return held


def hold_copy(held: IssuedPass, *, now: datetime) -> IssuedPass:
    """This pass, of which a phone holds a copy and waits to be woken."""
    with made():
        registrations.register_copy(
            held, pass_type="pass.example.ici.trial", device_id=uuid.uuid4().hex, push_token=TOKEN, now=now
        )
    return held


def pass_type() -> str:
    shared = identities.load_identities().shared
    assert shared is not None
    return shared.pass_type


@dataclass
class Phone:
    """A phone with Apple Wallet, as far as the web service sees it. `has` is what it holds, by serial."""

    client: FlaskClient
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    tag: str | None = None
    has: dict[str, str] = field(default_factory=dict)

    def copy_at(self, held: IssuedPass) -> str:
        return f"/apple/v1/devices/{self.id}/registrations/{pass_type()}/{held.serial}"

    def register(self, held: IssuedPass, token: Any = TOKEN, **given: Any) -> TestResponse:
        sent = {"data": json.dumps({"pushToken": token})} | given
        return self.client.post(self.copy_at(held), headers=proof(held), **sent)

    def unregister(self, held: IssuedPass) -> TestResponse:
        return self.client.delete(self.copy_at(held), headers=proof(held))

    def ask(self, tag: str | None = None) -> TestResponse:
        query = {} if tag is None else {"passesUpdatedSince": tag}
        return self.client.get(f"/apple/v1/devices/{self.id}/registrations/{pass_type()}", query_string=query)

    def changed(self) -> list[str]:
        """Serials that changed since it asked last, as a phone asks."""
        answer = self.ask(self.tag)
        if answer.status_code == 204:
            return []
        self.tag = answer.get_json()["lastUpdated"]
        return sorted(answer.get_json()["serialNumbers"])

    def fetch(self, held: IssuedPass, since: str | None = None) -> TestResponse:
        conditional = {} if since is None else {"If-Modified-Since": since}
        return self.client.get(f"/apple/v1/passes/{pass_type()}/{held.serial}", headers=proof(held) | conditional)


def proof(held: IssuedPass, scheme: str = "ApplePass") -> dict[str, str]:
    return {"Authorization": f"{scheme} {authentication_token(held.serial)}"}


def members_of(file: bytes) -> dict[str, bytes]:
    """What is in the file of a pass."""
    with zipfile.ZipFile(io.BytesIO(file)) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def said_in(file: bytes) -> Mapping[str, Any]:
    return json.loads(members_of(file)["pass.json"])


def verify_signature(parts: Mapping[str, bytes], folder: Path, tmp_path: Path) -> bool:
    """What OpenSSL says of the signature, by the root of the trial."""
    (tmp_path / "manifest").write_bytes(parts["manifest.json"])
    (tmp_path / "signature").write_bytes(parts["signature"])
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", str(tmp_path / "signature")]
    command += ["-content", str(tmp_path / "manifest"), "-CAfile", str(folder / ROOT), "-purpose", "any"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
