"""The codes that a sale shows: whose pass it is, and what the pass and its coupons prove."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from offers.checkout.pricing import Asked, Till
from offers.checkout.situation import Situation
from wallet.authenticity import verifier
from wallet.authenticity.judgement import CodeProof
from wallet.authenticity.models import ProofStanding
from wallet.authenticity.shown import Shown, read_shown
from wallet.authenticity.verifier import SeenAt
from wallet.passes.errors import CodeMistyped
from wallet.scanning import scans


def find_member_by_code(code: str, *, brand_id: uuid.UUID, now: datetime, found: Situation | None = None) -> uuid.UUID:
    """Whose pass this is, as a scan would say; `found` is what holds, for whoever has read it with this code.

    Raises `CodeMistyped`; `PassUnknown`, also for a closed card; `CardBlocked`; `CardLost`; `CodeForged`.
    """
    if found is not None and found.member_id is not None:
        return found.member_id
    return scans.find_pass(code=code, brand_id=brand_id, now=now).member_id


def prove_codes(
    asked: Asked, *, found: Situation, member_id: uuid.UUID, till: Till, now: datetime
) -> Sequence[CodeProof]:
    """What the pass and the coupons of a sale prove, of those that may spend: the pass does if points are to pay.

    Raises `CodeForged`, `CodeStale`, `CodeFromOldCopy`, `CodeUsedBefore`; `CodeMistyped` for a coupon that is none.
    """
    proofs = _judge_codes(asked, till=till, now=now)
    needs_fresh, pays = set(found.needs_fresh), _pass_shown(asked)
    if asked.points is None:
        proofs = [proof for proof in proofs if proof.code in found.coupons]
    elif pays is None:  # another number of the card
        card = scans.find_pass(code=asked.code, brand_id=till.brand_id, now=now)
        proofs.append(CodeProof(Shown(card.code), ProofStanding.PLAIN))
        needs_fresh |= {card.code} if card.needs_fresh else set()
    at = SeenAt(store_id=till.store_id, terminal_id=till.terminal_id)
    verifier.require_spendable(proofs, brand_id=till.brand_id, at=at, now=now)
    return [proof._replace(member_id=member_id, needs_fresh=proof.code in needs_fresh) for proof in proofs]


def require_genuine_codes(asked: Asked, *, till: Till, now: datetime) -> None:
    """Refuse a sale that shows a form of a code that we did not make. Raises `CodeForged`, `CodeMistyped`."""
    _judge_codes(asked, till=till, now=now)


def _judge_codes(asked: Asked, *, till: Till, now: datetime) -> list[CodeProof]:
    shown, pass_shown = [read_shown(code) for code in asked.coupons], _pass_shown(asked)
    every = dict.fromkeys(shown if pass_shown is None else [*shown, pass_shown])
    purpose = purpose_of(asked, till=till)
    proofs = verifier.judge_shown(list(every), brand_id=till.brand_id, now=asked.shown_at or now, used_for=purpose)
    for proof in proofs:
        verifier.require_genuine(proof)
    return proofs


def purpose_of(asked: Asked, *, till: Till) -> str:
    """The sale that a till calls so: what it used it may show again, until it is closed."""
    return f"sale:{till.store_id}:{asked.terminal}:{asked.receipt}"


def _pass_shown(asked: Asked) -> Shown | None:
    try:
        return read_shown(asked.code)
    except CodeMistyped:
        return None
