"""A brand weighs factors: each change is a version that never changes again, so that old decisions can be replayed."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, select

from app.errors import PreconditionFailed
from app.languages import Language
from app.sql import db, locks
from offers.deciding.factors import BOUNDS, NAMES, Weights
from offers.deciding.policies.models import DecisionPolicy
from offers.deciding.ranking import PLAIN, SCORE

HOUSE_VERSION = 0
"""The version of a brand that never said anything: the weights of the house."""

TOLD = 20
"""Past versions that are shown."""


class PolicyInForce(NamedTuple):
    """What holds for a brand now, and what held before, the last first."""

    version: int
    weights: Weights
    plain: bool
    past: Sequence[DecisionPolicy]


def policy_of(*, brand_id: uuid.UUID) -> PolicyInForce:
    """The weights in force at a brand."""
    past = db.all_of(_policies_of(brand_id).limit(TOLD))
    if not past:
        return PolicyInForce(HOUSE_VERSION, Weights(), plain=False, past=())
    return PolicyInForce(past[0].version, Weights(**past[0].weights), past[0].plain, past)


def set_policy(
    *,
    brand_id: uuid.UUID,
    weights: Mapping[str, int],
    plain: bool,
    version: int,
    by: uuid.UUID,
    now: datetime,
) -> PolicyInForce:
    """Weigh factors anew, from the next decision on: what is not named counts as in the house. `plain` gives everybody
    the plain order.

    `version` is the one that was read. Raises `PreconditionFailed` when there is a newer one.
    """
    locks.lock_name(f"ranking_policy:{brand_id}")
    if policy_of(brand_id=brand_id).version != version:
        raise PreconditionFailed
    db.add(
        DecisionPolicy(
            brand_id=brand_id, version=version + 1, weights=dict(weights), plain=plain, set_by=by, set_at=now
        )
    )
    return policy_of(brand_id=brand_id)


def describe_policy(policy: PolicyInForce, *, language: Language) -> dict[str, Any]:
    """The policy in words, with its bounds; shape: `schemas.RankingPolicyOut`."""
    usual = Weights()._asdict()
    return {
        "version": policy.version,
        "policy": PLAIN if policy.plain else SCORE,
        "plain": policy.plain,
        "weights": [
            {
                "code": code,
                "text": NAMES[code].say(language),
                "weight": weight,
                "usual": usual[code],
                "least": BOUNDS[code][0],
                "most": BOUNDS[code][1],
            }
            for code, weight in policy.weights._asdict().items()
        ],
        "history": policy.past,
    }


def _policies_of(brand_id: uuid.UUID) -> Select[DecisionPolicy]:
    return select(DecisionPolicy).where(DecisionPolicy.brand_id == brand_id).order_by(DecisionPolicy.version.desc())
