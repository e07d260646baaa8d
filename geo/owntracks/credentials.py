"""Credentials of OwnTracks: a user and a password for one installation, shown once.

The password proves itself (`app.codes.sealed`), so that a wrong one costs no statement, and holds a random secret, of
which the database keeps a hash: whoever knows our key still opens nothing, and what is given anew ends what was given
before.
"""

import base64
import hashlib
import hmac
import secrets
import uuid
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.dialects.postgresql import insert

from app import config
from app.codes import sealed
from app.sql import db
from geo.owntracks import configuration, queries
from geo.owntracks.errors import OwntracksAccessUnknown, OwntracksNotAccepted
from geo.owntracks.models import OwntracksAccess

PASSWORD_PREFIX = "ici_o_"  # noqa: S105 (what passwords begin with)
PASSWORD_SEAL = sealed.Seal("owntracks-password", PASSWORD_PREFIX, lasting=True)
SECRET_BYTES = 16
KEY_CHARACTERS = 32
"""The app fills a shorter key up with zero bytes and takes no longer one."""


class OwntracksCredentials(NamedTuple):
    """What a member is shown once. `key` is that of sealed payloads, where they asked for one."""

    installation_id: uuid.UUID
    url: str
    user: str
    password: str
    key: str | None
    link: str
    qr_svg: str


def issue_credentials(
    *,
    member_id: uuid.UUID,
    session_id: uuid.UUID,
    installation_id: uuid.UUID,
    platform: str,
    with_key: bool,
    now: datetime,
) -> OwntracksCredentials:
    """Credentials for OwnTracks on one phone, as long as this sign-in lasts; those that it had before open nothing.

    It has to be told anew what to watch.
    """
    secret = secrets.token_bytes(SECRET_BYTES)
    fresh = {
        "id": db.new_id(),
        "session_id": session_id,
        "secret_hash": hashlib.sha256(secret).digest(),
        "platform": platform,
        "sealed": with_key,
        "given": [],
        "answered_hash": None,
        "created_at": now,
    }
    # In one statement: of two that come at once, the second replaces what the first gave.
    made = insert(OwntracksAccess).values(member_id=member_id, installation_id=installation_id, **fresh)
    [access] = db.session().scalars(
        made.on_conflict_do_update(index_elements=["member_id", "installation_id"], set_=fresh).returning(
            OwntracksAccess
        ),
        execution_options={"populate_existing": True},
    )
    return _shown(access, secret)


def revoke_credentials(*, member_id: uuid.UUID, installation_id: uuid.UUID) -> None:
    """End the credentials of one phone at once, for good. Raises `OwntracksAccessUnknown`."""
    access = db.first(queries.access_locked(member_id, installation_id))
    if access is None:
        raise OwntracksAccessUnknown
    db.session().delete(access)
    db.session().flush()


def admit_phone(authorization: str, *, now: datetime) -> OwntracksAccess:
    """The phone that sends this `Authorization` header; the running transaction then acts for its member.

    Raises `OwntracksNotAccepted`, the same whatever is wrong.
    """
    user, password = _basic(authorization)
    content = sealed.open_text(PASSWORD_SEAL, password) if password.startswith(PASSWORD_PREFIX) else None
    if content is None or len(content) != 32 + SECRET_BYTES:
        raise OwntracksNotAccepted
    member_id, access_id = uuid.UUID(bytes=content[:16]), uuid.UUID(bytes=content[16:32])
    db.become(member_id=member_id, principal_id=member_id)
    access = db.first(queries.open_access(member_id, access_id, now=now))
    if access is None or user != user_of(access):
        raise OwntracksNotAccepted
    if not hmac.compare_digest(access.secret_hash, hashlib.sha256(content[32:]).digest()):
        raise OwntracksNotAccepted
    return access


def user_of(access: OwntracksAccess) -> str:
    """How a phone is called in its credentials."""
    return access.installation_id.hex


def key_of(access: OwntracksAccess) -> str | None:
    """The key by which this phone and we seal payloads, if it was given one."""
    if not access.sealed:
        return None
    derived = hmac.digest(config.current().lasting_key("owntracks-payloads"), access.id.bytes, hashlib.sha256)
    return base64.urlsafe_b64encode(derived).decode()[:KEY_CHARACTERS]


def _shown(access: OwntracksAccess, secret: bytes) -> OwntracksCredentials:
    password = sealed.seal_text(PASSWORD_SEAL, access.member_id.bytes + access.id.bytes + secret)
    url, key = f"{config.current().public_url}/v1/owntracks", key_of(access)
    link = configuration.write_link(url=url, user=user_of(access), password=password, key=key)
    return OwntracksCredentials(
        access.installation_id, url, user_of(access), password, key, link, configuration.draw_qr(link)
    )


def _basic(authorization: str) -> tuple[str, str]:
    """The user and the password of a header of RFC 7617."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        user, colon, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:
        raise OwntracksNotAccepted from None
    if scheme.lower() != "basic" or not colon:
        raise OwntracksNotAccepted
    return user, password
