"""What `offers.tills` takes in of tills that had no network is judged here: words of that room become claims."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from offers.offline import allowances
from offers.offline.entitlement import OfflineAction, OfflineClaim
from offers.offline.late_acts import LateAct, LateVerdict, TillAction
from wallet.authenticity import verifier
from wallet.authenticity.models import ProofStanding, ShownForm
from wallet.authenticity.shown import Shown, read_shown
from wallet.passes.errors import CodeMistyped

GENUINE = (ProofStanding.FRESH, ProofStanding.REUSED)
"""Of a voucher that was used before nobody without a network could know."""


def judge_late_act(act: LateAct, now: datetime) -> LateVerdict:
    """Whether a terminal was entitled to an act; what it is trusted with counts from now on."""
    shown = [one for one in map(_read, act.coupons) if one is not None]
    happened_at = act.occurred_at - timedelta(seconds=act.clock_drift_s or 0)
    vouchers = _genuine_vouchers(act, shown, at=happened_at)
    values = [one.voucher.value_minor for one in vouchers if one.voucher is not None]
    redeems = bool(act.coupons) or act.action is TillAction.REDEEM
    claim = OfflineClaim(
        action=OfflineAction(act.action),
        occurred_at=act.occurred_at,
        clock_ahead_s=act.clock_drift_s,
        points=act.points,
        coupons=len(act.coupons),
        minor=act.value_minor if redeems else 0,
        has_voucher=redeems and len(vouchers) == len(act.coupons),
        voucher_minor=None if None in values or not values else sum(value or 0 for value in values),
    )
    card = _read(act.code)
    judged = allowances.admit_claim(
        claim=claim,
        brand_id=act.brand_id,
        store_id=act.store_id,
        terminal_id=act.terminal_id,
        codes={one.code for one in (card, *shown) if one is not None},
        now=now,
    )
    return LateVerdict(judged.is_entitled, judged.reason, judged.covered_by)


def _read(text: str) -> Shown | None:
    try:
        return read_shown(text)
    except CodeMistyped:
        return None  # another number of a card, or nothing that anybody set aside


def _genuine_vouchers(act: LateAct, shown: Sequence[Shown], *, at: datetime) -> list[Shown]:
    """Those that are vouchers of the brand whose signature is good, and that had not ended."""
    asked = [one for one in shown if one.form is ShownForm.VOUCHER]
    proofs = verifier.judge_shown(asked, brand_id=act.brand_id, now=at)
    return [proof.shown for proof in proofs if proof.standing in GENUINE]
