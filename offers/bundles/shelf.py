"""Bundles that are made, once for each version of the catalogue, and kept in memory for whoever asks next.

A process keeps the bytes of the bundles that were asked for last, up to a bound; it keeps nothing of who asked. Of many
who ask for one that is not there, one makes it and the others wait for that one.
"""

import gzip
import hashlib
import threading
import uuid
from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from app import canonical
from app.accounts.errors import BrandUnknown
from app.accounts.queries import brand_with_code
from app.sql import db
from geo.fences.hits import fences_of_stores
from geo.private.cells import Region, read_cell, region_around
from geo.private.errors import CellTooFull
from geo.private.surroundings import PlaceAt, find_places, find_places_of, has_places
from offers.bundles import catalogue, queries
from offers.bundles.catalogue import Versions
from offers.bundles.contents import Rows, describe_bundle
from offers.bundles.errors import CatalogueTooLarge
from offers.bundles.signature import sign_bundle

MOST_KEPT_BYTES = 64 * 1024 * 1024
MOST_BYTES = 4 * 1024 * 1024
"""Of one bundle, before it is compressed."""

TURNS = 64
"""Who asks for one bundle waits for it in one of so many queues, now and then beside somebody who asks for another."""

LAST_DAY = datetime(9999, 12, 31, tzinfo=UTC)
"""Where an end is that never comes."""

MOST_STORES_OF_BRAND = 3_000
"""Of a brand whose whole catalogue is one bundle."""


class Bundle(NamedTuple):
    """The bytes of a bundle, plain and compressed; its tag, which is a fingerprint of them; their signature."""

    body: bytes
    packed: bytes
    tag: str
    signature: str


class _Kept(NamedTuple):
    """A bundle, what it is about, and the versions with which it was right."""

    bundle: Bundle
    region: Region | None
    brands: frozenset[uuid.UUID]
    versions: Versions


class _Shelf:
    def __init__(self) -> None:
        self.kept: OrderedDict[str, _Kept] = OrderedDict()
        self.size = 0
        self.lock = threading.Lock()
        self.turns = [threading.Lock() for _ in range(TURNS)]


_shelf = _Shelf()


def cell_bundle(cell: str) -> Bundle:
    """The bundle of a cell and those around it.

    Raises `CellUnknown`, `CellTooFine`, `CellTooCoarse`, `CellTooSparse`, `CellTooFull`.
    """
    return _taken(f"cells/{cell}") or _made_once(f"cells/{cell}", cell=cell)


def brand_bundle(code: str) -> Bundle:
    """The bundle of a brand's whole catalogue. Raises `BrandUnknown`, `CatalogueTooLarge`."""
    return _taken(f"brands/{code}") or _made_once(f"brands/{code}", code=code)


def _taken(name: str) -> Bundle | None:
    """The bundle that is kept under this name, if it is still right."""
    versions = catalogue.current_versions()
    with _shelf.lock:
        kept = _shelf.kept.get(name)
        if kept is None or kept.versions is not versions:
            return None
        _shelf.kept.move_to_end(name)
    return kept.bundle


def _made_once(name: str, **subject: str) -> Bundle:
    with _shelf.turns[hash(name) % TURNS]:
        return _taken(name) or _still_right(name) or _make(name, **subject)


def _still_right(name: str) -> Bundle | None:
    """The bundle that is kept, where what changed since concerns other brands and other places."""
    versions = catalogue.current_versions()
    with _shelf.lock:
        kept = _shelf.kept.get(name)
    if kept is None:
        return None
    changed = catalogue.changed_brands(since=kept.versions, now=versions)
    if changed & kept.brands:
        return None
    if changed and kept.region is not None:
        with db.transaction():
            if has_places(kept.region, changed):
                return None
    _keep(name, kept._replace(versions=versions))
    return kept.bundle


def _make(name: str, *, cell: str | None = None, code: str | None = None) -> Bundle:
    region = None
    if cell is not None:
        read_cell(cell)
        region = region_around(cell)
    with db.transaction():
        db.fetch(queries.ONE_SNAPSHOT)
        versions = catalogue.read_versions()
        if region is not None:
            places = find_places(region)
            brands = {place.brand_id for place in places}
        else:
            places, brands = _places_of_brand(code or "")
        rows = _rows(brands, [place.store_number for place in places])
    body = canonical.write_json(describe_bundle(rows, region=region))
    if len(body) > MOST_BYTES:
        raise CatalogueTooLarge if region is None else CellTooFull
    tag = hashlib.sha256(body).hexdigest()[:32]
    bundle = Bundle(body, gzip.compress(body, 6, mtime=0), tag, sign_bundle(body))
    _keep(name, _Kept(bundle, region, frozenset(brands), versions))
    return bundle


def _places_of_brand(code: str) -> tuple[Sequence[PlaceAt], set[uuid.UUID]]:
    brand = db.first(brand_with_code(code))
    if brand is None:
        raise BrandUnknown
    places = find_places_of(brand.id, most=MOST_STORES_OF_BRAND + 1)
    if len(places) > MOST_STORES_OF_BRAND:
        raise CatalogueTooLarge
    return places, {brand.id}


def _rows(brand_ids: set[uuid.UUID], stores: list[int]) -> Rows:
    found = _named("number store_id brand_id areas card hours known_until", queries.STORES, stores)
    return Rows(
        _named("id code name version", queries.BRANDS, sorted(brand_ids)),
        found,
        _named(OFFER, queries.OFFERS, stores, LAST_DAY),
        _named("offer_number starts_at ends_at stores firings", queries.WHERE_AND_WHEN, stores),
        fences_of_stores([store["store_id"] for store in found]),
        _named("kind identifier store zone_id", queries.BEACONS, stores),
    )


OFFER = (
    "number id brand_id version priority per_member traits card_fr card_en for_whom use_limits sold_out_until"
    " spent_until firings_from"
)


def _named(names: str, statement: str, *values: Any) -> list[dict[str, Any]]:
    return [dict(zip(names.split(), row, strict=True)) for row in db.fetch(statement, values)]


def _keep(name: str, kept: _Kept) -> None:
    """Put it on the shelf, and take away what was asked for longest ago where there is no room."""
    with _shelf.lock:
        _forget(name)
        _shelf.kept[name] = kept
        _shelf.size += _size_of(kept)
        while _shelf.size > MOST_KEPT_BYTES and len(_shelf.kept) > 1:
            _forget(next(iter(_shelf.kept)))


def _forget(name: str) -> None:
    gone = _shelf.kept.pop(name, None)
    if gone is not None:
        _shelf.size -= _size_of(gone)


def _size_of(kept: _Kept) -> int:
    return len(kept.bundle.body) + len(kept.bundle.packed)
