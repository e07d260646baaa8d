"""Questions about designs."""

import uuid
from typing import Any

from sqlalchemy import Select, func, select

from app.accounts.models import Brand
from app.showcase.queries import content_in_force
from wallet.designs.models import PassDesign


def brand_and_version(brand_id: uuid.UUID) -> Select[Any]:
    """What a brand is called, where its calendar is, its colour, what it says of itself, and the version of its last
    design if it has one."""
    last = select(func.max(PassDesign.version)).where(PassDesign.brand_id == brand_id).scalar_subquery()
    said = content_in_force(brand_id).scalar_subquery()
    columns = (Brand.name, Brand.time_zone, Brand.colour, last.label("version"), said.label("said"))
    return select(*columns).where(Brand.id == brand_id)


def design_version(brand_id: uuid.UUID, version: int) -> Select[PassDesign]:
    """One version of a brand's design."""
    return select(PassDesign).where(PassDesign.brand_id == brand_id, PassDesign.version == version)


def designs_of(brand_id: uuid.UUID) -> Select[PassDesign]:
    """Every version, the last first."""
    return select(PassDesign).where(PassDesign.brand_id == brand_id).order_by(PassDesign.version.desc())
