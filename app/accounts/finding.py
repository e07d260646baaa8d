"""Find a brand by the code that people and addresses call it."""

import re

from app import db
from app.accounts import queries
from app.accounts.errors import BrandUnknown
from app.accounts.models import Brand

CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")


def brand_called(code: str) -> Brand:
    """The brand with this code. Raises `BrandUnknown`, without asking the database about what cannot be a code."""
    brand = db.first(queries.brand_with_code(code)) if CODE.fullmatch(code) else None
    if brand is None:
        raise BrandUnknown
    return brand
