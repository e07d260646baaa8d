"""What offers and places put on passes: the source that `wallet.issued` asks when it reads what passes say."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.sql import db
from offers.pass_facts import queries
from offers.pass_facts.coupons_shown import coupons_on
from offers.pass_facts.permits import permits_on
from offers.pass_facts.places_shown import places_on
from wallet.issued.models import IssuedPass, PassKind
from wallet.issued.queries import values_for


def read_fields(passes: Sequence[IssuedPass], now: datetime) -> Mapping[uuid.UUID, Mapping[str, Any]]:
    """Coupons, places, beacon and whether it may notify, by the id of the pass; asked for in one trip."""
    asked = values_for(passes)
    targets = [held.target_id for held in passes if held.kind == PassKind.COUPON]
    coupons, who, permitted, kept = db.send_statements(
        (queries.COUPONS, asked | {"targets": targets, "now": now}),
        (queries.WHO, asked),
        (queries.PERMITS, asked),
        (queries.PLACES_KEPT, asked | {"passes": [held.id for held in passes]}),
    )
    places, permits = places_on(passes, kept, now), permits_on(passes, who, permitted, now)
    return {
        pass_id: _together(said, permits[pass_id], places.get(pass_id, {}))
        for pass_id, said in coupons_on(passes, coupons, now).items()
    }


def _together(*parts: Mapping[str, Any]) -> dict[str, Any]:
    """All of it, to be looked at again when the first part changes by itself."""
    instants = [part["changes_at"] for part in parts if part.get("changes_at") is not None]
    joined = {name: value for part in parts for name, value in part.items()}
    return joined | {"changes_at": min(instants, default=None)}
