"""What an order of candidates is compared with, and how: simple rankers, NDCG@10, and intervals by the bootstrap."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from bench.retail_year import Campaign, Lines

DEPTH = 10
RESAMPLED = 2000
HALF_LIFE, RECENT = 168, 56
"""Days after which a purchase counts half in the reference, and days that are recent."""


class Interval(NamedTuple):
    """A mean, and the bounds between which 95 of 100 resampled means lie."""

    mean: float
    low: float
    high: float


def ndcg(scores: np.ndarray, hits: np.ndarray) -> np.ndarray:
    """The gain of the first ten of each row over the best that was possible; of equal scores the first comes first."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :DEPTH]
    weights = 1 / np.log2(np.arange(2, order.shape[1] + 2))
    gained = (np.take_along_axis(hits, order, 1) * weights).sum(1)
    possible = (-np.sort(-hits, axis=1)[:, : order.shape[1]] * weights).sum(1)
    return np.asarray(gained / possible)


def interval(values: np.ndarray) -> Interval:
    """The mean of what was found for each household, and the bounds of it."""
    random = np.random.default_rng(len(values))
    means = [values[random.integers(0, len(values), len(values))].mean() for _ in range(RESAMPLED)]
    low, high = np.quantile(means, (0.025, 0.975))
    return Interval(round(float(values.mean()), 4), round(float(low), 4), round(float(high), 4))


def of_categories(
    history: Lines, *, members: Sequence[int], categories: Sequence[str], on: date
) -> Mapping[str, np.ndarray]:
    """Scores of categories by the simple rankers: each category counts once in a basket.

    The reference is what somebody bought, fading by half in 168 days, and the share of households that bought of a
    category in the last eight weeks.
    """
    lines = _once(history, history.category)
    rows, columns = np.searchsorted(members, lines.member), np.searchsorted(categories, lines.category)
    age = _age(lines, on)
    shape = (len(members), len(categories))
    frequency, faded, lately = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    np.add.at(frequency, (rows, columns), 1)
    np.add.at(faded, (rows, columns), 0.5 ** (age / HALF_LIFE))
    recent = age <= RECENT
    lately[rows[recent], columns[recent]] = 1
    popularity = lately.sum(0) / lately.any(1).sum()
    everybody = np.tile(popularity, (len(members), 1))
    return {"popularity": everybody, "frequency": frequency, "reference": faded + everybody}


def of_coupons(history: Lines, campaign: Campaign) -> Mapping[str, np.ndarray]:
    """Scores of coupons by the simple rankers: what somebody bought of the articles of each.

    The reference lets that fade by half in 168 days, and knows nothing of anybody else.
    """
    lines = _once(history, history.article)
    age = _age(lines, campaign.starts_on)
    members = list(campaign.used)
    recent = lines.article[age <= RECENT]
    own = np.isin(lines.member, members)
    bought = lines.where(own)
    rows, faded = np.searchsorted(members, bought.member), 0.5 ** (age[own] / HALF_LIFE)
    scores = {
        name: np.zeros((len(members), len(campaign.coupons))) for name in ("popularity", "frequency", "reference")
    }
    for column, articles in enumerate(campaign.coupons.values()):
        among = np.isin(bought.article, articles)
        scores["popularity"][:, column] = np.isin(recent, articles).mean()
        scores["frequency"][:, column] = np.bincount(rows[among], minlength=len(members))
        scores["reference"][:, column] = np.bincount(rows[among], faded[among], minlength=len(members))
    return scores


def _once(lines: Lines, what: np.ndarray) -> Lines:
    """The lines, of which each basket has one for each article or category."""
    _, which = np.unique(what, return_inverse=True)
    _, rows = np.unique(lines.basket.astype(np.int64) * (which.max() + 1) + which, return_index=True)
    return lines.where(np.sort(rows))


def _age(lines: Lines, on: date) -> np.ndarray:
    return np.asarray((np.datetime64(on) - lines.day).astype(int) - 1)
