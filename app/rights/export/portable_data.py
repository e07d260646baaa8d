"""Portability (GDPR article 20): what the member provided and what their use left, in a documented format.

`docs/portability.md` describes the format and its JSON Schema. Rooms above add their promotions through `SOURCES` and
their purchases through `BASKETS`, which `app.factory` fills from their `promoting.py`.
"""

import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from app import clock
from app.data_map import Export
from app.rights.export import collection

FORMAT = "urn:ici:portability:1"
CARRIED = (Export.PROVIDED, Export.OBSERVED)


@dataclass(frozen=True)
class Promotion:
    """One advantage that the member was given, as the French authority asks of loyalty programmes.

    `gtin` names the article (GS1, 8 to 14 digits) and `amount_minor` is what it was worth; each is null where the
    advantage has none, for instance points, or ten per cent of a basket that is not known here.
    """

    id: uuid.UUID
    brand: str
    kind: str
    title_fr: str
    title_en: str
    gtin: str | None
    amount_minor: int | None
    currency: str | None
    received_at: datetime
    used_at: datetime | None


Source = Callable[[uuid.UUID], list[Promotion]]

SOURCES: list[Source] = []
BASKETS: list[Callable[[uuid.UUID], list[dict[str, Any]]]] = []


def portable(*, member_id: uuid.UUID, now: datetime) -> dict[str, Any]:
    """The member's data as another service, or this one, can read it. Nothing inferred is in it."""
    rows = collection.rows_of(member_id, exported=CARRIED)
    promotions = [promotion for source in SOURCES for promotion in source(member_id)]
    return {
        "format": FORMAT,
        "made_at": clock.write_instant(now),
        "member_id": str(member_id),
        "records": rows,
        "names": collection.names_in(rows),
        "purchases": [basket for source in BASKETS for basket in source(member_id)],
        "promotions": [collection.plain(asdict(promotion)) for promotion in promotions],
    }
