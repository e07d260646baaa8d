"""Pictures on the wire."""

import marshmallow as ma

from app import complaints
from app.http.api import Out
from app.http.fields import Pattern

SHA256 = Pattern(r"^[0-9a-f]{64}$", complaints.NOT_A_SHA256)
NAMED = {"description": "The name of a picture that the brand sent"}


class PictureSizeOut(Out):
    """Its address never changes, and anybody may fetch it. Pixels."""

    url = ma.fields.String(required=True)
    width = ma.fields.Integer(required=True)
    height = ma.fields.Integer(required=True)


class PictureOut(Out):
    """A picture in some sizes, the largest first."""

    picture = ma.fields.String(required=True, metadata={"description": "Its name"})
    sizes = ma.fields.List(ma.fields.Nested(PictureSizeOut), required=True)


def picture_field() -> ma.fields.String:
    """A field that names a picture, or none."""
    return ma.fields.String(allow_none=True, load_default=None, validate=SHA256, metadata=NAMED)
