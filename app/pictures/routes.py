"""Pictures, to anybody: an app, a browser, and Google, whose servers have no token of ours. The console sends them."""

from typing import Any

from flask import Response, request

from app import clock
from app.errors import CostlyDoorBusy
from app.http.access import Role, brand_id, only, principal
from app.http.api import Blueprint, refuses, takes_file
from app.http.idempotency import idempotent
from app.ops.costly_doors import IMPORTS, keep_place
from app.pictures import brand_pictures, pictures, schemas, uploads
from app.pictures.errors import (
    PictureKindRefused,
    PictureMoves,
    PictureTooLarge,
    PictureTooSmall,
    PictureUnknown,
    PictureUnreadable,
    TooManyPictures,
)

blueprint = Blueprint("pictures", __name__, url_prefix="/v1", description="Pictures of brands")

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
"""A year, the most that caches promise (RFC 9111): what stands at such an address never changes."""


@blueprint.get("/pictures/<string:sha256>.png")
@only(Role.ANYONE)
@refuses(PictureUnknown)
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="image/png")
def show_picture(sha256: str) -> Response:
    """A picture by the SHA-256 of its bytes, to be kept for ever."""
    return Response(pictures.find_picture(sha256), content_type="image/png", headers=FOR_EVER)


@blueprint.post("/console/pictures")
@only(Role.MERCHANDISER, Role.ADMIN)
@idempotent
@takes_file(most_bytes=uploads.MOST_BYTES, description="A picture: PNG, JPEG or WebP", kinds=("image/*",))
@refuses(
    PictureUnreadable,
    PictureKindRefused,
    PictureMoves,
    PictureTooLarge,
    PictureTooSmall,
    TooManyPictures,
    CostlyDoorBusy,
)
@blueprint.response(201, schemas.PictureOut)
def send_picture() -> dict[str, Any]:
    """Send a picture, which offers, rewards and the brand's profile then name.

    It is written anew as PNG, in some sizes, without anything that is not seen in it. The same one again is the same.
    """
    file = request.get_data(cache=True)
    with keep_place(door=IMPORTS):
        sent = brand_pictures.send_picture(brand_id=brand_id(), file=file, by=principal().id, now=clock.now())
    return brand_pictures.tell_picture(sent.outline)
