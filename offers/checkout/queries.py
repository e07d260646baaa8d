"""Questions about sales."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, select

from geo.places.models import Store
from offers.checkout.models import Sale, SaleNumber, SaleReturn
from wallet.ledger.models import PointsBalance


def sale_called(store_id: uuid.UUID, *, terminal: str, receipt: str) -> Select[SaleNumber]:
    """The sale that a till of a store calls so."""
    return select(SaleNumber).where(
        SaleNumber.store_id == store_id, SaleNumber.terminal == terminal, SaleNumber.receipt == receipt
    )


def sale_of(member_id: uuid.UUID, sale_id: uuid.UUID) -> Select[Sale]:
    """This sale of a member."""
    return select(Sale).where(Sale.member_id == member_id, Sale.id == sale_id)


def sale_in(brand_id: uuid.UUID, sale_id: uuid.UUID) -> Select[Sale]:
    """This sale, if it is the brand's."""
    return select(Sale).where(Sale.brand_id == brand_id, Sale.id == sale_id)


def returns_of(member_id: uuid.UUID, sale_id: uuid.UUID) -> Select[SaleReturn]:
    """What was taken back of a sale, in the order in which it was."""
    return (
        select(SaleReturn)
        .where(SaleReturn.member_id == member_id, SaleReturn.sale_id == sale_id)
        .order_by(SaleReturn.returned_at, SaleReturn.id)
    )


def balances_to_lock(member_id: uuid.UUID, brand_id: uuid.UUID) -> Select[uuid.UUID]:
    """A member's balances with a brand, locked in the order of their currencies, which is that of everybody."""
    return (
        select(PointsBalance.currency_id)
        .where(PointsBalance.member_id == member_id, PointsBalance.brand_id == brand_id)
        .order_by(PointsBalance.currency_id)
        .with_for_update()
    )


def stores_named(ids: Sequence[uuid.UUID]) -> Select[uuid.UUID, str, str]:
    """The names and the zones of these stores."""
    return select(Store.id, Store.name, Store.time_zone).where(Store.id.in_(ids))
