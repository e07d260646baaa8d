"""An app says what its phone allows. The phone's yes is never the member's: it only lifts or lowers a barrier."""

import uuid
from typing import Any

from app import clock
from app.http.access import Role, member_id, only, principal
from app.http.api import Blueprint, refuses
from app.http.idempotency import idempotent
from app.phones import installations
from app.phones.errors import ReportFromTheFuture, ReportTooOld
from app.phones.models import Installation
from app.phones.queries import installations_of
from app.phones.schemas import InstallationIn, InstallationOut, InstallationsOut
from app.sql import db

blueprint = Blueprint("phones", __name__, url_prefix="/v1", description="Apps on phones, and what the phones allow")


@blueprint.get("/installations")
@only(Role.MEMBER)
@blueprint.response(200, InstallationsOut)
def list_installations() -> Any:
    """My apps, and what each phone allowed when it last reported."""
    return {"items": db.all_of(installations_of(member_id()))}


@blueprint.put("/installations/<uuid:installation_id>")
@only(Role.MEMBER)
@idempotent
@refuses(ReportFromTheFuture, ReportTooOld)
@blueprint.arguments(InstallationIn)
@blueprint.response(200, InstallationOut)
def report_installation(vector: dict[str, Any], installation_id: uuid.UUID) -> Installation:
    """Say what this phone allows: at every start of the app, and when a setting changes.

    The id is made by the app when it is installed. Switching something off suspends what needs it; switching it on
    gives no permission. A report counts for a day for what happens while the app is not open.
    """
    return installations.report_installation(
        member_id=member_id(),
        session_id=principal().session_id,
        installation_id=installation_id,
        now=clock.now(),
        **vector,
    )
