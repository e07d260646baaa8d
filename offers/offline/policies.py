"""A brand says what its tills may do without a network, and a store what is different there: version by version."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from app.errors import PreconditionFailed
from app.sql import db, locks
from geo.places.errors import StoreUnknown
from offers.offline import queries
from offers.offline.limits import OfflineLimits, lay_over
from offers.offline.models import WHOLE_BRAND, OfflinePolicyVersion


class OfflinePolicy(NamedTuple):
    """What holds for a brand, or for one of its stores: `said` is what they say themselves, at this version."""

    store_id: uuid.UUID | None
    version: int
    """0 where nothing was ever said."""
    said: Mapping[str, Any]
    limits: OfflineLimits


class BrandPolicies(NamedTuple):
    """What a brand says, and what its stores say instead."""

    of_brand: OfflineLimits
    of_stores: Mapping[uuid.UUID, OfflineLimits]

    def at(self, store_id: uuid.UUID) -> OfflineLimits:
        """What holds in a store."""
        return self.of_stores.get(store_id, self.of_brand)


def read_policy(*, brand_id: uuid.UUID, store_id: uuid.UUID | None = None) -> OfflinePolicy:
    """What holds for a brand, or in one of its stores. Raises `StoreUnknown`."""
    if store_id is not None and db.first(queries.store_of_brand(brand_id, store_id)) is None:
        raise StoreUnknown
    versions = {one.store_id: one for one in db.all_of(queries.policies_of(brand_id, store_id or WHOLE_BRAND))}
    whole, own = versions.get(WHOLE_BRAND), versions.get(store_id or WHOLE_BRAND)
    limits = lay_over(OfflineLimits(), whole.said if whole else {})
    said = own.said if own else {}
    return OfflinePolicy(store_id, own.version if own else 0, said, lay_over(limits, said))


def read_policies(*, brand_id: uuid.UUID) -> BrandPolicies:
    """What holds in each store of a brand."""
    versions = {one.store_id: one.said for one in db.all_of(queries.policies_of(brand_id))}
    limits = lay_over(OfflineLimits(), versions.pop(WHOLE_BRAND, {}))
    return BrandPolicies(limits, {store_id: lay_over(limits, said) for store_id, said in versions.items()})


def set_policy(
    *,
    brand_id: uuid.UUID,
    store_id: uuid.UUID | None,
    said: Mapping[str, Any],
    version: int,
    by: uuid.UUID,
    now: datetime,
) -> OfflinePolicy:
    """Say anew what tills may do without a network; what is not said is as the brand says, or the house.

    A till that has no network goes on with what it was told, until its snapshot is too old. `version` is the one that
    was read. Raises `StoreUnknown`, `PreconditionFailed` when there is a newer one.
    """
    locks.lock_name(f"offline_policy:{brand_id}")
    if read_policy(brand_id=brand_id, store_id=store_id).version != version:
        raise PreconditionFailed
    db.add(
        OfflinePolicyVersion(
            brand_id=brand_id,
            store_id=store_id or WHOLE_BRAND,
            version=version + 1,
            said=dict(said),
            set_by=by,
            set_at=now,
        )
    )
    return read_policy(brand_id=brand_id, store_id=store_id)
