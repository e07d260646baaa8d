"""Tags: made, retired, and what the code of one leads to."""

import re
import secrets
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app import config
from app.languages import Language
from app.sql import db
from geo.places.stores_of_staff import require_assigned
from geo.zones import queries
from geo.zones.errors import TagUnknown
from geo.zones.models import Tag, TagCarrier
from geo.zones.zones import place_of

CODE_BYTES = 12
"""96 bits: a million guesses a second meet one of a million tags after some thousand million years."""
CODE = re.compile(r"[A-Za-z0-9_-]{16}")
PATH = "/t/"

RESOLVE = """
SELECT t.code, t.id, t.brand_id, t.store_id, z.id, CASE WHEN t.products = '{}' THEN z.products ELSE t.products END
FROM tag AS t
LEFT JOIN store AS s ON s.id = t.store_id
LEFT JOIN zone AS z ON z.id = t.zone_id AND z.status = 'open'
WHERE t.code = ANY ($1::text[]) AND t.retired_at IS NULL AND (t.store_id IS NULL OR s.status = 'open')
"""

NAME = """
SELECT b.name, s.name, z.name_fr, z.name_en
FROM tag AS t
JOIN brand AS b ON b.id = t.brand_id
LEFT JOIN store AS s ON s.id = t.store_id
LEFT JOIN zone AS z ON z.id = t.zone_id AND z.status = 'open'
WHERE t.code = $1 AND t.retired_at IS NULL AND (t.store_id IS NULL OR s.status = 'open')
"""


class TagTarget(NamedTuple):
    """Where a tag leads. `products` are the tag's own, else those of its zone: any of categories, gtins, skus."""

    tag_id: uuid.UUID
    brand_id: uuid.UUID
    store_id: uuid.UUID | None
    zone_id: uuid.UUID | None
    products: Mapping[str, Sequence[str]]


def resolve_tag(code: str) -> TagTarget | None:
    """What this code leads to. None, all alike, for what is no code, is unknown, was retired, or is of a closed store;
    of a closed zone only the store is told."""
    return resolve_tags([code]).get(code)


def resolve_tags(codes: Iterable[str]) -> dict[str, TagTarget]:
    """What each of these codes leads to, for those that `resolve_tag` has an answer to; in one statement."""
    asked = {code for code in codes if CODE.fullmatch(code)}
    return {
        code: TagTarget(tag_id, brand_id, store_id, zone_id, products or {})
        for code, tag_id, brand_id, store_id, zone_id, products in (db.fetch(RESOLVE, [list(asked)]) if asked else ())
    }


def name_place(code: str, language: Language) -> str | None:
    """Where this code leads, in words: brand, store, zone. None as `resolve_tag` has it."""
    found = db.fetch(NAME, [code]) if CODE.fullmatch(code) else []
    if not found:
        return None
    brand, store, name_fr, name_en = found[0]
    return ", ".join(name for name in (brand, store, name_fr if language == "fr" else name_en) if name)


def make_tag(
    *,
    brand_id: uuid.UUID,
    carrier: TagCarrier,
    label: str,
    products: Mapping[str, Sequence[str]],
    store_id: uuid.UUID | None,
    zone_id: uuid.UUID | None,
    now: datetime,
    by: uuid.UUID | None = None,
) -> Tag:
    """Make a tag with a code that nobody can guess; one that hangs in no store is the whole brand's.

    Raises `StoreUnknown`, `ZoneUnknown`, `ZoneElsewhere`, `StoreNotAssigned`.
    """
    if zone_id is not None or store_id is not None:
        store_id = place_of(brand_id=brand_id, store_id=store_id, zone_id=zone_id)
    require_assigned(by, store_id)
    return db.add(
        Tag(
            brand_id=brand_id,
            store_id=store_id,
            zone_id=zone_id,
            carrier=carrier,
            code=secrets.token_urlsafe(CODE_BYTES),
            label=label,
            products=dict(products),
            created_at=now,
        )
    )


def the_tag(*, brand_id: uuid.UUID, tag_id: uuid.UUID) -> Tag:
    """A tag of this brand. Raises `TagUnknown`."""
    tag = db.first(queries.tag_of(brand_id, tag_id))
    if tag is None:
        raise TagUnknown
    return tag


def retire_tag(*, brand_id: uuid.UUID, tag_id: uuid.UUID, now: datetime, by: uuid.UUID | None = None) -> Tag:
    """Let a tag lead nowhere any more; for good, and twice is once. Raises `TagUnknown`, `StoreNotAssigned`."""
    tag = db.first(db.locked(queries.tag_of(brand_id, tag_id)))
    if tag is None:
        raise TagUnknown
    require_assigned(by, tag.store_id)
    if tag.retired_at is None:
        tag.retired_at = now
        db.add(tag)
    return tag


def address_of(tag: Tag) -> str:
    """What is printed: the address that a phone's camera opens, and an app of the brand takes over."""
    return f"{config.current().public_url.rstrip('/')}{PATH}{tag.code}"


def describe_tag(tag: Tag) -> dict[str, Any]:
    """A tag as the console sees it, with what to print (`url`) and what to write into a chip (`ndef`, hexadecimal)."""
    url = address_of(tag)
    shown = {name: getattr(tag, name) for name in SHOWN}
    return shown | {"url": url, "ndef": ndef_message(url).hex()}


SHOWN = ("id", "store_id", "zone_id", "carrier", "label", "products", "code", "retired_at", "created_at")

URI_PREFIXES = (b"http://www.", b"https://www.", b"http://", b"https://")
"""Their place, from 1, is the first byte of a URI record (NFC Forum, URI Record Type Definition 1.0, table 3)."""


def ndef_message(url: str) -> bytes:
    """An address as one short NDEF record of the well-known type U, which phones open by themselves. Pure.

    Raises `ValueError` for one of more than 255 bytes, which no such record holds.
    """
    whole = url.encode()
    place = next((place for place, prefix in enumerate(URI_PREFIXES, start=1) if whole.startswith(prefix)), 0)
    payload = bytes([place]) + (whole.removeprefix(URI_PREFIXES[place - 1]) if place else whole)
    return bytes([0xD1, 1, *len(payload).to_bytes(1, "big")]) + b"U" + payload
