"""A brand says how many cells a stamp card has and what a full one gives; members read theirs."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.languages import Language
from app.logs import log
from app.sql import db
from wallet.ledger.currency_kinds import CurrencyKind
from wallet.points import currencies, statements
from wallet.programmes.models import Reward, RewardStatus
from wallet.programmes.rewards import catalogue
from wallet.stamps import cells, queries
from wallet.stamps.errors import CurrencyNotStamps, StampCardUnknown, StampRewardUnfit
from wallet.stamps.models import StampCard


def find_card(*, brand_id: uuid.UUID, currency_id: uuid.UUID) -> StampCard:
    """The stamp card of a currency of the brand's. Raises `StampCardUnknown`."""
    found = db.first(queries.card_in(brand_id, currency_id))
    if found is None:
        raise StampCardUnknown
    return found


def set_card(
    *, brand_id: uuid.UUID, currency_id: uuid.UUID, size: int, reward_id: uuid.UUID | None, by: uuid.UUID, now: datetime
) -> StampCard:
    """Make a card of so many cells of a currency of stamps, or change it: stamps stay, and fill cards of this size from
    now on. Raises `PointsUnknown`, `CurrencyNotStamps`, `RewardUnknown`, `StampRewardUnfit`."""
    currency = currencies.the_currency(brand_id=brand_id, currency_id=currency_id)
    if currency.kind != CurrencyKind.STAMPS:
        raise CurrencyNotStamps
    if reward_id is not None:
        reward = catalogue.the_reward(brand_id=brand_id, reward_id=reward_id)
        if not _fits(reward, currency_id, size):
            raise StampRewardUnfit(size=size)
    card = db.first(db.locked(queries.card_of(currency_id))) or StampCard(currency_id=currency_id, brand_id=brand_id)
    card.size, card.reward_id, card.changed_by, card.changed_at = size, reward_id, by, now
    db.add(card)
    log.info("stamp_card_set", currency_id=str(currency_id), size=size, by=str(by))
    return card


def list_cards(*, member_id: uuid.UUID, language: Language, now: datetime) -> list[dict[str, Any]]:
    """A member's stamp cards, by brand and currency, also those with nothing on them."""
    found = db.rows(queries.cards_of_member(member_id))
    if not found:
        return []
    balances = {one.row.currency_id: one for one in statements.read_balances(member_id=member_id, now=now)}
    return [_told(row, balances, language) for row in found]


def describe_cells(known: cells.StampCells, language: Language) -> dict[str, Any]:
    """Cells as they are told, with a sentence."""
    return known._asdict() | {"state": known.state, "shown": known.shown, "text": cells.tell_cells(known, language)}


def _fits(reward: Reward, currency_id: uuid.UUID, size: int) -> bool:
    costs = (reward.currency_id, reward.price, dict(reward.tier_prices))
    return reward.status == RewardStatus.LIVE and costs == (currency_id, size, {})


def _told(row: Any, balances: Mapping[uuid.UUID, statements.Balance], language: Language) -> dict[str, Any]:
    has = balances.get(row.currency_id)
    available, owed = (0, 0) if has is None else (has.book.available, has.book.debt)
    known = cells.read_cells(size=row.size, available=available, used=row.used, owed=owed)
    expiries: Sequence[Any] = () if has is None else has.expiries
    reward = None
    if row.reward_id is not None:
        reward = {"id": row.reward_id, "title": row.title_fr if language == "fr" else row.title_en}
    return {
        "currency_id": row.currency_id,
        "name": row.name_fr if language == "fr" else row.name_en,
        "brand": {"code": row.brand_code, "name": row.brand_name},
        "card": describe_cells(known, language),
        "reward": reward,
        "next_expiry_at": expiries[0].at if expiries else None,
    }
