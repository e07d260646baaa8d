"""Questions about designs."""

import uuid

from sqlalchemy import Select, bindparam, func, select

from app.accounts.models import Brand
from app.showcase.models import BrandProfile
from app.sql import db
from wallet.designs.models import PassDesign

_LAST = select(func.max(PassDesign.version)).where(PassDesign.brand_id == Brand.id).scalar_subquery()

_SAID = (
    select(BrandProfile.content)
    .where(BrandProfile.brand_id == Brand.id)
    .order_by(BrandProfile.version.desc())
    .limit(1)
    .scalar_subquery()
)

BRAND_AND_VERSION = db.put_together(
    select(Brand.name, Brand.time_zone, Brand.colour, _LAST.label("version"), _SAID.label("said")).where(
        Brand.id == bindparam("brand_id")
    )
)
"""What a brand is called, where its calendar is, its colour, what it says of itself, and the version of its last design
if it has one."""


def design_version(brand_id: uuid.UUID, version: int) -> Select[PassDesign]:
    """One version of a brand's design."""
    return select(PassDesign).where(PassDesign.brand_id == brand_id, PassDesign.version == version)


def designs_of(brand_id: uuid.UUID) -> Select[PassDesign]:
    """Every version, the last first."""
    return select(PassDesign).where(PassDesign.brand_id == brand_id).order_by(PassDesign.version.desc())
