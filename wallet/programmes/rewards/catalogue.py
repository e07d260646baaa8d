"""The catalogue: what points buy, who may publish it, and what a member can have of it now."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from app.errors import Pointer, PreconditionFailed
from app.languages import Language, Text
from app.logs import log
from app.pictures import brand_pictures
from app.sql import db
from wallet.ledger import queries as points
from wallet.ledger.currency_kinds import CurrencyKind
from wallet.ledger.errors import POINTS_UNKNOWN
from wallet.points import statements
from wallet.programmes import queries, wording
from wallet.programmes.errors import (
    GIFT_UNKNOWN,
    SAME_POINTS,
    ProgrammeContradictory,
    RewardNotDraft,
    RewardSelfApproval,
    RewardUnknown,
)
from wallet.programmes.models import Reward, RewardStatus
from wallet.programmes.rewards import queries as reward_queries
from wallet.programmes.tiers import queries as tier_queries


@dataclass(frozen=True)
class RewardWish:
    """What a reward is to be. Prices are in points of `currency_id`; `gives` as `programmes.models.Reward` says."""

    code: str
    title: Text
    text: Text
    gives: Mapping[str, Any]
    currency_id: uuid.UUID
    price: int
    picture: str | None = None
    tier_prices: Mapping[str, int] = field(default_factory=dict)
    stock: int | None = None
    member_limit: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class Obstacle(StrEnum):
    """Why a member cannot order a reward now."""

    NOT_YET = "not_yet"
    OVER = "over"
    SOLD_OUT = "sold_out"
    LIMIT_REACHED = "limit_reached"
    NOT_ENOUGH_POINTS = "not_enough_points"


class ShownReward(NamedTuple):
    """A reward as a member meets it: what it costs them, and what stands in the way."""

    reward: Reward
    price: int
    available: int
    obstacles: Sequence[Obstacle]
    threshold: int = 0
    """Of a smaller balance nothing is spent."""

    @property
    def missing(self) -> int:
        return max(max(self.price, self.threshold) - self.available, 0)


class Giver(Protocol):
    """Another room that gives what a reward is: a coupon. It is found by its kind."""

    KIND: str

    def gives_what_is_there(self, *, brand_id: uuid.UUID, gives: Mapping[str, Any]) -> bool:
        """Whether what a reward is to give is the brand's."""

    def give(
        self, *, member_id: uuid.UUID, brand_id: uuid.UUID, gives: Mapping[str, Any], now: datetime
    ) -> dict[str, Any]:
        """Give it, before any points are spent; what the order remembers of it."""

    def take_back(self, *, member_id: uuid.UUID, brand_id: uuid.UUID, gives: Mapping[str, Any], now: datetime) -> bool:
        """Take what an order gave back, if nobody has used it; whether that was so."""


GIVERS: dict[str, Giver] = {}
"""Rooms above this one that give something, by its kind: the factory finds them."""


def draft_reward(*, brand_id: uuid.UUID, wish: RewardWish, by: uuid.UUID, now: datetime) -> Reward:
    """A reward that nobody can order yet. Raises `ProgrammeContradictory`, `RewardCodeTaken` (by its constraint)."""
    known = {one.id for one in db.all_of(points.currencies_of(brand_id))}
    wrong: list[Pointer] = []
    given = wish.gives.get("currency_id")
    for pointer, id in (("/currency_id", wish.currency_id), ("/gives/currency_id", given and uuid.UUID(given))):
        if id is not None and id not in known:
            wrong.append(Pointer(pointer, POINTS_UNKNOWN))
    if given is not None and uuid.UUID(given) == wish.currency_id:
        wrong.append(Pointer("/gives/currency_id", SAME_POINTS))
    giver = GIVERS.get(wish.gives["kind"])
    if giver is not None and not giver.gives_what_is_there(brand_id=brand_id, gives=wish.gives):
        wrong.append(Pointer("/gives", GIFT_UNKNOWN))
    wrong += brand_pictures.list_unsent({"/picture": wish.picture}, brand_id=brand_id)
    if wrong:
        raise ProgrammeContradictory(errors=wrong)
    reward = db.add(
        Reward(
            brand_id=brand_id,
            code=wish.code,
            status=RewardStatus.DRAFT,
            title_fr=wish.title.fr,
            title_en=wish.title.en,
            text_fr=wish.text.fr,
            text_en=wish.text.en,
            picture=brand_pictures.find_outline(wish.picture),
            gives=dict(wish.gives),
            currency_id=wish.currency_id,
            price=wish.price,
            tier_prices=dict(wish.tier_prices),
            stock=wish.stock,
            member_limit=wish.member_limit,
            starts_at=wish.starts_at,
            ends_at=wish.ends_at,
            revision=1,
            created_by=by,
            created_at=now,
        )
    )
    log.info("reward_drafted", reward_id=str(reward.id), by=str(by))
    return reward


def publish_reward(*, brand_id: uuid.UUID, reward_id: uuid.UUID, revision: int, by: uuid.UUID, now: datetime) -> Reward:
    """Put a draft into the catalogue. Raises `RewardUnknown`, `PreconditionFailed`, `RewardNotDraft`,
    `RewardSelfApproval`."""
    reward = _to_change(brand_id, reward_id, revision)
    if reward.status != RewardStatus.DRAFT:
        raise RewardNotDraft
    if reward.created_by == by:
        raise RewardSelfApproval
    reward.status, reward.published_by, reward.published_at = RewardStatus.LIVE, by, now
    return _changed(reward, "reward_published", by=by)


