"""Texts that only we can make: content beside its keyed proof, in base64url. The content is genuine, not secret.

| kind | content | proof |
|---|---|---|
| access and refresh tokens | whose, which sign-in, until when or how often rotated | 32 bytes of BLAKE2b behind it |
| the token of a console session | a random number | the same |
| what a cashier shows at a terminal | who, at which terminal, until when | the same |
| the link that confirms a permission | whose, which question | 16 bytes of HMAC-SHA-256 behind it |
| the link that stops messages | a random number | the same |
| the link that takes a pass into Google Wallet | whose, which pass, until when | the same |
| the password of an OwnTracks phone | whose, which credentials, a random number | the same |
| the link to the file of a pass | whose, which pass, until when | the same |
| the question to a passkey | what for, whose, until when, a random number | 16 bytes of HMAC-SHA-256 behind it |
| the cursor of a list | where its page ends | 16 bytes of HMAC-SHA-256 before it |

While the secret is changed, what was sealed with the other one opens as well. The stop link and the password are keyed
for good: they must work for as long as somebody has the message, or the phone its configuration.

Base64 leaves spare bits, which decoders ignore: what is opened is sealed again and compared to the letter, so that one
content has one spelling. An invitation needs no proof: it holds a secret, of which the database keeps a hash.
"""

import base64
import hashlib
import hmac
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from app import config

SECRET_BYTES = 16


def _by_blake2(key: bytes, content: bytes) -> bytes:
    return hashlib.blake2b(content, key=key, digest_size=32).digest()


def _by_hmac(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, content, hashlib.sha256)[:16]


@dataclass(frozen=True, slots=True)
class Seal:
    """One kind of sealed text. `label` names its key, which no other kind shares; `prefix` stands before the text;
    `lasting` texts are given away for good."""

    label: str
    prefix: str = ""
    prove: Callable[[bytes, bytes], bytes] = _by_hmac
    proof_bytes: int = 16
    proof_first: bool = False
    lasting: bool = False


CURSOR = Seal("cursor", proof_first=True)
CONFIRMATION_LINK = Seal("permission-confirmation")
STOP_LINK = Seal("stop-link", lasting=True)


def make_token_seal(prefix: str) -> Seal:
    """How tokens with this prefix are sealed: by the longest and fastest proof, as every request opens one."""
    return Seal(prefix, prefix, _by_blake2, 32)


def seal_text(seal: Seal, content: bytes) -> str:
    """A text that holds this content and proves that we made it; the same each time."""
    settings = config.current()
    return _sealed_with(settings.lasting_key(seal.label) if seal.lasting else settings.key(seal.label), seal, content)


def _sealed_with(key: bytes, seal: Seal, content: bytes) -> str:
    proof = seal.prove(key, content)
    whole = proof + content if seal.proof_first else content + proof
    return seal.prefix + base64.urlsafe_b64encode(whole).decode().rstrip("=")


def open_text(seal: Seal, text: str) -> bytes | None:
    """The content of a text that we sealed so, or None for any other text."""
    bare = text.removeprefix(seal.prefix)
    try:
        whole = base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except ValueError:
        return None
    content = whole[seal.proof_bytes :] if seal.proof_first else whole[: -seal.proof_bytes]
    settings, given = config.current(), text.encode()
    keys = settings.accepted_keys(seal.label)
    if seal.lasting:
        keys = (settings.lasting_key(seal.label), *keys)
    genuine = any(hmac.compare_digest(_sealed_with(key, seal, content).encode(), given) for key in keys)
    return content if genuine else None


class Invitation(NamedTuple):
    """What a member shows or sends to another. `code` is kept nowhere, only the hash of the secret in it."""

    code: str
    code_hash: bytes
    expires_at: datetime


def make_invitation(*, member_id: uuid.UUID, expires_at: datetime) -> Invitation:
    """An invitation by this member with a secret of its own."""
    secret = secrets.token_bytes(SECRET_BYTES)
    code = base64.urlsafe_b64encode(member_id.bytes + secret).decode().rstrip("=")
    return Invitation(code, hashlib.sha256(secret).digest(), expires_at)


def read_invitation(code: str) -> tuple[uuid.UUID, bytes] | None:
    """Who invites by this code, and the hash of its secret; None for a text that no invitation can be."""
    try:
        raw = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
    except ValueError:
        return None
    if len(raw) != 16 + SECRET_BYTES:
        return None
    return uuid.UUID(bytes=raw[:16]), hashlib.sha256(raw[16:]).digest()
