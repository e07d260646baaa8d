"""Whether a store of a file is still there: files list shops that have closed, or that will open.

A closed store stays in the catalogue, since old receipts name it, and nobody is sent there. Where a file says that a
shop has closed in words that nobody understands, it has closed: never a locked door.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.ops.imports.outcomes import Found
from geo.places.checks import CheckedStore
from geo.places.findings import StoreFinding
from geo.places.models import StoreStatus
from geo.places.plain_values import excerpt, plain_text, same_name_key
from geo.places.rows import StoreRow

DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[T ].*)?")
FRENCH_DATE = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
NO = frozenset(("no", "non", "false", "0"))
CLOSED = frozenset(
    (
        *("closed", "ferme", "fermee", "permanentlyclosed", "closedpermanently", "fermedefinitivement"),
        *("definitivementferme", "fermeturedefinitive", "temporarilyclosed", "closedtemporarily"),
        *("fermetemporairement", "temporairementferme", "f"),
    )
)
"""What a status says, by `same_name_key`: Overture, Google, French spreadsheets, and the F of SIRENE."""
PAST = ("disused:", "abandoned:", "demolished:", "razed:", "removed:", "was:")
"""Prefixes that OSM puts before a tag that holds no more (wiki, Lifecycle prefix)."""
PRESENT = ("shop", "amenity", "office", "craft", "tourism", "leisure", "healthcare")


def judge_closure(checked: CheckedStore, row: StoreRow, *, now: datetime) -> CheckedStore:
    """The verdict on a row with what it says of having closed; a last day that is still to come is only said."""
    if checked.details is None or not (row.ends or row.opens or row.status):
        return checked
    found = _closure(row, now.astimezone(ZoneInfo(checked.details.time_zone)).date())
    if found is None:
        return checked
    closed = found.finding is not StoreFinding.CLOSES_LATER
    details = replace(checked.details, status=StoreStatus.CLOSED) if closed else checked.details
    return replace(checked, details=details, found=(*checked.found, found))


def lifecycle_of(tags: Mapping[str, Any]) -> str | None:
    """What OSM's lifecycle tags say of a shop, as a status: `closed` when all it was, it was."""
    if tags.get("shop") == "vacant" or "yes" in (tags.get("disused"), tags.get("abandoned")):
        return "closed"
    if any(tags.get(key) for key in PRESENT):
        return None
    gone = any(key.startswith(PAST) and key.partition(":")[2] in PRESENT and tags[key] for key in tags)
    return "closed" if gone else None


def _closure(row: StoreRow, today: date) -> Found | None:
    status = same_name_key(plain_text(row.status)[0] or " ")
    ends, opens = plain_text(row.ends)[0], _date(plain_text(row.opens)[0] or "")
    if ends and same_name_key(ends) not in NO:
        day = _date(ends)
        if day is not None and day > today:
            return Found(StoreFinding.CLOSES_LATER, "status", {"day": day.isoformat()})
        return Found(StoreFinding.CLOSED, "status", {"said": excerpt(ends)})
    if status in CLOSED:
        return Found(StoreFinding.CLOSED, "status", {"said": excerpt(row.status)})
    if opens is not None and opens > today:
        return Found(StoreFinding.OPENS_LATER, "status", {"day": opens.isoformat()})
    return None


def _date(text: str) -> date | None:
    """`2024-01-19`, `2024-01`, `2024` (the first day of either) or `19/01/2024`; None for anything else."""
    found, french = DATE.fullmatch(text), FRENCH_DATE.fullmatch(text)
    try:
        if french:
            return date(int(french[3]), int(french[2]), int(french[1]))
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1)) if found else None
    except ValueError:
        return None
