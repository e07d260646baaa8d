"""Offers that run name product lists: such a list does not vanish."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from app.languages import Phrase, Text
from app.sql import db
from offers.planning import queries

OFFER = Text(fr="l'offre « {title} »", en='the offer "{title}"')


def name_uses(*, brand_id: uuid.UUID, code: str, now: datetime) -> Sequence[Phrase]:
    """The offers, live or paused, whose version in force names this list."""
    rows = db.rows(queries.running_with_list(brand_id, code))
    return [Phrase(OFFER, {"title": Phrase(Text(fr=fr, en=en))}) for fr, en in rows]
