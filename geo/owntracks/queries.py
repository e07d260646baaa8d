"""Questions about phones that report by OwnTracks, and about the fences that they may watch."""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from app.accounts.models import MemberSession
from app.sql.store_tables import AREA_STORE
from geo.fences.models import Fence, FenceVersion
from geo.owntracks.models import OwntracksAccess


def accesses_of(member_id: uuid.UUID) -> Select[OwntracksAccess]:
    """The OwnTracks phones of a member, the first connected first."""
    mine = select(OwntracksAccess).where(OwntracksAccess.member_id == member_id)
    return mine.order_by(OwntracksAccess.created_at, OwntracksAccess.installation_id)


def access_locked(member_id: uuid.UUID, installation_id: uuid.UUID) -> Select[OwntracksAccess]:
    """One OwnTracks phone of a member, for whoever changes it."""
    mine = accesses_of(member_id).where(OwntracksAccess.installation_id == installation_id)
    return mine.with_for_update().execution_options(populate_existing=True)


def open_access(member_id: uuid.UUID, access_id: uuid.UUID, *, now: datetime) -> Select[OwntracksAccess]:
    """The OwnTracks phone with these credentials, while the sign-in is open from which they were given; locked, so that
    two messages of one phone are answered one after the other."""
    session = (MemberSession.member_id == OwntracksAccess.member_id) & (MemberSession.id == OwntracksAccess.session_id)
    return (
        select(OwntracksAccess)
        .join(MemberSession, session)
        .where(
            OwntracksAccess.member_id == member_id,
            OwntracksAccess.id == access_id,
            MemberSession.revoked_at.is_(None),
            MemberSession.expires_at > now,
        )
        .with_for_update(of=OwntracksAccess)
        .execution_options(populate_existing=True)
    )


def fences_at_stores(brand_ids: Collection[uuid.UUID], *, limit: int) -> Select[*tuple[Any, ...]]:
    """Live fences of stores of these brands, each with the areas of its store, the first drawn first."""
    areas = func.array(
        select(AREA_STORE.c.area_id).where(AREA_STORE.c.store_id == Fence.store_id).scalar_subquery(),
        type_=ARRAY(UUID),
    )
    at_a_store = _live().where(Fence.brand_id.in_(brand_ids), Fence.store_id.is_not(None))
    return (
        at_a_store.add_columns(Fence.brand_id, Fence.store_id, areas.label("areas")).order_by(Fence.number).limit(limit)
    )


def live_fences(fence_ids: Collection[uuid.UUID]) -> Select[*tuple[Any, ...]]:
    """Those of these fences that are in force."""
    return _live().where(Fence.id.in_(fence_ids))


def _live() -> Select[*tuple[Any, ...]]:
    version = (FenceVersion.fence_id == Fence.id) & (FenceVersion.version == Fence.live_version)
    circle = (FenceVersion.lon, FenceVersion.lat, FenceVersion.radius_m)
    return select(Fence.id, Fence.number, Fence.name, *circle).join(FenceVersion, version)
