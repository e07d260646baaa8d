"""Vouchers: what a till believes without asking us, as long as it knows our public keys. Pure.

A record of 44 bytes and a signature (Ed25519, RFC 8032) under it and its name:

| bytes | what |
|---|---|
| 1 | version, 1 |
| 4 | key: the start of the SHA-256 of the public key |
| 6 | brand: the end of its id |
| 8 | offer: the end of its id |
| 10 | code of the coupon, a number to base 31 |
| 4 | what it may take off at most, in minor units of the brand's currency; 0 says nothing |
| 4 | end, in seconds since 1970 |
| 7 | number of the voucher |

It names no member. `voucher_reader.mjs` reads the same in a browser.
"""

import secrets
import struct
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from wallet.authenticity import symbols
from wallet.authenticity.errors import CodeForged

PREFIX = "ICI1"
VERSION = 1
RECORD = struct.Struct(">B4s6s8s10sII7s")
SIGNATURE_BYTES = 64
NUMBER_BYTES = 7
MOST_VALUE = 2**32 - 1
SIGNED = b"ici-voucher\x00"
"""What is signed begins so, that no signature can be taken for one of something else."""


class Voucher(NamedTuple):
    """What a voucher says. `key_id`, `brand` and `offer` are the hexadecimal digits that it has of each;
    `value_minor` is null where it says nothing; `record` and `signature` are what has to be verified."""

    key_id: str
    brand: str
    offer: str
    code: str
    value_minor: int | None
    expires_at: datetime
    number: int
    record: bytes
    signature: bytes


class VoucherKey(NamedTuple):
    """A key of vouchers as tills keep it: what it signs between two instants ends before `verifies_until`."""

    key_id: str
    public_key: bytes
    signs_from: datetime
    signs_until: datetime
    verifies_until: datetime


def key_id_of(public_key: bytes) -> str:
    """The name of a public key, eight hexadecimal digits."""
    return sha256(public_key).hexdigest()[:8]


def brand_part(brand_id: uuid.UUID) -> str:
    """What a voucher says of a brand."""
    return brand_id.bytes[-6:].hex()


def offer_part(offer_id: uuid.UUID) -> str:
    """What a voucher says of an offer."""
    return offer_id.bytes[-8:].hex()


def write_voucher(
    *,
    private_key: Ed25519PrivateKey,
    brand_id: uuid.UUID,
    offer_id: uuid.UUID,
    code: str,
    value_minor: int | None,
    expires_at: datetime,
) -> str:
    """A voucher for a coupon, with a number of its own. Raises `ValueError` for what it cannot say."""
    if value_minor is not None and not 0 < value_minor <= MOST_VALUE:
        raise ValueError("not a value that a voucher can have")
    record = RECORD.pack(
        VERSION,
        bytes.fromhex(key_id_of(private_key.public_key().public_bytes_raw())),
        bytes.fromhex(brand_part(brand_id)),
        bytes.fromhex(offer_part(offer_id)),
        symbols.code_to_bytes(code),
        value_minor or 0,
        int(expires_at.timestamp()),
        secrets.token_bytes(NUMBER_BYTES),
    )
    return f"{PREFIX}-{symbols.spell_bytes(record + private_key.sign(SIGNED + record))}"


def open_record(content: bytes) -> Voucher:
    """What these bytes say; nothing is verified. Raises `ValueError` for bytes that are no voucher of this version."""
    if len(content) != RECORD.size + SIGNATURE_BYTES:
        raise ValueError("another length")
    record = content[: RECORD.size]
    version, key, brand, offer, code, value, end_s, number = RECORD.unpack(record)
    if version != VERSION:
        raise ValueError("another version")
    return Voucher(
        key_id=key.hex(),
        brand=brand.hex(),
        offer=offer.hex(),
        code=symbols.code_from_bytes(code),
        value_minor=value or None,
        expires_at=datetime.fromtimestamp(end_s, tz=UTC),
        number=int.from_bytes(number),
        record=record,
        signature=content[RECORD.size :],
    )


def read_voucher(text: str, keys: Iterable[VoucherKey]) -> Voucher:
    """What a voucher says, if one of these keys signed it; whether it has ended is for the reader to judge.

    Raises `CodeForged` for any other text.
    """
    prefix, _, body = text.strip().upper().partition("-")
    try:
        said = open_record(symbols.read_bytes(body))
    except (KeyError, ValueError):
        raise CodeForged from None
    if prefix != PREFIX or not is_signed(said, keys):
        raise CodeForged
    return said


def is_signed(voucher: Voucher, keys: Iterable[VoucherKey]) -> bool:
    """Whether one of these keys signed this voucher, which ends while the key is believed."""
    for key in keys:
        if key.key_id == voucher.key_id and voucher.expires_at <= key.verifies_until:
            try:
                Ed25519PublicKey.from_public_bytes(key.public_key).verify(voucher.signature, SIGNED + voucher.record)
            except InvalidSignature:
                continue
            return True
    return False
