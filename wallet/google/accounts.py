"""By which account Google Wallet is spoken to: the installation's service account, and the issuer of each brand.

One service account speaks for every issuer that let it in. In development, where nothing is set, a key made once in
`var/` speaks to a stand-in on this machine (`python -m tests.google.wallet_api`).
"""

import json
import os
import uuid
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import crypt

from app import config
from app.settings import GOOGLE_URL, THIS_MACHINE, GoogleAccess
from app.sql import db
from wallet.google.models import GoogleIssuer

GOOGLE_PAY_URL = "https://pay.google.com"
"""Where members save passes, and where Google's keys for signed messages are."""
STAND_IN_URL = "http://127.0.0.1:8812"
STAND_IN_ISSUER = "3388000000000000001"
KEY_FILE = "google-stand-in.json"


class GoogleAddresses(NamedTuple):
    """Where the installation finds Google, and Google it."""

    api: str
    pay: str
    callback: str | None
    """Where Google tells of saved and removed passes; None where it cannot reach us (it takes `https:` only)."""


def access() -> GoogleAccess | None:
    """The account of this installation, or None where it has none."""
    settings = config.current()
    if settings.google is not None or settings.environment != "development":
        return settings.google
    return _stand_in(settings.var)


def addresses(known: GoogleAccess) -> GoogleAddresses:
    """Where this account's Google is: a stand-in has everything at one address."""
    is_real = known.url == GOOGLE_URL
    ours = config.current().public_url.rstrip("/")
    is_reached = ours.startswith("https:") or (not is_real and urlsplit(ours).hostname in THIS_MACHINE)
    return GoogleAddresses(
        api=f"{known.url}/walletobjects/v1",
        pay=GOOGLE_PAY_URL if is_real else known.url,
        callback=f"{ours}/google/callbacks" if is_reached else None,
    )


def issuer_of(brand_id: uuid.UUID, known: GoogleAccess) -> str:
    """The issuer in whose name this brand's passes are from now on: its own, or the installation's."""
    own = db.get(GoogleIssuer, brand_id)
    return known.issuer if own is None else own.issuer


def name_issuer(*, brand_id: uuid.UUID, issuer: str | None) -> None:
    """Give a brand an issuer of its own, or the installation's again. Passes that are at Google stay where they are:
    nothing there moves from one issuer to another."""
    own = db.get(GoogleIssuer, brand_id)
    if own is not None and issuer is None:
        db.session().delete(own)
    elif own is not None and issuer is not None:
        own.issuer = issuer
    elif issuer is not None:
        db.add(GoogleIssuer(brand_id=brand_id, issuer=issuer))


def signer_of(known: GoogleAccess) -> crypt.RSASigner:
    """What signs in this account's name."""
    return _signer(known.private_key, known.key_id)


@lru_cache(maxsize=4)
def _signer(private_key: str, key_id: str) -> crypt.RSASigner:
    signer: crypt.RSASigner = crypt.RSASigner.from_string(private_key, key_id)  # type: ignore[no-untyped-call]
    return signer


@lru_cache(maxsize=1)
def _stand_in(var: Path) -> GoogleAccess:
    path = var / KEY_FILE
    if not path.exists():
        _make_key_file(path)
    made = json.loads(path.read_text(encoding="utf-8"))
    return GoogleAccess(
        issuer=STAND_IN_ISSUER,
        email="ici@stand-in.example",
        key_id=made["private_key_id"],
        private_key=made["private_key"],
        token_url=f"{STAND_IN_URL}/token",
        url=STAND_IN_URL,
    )


def _make_key_file(path: Path) -> None:
    """There at once and whole: of several processes that start together the first one's is everybody's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=path.parent, encoding="utf-8") as file:
        json.dump({"private_key_id": "stand-in", "private_key": _new_key()}, file)
        file.flush()
        with suppress(FileExistsError):
            os.link(file.name, path)


def _new_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
