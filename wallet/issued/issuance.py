"""A pass is issued for a card or a coupon, once, and ended."""

import base64
import secrets
import uuid
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from app.sql import db
from wallet.issued import queries
from wallet.issued.contents import digest_of, read_contents
from wallet.issued.errors import IssuedPassUnknown
from wallet.issued.models import REVISIONS, IssuedPass, PassKind

SERIAL_BYTES = 16
JUST_ISSUED = 0
"""`settling` of a pass that nobody has looked at since it was issued."""


def issue_pass(
    *, member_id: uuid.UUID, brand_id: uuid.UUID, kind: PassKind, target_id: uuid.UUID, now: datetime
) -> IssuedPass:
    """The member's pass of a card or coupon of the brand, which the caller has found to be theirs. Issuing it again
    gives the same; after it ended, another one, with a serial of its own. Of two at once one makes it.

    A change that was under way and has not seen the pass is looked for by the job, which `settling` and `due_at` tell.
    """
    made = db.execute(
        insert(IssuedPass)
        .values(
            member_id=member_id,
            id=db.new_id(),
            brand_id=brand_id,
            kind=str(kind),
            target_id=target_id,
            serial=_new_serial(),
            revision=REVISIONS.next_value(),
            changed_at=now.replace(microsecond=0),
            digest=b"",
            made_at=now,
            due_at=now,
            settling=JUST_ISSUED,
        )
        .on_conflict_do_nothing()
        .returning(IssuedPass.id)
    ).first()
    held = db.session().scalars(queries.standing_pass(member_id, kind, target_id)).one()
    if made is not None:
        [contents] = read_contents([held], now=now)
        held.digest = digest_of(contents)
        db.session().flush()
    return held


def end_pass(*, member_id: uuid.UUID, pass_id: uuid.UUID, now: datetime) -> IssuedPass:
    """Void the member's pass in all wallets for good; the card or coupon stays as it is. Twice is once.

    Raises `IssuedPassUnknown`, also for somebody else's.
    """
    held = my_pass(member_id=member_id, pass_id=pass_id, lock=True)
    if held.ended_at is None:
        held.ended_at = held.due_at = now
        db.session().flush()
    return held


def my_pass(*, member_id: uuid.UUID, pass_id: uuid.UUID, lock: bool = False) -> IssuedPass:
    """The member's pass. Raises `IssuedPassUnknown`, also for somebody else's."""
    asked = queries.pass_of(member_id, pass_id)
    held = db.first(db.locked(asked) if lock else asked)
    if held is None:
        raise IssuedPassUnknown
    return held


def find_pass(serial: str) -> IssuedPass | None:
    """The pass that wallets know by this serial, also one that ended, to look at; as the system."""
    found = db.send_statement(queries.PASS_WITH_SERIAL, {"serial": serial}).one_or_none()
    return None if found is None else db.as_read(IssuedPass, found._asdict())


def _new_serial() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(SERIAL_BYTES)).decode().rstrip("=")
