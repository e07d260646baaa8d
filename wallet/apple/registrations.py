"""Phones that hold copies of passes: they register, ask which of theirs changed, and unregister (Apple's calls 1 to 3).

What a phone is told beside a list is a tag, and it asks next time for what changed since. Ours is two numbers: the
highest revision among its passes, and the number of its last registration. Revisions are seen in their order, but for
those of passes that were just issued, which do not count until they are settled. The second number brings a pass into
the next list after it was registered: between the download of a copy and its registration the pass may have changed.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

from app.accounts import quotas
from app.accounts.quotas import Quota, Spending
from app.errors import TooManyRequests
from app.sql import db, locks
from app.sql.trips import Call
from wallet.apple import devices, identities, queries
from wallet.apple.models import AppleRegistration
from wallet.issued import issuance
from wallet.issued.models import IssuedPass
from wallet.issued.tokens import is_token

SCHEME = "ApplePass "
TAG = re.compile(r"(\d{1,18})\.(\d{1,18})")
NEW_COPIES = Quota("apple-registrations", 30, timedelta(hours=1), TooManyRequests)
"""New phones of one pass: a family has a few, and phones were seen that register hundreds of times in minutes."""
STRANGERS = Quota("apple-lists", 600, timedelta(hours=1), TooManyRequests)
"""Lists that one network asks for phones which hold nothing: guessing their ids must not be free."""


class Registered(Enum):
    """What became of a registration."""

    NEW = 201
    KNOWN = 200


class CopiesChanged(NamedTuple):
    """Serials of passes that changed, and the tag to ask with next time."""

    serials: Sequence[str]
    tag: str


def find_copy(*, authorization: str, pass_type: str, serial: str) -> IssuedPass | None:
    """The pass that a phone proves to hold, by the token in it; None for whatever is wrong, in the same time.

    Whoever calls acts as the system.
    """
    if not is_admitted(authorization, serial):
        return None
    identity, held = identities.identity_with(pass_type), issuance.find_pass(serial)
    if identity is None or held is None or not identities.signs_for(identity, held.brand_id):
        return None
    return held


def is_admitted(authorization: str, serial: str) -> bool:
    """Whether `Authorization` holds the token of the pass with this serial. Asks nothing of the database."""
    token = authorization[len(SCHEME) :].strip() if authorization[: len(SCHEME)].lower() == SCHEME.lower() else ""
    return is_token(serial, token)


def register_copy(held: IssuedPass, *, pass_type: str, device_id: str, push_token: str, now: datetime) -> Registered:
    """Tell this phone of changes of its pass from now on; a push token that changed is kept.

    A new copy, or a new push token, is woken once, for what may have changed before. Raises `TooManyRequests`.
    """
    device_hash, token_hash = devices.hash_device(device_id), devices.hash_push_token(push_token)
    known = db.first(queries.registration_of(held.member_id, held.id, device_hash))
    if known is None:
        quotas.spend_quotas([Spending(NEW_COPIES, held.id.hex)], now=now)
    locks.lock_name(f"apple_device:{device_hash.hex()}")
    known = db.first(db.locked(queries.registration_of(held.member_id, held.id, device_hash)))
    if known is not None and known.token_hash == token_hash and known.pass_type == pass_type:
        known.registered_at = now
        db.session().flush()
        return Registered.KNOWN
    [(number,)] = db.fetch(queries.NEXT_NUMBER)
    is_new = known is None
    copy = known or AppleRegistration(
        member_id=held.member_id, pass_id=held.id, device_hash=device_hash, created_at=now
    )
    copy.pass_type, copy.number, copy.registered_at = pass_type, number, now
    copy.push_token, copy.token_hash = devices.seal_push_token(push_token, device_hash), token_hash
    db.add(copy)
    db.fetch(queries.ASK_PUSH, [device_hash, pass_type, now])
    return Registered.NEW if is_new else Registered.KNOWN


def unregister_copy(held: IssuedPass, *, device_id: str) -> None:
    """Tell this phone of changes of its pass no more, and forget where it is woken. Twice is once."""
    copy = db.first(queries.registration_of(held.member_id, held.id, devices.hash_device(device_id)))
    if copy is not None:
        db.session().delete(copy)
        db.session().flush()


def list_changed(
    *, pass_type: str, device_id: str, tag: str | None, network: str, now: datetime
) -> CopiesChanged | None:
    """Which passes of a phone changed since the tag; all of them for one that is none of ours. None when none did.

    Raises `TooManyRequests` for a network that asks for many phones which hold nothing.
    """
    asked = Call(queries.LISTED, [devices.hash_device(device_id), pass_type])
    _, rows = db.fetch_each(Call(db.SYSTEM), asked)
    if not rows:
        quotas.spend_quotas([Spending(STRANGERS, network)], now=now)
        return None
    newest = max(row[4] or 0 for row in rows)
    revision, number = _read_tag(tag, newest=newest)
    serials = [serial for serial, at, own, *_ in rows if at > revision or own > number]
    if not serials:
        return None
    seen = max([revision, *(at for _, at, _, is_settled, _ in rows if is_settled)])
    return CopiesChanged(serials, f"{seen}.{max(number, *(row[2] for row in rows))}")


def _read_tag(tag: str | None, *, newest: int) -> tuple[int, int]:
    """The numbers of a tag; nought for none, for one that is not ours, and for one beyond the newest revision: the
    database was restored since."""
    found = TAG.fullmatch(tag or "")
    numbers = (int(found[1]), int(found[2])) if found else (0, 0)
    return numbers if numbers[0] <= newest else (0, 0)
