"""Rewards and their orders on the wire. Points are integers, money is in minor units of the brand's currency."""

from typing import Any, ClassVar

import marshmallow as ma

from app import complaints
from app.http.api import In, Instant, Out
from app.http.fields import Counts
from app.http.pagination import PageOut
from app.pictures.schemas import PictureOut, picture_field
from wallet.programmes.models import OrderState, RewardStatus
from wallet.programmes.rewards.catalogue import Obstacle, RewardWish
from wallet.programmes.schemas import CODE, MOST_TIERS, POINTS, NameIn, OurTime, one_of, whole


class GivesMaterialIn(In):
    """A thing, handed over at a shop."""

    kind = ma.fields.String(required=True)


class GivesCouponIn(In):
    """A coupon of an offer."""

    kind = ma.fields.String(required=True)
    offer_id = ma.fields.UUID(required=True)


class GivesPointsIn(In):
    """Points of another currency."""

    kind = ma.fields.String(required=True)
    currency_id = ma.fields.UUID(required=True)
    points = whole(POINTS, required=True)


class GivesIn(In):
    """`material`: a thing, handed over at a shop. `coupon`: a coupon of an offer. `points`: of another currency."""

    kinds: ClassVar = {"material": GivesMaterialIn, "coupon": GivesCouponIn, "points": GivesPointsIn}

    kind = one_of(("material", "coupon", "points"), required=True)
    offer_id = ma.fields.UUID()
    currency_id = ma.fields.UUID()
    points = whole(POINTS)

    @ma.validates_schema
    def exactly_its_parts(self, data: dict[str, Any], **_: Any) -> None:
        parts = {"coupon": {"offer_id"}, "points": {"currency_id", "points"}}.get(data.get("kind", ""), set())
        wrong = {name: [complaints.MISSING] for name in parts - data.keys()}
        wrong |= {name: [complaints.NOT_OF_THIS_KIND] for name in data.keys() - parts - {"kind"}}
        if wrong:
            raise ma.ValidationError(wrong)

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {name: said if isinstance(said, int) else str(said) for name, said in data.items()}


class RewardIn(In):
    """What points buy. Prices are in points; `tier_prices` by code of a tier; `stock` is null without end."""

    code = ma.fields.String(required=True, validate=CODE)
    title = ma.fields.Nested(NameIn, required=True)
    text = ma.fields.Nested(NameIn, required=True)
    picture = picture_field()
    gives = ma.fields.Nested(GivesIn, required=True)
    currency_id = ma.fields.UUID(required=True)
    price = whole(POINTS, required=True)
    tier_prices = ma.fields.Dict(
        keys=ma.fields.String(validate=CODE),
        values=whole(POINTS),
        load_default=dict,
        validate=ma.validate.Length(max=MOST_TIERS),
    )
    stock = whole(ma.validate.Range(0, 1_000_000_000), allow_none=True, load_default=None)
    member_limit = whole(ma.validate.Range(1, 1_000), allow_none=True, load_default=None)
    starts_at = Instant(allow_none=True, load_default=None, validate=OurTime())
    ends_at = Instant(allow_none=True, load_default=None, validate=OurTime())

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> RewardWish:
        return RewardWish(**data)


class GivesMaterialOut(Out):
    kind = ma.fields.String(required=True)


class GivesCouponOut(Out):
    kind = ma.fields.String(required=True)
    offer_id = ma.fields.UUID(required=True)


class GivesPointsOut(Out):
    kind = ma.fields.String(required=True)
    currency_id = ma.fields.UUID(required=True)
    points = ma.fields.Integer(required=True)


class GivesOut(Out):
    """What a reward gives; which fields there are depends on `kind`."""

    kinds: ClassVar = {"material": GivesMaterialOut, "coupon": GivesCouponOut, "points": GivesPointsOut}

    kind = ma.fields.String(required=True)
    offer_id = ma.fields.String()
    currency_id = ma.fields.String()
    points = ma.fields.Integer()


class GivenCouponOut(GivesCouponOut):
    coupon_code = ma.fields.String(required=True)


class GivenOut(GivesOut):
    """What an order gave: of a coupon also its code."""

    kinds: ClassVar = {"material": GivesMaterialOut, "coupon": GivenCouponOut, "points": GivesPointsOut}

    coupon_code = ma.fields.String()


class RewardOut(Out):
    id = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True)
    status = one_of(RewardStatus, required=True)
    title_fr = ma.fields.String(required=True)
    title_en = ma.fields.String(required=True)
    text_fr = ma.fields.String(required=True)
    text_en = ma.fields.String(required=True)
    picture = ma.fields.Nested(PictureOut, required=True, allow_none=True, attribute="shown_picture")
    gives = ma.fields.Nested(GivesOut, required=True)
    currency_id = ma.fields.UUID(required=True)
    price = ma.fields.Integer(required=True)
    tier_prices = Counts(required=True)
    stock = ma.fields.Integer(required=True, allow_none=True)
    member_limit = ma.fields.Integer(required=True, allow_none=True)
    starts_at = Instant(required=True, allow_none=True)
    ends_at = Instant(required=True, allow_none=True)
    created_at = Instant(required=True)
    published_at = Instant(required=True, allow_none=True)


class RewardsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(RewardOut), required=True)


class StockIn(In):
    stock = whole(ma.validate.Range(0, 1_000_000_000), allow_none=True, required=True)


class CatalogueItemOut(Out):
    """A reward for me: its price, whether I can have it, and what stands in the way. `missing` is in points."""

    id = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    text = ma.fields.String(required=True)
    picture = ma.fields.Nested(PictureOut, required=True, allow_none=True)
    gives = ma.fields.Nested(GivesOut, required=True)
    currency_id = ma.fields.UUID(required=True)
    price = ma.fields.Integer(required=True)
    available = ma.fields.Boolean(required=True)
    obstacles = ma.fields.List(one_of(Obstacle), required=True)
    why = ma.fields.List(ma.fields.String(), required=True)
    missing = ma.fields.Integer(required=True)
    left = ma.fields.Integer(required=True, allow_none=True)


class CatalogueOut(Out):
    items = ma.fields.List(ma.fields.Nested(CatalogueItemOut), required=True)


class RewardOrderOut(Out):
    """An order of mine. `gives` is what the reward gave when it was ordered."""

    id = ma.fields.UUID(required=True)
    reward_id = ma.fields.UUID(required=True)
    currency_id = ma.fields.UUID(required=True)
    points = ma.fields.Integer(required=True)
    gives = ma.fields.Nested(GivenOut, required=True)
    state = one_of(OrderState, required=True)
    code = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "What is shown or said to fetch it"}
    )
    store_id = ma.fields.UUID(required=True, allow_none=True, metadata={"description": "Where it is ready"})
    ordered_at = Instant(required=True)
    changed_at = Instant(required=True)


class RewardOrdersOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(RewardOrderOut), required=True)
