"""What an offer may give, held against what it would have given: which limits would be reached, and when."""

from offers.planning import budgets
from offers.rehearsal import run_outs
from offers.rehearsal.laid_offers import LaidOffer
from offers.rehearsal.past import Reactions
from offers.rehearsal.play import Reached
from offers.rehearsal.run_outs import RunOut


def find_limits_reached(laid: LaidOffer, reached: Reached, reactions: Reactions, *, scale: float) -> list[RunOut]:
    """The limits on coupons, in total and for each day. A member claims one when the offer is first shown to them."""
    version = laid.version
    least, greatest = reactions.claimed.ends(seed=f"{laid.offer.id}/{version.version}")
    shares = (least, reactions.claimed.mean, greatest)
    shown = run_outs.count_days(reached.shown_by_day(laid.day_of), scale=scale)
    found = []
    if version.total_limit is not None:
        left = _left(laid)
        found.append(run_outs.find_run_out("total_limit", shown, limit=left, shares=shares))
    if version.daily_limit is not None:
        found.append(run_outs.find_daily_run_out("daily_limit", shown, limit=version.daily_limit, shares=shares))
    return found


def _left(laid: LaidOffer) -> int:
    """How many coupons may still be given: of a version that is not live, all."""
    is_live = laid.offer.live_version == laid.version.version
    left = budgets.remaining(laid.offer.id, budgets.TOTAL) if is_live else None
    return laid.version.total_limit or 0 if left is None else left
