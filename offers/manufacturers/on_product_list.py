"""Coupons of manufacturers are about product lists: such a list does not vanish."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from app.languages import Phrase, Text
from app.sql import db
from offers.manufacturers import queries

COUPONS = Text(fr="les bons de « {issuer} »", en='the coupons of "{issuer}"')


def name_uses(*, brand_id: uuid.UUID, code: str, now: datetime) -> Sequence[Phrase]:
    """The issuers in the register whose coupons name this list, also those of which all are over: the register says
    what holds, and whoever ends a list takes it out there first."""
    names = db.all_of(queries.issuers_with_list(brand_id, code))
    return [Phrase(COUPONS, {"issuer": name}) for name in names]
