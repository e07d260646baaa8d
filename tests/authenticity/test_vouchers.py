"""A voucher is known for ours without asking us: by this house's reader and by that of a browser, alike."""

import json
import random
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app import config
from tests.factories import NOON
from wallet.authenticity import symbols, voucher_keys, vouchers
from wallet.authenticity.errors import CodeForged
from wallet.authenticity.voucher_keys import LONGEST_LIFE, PERIOD, published_keys, sign_voucher
from wallet.authenticity.vouchers import Voucher, VoucherKey, read_voucher, write_voucher
from wallet.passes.codes import new_code

READER = Path(__file__).parent / "ask_reader.mjs"
BRAND, OFFER = uuid4(), uuid4()
pytestmark = pytest.mark.usefixtures("app")


def signed(*, now: datetime = NOON, lasts: timedelta = timedelta(days=1), value: int | None = 500) -> str:
    said = {"brand_id": BRAND, "offer_id": OFFER, "code": new_code(), "value_minor": value}
    return sign_voucher(**said, expires_at=now + lasts, now=now)


def is_ours(text: str, keys: list[VoucherKey]) -> bool:
    try:
        return bool(read_voucher(text, keys))
    except CodeForged:
        return False


def test_it_says_what_was_signed() -> None:
    code = new_code()
    text = sign_voucher(
        brand_id=BRAND, offer_id=OFFER, code=code, value_minor=1250, expires_at=NOON + timedelta(hours=5), now=NOON
    )
    said = read_voucher(text, published_keys(now=NOON))
    assert (said.code, said.value_minor, said.expires_at) == (code, 1250, NOON + timedelta(hours=5))
    assert (said.brand, said.offer) == (vouchers.brand_part(BRAND), vouchers.offer_part(OFFER))


def test_two_of_one_coupon_have_numbers_of_their_own() -> None:
    first, second = (read_voucher(signed(), published_keys(now=NOON)).number for _ in range(2))
    assert first != second


def test_none_lives_longer_than_a_week() -> None:
    said = read_voucher(signed(lasts=timedelta(days=300)), published_keys(now=NOON))
    assert said.expires_at == NOON + LONGEST_LIFE


def test_one_changed_bit_anywhere_is_forged() -> None:
    text, keys = signed(), published_keys(now=NOON)
    content = symbols.read_bytes(text.partition("-")[2])
    for bit in range(8 * len(content)):
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << bit % 8
        assert not is_ours(f"ICI1-{symbols.spell_bytes(bytes(changed))}", keys), bit


def test_a_key_of_another_house_signs_nothing() -> None:
    other = Ed25519PrivateKey.generate()
    said = {"brand_id": BRAND, "offer_id": OFFER, "code": new_code(), "value_minor": None}
    assert not is_ours(write_voucher(private_key=other, **said, expires_at=NOON), published_keys(now=NOON))


def test_the_key_of_the_next_quarter_is_told_beforehand() -> None:
    soon = NOON + PERIOD
    assert is_ours(signed(now=soon), published_keys(now=NOON))
    assert not is_ours(signed(now=soon + PERIOD), published_keys(now=NOON))


def test_the_key_of_the_last_quarter_is_told_while_its_vouchers_live() -> None:
    period = (NOON - voucher_keys.EPOCH) // PERIOD
    ended = voucher_keys.EPOCH + period * PERIOD
    text = signed(now=ended - timedelta(seconds=1), lasts=LONGEST_LIFE)
    assert is_ours(text, published_keys(now=ended + LONGEST_LIFE - timedelta(seconds=2)))
    assert not is_ours(text, published_keys(now=ended + LONGEST_LIFE))


def test_a_stolen_key_signs_nothing_beyond_its_end() -> None:
    """Whoever finds an old key could only sign what ends while tills believe it."""
    [key] = [key for key in published_keys(now=NOON) if key.signs_from <= NOON < key.signs_until]
    period = (NOON - voucher_keys.EPOCH) // PERIOD
    stolen = Ed25519PrivateKey.from_private_bytes(config.current().key(f"voucher/{period}"))
    said = {"brand_id": BRAND, "offer_id": OFFER, "code": new_code(), "value_minor": None}
    late = key.verifies_until + timedelta(seconds=1)
    assert not is_ours(write_voucher(private_key=stolen, **said, expires_at=late), [key])
    assert is_ours(write_voucher(private_key=stolen, **said, expires_at=key.verifies_until), [key])


def test_while_the_secret_is_changed_both_are_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    before, settings = signed(), config.current()
    changed = {**settings.__dict__, "secret": "s" * 40, "lasting_secret": settings.secret}
    monkeypatch.setattr(config, "_current", type(settings)(**changed | {"other_secret": settings.secret}))
    assert is_ours(before, published_keys(now=NOON))
    assert is_ours(signed(), published_keys(now=NOON))
    monkeypatch.setattr(config, "_current", type(settings)(**changed))
    assert not is_ours(before, published_keys(now=NOON))


@pytest.mark.parametrize("value", [0, -1, 2**32])
def test_a_value_that_it_cannot_say_is_refused(value: int) -> None:
    with pytest.raises(ValueError, match="value"):
        signed(value=value)


def ask_browser(texts: list[str], keys: list[VoucherKey]) -> dict[str, list[Any]]:
    """What the reader of a browser makes of these texts."""
    asked = {
        "texts": texts,
        "keys": [
            {"key_id": key.key_id, "public_key": key.public_key.hex(), "verifies_until": key.verifies_until.isoformat()}
            for key in keys
        ],
        "brand_id": str(BRAND),
        "offer_id": str(OFFER),
    }
    told = subprocess.run(
        ["node", "--no-warnings", str(READER)], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    found: dict[str, list[Any]] = json.loads(told.stdout)
    return found


def as_told(said: Voucher) -> dict[str, Any]:
    told = said._asdict() | {"expires_at": int(said.expires_at.timestamp()), "number": str(said.number)}
    return {name: told[name] for name in ("key_id", "brand", "offer", "code", "value_minor", "expires_at", "number")}


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node here")
def test_the_reader_of_a_browser_reads_the_same() -> None:
    rng, keys = random.Random(18), published_keys(now=NOON)
    genuine = [signed(value=rng.choice([None, 1, 500, 2**32 - 1])) for _ in range(40)]
    strange = []
    for text in genuine:
        at = rng.randrange(5, len(text))
        strange.append(text[:at] + rng.choice(symbols.SYMBOLS) + text[at + 1 :])
    strange += [genuine[0][:-1], genuine[0] + "0", "ICI2" + genuine[0][4:], new_code(), "", genuine[0].replace("-", "")]
    told = ask_browser([*genuine, *strange], keys)
    for text, said in zip([*genuine, *strange], told["said"], strict=True):
        assert said == (as_told(read_voucher(text, keys)) if is_ours(text, keys) else None)
    assert told["ours"][: len(genuine)] == [True] * len(genuine)


def test_an_id_of_another_brand_is_not_said() -> None:
    said = read_voucher(signed(), published_keys(now=NOON))
    assert said.brand != vouchers.brand_part(UUID(int=5))
    assert datetime.fromtimestamp(0, tz=UTC) < said.expires_at
