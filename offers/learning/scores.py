"""What the counts of a member come to: recency, frequency, amount, reaction and company, as scores of now.

No score is stored: each is made of counts that need no ageing, at the moment somebody asks. All but recency and
reaction are weights, whose order is that of their values on any day. Channel and category are shares of a member's own
counts, and no scores among members.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import text

from app import clock
from app.accounts.models import Brand
from app.sql import db
from offers.learning import decay, queries

UNKNOWN_RHYTHM_DAYS = 30
"""How often somebody comes of whom one visit is known."""
PRIOR_COUPONS, PRIOR_USED = 5, 1
"""What is taken for granted of whoever got no coupon yet: one of five is used."""
FEWEST = 5
"""Fewer members than these are nobody's business: of them nothing is counted and nothing is cut."""


class Score(StrEnum):
    """By what members of a brand are compared. More is better."""

    RECENCY = "recency"  # how lately they came, in multiples of their own rhythm
    FREQUENCY = "frequency"  # how often, lately
    AMOUNT = "amount"  # for how much, lately
    REACTION = "reaction"  # how many of the coupons that they get are used
    SOCIAL = "social"  # whom they brought


RHYTHM_DAYS = (
    "greatest(1, CASE WHEN kept.visit_days > 1"
    " THEN (kept.last_visit_on - kept.first_visit_on)::numeric / (kept.visit_days - 1)"
    f" ELSE {UNKNOWN_RHYTHM_DAYS} END)"
)
"""How many days a member lets pass between two visits."""
AWAY_DAYS = "(CAST(:today AS date) - kept.last_visit_on)"

SQL: Mapping[Score, str] = {
    Score.RECENCY: f"-({AWAY_DAYS} / {RHYTHM_DAYS})",
    Score.FREQUENCY: "kept.visits",
    Score.AMOUNT: "kept.spend",
    Score.REACTION: (
        f"(kept.redeemed + {PRIOR_USED} * CAST(:unit AS numeric))"
        f" / (kept.received + {PRIOR_COUPONS} * CAST(:unit AS numeric))"
    ),
    Score.SOCIAL: "kept.social",
}
"""Each score of a profile `kept`. `:today` is the day at the brand, `:unit` what a reaction of that day weighs."""

HALF_LIVES: Mapping[Score, int] = {
    Score.FREQUENCY: decay.VISIT,
    Score.AMOUNT: decay.SPEND,
    Score.SOCIAL: decay.VISIT,
}
"""Of the scores that are weights."""

CUT = f"""
INSERT INTO score_cut (brand_id, score, percentile, value, made_at)
SELECT :brand, scored.score, cut.place - 1, cut.value, :now FROM (
 {{each}}
) AS scored CROSS JOIN LATERAL unnest(scored.cuts) WITH ORDINALITY AS cut (value, place)
WHERE scored.members >= {FEWEST} AND cut.value IS NOT NULL
"""  # noqa: S608 (our own names)
HUNDREDTHS = "ARRAY(SELECT n / 100.0::float8 FROM generate_series(0, 100) AS n ORDER BY n)"


def values_on(brand: Brand, *, now: datetime) -> dict[str, Any]:
    """What the scores of `SQL` depend on besides the counts."""
    today = clock.day_of(now, brand.time_zone)
    return {"today": today, "unit": decay.unit_on(today, decay.REACTION)}


def cut_scores(*, now: datetime) -> int:
    """Find out of every brand which value each hundredth of its members is at or below; return for how many brands.

    Not for brands of whose members fewer than five permit it. Between two runs a member's own score moves on with
    everything they do, and is compared with these values.
    """
    each = " UNION ALL ".join(
        f"SELECT '{score}' AS score, count(*) AS members,"
        f" percentile_disc({HUNDREDTHS}) WITHIN GROUP (ORDER BY ({sql})::numeric) AS cuts {queries.PERMITTED}"
        " AND kept.visit_days > 0"
        for score, sql in SQL.items()
    )
    found = db.all_of(queries.brands())
    for brand in found:
        values = {"brand": brand.id, "now": now} | values_on(brand, now=now)
        db.execute(text("DELETE FROM score_cut WHERE brand_id = :brand"), {"brand": brand.id})
        db.execute(text(CUT.format(each=each)), values)
    return len(found)
