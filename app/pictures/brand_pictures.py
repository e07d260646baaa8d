"""Pictures that brands send to be shown: of themselves, of offers, of rewards. Each is kept in some sizes."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from PIL import Image, ImageOps
from sqlalchemy import func, select

from app.errors import Pointer
from app.pictures import pictures, uploads
from app.pictures.errors import PICTURE_NOT_SENT, PictureTooSmall, TooManyPictures
from app.pictures.models import BrandPicture
from app.pictures.pictures import Picture
from app.sql import db, locks

SIDES = (1200, 600, 300)
"""Pixels of the longer side: a phone's whole width, half of it, and a thumbnail."""
LEAST_SIDE = 64
MOST_PICTURES = 5_000
"""Of one brand. They are never deleted, so this is what a brand can fill of the disk: some ten gigabytes."""


def send_picture(*, brand_id: uuid.UUID, file: bytes, by: uuid.UUID, now: datetime) -> BrandPicture:
    """Keep a picture of the brand in every size; one that it sent before stays as it was.

    Raises what `uploads.read_upload` raises, `PictureTooSmall`, `TooManyPictures`.
    """
    image = uploads.read_upload(file)
    if min(image.size) < LEAST_SIDE:
        raise PictureTooSmall(width=image.width, height=image.height, least_width=LEAST_SIDE, least_height=LEAST_SIDE)
    sizes = _size_picture(image)
    locks.lock_name(f"brand_pictures:{brand_id}")
    name = bytes.fromhex(sizes[0].sha256)
    known = db.get(BrandPicture, (brand_id, name))
    if known is not None:
        return known
    if db.all_of(select(func.count()).where(BrandPicture.brand_id == brand_id))[0] >= MOST_PICTURES:
        raise TooManyPictures(most=MOST_PICTURES)
    pictures.keep_pictures(sizes)
    outline = {"sizes": [one.outline() for one in sizes]}
    return db.add(BrandPicture(brand_id=brand_id, sha256=name, outline=outline, sent_by=by, sent_at=now))


def _size_picture(image: Image.Image) -> list[Picture]:
    """A picture in its sizes, the largest first; never larger than it was sent."""
    first = min(SIDES[0], max(image.size))
    sides = [first, *(side for side in SIDES[1:] if side < first)]
    return [Picture.of(ImageOps.contain(image, (side, side), Image.Resampling.LANCZOS)) for side in sides]


def find_outlines(names: Collection[str], *, brand_id: uuid.UUID) -> dict[str, dict[str, Any]]:
    """The outlines of those of these pictures that the brand sent, by their names."""
    wanted = [bytes.fromhex(name) for name in names]
    if not wanted:
        return {}
    asked = select(BrandPicture.sha256, BrandPicture.outline)
    found = db.rows(asked.where(BrandPicture.brand_id == brand_id, BrandPicture.sha256.in_(wanted)))
    return {sha256.hex(): outline for sha256, outline in found}


def find_shown(names: Collection[str]) -> dict[str, dict[str, Any]]:
    """The outlines of these pictures, whoever sent them, by their names: one picture has one outline."""
    wanted = [bytes.fromhex(name) for name in names]
    found = db.rows(select(BrandPicture.sha256, BrandPicture.outline).where(BrandPicture.sha256.in_(wanted)))
    return {sha256.hex(): outline for sha256, outline in found}


def find_outline(name: str | None) -> dict[str, Any] | None:
    """The outline of one of them, or of none."""
    return None if name is None else find_shown([name]).get(name)


def list_unsent(named: Mapping[str, str | None], *, brand_id: uuid.UUID) -> list[Pointer]:
    """A complaint for each of these pictures, by the place where it is named, that the brand did not send."""
    known = find_outlines({name for name in named.values() if name is not None}, brand_id=brand_id)
    return [Pointer(where, PICTURE_NOT_SENT) for where, name in named.items() if name is not None and name not in known]


def name_of(outline: Mapping[str, Any] | None) -> str | None:
    """The name of the picture with this outline."""
    return None if outline is None else str(outline["sizes"][0][0])


def tell_picture(outline: Mapping[str, Any]) -> dict[str, Any]:
    """A picture as it is told; shape: `schemas.PictureOut`."""
    sizes = [
        {"url": pictures.address_of(sha256), "width": width, "height": height}
        for sha256, width, height in outline["sizes"]
    ]
    return {"picture": name_of(outline), "sizes": sizes}
