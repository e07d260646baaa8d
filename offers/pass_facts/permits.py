"""Whether a pass may speak on the locked screen of a phone, for many members in few statements.

A line that a wallet shows when a pass changes is a notification of the brand, so it needs the member's yes to offers by
notification, at the level that needs no asking. What the phone allows the app has no say: it is the wallet that shows
it, by a setting of its own. Without the yes the pass changes silently.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.consent.decision.phone_conditions import Facts, Phone
from app.consent.decision.verdicts import cell_of, verdict_of
from app.consent.noes import rest
from app.sql import db
from geo.presence.allowance import UNASKED
from offers.pass_facts import queries
from wallet.issued.models import IssuedPass
from wallet.issued.queries import values_for


def read_permits(passes: Sequence[IssuedPass], now: datetime) -> dict[uuid.UUID, dict[str, Any]]:
    """Whether each of these passes may notify, by its id, and when that changes by itself."""
    asked = values_for(passes)
    who, permitted = db.send_statements((queries.WHO, asked), (queries.PERMITS, asked))
    return permits_on(passes, who, permitted, now)


def permits_on(
    passes: Sequence[IssuedPass], members: Sequence[Any], permitted: Sequence[Any], now: datetime
) -> dict[uuid.UUID, dict[str, Any]]:
    """Whether each of these passes may notify, by its id, out of what `queries.WHO` and `queries.PERMITS` found."""
    who = {row.member_id: row for row in members}
    cells: dict[tuple[uuid.UUID, uuid.UUID], list[Any]] = {}
    for row in permitted:
        cells.setdefault((row.member_id, row.brand_id), []).append(row)
    return {
        held.id: _permit(cells.get((held.member_id, held.brand_id), []), who.get(held.member_id), held.brand_id, now)
        for held in passes
    }


def _permit(cells: Sequence[Any], who: Any, brand_id: uuid.UUID, now: datetime) -> dict[str, Any]:
    minor_until = who.minor_until if who is not None else None
    allows = Phone(notifications=True, reported_at=now)
    facts = Facts(
        minor=minor_until is not None and minor_until > now,
        restricted=who is None or who.restricted_at is not None,
        phones=(allows,),
        resting=rest.rests(),
    )
    said = verdict_of([cell_of(cell) for cell in cells], brand_id=brand_id, levels=UNASKED, facts=facts, now=now)
    ends = [end for cell in cells for end in (cell.expires_at, cell.notice_until, minor_until)]
    return {
        "may_notify": said.allowed,
        "changes_at": min((end for end in ends if end is not None and end > now), default=None),
    }
