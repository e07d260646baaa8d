"""Pictures, to anybody: an app, a browser, and Google, whose servers have no token of ours."""

from flask import Response

from app.http.access import Role, only
from app.http.api import Blueprint, refuses
from wallet.designs.pictures import pictures
from wallet.designs.pictures.errors import PictureUnknown

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
