"""Questions about profiles."""

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import aliased

from app.accounts.models import Brand
from app.showcase.models import BrandProfile


def profiles_of(brand_id: uuid.UUID) -> Select[BrandProfile]:
    """Every version, the last first."""
    return select(BrandProfile).where(BrandProfile.brand_id == brand_id).order_by(BrandProfile.version.desc())


def content_in_force(brand_id: uuid.UUID) -> Select[dict[str, Any]]:
    """What the brand says of itself now."""
    return (
        select(BrandProfile.content)
        .where(BrandProfile.brand_id == brand_id)
        .order_by(BrandProfile.version.desc())
        .limit(1)
    )


def profiles_in_force(brand_ids: Collection[uuid.UUID]) -> Select[BrandProfile]:
    """The last version of each of these brands."""
    last = (
        select(BrandProfile.brand_id, func.max(BrandProfile.version))
        .where(BrandProfile.brand_id.in_(brand_ids))
        .group_by(BrandProfile.brand_id)
    )
    return select(BrandProfile).where(tuple_(BrandProfile.brand_id, BrandProfile.version).in_(last))


def listed_brands() -> Select[Brand]:
    """The brands that the directory names."""
    later = aliased(BrandProfile)
    last = select(func.max(later.version)).where(later.brand_id == BrandProfile.brand_id).scalar_subquery()
    in_force = select(BrandProfile.brand_id).where(BrandProfile.listed, BrandProfile.version == last)
    return select(Brand).where(Brand.id.in_(in_force))
