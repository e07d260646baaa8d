"""The links by which a member takes a pass into Google Wallet.

The first is ours, and all that an app is given: whoever opens it wants the pass there, so only then does anything of it
go to Google. The second is Google's: a signed text that names an object which is there already. It names the object and
nothing else: a text with the pass in it would be too long for some browsers, and would carry the secret of a changing
code in an address. Source: Google Wallet, "Issuing passes with JWTs"; "Rotating barcodes".
"""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from google.auth import jwt

from app import config
from app.codes.sealed import Seal, open_text, seal_text
from app.languages import Language
from app.settings import GoogleAccess
from app.sql import db
from wallet.google import accounts, queries
from wallet.google.copies import want_copy
from wallet.google.models import GoogleCopy
from wallet.issued.contents import PassContents
from wallet.issued.models import IssuedPass, PassKind

WALLET = "google"
LINK = Seal("google-save-link")
LINK_HOLDS = timedelta(minutes=15)
INSTANT_BYTES = 5
LONGEST = 1800
"""Characters of an address that every browser takes, as Google's guide says."""
IN_LINK = {PassKind.CARD: "loyaltyObjects", PassKind.COUPON: "offerObjects"}
AWAY_AFTER = timedelta(seconds=20)
"""How long a member waits before they are told that Google does not answer."""


class SaveState(StrEnum):
    """How far a pass is on its way to Google."""

    READY = "ready"
    SOON = "soon"
    LATER = "later"  # Google does not answer, or does not take it as it is
    GONE = "gone"  # the link is too old, or the pass is over


class WayToGoogle(NamedTuple):
    """Where to go on, or how long to wait for that."""

    state: SaveState
    url: str | None = None


def offer_link(held: IssuedPass, contents: PassContents, language: Language, now: datetime) -> Mapping[str, Any] | None:
    """Where the member's browser takes the pass into Google Wallet, for 15 minutes; None without an account there."""
    if accounts.access() is None:
        return None
    ends_s = int((now + LINK_HOLDS).timestamp())
    sealed = seal_text(LINK, held.member_id.bytes + held.id.bytes + ends_s.to_bytes(INSTANT_BYTES))
    return {"url": f"{config.current().public_url.rstrip('/')}/google/passes/{sealed}"}


def follow_link(sealed: str, *, now: datetime) -> WayToGoogle:
    """Want the pass at Google, and say where to go on once it is there. Opening the link again is waiting on."""
    known, whose = accounts.access(), _open(sealed, now=now)
    if known is None or whose is None:
        return WayToGoogle(SaveState.GONE)
    with db.system():
        held = db.first(queries.standing_pass(*whose))
        if held is None:
            return WayToGoogle(SaveState.GONE)
        copy = want_copy(held, known=known, now=now)
    if copy.class_id is not None and copy.told_revision is not None:
        link = sign_save_link(object_id=copy.object_id, class_id=copy.class_id, kind=copy.kind, known=known, now=now)
        return WayToGoogle(SaveState.READY, link)
    return WayToGoogle(SaveState.LATER if _has_waited(copy, now=now) else SaveState.SOON)


def sign_save_link(*, object_id: str, class_id: str, kind: str, known: GoogleAccess, now: datetime) -> str:
    """The address that offers the pass to whoever opens it. Google lets the first of them have it."""
    ours = urlsplit(config.current().public_url)
    claims = {
        "iss": known.email,
        "aud": "google",
        "typ": "savetowallet",
        "iat": int(now.timestamp()),
        "origins": [f"{ours.scheme}://{ours.netloc}"],
        "payload": {IN_LINK[PassKind(kind)]: [{"id": object_id, "classId": class_id}]},
    }
    signed = jwt.encode(accounts.signer_of(known), claims)  # type: ignore[no-untyped-call]
    link = f"{accounts.addresses(known).pay}/gp/v/save/{signed.decode()}"
    if len(link) >= LONGEST:
        raise RuntimeError("a link that browsers would cut")
    return link


def _open(sealed: str, *, now: datetime) -> tuple[uuid.UUID, uuid.UUID] | None:
    """The member and the pass, while the link is good."""
    content = open_text(LINK, sealed)
    if content is None or len(content) != 32 + INSTANT_BYTES:
        return None
    if now >= datetime.fromtimestamp(int.from_bytes(content[32:]), UTC):
        return None
    return uuid.UUID(bytes=content[:16]), uuid.UUID(bytes=content[16:32])


def _has_waited(copy: GoogleCopy, *, now: datetime) -> bool:
    """Whether Google was asked and is left alone for a while, or the job that asks it has not come for long."""
    is_put_off = copy.due_at is not None and copy.due_at > now
    return is_put_off or now - copy.created_at > AWAY_AFTER
