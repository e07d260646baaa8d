"""What a shown code stands for at a brand: its card or coupon, whose it is, and the member's card with the brand.

One statement brings all of it. Whether that card may act says `wallet.cards.standing`.
"""

import uuid
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from app.sql import db
from wallet.authenticity import verifier
from wallet.authenticity.models import ProofStanding
from wallet.authenticity.shown import Shown, read_shown
from wallet.authenticity.verifier import SeenAt
from wallet.cards import numbers, queries
from wallet.cards.errors import NumberUnusable
from wallet.cards.models import NumberKind
from wallet.passes.directory import require_standing_code
from wallet.passes.errors import CodeMistyped, PassUnknown

Question = tuple[db.HotStatement, Mapping[str, Any]]
Alongside = Callable[[str], Question]
"""What is asked in the same trip as what a code stands for, once that is spelled as we keep it."""


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
    needs_fresh: bool
    """By itself this code finds its card or coupon, and spends nothing."""
    standing: ProofStanding = ProofStanding.PLAIN
    found: db.FoundRows | None = None
    """What was asked alongside."""


def resolve_code(
    *,
    code: str,
    brand_id: uuid.UUID,
    now: datetime,
    kind: NumberKind | None = None,
    at: SeenAt | None = None,
    alongside: Alongside | None = None,
) -> ShownCode:
    """What was shown at a till of the brand: a code in any form, or another number of a card, of this kind if the
    reader knows. `at` is the till: that it was shown a code that changes is written down. What is asked `alongside` is
    asked of codes only.

    Raises `CodeMistyped`; `PassUnknown`, the same whether the code does not exist, was revoked or belongs to another
    brand; `CardLost` for that of a card that was replaced; `CodeForged` for a form of a code that we did not make;
    `NumberUnusable`. The card itself is not judged.
    """
    seen = found = None
    if kind is not None:
        row = _numbered(code, kind, brand_id)
    else:
        try:
            seen = read_shown(code)
            asked = [_question([seen.code], brand_id), *([alongside(seen.code)] if alongside else [])]
            rows, *others = db.send_statements(*asked)
            row, found = rows.one_or_none(), next(iter(others), None)
        except CodeMistyped:
            # Staff type what is printed: on an old card that is the brand's own number.
            row = _typed_number(code, brand_id)
            if row is None:
                raise
    if row is None or row.code is None:
        raise PassUnknown
    require_standing_code(revoked_at=row.revoked_at, reason=row.revoked_reason, brand_id=brand_id)
    if seen is None:
        return _shown(row)
    proof = verifier.verify_shown(seen, brand_id=brand_id, now=now, spends=False, at=at)
    verifier.require_genuine(proof)
    return _shown(row)._replace(standing=proof.standing, found=found)


def spend_code(*, code: str, brand_id: uuid.UUID, at: SeenAt, used_for: str, now: datetime) -> ShownCode:
    """What was shown at a till, which spends by it for a purpose: it is used up, and that purpose may show it again.

    Raises as `resolve_code`; `CodeStale`, `CodeFromOldCopy`, `CodeUsedBefore`, `FreshCodeNeeded`.
    """
    found = resolve_code(code=code, brand_id=brand_id, now=now)
    proofs = verifier.prove_spending(
        [Shown(found.code) if found.standing is ProofStanding.PLAIN else read_shown(code)],
        needs_fresh={found.code} if found.needs_fresh else (),
        member_id=found.member_id,
        brand_id=brand_id,
        at=at,
        used_for=used_for,
        now=now,
    )
    verifier.use_proofs(proofs, brand_id=brand_id, at=at, used_for=used_for, now=now)
    return found


def resolve_codes(*, codes: Collection[str], brand_id: uuid.UUID) -> dict[str, ShownCode]:
    """What those of these codes stand for that stand at the brand, by code, spelled as `read_code` spells them."""
    return {row.code: _shown(row) for row in _coded(list(codes), brand_id) if row.revoked_at is None}


def resolve_code_at(*, code: str, brand_id: uuid.UUID, at: datetime) -> ShownCode:
    """What a code of the brand stood for at an instant: what was revoked later was good then.

    Raises `CodeMistyped`; `PassUnknown`, also for another brand's; `CodeForged`.
    """
    seen = read_shown(code)
    row = _coded([seen.code], brand_id).one_or_none()
    if row is None or (row.revoked_at is not None and row.revoked_at <= at):
        raise PassUnknown
    proof = verifier.verify_shown(seen, brand_id=brand_id, now=at, spends=False)
    verifier.require_genuine(proof)
    return _shown(row)._replace(standing=proof.standing)


def _coded(codes: list[str], brand_id: uuid.UUID) -> db.FoundRows:
    return db.send_statement(*_question(codes, brand_id))


def _question(codes: list[str], brand_id: uuid.UUID) -> Question:
    return queries.SHOWN_CODES, {"codes": codes, "brand_id": brand_id}


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
    return ShownCode(*row[: len(ShownCode._fields) - len(ShownCode._field_defaults)])
