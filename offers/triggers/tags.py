"""A member reads a tag: a code on a poster, a shelf or an article, or a chip, that says where they are and before what.

No position is asked for, since the tag says more than one; a tag that hangs in no store needs none either.
"""

import uuid
from datetime import datetime

import orjson

from app.consent.decision.verdicts import decide_permission
from app.consent.errors import refusal_for
from app.consent.ledger.uses import use_permission
from app.languages import Language
from app.sql import db
from app.sql.locks import share_permissions
from geo.presence.models import PURPOSE
from geo.presence.transitions import Evidence
from geo.zones.errors import TagUnknown
from geo.zones.tags import TagTarget, resolve_tag
from offers.deciding.decisions import Placement
from offers.triggers import queries
from offers.triggers.answers import answer_occasions, tell_answer
from offers.triggers.occasions import Occasion, to_the_minute
from offers.triggers.surroundings import products_in

TOUCHPOINT = "qr"
SURE = 2
"""Whoever reads a tag stands before it, or before a picture of it."""


def scan_tag(
    *, member_id: uuid.UUID, session_id: uuid.UUID | None, code: str, language: Language, now: datetime
) -> bytes:
    """What is there for a member at this tag: JSON text. Shape: `schemas.TagAnswerOut`. A permission for one answer is
    used by it.

    Raises `TagUnknown` for every code that leads nowhere, one of the `PermissionMissing` family.
    """
    target = resolve_tag(code)
    if target is None:
        raise TagUnknown
    share_permissions(member_id)  # a withdrawal comes before this answer, or takes what is kept of it
    event_id = _permitted(member_id, target, session_id=session_id, now=now)
    read = Occasion(
        Placement.TAG,
        target.brand_id,
        target.store_id,
        _visit_at(member_id, target.store_id),
        None,
        target.zone_id,
        target.tag_id,
        to_the_minute(now),
        Evidence.TAG,
        SURE,
        event_id,
    )
    [answered], around = answer_occasions(
        [read], member_id=member_id, language=language, now=now, is_seen=True, tag=products_in(target.products)
    )
    return orjson.dumps(tell_answer(answered, around, language=language))


def _permitted(member_id: uuid.UUID, target: TagTarget, *, session_id: uuid.UUID | None, now: datetime) -> uuid.UUID:
    """The permission event that allows an answer here; one for a single answer is used up."""
    areas = [] if target.store_id is None else db.all_of(queries.areas_of_store(target.store_id))
    verdict = decide_permission(
        member_id=member_id,
        brand_id=target.brand_id,
        purpose=PURPOSE,
        touchpoint=TOUCHPOINT,
        store_id=target.store_id,
        area_ids=areas,
        session_id=session_id,
        now=now,
    )
    if not verdict.allowed or verdict.event_id is None:
        raise refusal_for(verdict.reason, purpose=PURPOSE, touchpoint=TOUCHPOINT)
    if verdict.uses_left is not None:
        use_permission(member_id=member_id, event_id=verdict.event_id, now=now)
    return verdict.event_id


def _visit_at(member_id: uuid.UUID, store_id: uuid.UUID | None) -> uuid.UUID | None:
    """The visit that is open at this store, if there is one."""
    return None if store_id is None else db.first(queries.open_visit(member_id, store_id))
