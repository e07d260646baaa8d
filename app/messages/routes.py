"""A member sees what was sent to them and why; auditors see who else has members' data, and how fast they follow."""

from typing import Any

from app import clock
from app.http.access import Role, brand_id, member_id, only
from app.http.api import Blueprint
from app.http.pagination import PageIn, link_header, page_of
from app.messages import queries, sinks
from app.messages.models import Message
from app.messages.schemas import MessagesOut, SinksOut

blueprint = Blueprint("events", __name__, url_prefix="/v1", description="Messages to members, and sinks of their data")


@blueprint.get("/messages")
@only(Role.MEMBER)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, MessagesOut)
def list_messages(page: dict[str, Any]) -> Any:
    """Messages to me, newest first: sent, waiting or stopped, each with the permission that it rests on."""
    found = page_of(queries.messages_of(member_id()), sort=Message.created_at, id=Message.id, **page)
    return found, link_header(found)


@blueprint.get("/sinks")
@only(Role.AUDITOR, Role.ADMIN)
@blueprint.response(200, SinksOut)
def list_sinks() -> Any:
    """The systems that the brand gives members' data to: contract, country, purposes, and how fast they confirm."""
    return {"items": sinks.standings(brand_id=brand_id(), now=clock.now())}
