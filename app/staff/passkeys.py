"""Passkeys: a phone, a computer or a security key signs a question of ours, once its owner unlocked it (WebAuthn).

That is two factors in one, something one has and something one knows or is, so a passkey signs in by itself. The
question is sealed, so that a stranger who asks for many leaves nothing behind; its answer counts once.
"""

import hashlib
import json
import struct
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import IntEnum
from secrets import token_bytes
from typing import Any
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, options_to_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app import config
from app.accounts import queries as accounts
from app.accounts.models import Brand, ConsoleUser
from app.codes import sealed
from app.errors import NotFound
from app.sql import db
from app.staff import queries
from app.staff.errors import PasskeyNotAccepted, PasskeysFull
from app.staff.models import Passkey, SpentChallenge

CHALLENGE = sealed.Seal("passkey-challenge")
CHALLENGE_LASTS = timedelta(minutes=5)
CONTENT = ">BI16s16s"
"""Of a question: its purpose, its end in Unix seconds, whose it is, and sixteen random bytes."""
MOST = 20
LONGEST_ID = 1023  # WebAuthn section 4, credential id
LONGEST_KEY = 2048
NOBODY = uuid.UUID(int=0)
"""Whose question it is as long as nobody knows who will answer."""

Credential = Mapping[str, Any]
"""What a browser gives by `PublicKeyCredential.toJSON()`."""


class Ceremony(IntEnum):
    """What an answer is for (the word is WebAuthn's): the answer to one question never serves for the other."""

    SIGN_IN = 1
    REGISTRATION = 2


def ask_for_sign_in(*, now: datetime) -> dict[str, Any]:
    """What `navigator.credentials.get()` takes as `publicKey`: any passkey of this site may answer."""
    options = webauthn.generate_authentication_options(
        rp_id=_site(),
        challenge=_new_challenge(Ceremony.SIGN_IN, NOBODY, now=now),
        timeout=int(CHALLENGE_LASTS.total_seconds() * 1000),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    found: dict[str, Any] = json.loads(options_to_json(options))
    return found


def ask_for_registration(*, user: ConsoleUser, brand: Brand, now: datetime) -> dict[str, Any]:
    """What `navigator.credentials.create()` takes as `publicKey`, for a new passkey of this user."""
    known = [PublicKeyCredentialDescriptor(id=one.credential_id) for one in db.all_of(queries.passkeys_of(user.id))]
    options = webauthn.generate_registration_options(
        rp_id=_site(),
        rp_name=brand.name,
        user_id=user.id.bytes,
        user_name=f"{user.email} ({brand.code})",
        user_display_name=user.name,
        challenge=_new_challenge(Ceremony.REGISTRATION, user.id, now=now),
        timeout=int(CHALLENGE_LASTS.total_seconds() * 1000),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=known,
    )
    found: dict[str, Any] = json.loads(options_to_json(options))
    return found


def register_passkey(*, user_id: uuid.UUID, name: str, credential: Credential, now: datetime) -> Passkey:
    """Keep the public key that a new passkey gave in answer. Raises `PasskeyNotAccepted`, `PasskeyKnown`,
    `PasskeysFull`.
    """
    challenge = _spend_challenge(credential, Ceremony.REGISTRATION, user_id, now=now)
    if len(db.all_of(queries.passkeys_of(user_id))) >= MOST:
        raise PasskeysFull(most=MOST)
    try:
        made = webauthn.verify_registration_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=_site(),
            expected_origin=_origin(),
            require_user_verification=True,
        )
    except Exception as error:  # it reads what strangers made: CBOR, certificates, keys of odd kinds
        raise PasskeyNotAccepted from error
    if len(made.credential_id) > LONGEST_ID or len(made.credential_public_key) > LONGEST_KEY:
        raise PasskeyNotAccepted
    return db.add(
        Passkey(
            user_id=user_id,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=name,
            created_at=now,
        )
    )


def prove_passkey(*, credential: Credential, now: datetime) -> ConsoleUser:
    """Whose passkey has answered. Raises `PasskeyNotAccepted`, the same whatever is wrong."""
    challenge = _read_challenge(credential, Ceremony.SIGN_IN, NOBODY, now=now)
    known = db.first(queries.passkey_with(_credential_id(credential)))
    if known is None:
        raise PasskeyNotAccepted
    user = db.first(accounts.console_user_locked(known.user_id))
    passkey = db.first(db.locked(queries.passkey_with(known.credential_id)))
    if passkey is None or user is None or user.disabled_at is not None:
        raise PasskeyNotAccepted
    try:
        shown = webauthn.verify_authentication_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=_site(),
            expected_origin=_origin(),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except Exception as error:  # as above
        raise PasskeyNotAccepted from error
    _spend(challenge, now=now)
    passkey.sign_count, passkey.last_used_at = shown.new_sign_count, now
    return user


def remove_passkey(*, user_id: uuid.UUID, passkey_id: uuid.UUID) -> None:
    """Take a passkey of this user away. Raises `NotFound`."""
    found = db.first(db.locked(queries.passkeys_of(user_id).where(Passkey.id == passkey_id)))
    if found is None:
        raise NotFound
    db.session().delete(found)
    db.session().flush()


def _new_challenge(ceremony: Ceremony, user_id: uuid.UUID, *, now: datetime) -> bytes:
    ends_at = int((now + CHALLENGE_LASTS).timestamp())
    return sealed.seal_text(CHALLENGE, struct.pack(CONTENT, ceremony, ends_at, user_id.bytes, token_bytes(16))).encode()


def _read_challenge(credential: Credential, ceremony: Ceremony, user_id: uuid.UUID, *, now: datetime) -> bytes:
    """The question that this answers, if it is ours, for this purpose and person, and still open."""
    try:
        said = json.loads(base64url_to_bytes(credential["response"]["clientDataJSON"]))
        challenge = base64url_to_bytes(said["challenge"])
        content = sealed.open_text(CHALLENGE, challenge.decode("ascii"))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise PasskeyNotAccepted from error
    if content is None:
        raise PasskeyNotAccepted
    asked_for, ends_at, whose, _ = struct.unpack(CONTENT, content)
    if asked_for != ceremony or whose != user_id.bytes or ends_at <= now.timestamp():
        raise PasskeyNotAccepted
    return challenge


def _spend_challenge(credential: Credential, ceremony: Ceremony, user_id: uuid.UUID, *, now: datetime) -> bytes:
    challenge = _read_challenge(credential, ceremony, user_id, now=now)
    _spend(challenge, now=now)
    return challenge


def _spend(challenge: bytes, *, now: datetime) -> None:
    # Its primary key says whether it is the first answer, also of two that come at once.
    spent = SpentChallenge(challenge_hash=hashlib.sha256(challenge).digest(), expires_at=now + CHALLENGE_LASTS)
    db.add(spent)


def _credential_id(credential: Credential) -> bytes:
    try:
        return base64url_to_bytes(credential["rawId"])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise PasskeyNotAccepted from error


def _site() -> str:
    """The domain that passkeys belong to: a browser shows them nowhere else."""
    return urlsplit(config.current().public_url).hostname or "localhost"


def _origin() -> str:
    """Where a browser says that it stands: scheme, host, and a port that is not the scheme's own."""
    return "{0.scheme}://{0.netloc}".format(urlsplit(config.current().public_url))
