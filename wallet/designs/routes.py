"""A brand draws its passes at the console, and sees what each wallet makes of them."""

from typing import Any

from flask import Response, request

from app import clock
from app.errors import CostlyDoorBusy
from app.http.access import CONSOLE_ROLES, Role, brand_id, only, principal
from app.http.api import Blueprint, language, refuses, takes_file
from app.http.etags import ETAG_HEADER, matched_version, may_be_unmodified, needs_match, versioned, written
from app.http.idempotency import idempotent
from app.ops.costly_doors import IMPORTS, keep_place
from app.pictures import uploads
from app.pictures.errors import (
    PictureKindRefused,
    PictureMoves,
    PictureProportionsWrong,
    PictureTooLarge,
    PictureTooSmall,
    PictureUnknown,
    PictureUnreadable,
)
from wallet.designs import designs, losses, schemas, versions
from wallet.designs.designs import Design
from wallet.designs.errors import DesignVersionUnknown
from wallet.designs.previews import previews

blueprint = Blueprint("designs", __name__, url_prefix="/v1/console/pass-design", description="What passes look like")

DRAWERS = (Role.MERCHANDISER, Role.ADMIN)
KINDS = ("image/*",)
PICTURE = "A picture as it is: PNG, JPEG or WebP"
PICTURE_REFUSALS = (
    PictureUnreadable,
    PictureKindRefused,
    PictureMoves,
    PictureTooLarge,
    PictureTooSmall,
    PictureProportionsWrong,
)

AS_A_PICTURE = {"type": "string", "format": "binary"}
AS_A_PAGE = {200: {"content": {"text/html": {"schema": {"type": "string"}}}}}

Body = dict[str, Any]


@blueprint.get("")
@only(*CONSOLE_ROLES)
@may_be_unmodified
@refuses(DesignVersionUnknown)
@blueprint.arguments(schemas.DesignVersionQuery, location="query")
@blueprint.response(200, schemas.PassDesignOut, headers=ETAG_HEADER)
@blueprint.alt_response(304, description="You have this version", headers=ETAG_HEADER, success=True)
def show_pass_design(asked: Body) -> Response | tuple[Body, dict[str, str]]:
    """What the brand's passes look like, or looked like in a version of before; until it draws, the house's design."""
    drawn = versions.read_drawn(brand_id=brand_id(), **asked)
    return versioned(versions.describe_drawn(drawn, language=language()), drawn.design.version)


@blueprint.put("")
@only(*DRAWERS)
@idempotent
@needs_match
@blueprint.arguments(schemas.PassDesignIn)
@blueprint.response(200, schemas.PassDesignOut, headers=ETAG_HEADER)
def draw_pass_design(content: Body) -> tuple[Body, dict[str, str]]:
    """Draw the brand's passes anew: every pass that members hold follows. Pictures stay."""
    return _told(versions.draw_passes(content=content, **_change()))


@blueprint.put("/pictures/<string:picture_name>")
@only(*DRAWERS)
@idempotent
@needs_match
@takes_file(most_bytes=uploads.MOST_BYTES, description=PICTURE, kinds=KINDS)
@refuses(PictureUnknown, *PICTURE_REFUSALS, CostlyDoorBusy)
@blueprint.response(200, schemas.PassDesignOut, headers=ETAG_HEADER)
def put_pass_picture(picture_name: str) -> tuple[Body, dict[str, str]]:
    """Send the icon, logo, strip or hero of passes. It is written anew as PNG, in the sizes that each wallet shows."""
    name, file = versions.name_picture(picture_name), request.get_data(cache=True)
    with keep_place(door=IMPORTS):
        return _told(versions.put_picture(name=name, file=file, **_change()))


@blueprint.delete("/pictures/<string:picture_name>")
@only(*DRAWERS)
@idempotent
@refuses(PictureUnknown)
@blueprint.response(200, schemas.PassDesignOut, headers=ETAG_HEADER)
def drop_pass_picture(picture_name: str) -> tuple[Body, dict[str, str]]:
    """Take a picture off the brand's passes, whatever version they are of."""
    name, who = versions.name_picture(picture_name), {"brand_id": brand_id(), "by": principal().id}
    return _told(versions.drop_picture(name=name, **who, now=clock.now()))


@blueprint.get("/preview")
@only(*CONSOLE_ROLES)
@blueprint.arguments(schemas.PreviewQuery, location="query")
@blueprint.doc(responses=AS_A_PAGE)
@blueprint.response(200, AS_A_PICTURE, content_type="image/png")
def preview_pass(asked: Body) -> Response:
    """The pass of a member who does not exist, as this wallet shows it: as a picture, or as a page (`as=html`)."""
    return _shown(designs.read_design(brand_id()), asked)


@blueprint.post("/preview")
@only(*DRAWERS)
@blueprint.arguments(schemas.PreviewQuery, location="query")
@blueprint.arguments(schemas.PassDesignIn)
@blueprint.doc(responses=AS_A_PAGE)
@blueprint.response(200, AS_A_PICTURE, content_type="image/png")
def preview_drawing(asked: Body, content: Body) -> Response:
    """See a design before any member does.

    Nothing is kept, so there is no `Idempotency-Key`.
    """
    return _shown(versions.try_design(brand_id=brand_id(), content=content), asked)


@blueprint.get("/losses")
@only(*CONSOLE_ROLES)
@blueprint.response(200, schemas.LossesOut)
def list_pass_losses() -> Body:
    """What each wallet does not show of the brand's passes, and what is hard to read."""
    found = losses.list_losses(None, designs.read_design(brand_id()))
    return {"items": [loss.say(language()) for loss in found]}


def _change() -> Body:
    return {"brand_id": brand_id(), "version": matched_version(), "by": principal().id, "now": clock.now()}


def _told(drawn: versions.DrawnDesign) -> tuple[Body, dict[str, str]]:
    return written(versions.describe_drawn(drawn, language=language()), drawn.design.version)


def _shown(design: Design, asked: Body) -> Response:
    spoken = asked.pop("language") or language()
    made = previews.make_preview(design, language=spoken, **asked, now=clock.now())
    return Response(made.content, content_type=made.content_type, headers=made.headers)
