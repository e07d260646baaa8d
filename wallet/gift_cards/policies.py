"""What a brand says of its gift cards: whether tills sell them, of which amounts, and how long they are valid."""

import uuid
from datetime import datetime
from typing import Any, NamedTuple

from app.errors import PreconditionFailed
from app.sql import db, locks
from wallet.gift_cards import queries
from wallet.gift_cards.models import GiftCardPolicy

NOTHING_SAID = 0
"""The version of a brand that never said anything, whose tills sell none."""


class GiftCardRule(NamedTuple):
    """What holds at a brand; without amounts its tills sell none."""

    least_minor: int | None
    most_minor: int | None
    valid_months: int | None
    version: int


def rule_of(*, brand_id: uuid.UUID) -> GiftCardRule:
    """What a brand says."""
    said = db.first(queries.policy_of(brand_id))
    return _rule(said) if said else GiftCardRule(None, None, None, NOTHING_SAID)


def set_rule(
    *,
    brand_id: uuid.UUID,
    least_minor: int,
    most_minor: int,
    valid_months: int | None,
    version: int,
    by: uuid.UUID,
    now: datetime,
) -> GiftCardRule:
    """Say what holds for cards that are sold from now on. `version` is the one that was read.

    Raises `PreconditionFailed` when there is a newer one.
    """
    locks.lock_name(f"gift_card_policy:{brand_id}")
    said = db.first(queries.policy_of(brand_id))
    if (said.version if said else NOTHING_SAID) != version:
        raise PreconditionFailed
    values: dict[str, Any] = {"least_minor": least_minor, "most_minor": most_minor, "valid_months": valid_months}
    values |= {"version": version + 1, "set_by": by, "set_at": now}
    if said is None:
        return _rule(db.add(GiftCardPolicy(brand_id=brand_id, **values)))
    for name, value in values.items():
        setattr(said, name, value)
    db.session().flush()
    return _rule(said)


def _rule(said: GiftCardPolicy) -> GiftCardRule:
    return GiftCardRule(said.least_minor, said.most_minor, said.valid_months, said.version)
