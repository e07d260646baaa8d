"""After a backup was restored: whoever was erased since must be erased again, before anybody is served.

The notes outside the database know more than the backup. Each that the database does not know becomes an erasure again;
until all of these are complete, readiness is red.
"""

from collections.abc import Sequence
from datetime import datetime

from app.ops.signs import Sign
from app.rights import queries
from app.rights.erasure import handles, outside_ledger
from app.rights.erasure.outside_ledger import Note
from app.rights.models import Cause, Erasure
from app.sql import db


def unknown() -> Sequence[Note]:
    """The notes that this database knows nothing of."""
    noted = outside_ledger.read_notes().known
    known = set(db.all_of(queries.erasures_known([one.member_id for one in noted])))
    return [one for one in noted if one.member_id not in known]


def adopt_erasures(*, now: datetime) -> int:
    """Write every unknown note down as an erasure, to be finished like any other; return how many there were."""
    found = unknown()
    for one in found:
        db.add(
            Erasure(
                member_id=one.member_id,
                cause=Cause.RESTORED,
                requested_at=one.requested_at,
                handles=handles.handles_of(one.member_id),
            )
        )
    return len(found)


def mend_notes() -> int:
    """Note outside what only the database knows (the file was lost, or began later); return how many were missing."""
    noted = {one.member_id for one in outside_ledger.read_notes().known}
    missing = [one for one in db.all_of(queries.erasures()) if one.member_id not in noted]
    for one in missing:
        outside_ledger.note_erasure(one.member_id, requested_at=one.requested_at)
    return len(missing)


def gate(now: datetime) -> Sign:
    """Closed while somebody who was erased may be back, or while the notes cannot all be read."""
    damaged = outside_ledger.read_notes().damaged
    back = len(unknown()) + len(db.all_of(queries.erasures_to_repeat()))
    if damaged:
        return Sign(f"{damaged} lines of the erasure ledger cannot be verified", damaged, gate=True)
    if back:
        return Sign(f"{back} erasures to repeat: run `ici replay-erasures`", back, gate=True)
    return Sign(gate=True)
