"""What is kept of a decision, read again: the entries of its order, its seed, its leaders."""

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from app.sql import db
from offers.deciding import queries
from offers.deciding.decisions import PLAIN_ENTRY
from offers.deciding.discovery import seed_of
from offers.deciding.factors import Factors, Weights
from offers.deciding.scores import ScoredOffer

WIDTH = len(Factors._fields)


class Kept(Protocol):
    """The part of a decision that its order was made of: the row, or the object of it."""

    @property
    def id(self) -> UUID: ...

    @property
    def policy(self) -> str: ...

    @property
    def considered(self) -> Sequence[int]: ...

    @property
    def factors(self) -> Sequence[int] | None: ...

    @property
    def context(self) -> Mapping[str, object]: ...


def seed_in(decision: Kept) -> int:
    """The chance of a decision."""
    return seed_of(str(decision.id), decision.policy)


def entries_of(decision: Kept, weights: Mapping[tuple[int, int], Weights] | None = None) -> list[ScoredOffer]:
    """The entries of a decision in the order of the answer; none where the order is the plain one.

    `weights` are those of brands by offer number and version; without, they are read.
    """
    if decision.factors is None:
        return []
    kept = [Factors(*decision.factors[n : n + WIDTH]) for n in range(0, len(decision.factors), WIDTH)]
    numbers = decision.considered[: 4 * len(kept) : 4]
    said = decision.context.get("versions")
    versions = list(said) if isinstance(said, list) else [0] * len(kept)
    near = in_front_of(decision)
    if weights is None:
        weights = weights_of({(n, v) for n, v in zip(numbers, versions, strict=True) if v > 0})
    return [
        ScoredOffer(
            number,
            factors,
            weights.get((number, version), Weights()),
            max(version, 0),
            version == PLAIN_ENTRY,
            number in near,
        )
        for number, factors, version in zip(numbers, kept, versions, strict=True)
    ]


def in_front_of(decision: Kept) -> frozenset[int]:
    """The numbers of the offers on what the member stood before; none where nobody knew."""
    said = decision.context.get("in_front")
    return frozenset(said) if isinstance(said, list) else frozenset()


def weights_of(keys: set[tuple[int, int]]) -> dict[tuple[int, int], Weights]:
    """The weights of the brand of each offer at a version of them."""
    if not keys:
        return {}
    found = db.rows(queries.weights_by_offer(keys))
    return {(number, version): Weights(**said) for number, version, said in found}
