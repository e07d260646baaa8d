"""Questions about the words of brands."""

import uuid

from sqlalchemy import Delete, Select, delete, select

from app.carriers.models import BrandLetter


def brand_letter(brand_id: uuid.UUID, kind: str, language: str) -> Select[BrandLetter]:
    """A brand's own words for one kind of letter in one language."""
    return select(BrandLetter).where(
        BrandLetter.brand_id == brand_id, BrandLetter.kind == kind, BrandLetter.language == language
    )


def no_letters_of(brand_id: uuid.UUID) -> Delete:
    """Forget all of a brand's own words."""
    return delete(BrandLetter).where(BrandLetter.brand_id == brand_id)
