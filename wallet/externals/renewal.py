"""A card that is there already takes what a file newly says, and keeps what its holder wrote.

What the last file said is kept as a digest for each field. A field that still holds it was not touched, so the new word
of the file is taken. One that its holder changed stays as it is, and the report names it, once. What a file does not
say is never taken away.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from wallet.externals.models import ExternalCard
from wallet.externals.rows import CardRow, CardWish


class Renewal(NamedTuple):
    """The fields that a card took from a file, and those where its holder's words stayed against the file's."""

    taken: Sequence[str] = ()
    kept: Sequence[str] = ()


def renew_card(card: ExternalCard, row: CardRow, wish: CardWish, *, now: datetime) -> Renewal:
    """Bring a card to what a file newly says of it; its version counts on if anything changed."""
    base, current = _base_of(card), _current(card)
    taken: list[str] = []
    kept: list[str] = []
    brought = dict(base)
    for name, value in _said(row, wish, points=card.balance_points).items():
        if not _is_news(name, value, base, current):
            brought.setdefault(name, _digest(value))
            continue
        brought[name] = _digest(value)
        untouched = base.get(name) == _digest(current[name]) or (name not in base and current[name] is None)
        (taken if untouched else kept).append(name)
    for name in taken:
        _take(card, name, row, wish, now=now)
    if brought != card.brought:
        card.brought = brought
    card.version += bool(taken)
    return Renewal(taken, kept)


def says_more(card: ExternalCard, row: CardRow, wish: CardWish) -> bool:
    """Whether a file says anything that the card does not, and that the last file did not say either."""
    base, current = _base_of(card), _current(card)
    said = _said(row, wish, points=card.balance_points)
    return any(_is_news(name, value, base, current) for name, value in said.items())


def digests_of(row: CardRow, wish: CardWish) -> dict[str, str]:
    """What a file says of a card, field by field, as digests."""
    return {name: _digest(value) for name, value in _said(row, wish, points=None).items()}


def _is_news(name: str, value: Any, base: Mapping[str, str], current: Mapping[str, Any]) -> bool:
    same = value == current[name] or (name == "programme" and value.casefold() == current[name].casefold())
    return not same and base.get(name) != _digest(value)


def _said(row: CardRow, wish: CardWish, *, points: int | None) -> dict[str, Any]:
    """Field → what the file says, as a value of JSON; a field of which it says nothing is not there.

    Zero of points is "no balance" in most files, and a balance where the card has `points`.
    """
    said = {
        "programme": wish.programme,
        "code": [wish.code, str(wish.symbology)],
        "encoding": wish.encoding and str(wish.encoding),
        "number": wish.number,
        "note": wish.note,
        "colour": wish.colour,
        "expires_on": wish.expires_on and wish.expires_on.isoformat(),
        "balance": _balance(wish.balance_minor, wish.currency, wish.balance_points),
        "groups": sorted(wish.groups) or None,
        "archived": row.archived,
    }
    if row.has_no_points and points is not None:
        said["balance"] = _balance(None, None, 0)
    return {name: value for name, value in said.items() if value is not None}


def _current(card: ExternalCard) -> dict[str, Any]:
    """Field → what the card holds, in the same values; None for nothing."""
    return {
        "programme": card.programme,
        "code": [card.code, card.symbology],
        "encoding": card.encoding,
        "number": card.number,
        "note": card.note,
        "colour": card.colour,
        "expires_on": card.expires_on and card.expires_on.isoformat(),
        "balance": _balance(card.balance_minor, card.currency, card.balance_points),
        "groups": sorted(card.groups) or None,
        "archived": card.archived_at is not None,
    }


def _base_of(card: ExternalCard) -> Mapping[str, str]:
    """What the last file said. A card that came by a file before this was kept, and never changed, says it itself."""
    if card.brought is not None:
        return card.brought
    if card.imported_as is None or card.version > 1:
        return {}
    return {name: _digest(value) for name, value in _current(card).items() if value is not None}


def _balance(minor: int | None, currency: str | None, points: int | None) -> list[Any] | None:
    return None if minor is None and points is None else [minor, currency, points]


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:32]


def _take(card: ExternalCard, name: str, row: CardRow, wish: CardWish, *, now: datetime) -> None:
    if name == "code":
        card.code, card.symbology = wish.code, wish.symbology
    elif name == "balance":
        points = 0 if row.has_no_points else wish.balance_points
        card.balance_minor, card.currency, card.balance_points = wish.balance_minor, wish.currency, points
    elif name == "archived":
        card.archived_at = now if row.archived else None
    elif name == "groups":
        card.groups = list(wish.groups)
    else:
        setattr(card, name, getattr(wish, name))
