"""Questions about scans."""

import uuid

from sqlalchemy import Select, select

from wallet.scanning.models import Scan


def scan_of_brand(scan_id: uuid.UUID, *, brand_id: uuid.UUID) -> Select[Scan]:
    """This scan, if a terminal of the brand made it."""
    return select(Scan).where(Scan.brand_id == brand_id, Scan.id == scan_id)
