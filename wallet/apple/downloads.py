"""How a member gets the file of a pass: with their token, or by a link that opens it for a few minutes to whoever has
it, since the browser that hands a pass to Apple Wallet knows no token."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from app import config
from app.codes.sealed import Seal, open_text, seal_text
from app.errors import NotFound
from app.languages import Language
from app.sql import db
from wallet.apple import identities
from wallet.apple.certificates import PassIdentity
from wallet.apple.errors import AppleWalletAbsent
from wallet.apple.files.description import SERVICE
from wallet.apple.files.package import build_pass
from wallet.authenticity.patterns import message_for_apple
from wallet.designs.designs import read_design
from wallet.issued import issuance, queries
from wallet.issued.contents import PassContents, read_contents
from wallet.issued.models import IssuedPass
from wallet.passes.errors import PassUnknown

WALLET = "apple"
LINK = Seal("apple-pass-link")
LINK_HOLDS = timedelta(minutes=15)
INSTANT_BYTES = 5


class PassFile(NamedTuple):
    """The file of a pass, and when what it says last changed."""

    content: bytes
    changed_at: datetime


def link_pass(held: IssuedPass, contents: PassContents, language: Language, now: datetime) -> Mapping[str, Any] | None:
    """Where the member's browser gets the file of a pass, for 15 minutes; None without a certificate."""
    if identities.identity_of(held.brand_id, now=now) is None:
        return None
    ends_s = int((now + LINK_HOLDS).timestamp())
    sealed = seal_text(LINK, held.member_id.bytes + held.id.bytes + ends_s.to_bytes(INSTANT_BYTES))
    return {"url": f"{config.current().public_url.rstrip('/')}{SERVICE}/passes/{sealed}.pkpass"}


def open_link(sealed: str, *, now: datetime) -> PassFile:
    """The file that a link opens. Raises `NotFound`, `AppleWalletAbsent`."""
    content = open_text(LINK, sealed)
    if content is None or len(content) != 32 + INSTANT_BYTES:
        raise NotFound
    if now >= datetime.fromtimestamp(int.from_bytes(content[32:]), UTC):
        raise NotFound
    member_id, pass_id = uuid.UUID(bytes=content[:16]), uuid.UUID(bytes=content[16:32])
    with db.system():
        held = db.first(queries.pass_of(member_id, pass_id))
        if held is None:
            raise NotFound
        return new_file(held, now=now)


def my_file(*, member_id: uuid.UUID, pass_id: uuid.UUID, now: datetime) -> PassFile:
    """The file of a member's pass. Raises `IssuedPassUnknown`, `AppleWalletAbsent`."""
    held = issuance.my_pass(member_id=member_id, pass_id=pass_id)
    with db.system():  # coupons, places and designs are the brand's, some of which a member does not see
        return new_file(held, now=now)


def new_file(held: IssuedPass, *, now: datetime) -> PassFile:
    """The file of a pass for a new copy, of the type that its brand signs with now. Raises `AppleWalletAbsent`."""
    identity = identities.identity_of(held.brand_id, now=now)
    if identity is None:
        raise AppleWalletAbsent
    return make_file(held, identity, now=now)


def make_file(held: IssuedPass, identity: PassIdentity, *, now: datetime) -> PassFile:
    """The file of a pass as it is now, signed by this certificate."""
    [contents] = read_contents([held], now=now)
    design = read_design(held.brand_id, links=False)
    message = message_of(contents, now=now) if design.rotates and not contents.is_void else None
    return PassFile(build_pass(contents, design, identity, message=message), held.changed_at)


def message_of(contents: PassContents, *, now: datetime) -> str | None:
    """What the code of a pass says at this revision, and at no other; None for a code that has ended."""
    try:
        return message_for_apple(contents.code, revision=contents.revision, now=now)
    except PassUnknown:
        return None
