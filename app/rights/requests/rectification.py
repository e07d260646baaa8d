"""Rectification (GDPR article 16) of what opens the wallet: a new address is proved by a code before it counts.

The language is changed by `accounts`, the name on a card by the cards' room; what the member cannot change alone is a
rights request that a person reads.
"""

import uuid
from datetime import datetime

from app.accounts import one_time_codes, sessions
from app.accounts.addresses import Address
from app.accounts.members import find_member
from app.accounts.models import Member, MemberIdentifier
from app.messages import notices
from app.messages.models import NoticeKind
from app.rights.errors import AddressUnknown, LastAddressKept
from app.sql import db


def change_address(
    *,
    member_id: uuid.UUID,
    session_id: uuid.UUID,
    address: Address,
    code: str,
    handle: str | None,
    client: str,
    replaces: Address | None,
    now: datetime,
) -> Member:
    """Open the wallet with one more address, or with this one instead of another.

    `session_id` is the sign-in that asks, which must be fresh; `client` is the network that tries the code, `handle`
    that of the request for it. Raises `SignInStale`, `CodeNotAccepted`, `TooManyGuesses`; `AddressUnknown` when the
    replaced one does not open this wallet; `AddressTaken` when the new one opens another.
    """
    sessions.require_fresh_sign_in(member_id=member_id, session_id=session_id, now=now)
    one_time_codes.prove_address(address=address, code=code, handle=handle, client=client, now=now)
    old = None if replaces is None or replaces == address else _mine(member_id, replaces)
    if db.get(MemberIdentifier, (address.kind, address.value)) is None:
        # An address of somebody else's is not visible here; its primary key refuses it as `AddressTaken`.
        db.add(MemberIdentifier(kind=address.kind, value=address.value, member_id=member_id, verified_at=now))
    if old is not None:
        _remove(old)
    _tell(member_id, now=now)
    return _as_it_is(member_id)


def remove_address(*, member_id: uuid.UUID, session_id: uuid.UUID, address: Address, now: datetime) -> Member:
    """Open the wallet with this address no more, if the sign-in that asks is fresh.

    Raises `SignInStale`, `AddressUnknown`, `LastAddressKept`.
    """
    sessions.require_fresh_sign_in(member_id=member_id, session_id=session_id, now=now)
    db.session().refresh(
        find_member(member_id=member_id), with_for_update=True
    )  # two removals at once must not take both
    found = _mine(member_id, address)
    if len(_as_it_is(member_id).addresses) == 1:
        raise LastAddressKept
    _remove(found)
    _tell(member_id, now=now)
    return _as_it_is(member_id)


def _tell(member_id: uuid.UUID, *, now: datetime) -> None:
    # GDPR article 19: whoever was given the address must hear that it changed.
    notices.tell_sinks(member_id=member_id, kind=NoticeKind.RECTIFICATION, about=db.new_id(), now=now)


def _mine(member_id: uuid.UUID, address: Address) -> MemberIdentifier:
    found = db.get(MemberIdentifier, (address.kind, address.value))
    if found is None or found.member_id != member_id:
        raise AddressUnknown
    return found


def _remove(identifier: MemberIdentifier) -> None:
    db.session().delete(identifier)
    db.session().flush()


def _as_it_is(member_id: uuid.UUID) -> Member:
    found = find_member(member_id=member_id)
    db.session().refresh(found, ["addresses"])
    return found
