"""Something that was bought comes back."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.sql import db
from wallet.purchases import queries
from wallet.purchases.basket import MeasureUnit
from wallet.purchases.errors import (
    MoreThanBought,
    MoreThanMeasured,
    PurchaseLineUnknown,
    PurchaseUnknown,
    ReturnReused,
)
from wallet.purchases.models import Purchase, PurchaseLine, PurchaseReturn, ReturnLine

Units = Mapping[int, tuple[int, int, int]]
"""By position: how many parts of a line come back now, how many had before, how many were bought."""


@dataclass(frozen=True)
class Return:
    """What came back. `again` is true when the same source had brought it back before: then nothing was done now."""

    record: PurchaseReturn
    lines: Sequence[ReturnLine]
    units: Units
    again: bool
    bought: Sequence[PurchaseLine]
    """Every line of the purchase as it stands then."""

    @property
    def amount_minor(self) -> int:
        return self.record.amount_minor


def take_back_units(
    *, member_id: uuid.UUID, purchase_id: uuid.UUID, lines: Mapping[int, int], source: str, now: datetime
) -> Return:
    """Take back so many units of these lines (by position), or thousandths of what was weighed. The same source twice
    is one effect.

    What is given back is the share of the line's net amount, rounded so that all parts of a line together give back
    exactly what was paid for them, in whatever order they come.
    Raises `PurchaseUnknown`, `PurchaseLineUnknown`, `MoreThanBought`, `MoreThanMeasured`; `ReturnReused` for other
    lines under this source.
    """
    purchase = db.first(db.locked(queries.purchase_of(member_id, purchase_id)))
    if purchase is None:
        raise PurchaseUnknown
    bought = {line.position: line for line in db.all_of(db.locked(queries.lines_of(member_id, [purchase_id])))}
    wanted = {position: quantity for position, quantity in lines.items() if quantity}
    known = db.first(queries.returns_of(member_id, purchase_id).where(PurchaseReturn.source == source))
    if known is not None:
        return _again(known, bought, wanted)
    for position, quantity in wanted.items():
        _check(bought.get(position), position=position, wanted=quantity)
    return _write(purchase, {at: (bought[at], wanted[at]) for at in sorted(wanted)}, list(bought.values()), source, now)


def what_is_left(*, member_id: uuid.UUID, purchase_id: uuid.UUID) -> Mapping[int, int]:
    """How many parts of each line could still come back; lines of which none could are left out."""
    lines = db.all_of(queries.lines_of(member_id, [purchase_id]))
    left = {line.position: line.parts - line.returned_quantity for line in lines}
    return {position: quantity for position, quantity in left.items() if quantity}


def value_of(line: PurchaseLine, *, before: int, now: int) -> int:
    """What `now` parts are worth after `before` others came back: what has been given back is always rounded down."""
    return line.net_minor * (before + now) // line.parts - line.net_minor * before // line.parts


def _check(line: PurchaseLine | None, *, position: int, wanted: int) -> None:
    if line is None:
        raise PurchaseLineUnknown(position=position)
    left = line.parts - line.returned_quantity
    if not 0 < wanted <= left:
        if line.unit is not None:
            unit = MeasureUnit(line.unit).thousandth
            raise MoreThanMeasured(position=position, left=left, wanted=wanted, unit=unit)
        raise MoreThanBought(position=position, left=left, wanted=wanted)


def _write(
    purchase: Purchase,
    wanted: Mapping[int, tuple[PurchaseLine, int]],
    bought: Sequence[PurchaseLine],
    source: str,
    now: datetime,
) -> Return:
    units = {at: (many, line.returned_quantity, line.parts) for at, (line, many) in wanted.items()}
    values = {at: value_of(line, before=line.returned_quantity, now=many) for at, (line, many) in wanted.items()}
    made = db.add(
        PurchaseReturn(
            member_id=purchase.member_id,
            purchase_id=purchase.id,
            brand_id=purchase.brand_id,
            source=source,
            amount_minor=sum(values.values()),
            returned_at=now,
        )
    )
    lines = [
        ReturnLine(
            member_id=purchase.member_id,
            return_id=made.id,
            position=at,
            brand_id=purchase.brand_id,
            quantity=many,
            returned_before=line.returned_quantity,
            amount_minor=values[at],
        )
        for at, (line, many) in wanted.items()
    ]
    for line, many in wanted.values():
        line.returned_quantity += many
    db.add_all(lines)
    return Return(made, lines, units, again=False, bought=bought)


def _again(known: PurchaseReturn, bought: Mapping[int, PurchaseLine], wanted: Mapping[int, int]) -> Return:
    lines = db.all_of(queries.lines_of_returns(known.member_id, [known.id]))
    if {line.position: line.quantity for line in lines} != wanted:
        raise ReturnReused
    units = {line.position: (line.quantity, line.returned_before, bought[line.position].parts) for line in lines}
    return Return(known, lines, units, again=True, bought=list(bought.values()))
