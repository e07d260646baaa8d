"""On which lists the articles of a basket were when they were bought.

A line then says it itself (`BasketLine.lists`), so that whoever judges baskets asks nobody.
"""

import uuid
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from app.codes.article_numbers import number_of
from app.sql import db
from wallet.product_lists import queries
from wallet.purchases.basket import Basket, BasketLine

Key = TypeVar("Key", bound=Hashable)

LATEST = datetime(9999, 12, 31, tzinfo=UTC)
"""The instant to ask for what is on lists now."""

Listed = Mapping[int, frozenset[str]]
"""The codes of the lists that each article is on, by its number."""


def numbers_in(basket: Basket) -> list[int]:
    """The articles of a basket that have a number, each once."""
    return sorted({number_of(line.gtin) for line in basket.lines if line.gtin is not None})


def read_listed(pairs: Iterable[tuple[int, str]] | None) -> Listed:
    """What a statement told as numbers of articles with the codes of their lists."""
    found: dict[int, set[str]] = {}
    for number, code in pairs or ():
        found.setdefault(number, set()).add(code)
    return {number: frozenset(codes) for number, codes in found.items()}


def list_lines(basket: Basket, listed: Listed) -> Basket:
    """The basket, each line of which says on which lists it is."""
    if not listed:
        return basket
    return replace(basket, lines=tuple(_listed(line, listed) for line in basket.lines))


def list_baskets(
    baskets: Mapping[Key, Basket], *, brand_id: uuid.UUID, at: datetime | None = None
) -> Mapping[Key, Basket]:
    """These baskets of a brand, each line of which says on which lists it was when it was bought, or at another
    instant; by one statement however many there are, and none where no article has a number."""
    asked = [(key, number, at or basket.bought_at) for key, basket in baskets.items() for number in numbers_in(basket)]
    if not asked:
        return baskets
    rows = db.send_statement(
        queries.LISTS_OF_ARTICLES,
        {
            "brand": brand_id,
            "numbers": list(range(len(asked))),
            "gtins": [number for _, number, _ in asked],
            "ats": [instant for *_, instant in asked],
        },
    )
    found: dict[Key, dict[int, frozenset[str]]] = {}
    for place, codes in rows:
        key, number, _ = asked[place]
        found.setdefault(key, {})[number] = frozenset(codes)
    return {key: list_lines(basket, found.get(key, {})) for key, basket in baskets.items()}


def _listed(line: BasketLine, listed: Listed) -> BasketLine:
    codes: Any = None if line.gtin is None else listed.get(number_of(line.gtin))
    return replace(line, lists=codes) if codes else line
