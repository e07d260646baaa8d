"""Voucher Vault's JSON: a list of cards; balances in thousandths, `balanceMilliunits`, with no currency."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.characters import holds_only_storable
from app.ops.imports.outcomes import Found
from wallet.externals.errors import FileBroken
from wallet.externals.findings import Dropped, ExternalFinding
from wallet.externals.readers.archives import json_of, line_of
from wallet.externals.rows import Content, Raw, amount_of

COLOURS = {
    "GREY": "#9e9e9e",
    "BLUE": "#2196f3",
    "GREEN": "#4caf50",
    "ORANGE": "#ff9800",
    "PURPLE": "#9c27b0",
    "RED": "#f44336",
    "YELLOW": "#ffeb3b",
}


def read_vault(content: bytes) -> Content:
    """The cards of the list. Raises `FileNotText`, `TooManyRows`, `FileTooLong`, `FileBroken`."""
    cards = json_of(content, part="JSON")
    if not isinstance(cards, list):
        raise FileBroken(part="JSON")
    found = Content(format="voucher_vault")
    for card in cards:
        found.add(_row(card, found))
    return found


def _row(card: Any, found: Content) -> Raw:
    if isinstance(card, dict) and holds_only_storable(card):
        return _card(card, found)
    why = ExternalFinding.TEXT_UNSTORABLE if isinstance(card, dict) else ExternalFinding.ROW_BROKEN
    return Raw(programme=None, code=None, found=[Found(why, "row")])


def _card(card: dict[str, Any], found: Content) -> Raw:
    findings: list[Found] = []
    found.dropped[Dropped.MARKS] += bool(card.get("removeOnceExpired"))
    return Raw(
        programme=line_of(card.get("description")),
        code=line_of(card.get("code")),
        symbology=line_of(card.get("codeType")),
        colour=COLOURS.get(str(card.get("color")).upper()),
        expires_on=_day(card.get("expires"), findings),
        balance=_amount(card, findings),
        currency=None,
        found=findings,
    )


def _day(said: Any, findings: list[Found]) -> date | None:
    if said is None:
        return None
    try:
        return datetime.fromisoformat(said).date()
    except (TypeError, ValueError):
        findings.append(Found(ExternalFinding.EXPIRY_UNREADABLE, "expires_on"))
        return None


def _amount(card: dict[str, Any], findings: list[Found]) -> Decimal | None:
    """`balanceMilliunits`, or `balance` in units, as older versions write it."""
    said, scale = card.get("balanceMilliunits"), -3
    if said is None:
        said, scale = card.get("balance"), 0
    if said is None:
        return None
    amount = amount_of(str(said))
    if amount is None:
        findings.append(Found(ExternalFinding.BALANCE_UNREADABLE, "balance"))
        return None
    return amount.scaleb(scale)
