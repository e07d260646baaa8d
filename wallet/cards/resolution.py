"""What a shown code stands for at a brand: its card or coupon, whose it is, and the member's card with the brand.

One statement brings all of it. Whether that card may act says `wallet.cards.standing`.
"""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from app.sql import db
from wallet.cards import numbers, queries
from wallet.cards.errors import NumberUnusable
from wallet.cards.models import NumberKind
from wallet.passes.codes import read_code
from wallet.passes.directory import require_standing_code
from wallet.passes.errors import CodeMistyped, PassUnknown


class ShownCode(NamedTuple):
    """A code that stands, as the directory has it, with the member's card of the brand: null when they hold none."""

    code: str
    kind: str
    member_id: uuid.UUID
    target_id: uuid.UUID
    """The card or the coupon."""
    card_id: uuid.UUID | None
    card_status: str | None
    display_name: str | None


def resolve_code(*, code: str, brand_id: uuid.UUID, kind: NumberKind | None = None) -> ShownCode:
    """What was shown at a till of the brand: a code, or another number of a card, of this kind if the reader knows.

    Raises `CodeMistyped`; `PassUnknown`, the same whether the code does not exist, was revoked or belongs to another
    brand; `CardLost` for that of a card that was replaced; `NumberUnusable`. The card itself is not judged.
    """
    if kind is not None:
        row = _numbered(code, kind, brand_id)
    else:
        try:
            row = _coded([read_code(code)], brand_id).one_or_none()
        except CodeMistyped:
            # Staff type what is printed: on an old card that is the brand's own number.
            row = _typed_number(code, brand_id)
            if row is None:
                raise
    if row is None or row.code is None:
        raise PassUnknown
    require_standing_code(revoked_at=row.revoked_at, reason=row.revoked_reason, brand_id=brand_id)
    return _shown(row)


def resolve_codes(*, codes: Collection[str], brand_id: uuid.UUID) -> dict[str, ShownCode]:
    """What those of these codes stand for that stand at the brand, by code, spelled as `read_code` spells them."""
    return {row.code: _shown(row) for row in _coded(list(codes), brand_id) if row.revoked_at is None}


def resolve_code_at(*, code: str, brand_id: uuid.UUID, at: datetime) -> ShownCode:
    """What a code of the brand stood for at an instant: what was revoked later was good then.

    Raises `CodeMistyped`; `PassUnknown`, also for another brand's.
    """
    row = _coded([read_code(code)], brand_id).one_or_none()
    if row is None or (row.revoked_at is not None and row.revoked_at <= at):
        raise PassUnknown
    return _shown(row)


def _coded(codes: list[str], brand_id: uuid.UUID) -> Any:
    return db.send_statement(queries.SHOWN_CODES, {"codes": codes, "brand_id": brand_id})


def _numbered(number: str, kind: NumberKind, brand_id: uuid.UUID) -> Any:
    value = numbers.kept_as(brand_id=brand_id, kind=kind, number=numbers.read_number(number, kind=kind))
    return db.send_statement(
        queries.SHOWN_NUMBER, {"brand_id": brand_id, "kind": str(kind), "value": value}
    ).one_or_none()


def _typed_number(typed: str, brand_id: uuid.UUID) -> Any:
    try:
        return _numbered(typed, NumberKind.BRAND_NUMBER, brand_id)
    except NumberUnusable:
        return None


def _shown(row: Any) -> ShownCode:
    return ShownCode._make(row[: len(ShownCode._fields)])
