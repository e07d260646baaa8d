"""What a brand lets spend: codes that change where there are any, or plain ones as well."""

import uuid
from datetime import datetime
from typing import NamedTuple

from app.errors import PreconditionFailed
from app.sql import db, locks
from wallet.authenticity import queries
from wallet.authenticity.models import CodePolicy

HOUSE_VERSION = 0
"""The version of a brand that never said anything."""


class CodeRule(NamedTuple):
    """What holds at a brand."""

    plain_codes_spend: bool
    version: int


def rule_of(*, brand_id: uuid.UUID) -> CodeRule:
    """What a brand lets spend; without a word of it, a code that has a changing form spends by that only."""
    said = db.first(queries.policy_of(brand_id))
    return CodeRule(said.plain_codes_spend, said.version) if said else CodeRule(False, HOUSE_VERSION)


def set_rule(*, brand_id: uuid.UUID, plain_codes_spend: bool, version: int, by: uuid.UUID, now: datetime) -> CodeRule:
    """Let plain codes spend, or not, from now on. `version` is the one that was read.

    Raises `PreconditionFailed` when there is a newer one.
    """
    locks.lock_name(f"code_policy:{brand_id}")
    said = db.first(queries.policy_of(brand_id))
    if (said.version if said else HOUSE_VERSION) != version:
        raise PreconditionFailed
    if said is None:
        said = db.add(
            CodePolicy(
                brand_id=brand_id, plain_codes_spend=plain_codes_spend, version=version + 1, set_by=by, set_at=now
            )
        )
    else:
        said.plain_codes_spend, said.version, said.set_by, said.set_at = plain_codes_spend, version + 1, by, now
        db.session().flush()
    return CodeRule(said.plain_codes_spend, said.version)
