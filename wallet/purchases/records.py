"""A purchase is written down, once."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from itertools import groupby
from operator import itemgetter

import orjson
from sqlalchemy.orm import make_transient_to_detached

from app.codes import article_numbers
from app.sql import db
from wallet.cards import resolution
from wallet.gift_cards.codes import show_ending
from wallet.purchases import queries
from wallet.purchases.basket import Basket, BasketLine
from wallet.purchases.basket_validation import check_basket
from wallet.purchases.errors import PurchaseUnknown, ReceiptReused
from wallet.purchases.models import Purchase, ReceiptNumber
from wallet.purchases.tender_kinds import read_tender

SEPARATOR = "\x1f"
"""No text of a purchase holds a control character."""

COLUMNS = tuple(column.name for column in Purchase.__table__.columns)
LINE = (
    "position, gtin, sku, label, category, quantity, gross_minor, promotion_minor, points_minor, net_minor, tax_bp,"
    " quantity_thousandths, unit, unit_price_minor"
)
# Of two at once with one number the second waits for the first, finds it taken, and writes nothing.
RECORD = db.HotStatement(f"""
WITH taken AS (
    INSERT INTO receipt_number (brand_id, place, terminal, receipt, member_id, purchase_id, bought_at)
    VALUES (%(brand_id)s, %(place)s, %(terminal)s, %(receipt)s, %(member_id)s, %(id)s, %(bought_at)s)
    ON CONFLICT DO NOTHING
    RETURNING member_id, purchase_id, brand_id
), bought AS (
    INSERT INTO purchase ({", ".join(COLUMNS)})
    SELECT {", ".join(f"%({name})s" + "::jsonb" * (name == "tenders") for name in COLUMNS)} FROM taken
), listed AS (
    INSERT INTO purchase_line (member_id, purchase_id, brand_id, {LINE})
    SELECT taken.*, {LINE} FROM taken, jsonb_populate_recordset(NULL::purchase_line, %(lines)s::jsonb)
)
SELECT purchase_id FROM taken
""")  # noqa: S608 (our own names)


def record_purchase(
    *, member_id: uuid.UUID, brand_id: uuid.UUID, basket: Basket, terminal: str, receipt: str, now: datetime
) -> Purchase:
    """Write down what a member bought. The same receipt of the same till with the same content is the same purchase:
    it is new when its `recorded_at` is `now`.

    `terminal` and `receipt` are numbers of the brand's own; with the store (or the channel, elsewhere) they name the
    purchase. It may arrive late and out of order.
    Raises `ReceiptReused` for other content, or another member; and what `basket_validation.check_basket` raises.
    """
    made = record_new(
        member_id=member_id, brand_id=brand_id, basket=basket, terminal=terminal, receipt=receipt, now=now
    )
    if made is not None:
        return made
    question = queries.receipt(brand_id=brand_id, place=place_of(basket), terminal=terminal, receipt=receipt)
    return _known(db.first(question), member_id=member_id, content=content_of(basket))


def record_new(
    *,
    member_id: uuid.UUID,
    brand_id: uuid.UUID,
    basket: Basket,
    terminal: str,
    receipt: str,
    now: datetime,
    is_counted: bool = False,
) -> Purchase | None:
    """Write a purchase down; None, and nothing is written, where the receipt is known already.

    `is_counted`: the caller counts its points at the same time.
    """
    check_basket(basket, now=now)
    made = Purchase(
        member_id=member_id,
        id=db.new_id(),
        brand_id=brand_id,
        store_id=basket.store_id,
        channel=basket.channel,
        terminal=terminal,
        receipt=receipt,
        currency=basket.currency,
        tax_included=basket.tax_included,
        gross_minor=basket.gross_minor,
        promotion_minor=basket.promotion_minor,
        points_minor=basket.points_minor,
        net_minor=basket.net_minor,
        deposit_minor=basket.deposit_minor,
        tenders=[one.shown() for one in basket.tenders] or None,
        content=content_of(basket),
        bought_at=basket.bought_at,
        recorded_at=now,
        awarded_at=now if is_counted else None,
    )
    lines = orjson.dumps([line_values(line) for line in basket.lines]).decode()
    tenders = None if made.tenders is None else orjson.dumps(made.tenders).decode()
    values = {name: getattr(made, name) for name in COLUMNS} | {"tenders": tenders}
    if not db.send_statement(RECORD, values | {"place": place_of(basket), "lines": lines}):
        return None
    # What is written already is the session's from now on, as if it had been read.
    make_transient_to_detached(made)
    db.session().add(made)
    return made


def record_purchase_by_code(
    *, code: str, brand_id: uuid.UUID, basket: Basket, terminal: str, receipt: str, now: datetime
) -> Purchase:
    """Write down the purchase of whoever's card was scanned: the code may have been revoked since.

    Raises besides `CodeMistyped`; `PassUnknown`, also for another brand's code; `CodeForged`.
    """
    shown = resolution.resolve_code_at(code=code, brand_id=brand_id, at=basket.bought_at)
    return record_purchase(
        member_id=shown.member_id, brand_id=brand_id, basket=basket, terminal=terminal, receipt=receipt, now=now
    )


def place_of(basket: Basket) -> str:
    """Where a receipt was written, as its number says it: the store, or the channel."""
    return str(basket.store_id) if basket.store_id is not None else basket.channel


def content_of(basket: Basket) -> bytes:
    """A hash of everything that a basket says: two are the same when these are, however they write their articles."""
    said = [
        basket.currency,
        basket.bought_at.astimezone(UTC).isoformat(timespec="microseconds"),
        basket.channel,
        str(basket.store_id),
        str(basket.tax_included),
    ]
    for line in sorted((*basket.lines, *basket.deposits), key=lambda line: line.position):
        gtin = None if line.gtin is None else article_numbers.spell_gtin(line.gtin)[0]
        said.append(
            f"{line.position}{SEPARATOR}{line.quantity}{SEPARATOR}{line.gross_minor}{SEPARATOR}{line.promotion_minor}"
            f"{SEPARATOR}{gtin}{SEPARATOR}{line.sku}{SEPARATOR}{line.category}{SEPARATOR}{line.tax_bp}"
            f"{SEPARATOR}{line.label}"
            + (f"{SEPARATOR}{line.points_minor}" if line.points_minor else "")
            + _measure(line)
        )
    said += [
        f"{one.kind}{SEPARATOR}{one.amount_minor}{SEPARATOR}{one.reference}"
        + (f"{SEPARATOR}{show_ending(one.card)}" if one.card else "")
        for one in basket.tenders
    ]
    return sha256("\n".join(said).encode()).digest()


def _measure(line: BasketLine) -> str:
    """What was weighed, and that it is a deposit; nothing for any other line."""
    weighed = "" if line.unit is None else f"{SEPARATOR}{line.quantity_thousandths}{line.unit}{line.unit_price_minor}"
    return weighed + (f"{SEPARATOR}deposit" if line.deposit else "")


def content_now(purchase: Purchase) -> bytes:
    """`content_of` what is written of a purchase. It differs from what the purchase keeps where that is of a time in
    which two spellings of an article's number were two articles."""
    return content_of(baskets_of(member_id=purchase.member_id, purchases=[purchase])[purchase.id])


