"""In which store somebody buys next, as far as their last visits say it. Pure.

The store most visited lately: a visit counts half after 56 days. That guesses better than the store most visited ever,
and than the store last visited (docs/relevance.md).
"""

from collections.abc import Hashable, Mapping
from typing import Generic, NamedTuple, TypeVar

Store = TypeVar("Store", bound=Hashable)


class LikelyStore(NamedTuple, Generic[Store]):
    """A store, and the share (0 to 1) of somebody's faded visits that it has."""

    store: Store
    share: float


def rank_stores(visits: Mapping[Store, int]) -> list[LikelyStore[Store]]:
    """The stores where somebody may buy next, the likeliest first, from the weights of their visits (`decay.STORE`).

    Of equals the first by its name. Nothing for a member who has visited none; a store all of whose visits were taken
    back is none.
    """
    visited = {store: weight for store, weight in visits.items() if weight > 0}
    total = sum(visited.values())
    order = sorted(visited, key=lambda store: (-visited[store], str(store)))
    return [LikelyStore(store, visited[store] / total) for store in order]


def guess_store(visits: Mapping[Store, int]) -> LikelyStore[Store] | None:
    """The likeliest store of the next visit; None for a member who has visited none."""
    return next(iter(rank_stores(visits)), None)
