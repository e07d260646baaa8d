"""A member's birthday, which some offers are about."""

from typing import Any

from app import clock
from app.http.access import Role, member_id, only
from app.http.api import Blueprint, refuses
from app.http.idempotency import idempotent
from offers.planning.audiences import birthdays, schemas
from offers.planning.audiences.errors import BirthdayNotAsked, BirthdayUnsaid
from offers.planning.audiences.models import Birthday

blueprint = Blueprint("audiences", __name__, url_prefix="/v1", description="What offers for some members ask of them")


@blueprint.put("/me/birthday")
@only(Role.MEMBER)
@idempotent
@refuses(BirthdayNotAsked)
@blueprint.arguments(schemas.BirthdayIn)
@blueprint.response(200, schemas.BirthdayOut)
def say_birthday(said: dict[str, Any]) -> Birthday:
    """Say the day and the month of my birth, which a treat that I permitted needs. They go with that permission."""
    return birthdays.say_birthday(member_id=member_id(), **said, now=clock.now())


@blueprint.get("/me/birthday")
@only(Role.MEMBER)
@refuses(BirthdayUnsaid)
@blueprint.response(200, schemas.BirthdayOut)
def show_birthday() -> Birthday:
    """The birthday that I said."""
    return birthdays.own_birthday(member_id=member_id())


@blueprint.delete("/me/birthday")
@only(Role.MEMBER)
@idempotent
@blueprint.response(204)
def forget_birthday() -> None:
    """Take my birthday back; the permission stays."""
    birthdays.forget_birthday(member_id=member_id())
