"""Questions about purchases."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, Uuid, column, select, table
from sqlalchemy import Text as SqlText
from sqlalchemy.orm import joinedload

from app.accounts.models import Brand
from wallet.cards.models import CardNumber, NumberKind
from wallet.passes.models import PassCode
from wallet.purchases.models import Purchase, PurchaseLine, PurchaseReturn, ReceiptNumber, ReturnLine

STORE = table(
    "store",
    column("id", Uuid()),
    column("brand_id", Uuid()),
    column("reference", SqlText()),
    column("name", SqlText()),
    column("time_zone", SqlText()),
)
"""Shops are geo's: here they are known by the name of their table."""


def purchases_of(member_id: uuid.UUID) -> Select[Purchase]:
    """What a member bought."""
    return select(Purchase).where(Purchase.member_id == member_id)


def purchases_to_show(member_id: uuid.UUID) -> Select[Purchase]:
    """A member's purchases with their brands."""
    return purchases_of(member_id).options(joinedload(Purchase.brand))


def purchase_of(member_id: uuid.UUID, purchase_id: uuid.UUID) -> Select[Purchase]:
    """This purchase, if it is the member's."""
    return select(Purchase).where(Purchase.member_id == member_id, Purchase.id == purchase_id)


def purchases_to_move(member_id: uuid.UUID) -> Select[Purchase]:
    """A member's purchases in the order in which everybody locks them."""
    return purchases_of(member_id).order_by(Purchase.id)


def purchase_in(brand_id: uuid.UUID, purchase_id: uuid.UUID) -> Select[Purchase]:
    """This purchase, if it was made at the brand's."""
    return select(Purchase).where(Purchase.brand_id == brand_id, Purchase.id == purchase_id)


def lines_of(member_id: uuid.UUID, purchase_ids: Sequence[uuid.UUID]) -> Select[PurchaseLine]:
    """The lines of these purchases of a member, in their order."""
    return (
        select(PurchaseLine)
        .where(PurchaseLine.member_id == member_id, PurchaseLine.purchase_id.in_(purchase_ids))
        .order_by(PurchaseLine.purchase_id, PurchaseLine.position)
    )


def contents_of(member_id: uuid.UUID, purchase_ids: Sequence[uuid.UUID]) -> Select[*tuple[Any, ...]]:
    """Lines as plain values, in the order of the fields of `basket.BasketLine` after the purchase: what a basket is
    made of, thousands of lines at a time."""
    line = PurchaseLine
    return (
        select(
            line.purchase_id,
            line.position,
            line.quantity,
            line.gross_minor,
            line.promotion_minor,
            line.gtin,
            line.sku,
            line.category,
            line.tax_bp,
            line.label,
            line.points_minor,
            line.quantity_thousandths,
            line.unit,
            line.unit_price_minor,
        )
        .where(line.member_id == member_id, line.purchase_id.in_(purchase_ids))
        .order_by(line.purchase_id, line.position)
    )


def receipt(*, brand_id: uuid.UUID, place: str, terminal: str, receipt: str) -> Select[ReceiptNumber]:
    """The purchase that a receipt was."""
    return select(ReceiptNumber).where(
        ReceiptNumber.brand_id == brand_id,
        ReceiptNumber.place == place,
        ReceiptNumber.terminal == terminal,
        ReceiptNumber.receipt == receipt,
    )


def returns_of(member_id: uuid.UUID, purchase_id: uuid.UUID) -> Select[PurchaseReturn]:
    """What came back of a purchase, in the order in which it came."""
    return (
        select(PurchaseReturn)
        .where(PurchaseReturn.member_id == member_id, PurchaseReturn.purchase_id == purchase_id)
        .order_by(PurchaseReturn.returned_at, PurchaseReturn.id)
    )


def lines_of_returns(member_id: uuid.UUID, return_ids: Sequence[uuid.UUID]) -> Select[ReturnLine]:
    """The lines of these returns of a member."""
    return (
        select(ReturnLine)
        .where(ReturnLine.member_id == member_id, ReturnLine.return_id.in_(return_ids))
        .order_by(ReturnLine.return_id, ReturnLine.position)
    )


def store_in(brand_id: uuid.UUID, store_id: uuid.UUID) -> Select[uuid.UUID]:
    """This store, if it is the brand's."""
    return select(STORE.c.id).where(STORE.c.brand_id == brand_id, STORE.c.id == store_id)


def members_of_codes(brand_id: uuid.UUID, codes: Sequence[str]) -> Select[str, uuid.UUID]:
    """Whose codes of the brand these are, or were: what was bought with a card that is lost now was bought."""
    return select(PassCode.code, PassCode.member_id).where(PassCode.brand_id == brand_id, PassCode.code.in_(codes))


def members_of_numbers(brand_id: uuid.UUID, numbers: Sequence[str]) -> Select[str, uuid.UUID]:
    """Whose member numbers of the brand these are."""
    return select(CardNumber.value, CardNumber.member_id).where(
        CardNumber.brand_id == brand_id, CardNumber.kind == NumberKind.BRAND_NUMBER, CardNumber.value.in_(numbers)
    )


def names_of_stores(store_ids: Iterable[uuid.UUID | None]) -> Select[uuid.UUID, str]:
    """What these stores are called."""
    return select(STORE.c.id, STORE.c.name).where(STORE.c.id.in_({one for one in store_ids if one is not None}))


def stores_of(brand_id: uuid.UUID) -> Select[Any]:
    """The stores of a brand, by which the rows of a file name them."""
    return select(STORE.c.reference, STORE.c.id, STORE.c.time_zone).where(STORE.c.brand_id == brand_id)


def told(member_id: uuid.UUID) -> Select[Any]:
    """A member's purchases with the names of brand and store, the oldest first."""
    return (
        select(Purchase, Brand.code, STORE.c.name)
        .join(Brand, Brand.id == Purchase.brand_id)
        .outerjoin(STORE, STORE.c.id == Purchase.store_id)
        .where(Purchase.member_id == member_id)
        .order_by(Purchase.bought_at, Purchase.id)
    )
