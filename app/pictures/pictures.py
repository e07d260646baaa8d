"""Pictures are kept by what they are, so that an address of one may be remembered for ever."""

import hashlib
import io
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Self

from PIL import Image
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app import config
from app.pictures.errors import PictureUnknown
from app.pictures.models import KeptPicture
from app.sql import db


class Picture(NamedTuple):
    """A picture as PNG; `sha256` in hexadecimal is its name in addresses."""

    sha256: str
    width: int
    height: int
    png: bytes

    @classmethod
    def of(cls, image: Image.Image) -> Self:
        """What was drawn, without anything that is not seen: no position, no camera, no text."""
        bare = Image.new(image.mode, image.size)
        bare.paste(image)
        written = io.BytesIO()
        bare.save(written, "PNG", optimize=True)
        png = written.getvalue()
        return cls(hashlib.sha256(png).hexdigest(), *bare.size, png)

    @property
    def address(self) -> str:
        """Where anybody fetches it: Google's servers too, which have no token of ours."""
        return address_of(self.sha256)

    def outline(self) -> list[Any]:
        """What a design remembers of it."""
        return [self.sha256, self.width, self.height]


def address_of(sha256: str) -> str:
    """Where anybody fetches the picture of this name."""
    return f"{config.current().public_url.rstrip('/')}/v1/pictures/{sha256}.png"


def keep_pictures(pictures: Iterable[Picture]) -> None:
    """Keep these; one that is known already stays as it was."""
    rows = {
        one.sha256: {
            "sha256": bytes.fromhex(one.sha256),
            "width": one.width,
            "height": one.height,
            "png": one.png,
        }
        for one in pictures
    }
    if rows:
        db.execute(insert(KeptPicture).values([rows[name] for name in sorted(rows)]).on_conflict_do_nothing())


def keep_missing(pictures: Iterable[Picture]) -> None:
    """Keep those of these that are not known yet; asks before it writes, so it may be done at each reading."""
    drawn = {bytes.fromhex(one.sha256): one for one in pictures}
    known = db.all_of(select(KeptPicture.sha256).where(KeptPicture.sha256.in_(drawn)))
    keep_pictures(one for sha256, one in drawn.items() if sha256 not in known)


def read_pictures(outlines: Mapping[str, Any]) -> dict[str, Picture]:
    """The pictures that a design remembers, by the same names."""
    wanted = {bytes.fromhex(sha256) for sha256, _, _ in outlines.values()}
    found = dict(db.rows(select(KeptPicture.sha256, KeptPicture.png).where(KeptPicture.sha256.in_(wanted))))
    return {
        name: Picture(sha256, width, height, found[bytes.fromhex(sha256)])
        for name, (sha256, width, height) in outlines.items()
    }


def find_picture(sha256: str) -> bytes:
    """The PNG of this name. Raises `PictureUnknown`."""
    kept = db.get(KeptPicture, bytes.fromhex(sha256)) if len(sha256) == 64 and _is_hex(sha256) else None
    if kept is None:
        raise PictureUnknown
    return kept.png


def _is_hex(text: str) -> bool:
    return all(sign in "0123456789abcdef" for sign in text)
