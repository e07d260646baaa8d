"""What offers and places put on passes: the source that `wallet.issued` asks when it reads what passes say."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from offers.pass_facts.coupons_shown import read_coupons
from offers.pass_facts.permits import read_permits
from offers.pass_facts.places_shown import read_places
from wallet.issued.models import IssuedPass


def read_fields(passes: Sequence[IssuedPass], now: datetime) -> Mapping[uuid.UUID, Mapping[str, Any]]:
    """Coupons, places, beacon and whether it may notify, by the id of the pass."""
    places, permits = read_places(passes, now), read_permits(passes, now)
    return {
        pass_id: _together(said, permits[pass_id], places.get(pass_id, {}))
        for pass_id, said in read_coupons(passes, now).items()
    }


def _together(*parts: Mapping[str, Any]) -> dict[str, Any]:
    """All of it, to be looked at again when the first part changes by itself."""
    instants = [part["changes_at"] for part in parts if part.get("changes_at") is not None]
    joined = {name: value for part in parts for name, value in part.items()}
    return joined | {"changes_at": min(instants, default=None)}
