"""Members read what is learnt of them; the console asks questions about members, and gets numbers."""

import uuid
from typing import Any

from app import clock
from app.accounts.errors import BrandUnknown
from app.http.access import CONSOLE_ROLES, Role, brand_id, member_id, only, principal
from app.http.api import Blueprint, language, refuses
from app.http.idempotency import idempotent
from offers.learning import own_profile, schemas
from offers.learning.errors import NothingLearnt, SegmentNameTaken, SegmentUnknown, TooManySegments
from offers.learning.own_profile import OwnProfile
from offers.learning.segments import brand_segments
from offers.learning.segments.brand_segments import SizedSegment

blueprint = Blueprint("learning", __name__, url_prefix="/v1", description="What is learnt of members, and segments")


@blueprint.get("/brands/<code>/profile")
@only(Role.MEMBER)
@refuses(BrandUnknown, NothingLearnt)
@blueprint.response(200, schemas.ProfileOut)
def show_profile(code: str) -> OwnProfile:
    """What a brand learnt from what I buy. To delete it, withdraw `offers_from_purchases`."""
    return own_profile.read_own_profile(member_id=member_id(), brand=code, language=language(), now=clock.now())


@blueprint.post("/segments")
@only(Role.MERCHANDISER)
@idempotent
@refuses(SegmentNameTaken, TooManySegments)
@blueprint.arguments(schemas.SegmentIn)
@blueprint.response(201, schemas.SegmentOut)
def create_segment(wish: dict[str, Any]) -> SizedSegment:
    """Keep a question about the members who permit it. It holds nobody; each answer is of its moment."""
    return brand_segments.create_segment(
        brand_id=brand_id(), code=wish["code"], asked=wish["rules"], by=principal().id, now=clock.now()
    )


@blueprint.get("/segments")
@only(*CONSOLE_ROLES)
@blueprint.response(200, schemas.SegmentsOut)
def list_segments() -> dict[str, list[SizedSegment]]:
    """The brand's segments with how many members each has now."""
    return {"items": brand_segments.list_segments(brand_id=brand_id(), now=clock.now())}


@blueprint.get("/segments/<uuid:segment_id>")
@only(*CONSOLE_ROLES)
@refuses(SegmentUnknown)
@blueprint.response(200, schemas.SegmentOut)
def show_segment(segment_id: uuid.UUID) -> SizedSegment:
    """One segment, with how many members it has now."""
    return brand_segments.show_segment(brand_id=brand_id(), segment_id=segment_id, now=clock.now())


@blueprint.post("/segments/<uuid:segment_id>/end")
@only(Role.MERCHANDISER)
@idempotent
@refuses(SegmentUnknown)
@blueprint.response(200, schemas.SegmentOut)
def end_segment(segment_id: uuid.UUID) -> SizedSegment:
    """Keep a segment no more."""
    return brand_segments.end_segment(brand_id=brand_id(), segment_id=segment_id, now=clock.now())
