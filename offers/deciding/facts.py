"""What never changes and an order needs: what versions of offers are about, and brands' weights. Each is read once by
a process, of live offers when it starts.

On whatever connection the search was sent, since the lane has one of its own.
"""

import sys
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

import orjson
import psycopg

from app.logs import log
from app.sql import hot_statements
from offers.benefits.registry import BenefitKindUnknown, read_benefit
from offers.deciding import queries
from offers.deciding.factors import NEUTRAL, Weights, value_of
from offers.learning.tastes.affinities import ArticlesWanted, want_articles
from offers.planning.audiences.for_whom import ForWhom, read_for_whom
from offers.planning.audiences.use_limits import UseLimits, read_use_limits
from wallet.purchases.basket import BasketLine, Products

KEPT = 200_000
"""Versions of offers, and of weights, that a process keeps; then it begins anew. One costs less than a kilobyte, and
one that is not kept costs the answer a trip."""

KEPT_READ = 1024
"""Sets of articles that a process keeps read."""

NOT_UNDERSTOOD = (TypeError, ValueError, KeyError, BenefitKindUnknown)
"""What is raised for a condition, a limit or a benefit that this release does not know."""

AT_ONCE = 200
"""Offers that are read in one step: some milliseconds."""

EVERYBODY, UNLIMITED = read_for_whom({}), read_use_limits({})
"""What most versions say, each once in a process."""
NOTHING_NAMED = b"{}"

Key = TypeVar("Key")
Fact = TypeVar("Fact")

Version = tuple[int, int]
"""The number of an offer, and of its version."""

Policy = tuple[bytes, int]
"""A brand's id as text, and the number of the version of its weights."""


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """What a version of an offer is about: its brand's id as text, the text of its articles (`read_articles`), what
    these ask of a taste, the factor of its value; and for whom it is, how often, on which clock."""

    brand: bytes
    articles: bytes
    wanted: ArticlesWanted
    value: int
    offer_id: uuid.UUID
    zone: str
    for_whom: ForWhom
    limits: UseLimits


class BrandWeights(NamedTuple):
    """How much factors count for a brand; `plain` if it wants the plain order."""

    weights: Weights
    plain: bool


_offers: dict[Version, OfferFacts] = {}
_weights: dict[Policy, BrandWeights] = {}


def read_offer_facts(connection: psycopg.Connection[Any], versions: Sequence[Version]) -> list[OfferFacts]:
    """The facts of these versions, in their order. Raises `psycopg.Error`."""
    try:
        return [_offers[version] for version in versions]
    except KeyError:
        numbers, missing = zip(*sorted({version for version in versions if version not in _offers}), strict=True)
    rows = hot_statements.ask_statement(connection, queries.FACTS, [list(numbers), list(missing)])
    _keep(_offers, {(number, version): _facts(*said) for number, version, *said in rows}, wanted=versions)
    return [_offers[version] for version in versions]


def read_live_facts() -> int:
    """Read beforehand what answers will need of live offers, as far as a process keeps it, and return of how many: else
    the first answer around each offer waits for it. In steps, between which answers are given.

    Raises `psycopg.Error` and `sqlalchemy.exc.SQLAlchemyError`: then it is read when it is needed.
    """
    last, count = 0, 0
    while count < KEPT:
        with hot_statements.kept_connection() as connection:
            live = hot_statements.ask_statement(connection, queries.LIVE_VERSIONS, [last, AT_ONCE])
            count += _read_those_understood(connection, live)
        if not live:
            break
        last = live[-1][0]
    return count


def _read_those_understood(connection: psycopg.Connection[Any], live: Sequence[Version]) -> int:
    """Read these versions, and return how many of them this release understands. One that only a newer release does,
    which may run beside it, is left to whoever asks for it, and keeps no other from being known."""
    try:
        read_offer_facts(connection, live)
    except NOT_UNDERSTOOD as error:
        if len(live) == 1:
            log.warning("offer_not_understood", offer=live[0][0], version=live[0][1], error=str(error))
            return 0
        middle = len(live) // 2
        return sum(_read_those_understood(connection, some) for some in (live[:middle], live[middle:]))
    return len(live)


def read_weights(connection: psycopg.Connection[Any], keys: Collection[Policy]) -> Mapping[Policy, BrandWeights]:
    """These versions of brands' weights, and all others that are known. Raises `psycopg.Error`."""
    missing = {key for key in keys if key not in _weights}
    if missing:
        brands, versions = zip(*sorted(missing), strict=True)
        asked = [[brand.decode() for brand in brands], list(versions)]
        rows = hot_statements.ask_statement(connection, queries.WEIGHTS, asked)
        found = {(brand, version): BrandWeights(Weights(**said), plain) for brand, version, said, plain in rows}
        _keep(_weights, found, wanted=keys)
    return _weights


@lru_cache(maxsize=KEPT_READ)
def read_articles(articles: bytes) -> Products:
    """The articles of a version. They stay the text that they were read as, since most answers ask for none of them."""
    return Products(**{name: frozenset(values) for name, values in orjson.loads(articles).items()})


def find_about(offers: Iterable[bytes], there: Products) -> frozenset[bytes]:
    """What of the articles of offers is on some of those that are there, at a shelf or on a tag: an article of both, or
    a category of one within a category of the other. What is on everything is on nothing in particular."""
    lines = _lines_of(there)
    if not lines:
        return frozenset()
    named = {articles: read_articles(articles) for articles in set(offers) - {NOTHING_NAMED}}  # many are on the same
    return frozenset(
        articles
        for articles, offer in named.items()
        if not offer.names_all and (any(map(offer.include, lines)) or any(map(there.include, _lines_of(offer))))
    )


def _lines_of(products: Products) -> list[BasketLine]:
    """What is named, as if it were bought."""
    return [
        *(BasketLine(1, 1, 0, gtin=one) for one in products.gtins),
        *(BasketLine(1, 1, 0, sku=one) for one in products.skus),
        *(BasketLine(1, 1, 0, category=one) for one in products.categories),
        *(BasketLine(1, 1, 0, lists=frozenset({one})) for one in products.lists),
    ]


def _keep(kept: dict[Key, Fact], found: Mapping[Key, Fact], *, wanted: Collection[Key]) -> None:
    """Keep what was found; a process that keeps too much begins anew with what is wanted now."""
    if len(kept) + len(found) > KEPT:
        still = {key: kept[key] for key in wanted if key in kept}
        kept.clear()
        kept.update(still)
    kept.update(found)


def _facts(
    brand: bytes,
    articles: bytes,
    benefit: Mapping[str, Any],
    margin_minor: int | None,
    offer_id: uuid.UUID,
    zone: bytes,
    for_whom: Mapping[str, Any],
    limits: Mapping[str, Any],
) -> OfferFacts:
    return OfferFacts(
        _shared(brand),
        _shared(articles),
        _wanted(articles),
        NEUTRAL if margin_minor is None else value_of(read_benefit(benefit), margin_minor),
        offer_id,
        sys.intern(zone.decode()),
        read_for_whom(for_whom) if for_whom else EVERYBODY,
        read_use_limits(limits) if limits else UNLIMITED,
    )


@lru_cache(maxsize=KEPT_READ)
def _wanted(articles: bytes) -> ArticlesWanted:
    """What these articles ask of a taste, once for all offers on them."""
    return want_articles(read_articles(articles))


@lru_cache(maxsize=KEPT_READ)
def _shared(text: bytes) -> bytes:
    """The one text for all that say the same: of a brand's id, of articles."""
    return text
