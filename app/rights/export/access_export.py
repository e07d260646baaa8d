"""Access (GDPR article 15): everything we hold of a member, with purposes, recipients, retention, source and logic.

It is driven by the map, so a column that somebody adds is in the next export, or on the list of what is withheld.
"""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Table

from app import clock
from app.data_map import LABELS, SOURCES, DataClass, Datum, Export
from app.languages import Language
from app.rights import personal_tables
from app.rights.export import collection, purposes

FORMAT = "urn:ici:access-export:1"
Speaker = Callable[..., None]

SPEAKERS: list[Speaker] = []
"""Rooms above that say their numbers in words: each is called with the rows by table, which it changes, and with the
`language`. `app.factory` fills it from their `portability.py`."""

HELD = (Export.PROVIDED, Export.OBSERVED, Export.DERIVED)


def access_export(*, member_id: uuid.UUID, language: Language, now: datetime) -> dict[str, Any]:
    """Everything, as JSON holds it. Texts are in `language`; ids are explained in `names`."""
    rows = collection.rows_of(member_id, exported=HELD)
    tables = personal_tables.tables_of_members()
    for speak_rows in SPEAKERS:
        speak_rows(rows, language=language)
    names = collection.names_in(rows)
    brands = {uuid.UUID(brand["id"]) for brand in names.get("brand", [])}
    used = {code for entry in personal_tables.entries() if entry.table in tables for code in entry.datum.purposes}
    used |= {row["purpose"] for some in rows.values() for row in some if row.get("purpose")}
    return {
        "format": FORMAT,
        "made_at": clock.write_instant(now),
        "member_id": str(member_id),
        "data": [_shown(table, rows[table.name], language) for table in tables if table.name in rows],
        "names": names,
        "purposes": [one for one in purposes.purposes(language, brand_ids=brands) if one["code"] in used],
        "withheld": _withheld(language),
        "rights": purposes.RIGHTS.say(language),
    }


def _shown(table: Table, rows: list[collection.Row], language: Language) -> dict[str, Any]:
    logic = table.info.get("logic")
    described = {column.name: datum for column, datum in personal_tables.mapped(table) if datum.export in HELD}
    return {
        "table": table.name,
        "columns": [_described(name, datum, language) for name, datum in described.items()],
        "logic": logic and logic.say(language),
        "rows": rows,
    }


def _described(name: str, datum: Datum, language: Language) -> Mapping[str, Any]:
    return {
        "name": name,
        "class": datum.data_class,
        "what": LABELS[datum.data_class].say(language),
        "purposes": list(datum.purposes),
        "source": SOURCES[datum.export].say(language),
        "kept": datum.retention.say(language),
    }


def _withheld(language: Language) -> list[dict[str, Any]]:
    """What no export holds, and why: also tables that are keyed by hashes. Staff are not the member's to ask for."""
    found: dict[tuple[str, str], list[str]] = {}
    for entry in personal_tables.entries():
        datum = entry.datum
        if datum.export is Export.WITHHELD and datum.reason is not None and datum.data_class is not DataClass.STAFF:
            found.setdefault((entry.table.name, datum.reason.say(language)), []).append(entry.column.name)
    return [{"table": table, "columns": columns, "reason": reason} for (table, reason), columns in found.items()]
