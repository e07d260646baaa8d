"""What approved versions of offers say. They never change, so a process reads each once."""

import uuid
from collections.abc import Collection, Mapping

from app.sql import db
from offers.planning import queries
from offers.planning.models import OfferVersion

Key = tuple[uuid.UUID, int]
"""An offer and the number of its version."""

KEPT = 5_000
"""Versions that a process keeps; then it begins anew."""

_kept: dict[Key, OfferVersion] = {}


def read_terms(keys: Collection[Key]) -> Mapping[Key, OfferVersion]:
    """These versions, as they stand in no session: to be read, never to be changed."""
    found = {key: _kept[key] for key in keys if key in _kept}
    for version in db.all_of(queries.versions_with(set(keys) - found.keys())) if len(found) < len(set(keys)) else ():
        db.session().expunge(version)
        found[version.offer_id, version.version] = version
        if version.approved_at is not None:
            _keep(version)
    return found


def _keep(version: OfferVersion) -> None:
    if len(_kept) >= KEPT:
        _kept.clear()
    _kept[version.offer_id, version.version] = version
