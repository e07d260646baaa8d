"""Our keys of vouchers: another one every quarter of a year, and another one when the secret is changed.

None is kept: each is derived from the secret and the number of its quarter. Tills are told the key of the next quarter
long before it signs, so that one without a network knows it; and that of the last as long as its vouchers live.
"""

import uuid
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app import config
from wallet.authenticity import vouchers
from wallet.authenticity.vouchers import VoucherKey

PERIOD = timedelta(days=90)
LONGEST_LIFE = timedelta(days=7)
"""Of a voucher: whoever lost the right to its offer, or its key, can show it to a dark till for so long."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def sign_voucher(
    *,
    brand_id: uuid.UUID,
    offer_id: uuid.UUID,
    code: str,
    value_minor: int | None,
    expires_at: datetime,
    now: datetime,
) -> str:
    """A voucher for a coupon of an offer, which ends then, or with the longest life if that is sooner.

    `value_minor` is the most that it may take off, null where that is not known beforehand. Raises `ValueError` for a
    value or a code that it cannot say.
    """
    period = (now - EPOCH) // PERIOD
    return vouchers.write_voucher(
        private_key=_private_key(config.current().key(_label(period))),
        brand_id=brand_id,
        offer_id=offer_id,
        code=code,
        value_minor=value_minor,
        expires_at=min(expires_at, now + LONGEST_LIFE),
    )


def published_keys(*, now: datetime) -> list[VoucherKey]:
    """The keys that a till needs now: those of this quarter and the next, and of the last while its vouchers live."""
    period = (now - EPOCH) // PERIOD
    settings = config.current()
    keys = [
        _published(key, number)
        for number in (period - 1, period, period + 1)
        for key in settings.accepted_keys(_label(number))
    ]
    return [key for key in keys if key.verifies_until > now]


@cache
def _published(seed: bytes, number: int) -> VoucherKey:
    public, starts = _private_key(seed).public_key().public_bytes_raw(), EPOCH + number * PERIOD
    ends = starts + PERIOD
    return VoucherKey(vouchers.key_id_of(public), public, starts, ends, ends + LONGEST_LIFE)


def _label(period: int) -> str:
    return f"voucher/{period}"


@cache
def _private_key(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed)
