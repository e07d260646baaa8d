"""Questions about coupons on paper."""

import uuid
from collections.abc import Collection

from sqlalchemy import (
    Select,
    select,
)

from offers.coupons.models import PrintedCode


def printed_code(code_hash: bytes) -> Select[PrintedCode]:
    """The code on paper with this hash."""
    return select(PrintedCode).where(PrintedCode.code_hash == code_hash)


def printed_hashes(hashes: Collection[bytes]) -> Select[bytes]:
    """Those of these codes that are known."""
    return select(PrintedCode.code_hash).where(PrintedCode.code_hash.in_(hashes))


def printed_hashes_of_offer(offer_id: uuid.UUID, hashes: Collection[bytes]) -> Select[bytes]:
    """Those of these codes that stand for this offer."""
    return printed_hashes(hashes).where(PrintedCode.offer_id == offer_id)
