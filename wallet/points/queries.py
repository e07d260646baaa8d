"""Questions of whoever reads their points: balances as they came, what expires next, what happened."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, select

from app.accounts.models import Brand
from wallet.cards.models import Card
from wallet.ledger.book import OWN
from wallet.ledger.models import Account, PointsBalance, PointsCurrency, PointsEntry, PointsLot, PointsLotState
from wallet.ledger.queries import ACTIVE, NOTHING


def lots_of(member_id: uuid.UUID, currency_id: uuid.UUID) -> Select[PointsLotState]:
    """Every lot of a member in a currency."""
    return select(PointsLotState).where(
        PointsLotState.member_id == member_id, PointsLotState.currency_id == currency_id
    )


def untouched_currencies(member_id: uuid.UUID) -> Select[*tuple[Any, ...]]:
    """The currencies of the brands with whom a member has a card and in which they never had points."""
    cards = select(Card.brand_id).where(Card.member_id == member_id)
    touched = select(PointsBalance.currency_id).where(PointsBalance.member_id == member_id)
    return (
        select(
            PointsCurrency.id.label("currency_id"),
            PointsCurrency.code.label("currency_code"),
            PointsCurrency.name_fr,
            PointsCurrency.name_en,
            PointsCurrency.kind,
            PointsCurrency.usable_from,
            Brand.currency.label("brand_currency"),
            Brand.code.label("brand_code"),
            Brand.name.label("brand_name"),
        )
        .join(Brand, Brand.id == PointsCurrency.brand_id)
        .where(PointsCurrency.brand_id.in_(cards), PointsCurrency.id.not_in(touched))
        .order_by(Brand.code, PointsCurrency.code)
    )


def kind_of(currency_id: uuid.UUID) -> Select[str, str]:
    """What a currency is, and what its brand's prices are in."""
    joined = select(PointsCurrency.kind, Brand.currency).join(Brand, Brand.id == PointsCurrency.brand_id)
    return joined.where(PointsCurrency.id == currency_id)


def amounts_of(member_id: uuid.UUID, lot_ids: Sequence[uuid.UUID]) -> Select[uuid.UUID, int]:
    """How many points these lots began with."""
    return select(PointsLot.entry_id, PointsLot.amount).where(
        PointsLot.member_id == member_id, PointsLot.entry_id.in_(lot_ids)
    )


def next_expiries(
    member_id: uuid.UUID, currency_id: uuid.UUID, *, now: datetime, but: Sequence[uuid.UUID]
) -> Select[datetime | None, int]:
    """When how many points expire, soonest first, but for these lots."""
    return (
        select(PointsLotState.expires_at, func.sum(PointsLotState.remaining))
        .where(
            PointsLotState.member_id == member_id,
            PointsLotState.currency_id == currency_id,
            PointsLotState.remaining > NOTHING,
            PointsLotState.state == ACTIVE,
            PointsLotState.expires_at > now,
            PointsLotState.lot_id.not_in(but),
        )
        .group_by(PointsLotState.expires_at)
        .order_by(PointsLotState.expires_at)
    )


def movements_of(member_id: uuid.UUID, currency_id: uuid.UUID) -> Select[PointsEntry]:
    """A member's entries in a currency."""
    return select(PointsEntry).where(PointsEntry.member_id == member_id, PointsEntry.currency_id == currency_id)


def sums_at(member_id: uuid.UUID, currency_id: uuid.UUID, *, at: datetime) -> Select[Any]:
    """What each of the member's accounts came to at an instant, by what took effect until then."""

    def sum_of(account: Account) -> Any:
        change = case(
            (PointsEntry.to_account == PointsEntry.from_account, 0),
            (PointsEntry.to_account == account, PointsEntry.amount),
            (PointsEntry.from_account == account, -PointsEntry.amount),
            else_=0,
        )
        return func.coalesce(func.sum(change), 0).label(str(account))

    return select(*(sum_of(account) for account in OWN)).where(
        PointsEntry.member_id == member_id, PointsEntry.currency_id == currency_id, PointsEntry.occurred_at <= at
    )


def lasts_of(member_id: uuid.UUID, lot_id: uuid.UUID) -> Select[str]:
    """How long a lot lasts from its activation."""
    return select(PointsLot.lasts).where(PointsLot.member_id == member_id, PointsLot.entry_id == lot_id)


def card_in_brand(brand_id: uuid.UUID, card_id: uuid.UUID) -> Select[Card]:
    """A card of the brand's."""
    return select(Card).where(Card.brand_id == brand_id, Card.id == card_id)