def end_reward(*, brand_id: uuid.UUID, reward_id: uuid.UUID, by: uuid.UUID) -> Reward:
    """Take a reward out of the catalogue, whatever was read of it; what was ordered is still handed over.

    Twice is once. Raises `RewardUnknown`.
    """
    reward = _to_stop(brand_id, reward_id)
    if reward.status == RewardStatus.ENDED:
        return reward
    reward.status = RewardStatus.ENDED
    return _changed(reward, "reward_ended", by=by)


def restock_reward(
    *, brand_id: uuid.UUID, reward_id: uuid.UUID, revision: int, stock: int | None, by: uuid.UUID
) -> Reward:
    """Say how many are left. Raises `RewardUnknown`, `PreconditionFailed`: also when one was ordered since."""
    reward = _to_change(brand_id, reward_id, revision)
    reward.stock = stock
    return _changed(reward, "reward_restocked", by=by)


def the_reward(*, brand_id: uuid.UUID, reward_id: uuid.UUID) -> Reward:
    """One of the brand's. Raises `RewardUnknown`."""
    found = db.first(reward_queries.reward_of(brand_id, reward_id))
    if found is None:
        raise RewardUnknown
    return found


def live_reward(reward_id: uuid.UUID) -> Reward:
    """One that members can meet. Raises `RewardUnknown`, also for a draft or an ended one."""
    found = db.first(reward_queries.live_reward(reward_id))
    if found is None:
        raise RewardUnknown
    return found


def price_of(reward: Reward, tier: str | None) -> int:
    """What a reward costs somebody of this tier."""
    return int(reward.tier_prices.get(tier or "", reward.price))


def shown(
    rewards: Sequence[Reward],
    *,
    available: Mapping[uuid.UUID, int],
    ordered: Mapping[uuid.UUID, int],
    tier: str | None,
    now: datetime,
    thresholds: Mapping[uuid.UUID, int] = MappingProxyType({}),
) -> list[ShownReward]:
    """Rewards for a member who has these points by currency, and ordered so many of each before. `thresholds` are the
    balances from which on a currency can be used."""
    return [
        ShownReward(
            reward,
            price := price_of(reward, tier),
            has := available.get(reward.currency_id, 0),
            [
                *obstacles(reward, ordered=ordered.get(reward.id, 0), now=now),
                *([Obstacle.NOT_ENOUGH_POINTS] if has < max(price, least) else []),
            ],
            least,
        )
        for reward in rewards
        for least in [thresholds.get(reward.currency_id, 0)]
    ]


def obstacles(reward: Reward, *, ordered: int, now: datetime) -> list[Obstacle]:
    """What stands in the way of an order, besides points."""
    found = {
        Obstacle.NOT_YET: reward.starts_at is not None and now < reward.starts_at,
        Obstacle.OVER: reward.ends_at is not None and now >= reward.ends_at,
        Obstacle.SOLD_OUT: reward.stock == 0,
        Obstacle.LIMIT_REACHED: reward.member_limit is not None and ordered >= reward.member_limit,
    }
    return [obstacle for obstacle, stands in found.items() if stands]


def _to_change(brand_id: uuid.UUID, reward_id: uuid.UUID, revision: int) -> Reward:
    reward = _to_stop(brand_id, reward_id)
    if reward.revision != revision:
        raise PreconditionFailed
    return reward


def _to_stop(brand_id: uuid.UUID, reward_id: uuid.UUID) -> Reward:
    reward = db.first(db.locked(reward_queries.reward_of(brand_id, reward_id)))
    if reward is None:
        raise RewardUnknown
    return reward


def _changed(reward: Reward, fact: str, *, by: uuid.UUID) -> Reward:
    reward.revision += 1
    db.session().flush()
    log.info(fact, reward_id=str(reward.id), by=str(by))
    return reward


def show_catalogue(
    *, member_id: uuid.UUID, brand_id: uuid.UUID, language: Language, now: datetime
) -> list[dict[str, Any]]:
    """What points buy at a brand, for this member: what it costs them, and what stands in the way."""
    row = db.first(tier_queries.tier_of(member_id, brand_id))
    books = [one.book for one in statements.read_balances(member_id=member_id, now=now)]
    available = {book.currency_id: book.available for book in books}
    thresholds = {book.currency_id: book.usable_from for book in books}
    moneys = {one.id: one.kind == CurrencyKind.MONEY for one in db.all_of(points.currencies_of(brand_id))}
    money = db.all_of(queries.currency_of_brand(brand_id))[0]
    rewards = db.all_of(reward_queries.live_rewards(brand_id).order_by(*queries.CHEAPEST_FIRST))
    ordered = dict(db.rows(reward_queries.orders_by_reward(member_id)))
    tier = row.tier if row else None
    found = shown(rewards, available=available, ordered=ordered, tier=tier, now=now, thresholds=thresholds)
    return [_reward(one, language, money=money if moneys[one.reward.currency_id] else None) for one in found]


def _reward(shown: ShownReward, language: Language, *, money: str | None) -> dict[str, Any]:
    reward = shown.reward
    return {
        "id": reward.id,
        "code": reward.code,
        "title": reward.title_fr if language == "fr" else reward.title_en,
        "text": reward.text_fr if language == "fr" else reward.text_en,
        "picture": reward.picture and brand_pictures.tell_picture(reward.picture),
        "gives": reward.gives,
        "currency_id": reward.currency_id,
        "price": shown.price,
        "available": not shown.obstacles,
        "obstacles": shown.obstacles,
        "why": [wording.say_obstacle(one, shown.missing, language, money=money) for one in shown.obstacles],
        "missing": shown.missing,
        "left": reward.stock,
    }
