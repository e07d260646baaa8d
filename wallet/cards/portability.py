"""What a portability file gives back of cards: the programmes that the member had joined, and the names they chose."""

import uuid
from datetime import datetime
from typing import Any

from app.accounts.queries import brand_with_code
from app.rights.export.restoration import Portable
from app.sql import db
from wallet.cards.enrolment import join_brand
from wallet.cards.own_cards import LONGEST_NAME


def restore(portable: Portable, *, member_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Join the brands of the file's cards again, with a new code each. A card that the member holds stays as it is."""
    made = 0
    for row in portable.rows("card"):
        brand = db.first(brand_with_code(portable.called("brand", row.get("brand_id")) or ""))
        if brand is not None:
            name = _name(row.get("display_name"))
            card = join_brand(member_id=member_id, brand_id=brand.id, display_name=name, now=now)
            made += card.joined_at == now
    return {"cards": made}


def _name(given: Any) -> str | None:
    """The chosen name, if it is one line that a till can show."""
    fits = isinstance(given, str) and given.isprintable() and len(given.strip()) in range(1, LONGEST_NAME + 1)
    return given.strip() if fits else None