def line_values(line: BasketLine) -> dict[str, object]:
    """A line as its columns."""
    return {
        "position": line.position,
        "gtin": line.gtin,
        "sku": line.sku,
        "label": line.label,
        "category": line.category,
        "quantity": line.quantity,
        "gross_minor": line.gross_minor,
        "promotion_minor": line.promotion_minor,
        "points_minor": line.points_minor,
        "net_minor": line.net_minor,
        "tax_bp": line.tax_bp,
        "quantity_thousandths": line.quantity_thousandths,
        "unit": line.unit,
        "unit_price_minor": line.unit_price_minor,
    }


def baskets_of(*, member_id: uuid.UUID, purchases: Sequence[Purchase]) -> Mapping[uuid.UUID, Basket]:
    """What was bought by purchase, as it was bought (returns change nothing of it), by one question; packaging is not
    there."""
    rows = db.rows(queries.contents_of(member_id, [purchase.id for purchase in purchases]))
    lines = {id: tuple(BasketLine(*row[1:]) for row in some) for id, some in groupby(rows, key=itemgetter(0))}
    return {
        purchase.id: Basket(
            currency=purchase.currency,
            bought_at=purchase.bought_at,
            lines=lines.get(purchase.id, ()),
            store_id=purchase.store_id,
            channel=purchase.channel,
            tax_included=purchase.tax_included,
            tenders=tuple(map(read_tender, purchase.tenders or ())),
        )
        for purchase in purchases
    }


def _known(number: ReceiptNumber | None, *, member_id: uuid.UUID, content: bytes) -> Purchase:
    """The purchase that has this number already, if it is the same."""
    if number is None:
        raise PurchaseUnknown
    known = db.first(queries.purchase_of(number.member_id, number.purchase_id))
    if known is None or known.member_id != member_id:
        raise ReceiptReused
    if known.content != content and content_now(known) != content:
        raise ReceiptReused
    return known
