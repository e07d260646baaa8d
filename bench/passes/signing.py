"""`python -m bench.passes.signing`: a pass built and signed, beside its signature alone.

In one process, taking turns, by processor time:
  sign    the CMS signature of a manifest, and nothing else
  plain   a card in the house's own look: laid out in two languages, described, hashed, signed, zipped
  drawn   the same with a logo and a strip of the brand in three densities

`plain_over_sign` and `drawn_over_sign` are how many passes are made while one could sign as many manifests.
"""

import io
import random
import statistics
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

from app import config
from app.config import Config
from app.pictures.pictures import Picture
from bench.machine import say
from bench.presence.parts import run_part
from wallet.apple.certificates import PassIdentity, read_identity
from wallet.apple.files.package import build_pass, sign_manifest
from wallet.apple.trial_pki import make_test_pki
from wallet.designs.designs import Design, plain_design
from wallet.issued.contents import BalanceShown, CouponShown, PassContents, PlaceShown, TierShown
from wallet.issued.models import PassKind

SECRET = "a secret for benches only, never for anything else"
EACH = 60
NOW = datetime(2026, 5, 18, 10, tzinfo=UTC)
BRAND = uuid.uuid4()


def main() -> None:
    run_part(measure, about=__doc__)


def measure(server: Any, *, rounds: int) -> tuple[dict[str, float], dict[str, Any]]:
    """The ratios of passes to signatures, and the figures behind them; needs no database."""
    with TemporaryDirectory() as folder:
        make_test_pki(Path(folder) / "pki", now=datetime.now(UTC))
        identity = read_identity(Path(folder) / "pki", password=None)
    config.use_config(
        Config(
            environment="test", database_url="", owner_database_url=None, secret=SECRET, var=Path(folder),
            mail="development", sms="development", public_url="https://ici.example",
        )
    )  # fmt: skip
    plain = plain_design(brand_id=BRAND, name="Maison Lilas", time_zone="Europe/Paris", colour="#1f3a5f")
    acts = _acts(identity, plain, plain._replace(pictures={**plain.pictures, **_drawn()}))
    found: dict[str, list[float]] = {name: [] for name in acts}
    for number in range(rounds + 1):  # the first fills caches
        say(f"round {number} of {rounds}")
        for name, act in acts.items():
            started = time.process_time()
            for turn in range(EACH):
                act(turn)
            found[name].append((time.process_time() - started) / EACH)
    times = {name: each[1:] for name, each in found.items()}
    ratios = {
        f"{name}_over_sign": statistics.median(a / b for a, b in zip(times["sign"], times[name], strict=True))
        for name in ("plain", "drawn")
    }
    return ratios, {
        "processor_ms": {name: round(statistics.median(each) * 1000, 3) for name, each in times.items()},
        "per_processor_second": {name: round(1 / statistics.median(each)) for name, each in times.items()},
        "bytes": {name: len(acts[name](0)) for name in ("plain", "drawn")},
    }


def _acts(identity: PassIdentity, plain: Design, drawn: Design) -> dict[str, Callable[[int], bytes]]:
    manifest = b"{" + b'"fr.lproj/pass.strings":"da39a3ee5e6b4b0d3255bfef95601890afd80709",' * 12 + b"}"
    return {
        "sign": lambda turn: sign_manifest(manifest, identity),
        "plain": lambda turn: build_pass(_contents(turn), plain, identity),
        "drawn": lambda turn: build_pass(_contents(turn), drawn, identity),
    }


def _contents(turn: int) -> PassContents:
    """What a busy card says: each turn another member with another balance."""
    coupons = tuple(
        CouponShown(
            uuid.UUID(int=number), f"C{number}", f"Bon {number}", f"Coupon {number}", "Une fois", "Once", NOW,
            NOW.replace(tzinfo=None),
        )
        for number in range(3)
    )  # fmt: skip
    places = tuple(PlaceShown(2.3 + number / 100, 48.8, "À deux pas", "Close by", None) for number in range(10))
    return PassContents(
        kind=PassKind.CARD, brand_id=BRAND, brand_name="Maison Lilas", serial=f"{turn:022}",
        member_id=uuid.UUID(int=turn), display_name=f"Léa {turn}", code="7QK3-2M4P-9XWT-5HJR", revision=turn,
        changed_at=NOW, balances=(BalanceShown("lilas", "Points Lilas", "Lilac points", turn, NOW),),
        tier=TierShown("gold", "Or", "Gold", None), coupons=coupons, places=places, may_notify=True,
    )  # fmt: skip


def _drawn() -> dict[str, Picture]:
    """A logo and a strip that compress about as photographs of goods do."""
    noise, found = random.Random(7), {}
    for name, (width, height) in {"logo": (160, 50), "strip": (375, 144)}.items():
        for density in (1, 2, 3):
            small = Image.frombytes("RGB", (width // 6, height // 6), noise.randbytes(width // 6 * (height // 6) * 3))
            made = small.resize((width * density, height * density), Image.Resampling.BILINEAR)
            written = io.BytesIO()
            made.quantize(64).save(written, "PNG")
            suffix = "" if density == 1 else f"@{density}x"
            found[f"{name}{suffix}"] = Picture(f"{name}{density}", *made.size, written.getvalue())
    return found


if __name__ == "__main__":
    main()
