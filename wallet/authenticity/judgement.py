"""How what was shown stands, by what is known of it and by the time. Pure."""

import uuid
from datetime import datetime
from typing import Any, NamedTuple

from wallet.authenticity import patterns, voucher_keys, vouchers
from wallet.authenticity.models import ProofStanding, ShownForm
from wallet.authenticity.one_time_passwords import step_of
from wallet.authenticity.shown import Shown

STEPS_OFF = 1
"""How many time steps a phone's clock may be off, either way."""

BY_TIME = (ShownForm.WINDOW, ShownForm.TOTP)


class CodeProof(NamedTuple):
    """What is to be thought of what was shown. `member_id` is null where the brand knows no such code. `needs_fresh`:
    by itself this code spends nothing; `again`: the same purpose used it before."""

    shown: Shown
    standing: ProofStanding
    member_id: uuid.UUID | None = None
    needs_fresh: bool = False
    again: bool = False

    @property
    def code(self) -> str:
        """The code that was shown, whatever its form."""
        return self.shown.code


def judge_code(shown: Shown, known: Any, *, brand_id: uuid.UUID, now: datetime, used_for: str | None) -> CodeProof:
    """What is to be thought of a code that changes; `known` is the row of `queries.JUDGE` about it, if there is one.

    What was used for the same purpose is fresh, however long ago.
    """
    if known is None or not _is_genuine(shown, known.salt, brand_id=brand_id, now=now):
        return CodeProof(shown, ProofStanding.FORGED, known and known.member_id)
    proof = CodeProof(shown, ProofStanding.FRESH, known.member_id)
    if known.used_at is not None and used_for is not None and known.used_for == used_for:
        return proof._replace(again=True)
    if _has_passed(shown, now=now):
        return proof._replace(standing=ProofStanding.STALE)
    if known.used_at is not None:
        return proof._replace(standing=ProofStanding.REUSED)
    if shown.form is ShownForm.REVISION and known.used_revision is not None and shown.counter < known.used_revision:
        return proof._replace(standing=ProofStanding.OLD_COPY)
    return proof


def _is_genuine(shown: Shown, salt: bytes | None, *, brand_id: uuid.UUID, now: datetime) -> bool:
    if shown.voucher is not None:
        keys = voucher_keys.published_keys(now=now)
        return shown.voucher.brand == vouchers.brand_part(brand_id) and vouchers.is_signed(shown.voucher, keys)
    return salt is not None and patterns.is_counted_proof(
        shown.code, salt, form=shown.form, counter=shown.counter, proof=shown.proof
    )


def _has_passed(shown: Shown, *, now: datetime) -> bool:
    if shown.voucher is not None:
        return shown.voucher.expires_at <= now
    return shown.form in BY_TIME and abs(shown.counter - step_of(now)) > STEPS_OFF
