"""How often somebody will still come, and what they will spend: BG/NBD and Gamma-Gamma. Pure.

BG/NBD (Fader, Hardie and Lee 2005, "Counting Your Customers the Easy Way"): who is still there buys at a rate of their
own, and after each purchase may have left for ever. Gamma-Gamma (Fader and Hardie 2013): what one purchase comes to
varies around a mean of one's own. Both are fitted to all members of a brand by the greatest likelihood.

They hold only for members who are known since their first purchase. Where a record begins in the middle of old habits,
as when a chain brings its members from elsewhere, nobody's first purchase is known, and what is fitted says nothing.

A history is three numbers: `frequency`, the purchases after the first (days with a purchase, less one); `recency`, the
time from the first purchase to the last; `age`, the time from the first purchase to today, in the same unit of time.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np

STEPS = 1000
"""More than any fit needs: twenty to a hundred are usual."""

BOUND = 7.0
"""Of the logarithm of a parameter: at the upper one, a thousandfold, members differ in nothing that could be fitted."""


class FitImpossible(ValueError):
    """These histories determine no model: too few of them, too much alike, or not what they should be."""


class BuyingModel(NamedTuple):
    """How the members of a brand buy (BG/NBD): rates vary as a gamma distribution of shape `r` and rate `alpha` (in the
    unit of time of the histories), the chance to leave after a purchase as a beta distribution of `a` and `b`."""

    r: float
    alpha: float
    a: float
    b: float


class SpendingModel(NamedTuple):
    """What a purchase comes to (Gamma-Gamma): of shape `p` around means, which vary with shape `q` and scale `v`."""

    p: float
    q: float
    v: float

    @property
    def mean(self) -> float:
        """What a purchase of somebody unknown comes to. Raises `ZeroDivisionError` where `q` is 1: there is no mean."""
        return self.p * self.v / (self.q - 1)


def fit_bgnbd(frequency: Sequence[float], recency: Sequence[float], age: Sequence[float]) -> tuple[BuyingModel, float]:
    """The model that makes these histories likeliest, and the logarithm of their likelihood.

    Raises `FitImpossible` for histories that cannot be (bought last after today, or not at all), that hold no second
    purchase, or that determine no model.
    """
    import numpy as np

    x, last, until = (np.asarray(one, dtype=float) for one in (frequency, recency, age))
    if not (x.shape == last.shape == until.shape and x.size and np.isfinite(x + last + until).all()):
        raise FitImpossible("a history is three numbers")
    if (x < 0).any() or (last < 0).any() or (last > until).any() or ((x > 0) != (last > 0)).any():
        raise FitImpossible(
            "no history: who bought once has neither frequency nor recency, and nobody buys after today"
        )
    if not x.any() or until.max() <= 0:
        raise FitImpossible("nobody bought a second time")
    unit = until.max()  # so that a fit is the same for days and for weeks
    found = _likeliest(lambda logs: -_buying_likelihood(np.exp(logs), x, last / unit, until / unit).mean(), 4)
    model = BuyingModel(float(found[0]), float(found[1] * unit), float(found[2]), float(found[3]))
    return model, float(_buying_likelihood(np.array(model), x, last, until).sum())


def fit_gamma_gamma(frequency: Sequence[float], mean_value: Sequence[float]) -> tuple[SpendingModel, float]:
    """The model that makes these means likeliest, and the logarithm of their likelihood.

    `mean_value` is what one purchase came to on average, above zero, over the `frequency` purchases of a member.
    Members without any say nothing, and are left out. Raises `FitImpossible` where fewer than two are left, or all are
    alike.
    """
    import numpy as np

    x, mean = np.asarray(frequency, dtype=float), np.asarray(mean_value, dtype=float)
    if x.shape != mean.shape or not np.isfinite(x + mean).all():
        raise FitImpossible("a mean goes with a frequency")
    x, mean = x[x > 0], mean[x > 0]
    if x.size < 2 or (mean <= 0).any() or np.ptp(mean) == 0:
        raise FitImpossible("two members who bought again, for different amounts above zero, are needed")
    unit = mean.mean()
    found = _likeliest(lambda logs: -_spending_likelihood(np.exp(logs), x, mean / unit).mean(), 3)
    model = SpendingModel(float(found[0]), float(found[1]), float(found[2] * unit))
    return model, float(_spending_likelihood(np.array(model), x, mean).sum())


def expected_purchases(
    model: BuyingModel, frequency: Sequence[float], recency: Sequence[float], age: Sequence[float], *, ahead: float
) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """How many purchases each of these members is expected to make in the time ahead (equation 10 of the paper)."""
    import numpy as np
    from scipy.special import hyp2f1

    x, last, until = (np.asarray(one, dtype=float) for one in (frequency, recency, age))
    r, alpha, a, b = model
    if abs(a - 1) < 1e-6:
        a = 1 + 1e-6  # at 1 the formula is nought by nought, and its limit is next to it
    shrunk = ((alpha + until) / (alpha + until + ahead)) ** (r + x)
    series = hyp2f1(r + x, b + x, a + b + x - 1, ahead / (alpha + until + ahead))
    left = np.where(x > 0, a / (b + np.maximum(x, 1) - 1) * ((alpha + until) / (alpha + last)) ** (r + x), 0.0)
    return np.asarray((a + b + x - 1) / (a - 1) * (1 - shrunk * series) / (1 + left))


def expected_value(
    model: SpendingModel, frequency: Sequence[float], mean_value: Sequence[float]
) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """What one more purchase of each of these members is expected to come to: between their own mean and that of all,
    the nearer to their own the more often they bought. Raises `FitImpossible` for a model whose mean is without end."""
    import numpy as np

    x, mean = np.asarray(frequency, dtype=float), np.asarray(mean_value, dtype=float)
    p, q, v = model
    if q <= 1:
        raise FitImpossible("amounts vary so much that their mean is without end")
    return np.asarray(p * (v + x * mean) / (p * x + q - 1))


def _buying_likelihood(parameters: Any, x: Any, last: Any, until: Any) -> Any:
    """The logarithm of the likelihood of each history (equation 6 of the paper)."""
    import numpy as np
    from scipy.special import betaln, gammaln

    r, alpha, a, b = parameters
    rate = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    stays = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + until)
    again = np.maximum(x, 1)
    leaves = betaln(a + 1, b + again - 1) - betaln(a, b) - (r + x) * np.log(alpha + last)
    return rate + np.where(x > 0, np.logaddexp(stays, leaves), stays)


def _spending_likelihood(parameters: Any, x: Any, mean: Any) -> Any:
    import numpy as np
    from scipy.special import betaln

    p, q, v = parameters
    return (
        -betaln(p * x, q)
        + q * np.log(v)
        + (p * x - 1) * np.log(mean)
        + p * x * np.log(x)
        - (p * x + q) * np.log(x * mean + v)
    )


def _likeliest(unlikelihood: Callable[[Any], Any], parameters: int) -> Any:
    """The parameters, all above zero, for which something is least, found by their logarithms (L-BFGS-B).

    Raises `FitImpossible` where it has no least value within reason.
    """
    import numpy as np
    from scipy.optimize import minimize

    bounds = [(-BOUND, BOUND)] * parameters
    found = minimize(
        unlikelihood,
        np.zeros(parameters),
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": STEPS, "ftol": 1e-12, "gtol": 1e-7},
    )
    if not np.isfinite(found.fun) or (found.x > BOUND - 0.1).any():
        raise FitImpossible("these histories determine no model")
    return np.exp(found.x)
