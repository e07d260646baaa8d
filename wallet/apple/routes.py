"""The file of a pass for Apple Wallet, for the member's own app."""

import uuid

from flask import Response

from app import clock
from app.http.access import Role, member_id, only
from app.http.api import Blueprint, refuses
from wallet.apple import downloads, web_service
from wallet.apple.errors import AppleWalletAbsent
from wallet.apple.files.package import MEDIA_TYPE
from wallet.issued.errors import IssuedPassUnknown

blueprint = Blueprint("apple", __name__, url_prefix="/v1", description="Passes in Apple Wallet")


@blueprint.get("/passes/<uuid:pass_id>/apple")
@only(Role.MEMBER)
@refuses(IssuedPassUnknown, AppleWalletAbsent)
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type=MEDIA_TYPE)
def get_apple_pass(pass_id: uuid.UUID) -> Response:
    """My pass as a file that Apple Wallet opens."""
    file = downloads.my_file(member_id=member_id(), pass_id=pass_id, now=clock.now())
    dated = {"Last-Modified": web_service.write_http_date(file.changed_at)}
    return Response(file.content, content_type=MEDIA_TYPE, headers=dated)
