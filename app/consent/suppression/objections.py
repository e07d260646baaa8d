"""A member objects to direct marketing (GDPR 21(2) and (3)): absolute, without a reason, whatever the legal basis.

Every yes to a purpose that is marketing is withdrawn at once, and while the objection stands none has an effect, not
even one that is given later. Only the member lifts it; what was withdrawn stays withdrawn.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from app.consent import queries
from app.consent.ledger.events import lock_permissions, settle_cell
from app.consent.ledger.withdrawal import say_no_to_all
from app.consent.models import PERMITTING, SAID_NO, Actor, Objection
from app.consent.noes import notes
from app.consent.standing import tell_standing
from app.consent.suppression import suppression_list
from app.sql import db


def object_to_marketing(*, member_id: uuid.UUID, now: datetime, brand_id: uuid.UUID | None = None) -> Objection:
    """Object to the marketing of one brand, or of every brand; return the objection. Twice is once."""
    lock_permissions(member_id)
    standing = [one for one in db.all_of(queries.objections_of(member_id)) if one.brand_id == brand_id]
    objection = standing[0] if standing else None
    if objection is None:
        objection = db.add(Objection(member_id=member_id, brand_id=brand_id, objected_at=now))
        notes.note_objection(objection, at=now)
    cells = db.all_of(queries.marketing_cells(member_id, brand_id=brand_id))
    said = {"objection": str(objection.id)}
    say_no_to_all(
        [cell for cell in cells if cell.state not in SAID_NO], now=now, evidence=said, actor=Actor.DATA_SUBJECT
    )
    suppression_list.suppress_member(member_id=member_id, brand_id=brand_id, now=now)
    return objection


def lift_objection(*, member_id: uuid.UUID, now: datetime, brand_id: uuid.UUID | None = None) -> Sequence[Objection]:
    """End the objection to one brand, or the one to every brand; return what was lifted, nothing if none stood.

    What the member allowed meanwhile takes effect.
    """
    lock_permissions(member_id)
    lifted = [one for one in db.all_of(queries.objections_of(member_id)) if one.brand_id == brand_id]
    for objection in lifted:
        objection.lifted_at = now
        notes.note_objection(objection, at=now)
    if lifted:
        suppression_list.lift_suppression(member_id=member_id, brand_id=brand_id)
    db.session().flush()
    for cell in db.all_of(queries.marketing_cells(member_id, brand_id=brand_id)):
        if cell.state in PERMITTING:
            settle_cell(cell)
    if lifted:
        db.session().flush()
        tell_standing(now, member_id=member_id)
    return lifted
