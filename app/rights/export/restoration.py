"""A portability file comes back: the wallet gets what the member had provided. No permission is ever raised by a file.

Rooms restore what is theirs by `restore(portable, member_id=…, now=…)` in their own `restoration.py`; `app.factory`
finds it there at the start. Addresses are not taken over: a file proves nothing, so each is proved again by a code.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from app.accounts.members import prefer_language
from app.characters import holds_only_storable
from app.languages import LANGUAGES
from app.rights.errors import PortabilityEmpty, PortabilityUnreadable
from app.rights.export.portable_data import FORMAT

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Portable:
    """What a file says, as far as it has the shape of one."""

    records: Mapping[str, list[Row]]
    names: Mapping[str, list[Row]]
    left_out: int = 0
    """Rows with a character that nothing can keep."""

    def rows(self, table: str) -> list[Row]:
        """The rows of one table; none when the file has none."""
        return self.records.get(table, [])

    def called(self, table: str, id: Any) -> str | None:
        """The code of a thing of the catalogue, by the id that it had where the file was made."""
        codes = (row.get("code") for row in self.names.get(table, []) if row.get("id") == id)
        return next((code for code in codes if isinstance(code, str)), None)


class Restorer(Protocol):
    """What a room gives back to a wallet; returns how many things."""

    def __call__(self, portable: Portable, *, member_id: uuid.UUID, now: datetime) -> dict[str, int]: ...


RESTORERS: list[Restorer] = []


def read_portable(document: Any) -> Portable:
    """The parts of a file that can be given back. Raises `PortabilityUnreadable`, `PortabilityEmpty`."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise PortabilityUnreadable
    parts = [document.get("records"), document.get("names")]
    if not all(isinstance(part, dict) and all(_is_rows(rows) for rows in part.values()) for part in parts):
        raise PortabilityUnreadable
    records, names = ({table: _sound(rows) for table, rows in document[part].items()} for part in ("records", "names"))
    if not any(records.values()):
        raise PortabilityEmpty
    left_out = sum(map(len, document["records"].values())) - sum(map(len, records.values()))
    return Portable(records, names, left_out)


def restore_wallet(*, document: Any, member_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Give a wallet back what its member provided: how many things by kind. Twice changes nothing more.

    `left_out` counts rows that nothing can keep, where there are any. Raises `PortabilityUnreadable`,
    `PortabilityEmpty`, `NotFound` for a wallet that does not exist.
    """
    portable = read_portable(document)
    found = {"languages": _language(portable, member_id=member_id)}
    for restorer in RESTORERS:
        found |= restorer(portable, member_id=member_id, now=now)
    return found | ({"left_out": portable.left_out} if portable.left_out else {})


def _language(portable: Portable, *, member_id: uuid.UUID) -> int:
    wanted = next((row.get("language") for row in portable.rows("member")), None)
    for language in LANGUAGES:
        if language == wanted:
            prefer_language(member_id=member_id, language=language)
            return 1
    return 0


def _sound(rows: list[Row]) -> list[Row]:
    return [row for row in rows if holds_only_storable(row)]


def _is_rows(rows: Any) -> bool:
    return isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
