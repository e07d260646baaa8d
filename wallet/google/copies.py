"""Copies of passes at Google: wanted by a member, told of what changes, taken out, and gone with their member.

Nothing of a member is at Google before they want a pass there. From then on each revision of it is due in the
transaction that makes it; ten of them before anything is sent are one.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.settings import GoogleAccess
from app.sql import db
from wallet.google import accounts, queries
from wallet.google.models import GoogleCopy
from wallet.issued.models import IssuedPass


def want_copy(held: IssuedPass, *, known: GoogleAccess, now: datetime) -> GoogleCopy:
    """The copy of this pass at Google, wanted from now on if it was not, or not any more; it is told soon.

    The pass is kept still meanwhile: a change of it is either seen here or finds the copy.
    """
    still = db.session().scalars(queries.pass_kept_still(held.member_id, held.id)).one()
    issuer = accounts.issuer_of(still.brand_id, known)
    db.execute(queries.new_copies([new_copy(still, issuer=issuer, now=now)]))
    copy = db.session().scalars(db.locked(queries.copy_of(held.member_id, held.id))).one()
    if copy.removed_at is not None:
        copy.removed_at, copy.due_at, copy.wanted_revision = None, now, still.revision
        db.session().flush()
    return copy


def new_copy(held: IssuedPass, *, issuer: str, now: datetime, card_pass_id: uuid.UUID | None = None) -> dict[str, Any]:
    """The columns of a copy that Google knows nothing of yet; of an offer beside a card, it is to be linked to it."""
    return {
        "member_id": held.member_id,
        "pass_id": held.id,
        "brand_id": held.brand_id,
        "kind": held.kind,
        "serial": held.serial,
        "issuer": issuer,
        "created_at": now,
        "wanted_revision": held.revision,
        "due_at": now,
        "card_pass_id": card_pass_id,
        "link_due_at": None if card_pass_id is None else now,
    }


def note_changes(passes: Sequence[IssuedPass], *, now: datetime) -> None:
    """Queue what Google must be told of passes that changed, in the transaction that changed them."""
    columns = [[getattr(one, name) for one in passes] for name in ("member_id", "id", "revision")]
    db.fetch(queries.NOTE_CHANGES, [*columns, now])


def move_copies(pass_ids: Sequence[uuid.UUID], *, from_id: uuid.UUID, to_id: uuid.UUID) -> None:
    """Copies go with their passes when two wallets become one, or are parted."""
    for statement in (queries.MOVE_COPIES, queries.MOVE_RINGS):
        db.fetch(statement, [list(pass_ids), from_id, to_id])
