"""Plays an offer against what members did, before anybody sees it: whom it would reach, what it would cost, what would
run out, and what of all that is not known. Nothing is written; only counts leave.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from app.sql import db
from offers.planning.review import reports
from offers.planning.review.reports import Review
from offers.rehearsal import breaches, effects, estimates, past, permits, play
from offers.rehearsal.effects import Priced
from offers.rehearsal.estimates import Range, UseEstimate
from offers.rehearsal.laid_offers import LaidOffer, lay_offer
from offers.rehearsal.past import Past, Reactions
from offers.rehearsal.play import Reached, StagedOffer
from offers.rehearsal.run_outs import RunOut

DAYS, MOST_DAYS = 90, 365
"""How many days are played unless somebody says otherwise, and the most."""


@dataclass(frozen=True)
class Rehearsal:
    """An offer, played."""

    laid: LaidOffer
    past: Past
    reached: Reached
    reactions: Reactions
    priced: Priced
    estimate: UseEstimate
    run_outs: Sequence[RunOut]
    review: Review | None
    """What it meets; only of the newest version."""

    @property
    def margin_minor(self) -> Range | None:
        """What the uses bring in after what they cost; None where the offer does not say what one brings."""
        brings = self.laid.version.margin_minor
        if brings is None:
            return None
        uses, cost = self.estimate.uses, self.estimate.cost_minor
        ends = [brings * uses.low - cost.low, brings * uses.high - cost.high]
        expected = brings * uses.expected - cost.expected
        return Range(min(*ends, expected), expected, max(*ends, expected))


def rehearse_offer(
    *,
    brand_id: uuid.UUID,
    offer_id: uuid.UUID,
    version: int | None = None,
    days: int = DAYS,
    now: datetime,
    report: Callable[[str], None] = lambda _: None,
) -> Rehearsal:
    """Play a version of an offer, the draft unless it is named, against the last `days` days.

    `report` is told what is done next. Raises `DeadlinePassed`, and what `lay_offer` raises.
    """
    laid = lay_offer(brand_id=brand_id, offer_id=offer_id, version=version, days=days, now=now)
    with db.system():  # permissions and questions are the members' own; only counts of them leave
        report("reading")
        asked = laid.asked(now=now)
        seen = past.read_past(asked)
        allowed = permits.read_permits(brand_id=brand_id, members=seen.members, areas=laid.areas, now=now)
        reactions = past.read_reactions(asked, seen, since=now - timedelta(days=days))
        report("playing")
        addressed = partial(permits.find_addressed, laid, now=now)
        reached = play.play_visits(seen.visits, StagedOffer(laid.spans, allowed.allow, addressed))
        report("pricing")
        priced = effects.price_reached(laid, reached)
    estimate = estimates.estimate_uses(
        play.sum_uses(priced.by_member),
        reactions.used,
        scale=seen.scale * priced.scale,
        most_uses=laid.version.total_limit,
        seed=f"{offer_id}/{laid.version.version}/{days}",
    )
    outs = [
        *breaches.find_limits_reached(laid, reached, reactions, scale=seen.scale),
        *breaches.find_budgets_spent(laid, priced, reactions, scale=seen.scale * priced.scale, now=now),
    ]
    review = reports.review_offer(brand_id=brand_id, offer_id=offer_id)
    met = review if review.version.version == laid.version.version else None
    return Rehearsal(laid, seen, reached, reactions, priced, estimate, outs, met)
