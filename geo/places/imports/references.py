"""What a store is known by: the brand's own reference, an OSM identity, or one that is made where a file has none."""

import hashlib
from collections.abc import Mapping
from typing import Any

from geo.places.checks import StoreDetails
from geo.places.plain_values import same_name_key

OSM_TYPES = ("node", "way", "relation")
MADE = "made-"
"""How the references begin that are made here."""


def reference_in(
    values: Mapping[str, object], *, feature_id: object = None, tags: Mapping[str, Any] | None = None
) -> object:
    """The reference of a row, or of a feature with its id and properties; None when it has none.

    A node and a way of OSM may share a number, so their type belongs to it: `node/1` is not `way/1`, whether an export
    writes `@type` and `@id` (osmium), `type` and `id`, or `osm_type` and `osm_id`. What a brand calls its store comes
    before the numbers that a program gave to features.
    """
    tags = tags or {}
    kind = next((kind for kind in (tags.get("@type"), values.get("osm_type")) if kind in OSM_TYPES), None)
    if kind is not None:
        given = (tags.get("@id"), values.get("osm_id"), tags.get("id"), values.get("id"))
        number = next((text for text in map(str, given) if text.isdecimal()), None)
        if number is not None:
            return f"{kind}/{number}"
    numbers = (values.get(name) for name in ("ref", "id", "code"))
    candidates = (values.get("reference"), tags.get("@id"), feature_id, tags.get("id"), *numbers)
    return next((candidate for candidate in candidates if candidate not in (None, "")), None)


def made_reference(details: StoreDetails) -> str:
    """A reference out of name, place (to about ten metres) and address: the same for the same shop in the next file."""
    parts = (same_name_key(details.name), f"{details.lon:.4f}", f"{details.lat:.4f}", details.address or "")
    return MADE + hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]
