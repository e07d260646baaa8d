"""`python -m bench.passes.offline`: what a till without a network verifies, beside the signature alone.

In one process, taking turns, by processor time:
  signature  an Ed25519 signature of as many bytes, verified by the key as the library keeps it, and nothing else
  voucher    a voucher as it was scanned: told from other codes, spelled back, its key found, its signature verified
  french     the same as a till with a French keyboard hears it from a scanner with an American one
  totp       a code of a Google pass as it was scanned, and its password: what only a server can, that has the secret
  window     the same of an app's code
and, where there is Node, by its own clock:
  browser    a voucher by the reader for tills in a browser, with its keys imported anew each time

`voucher_over_signature` is how many vouchers are verified while one could verify as many signatures.
"""

import json
import shutil
import statistics
import subprocess
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app import config
from app.config import Config
from bench.machine import say
from bench.presence.parts import run_part
from wallet.authenticity import one_time_passwords, patterns, shown, symbols, vouchers
from wallet.authenticity.models import ShownForm
from wallet.authenticity.voucher_keys import published_keys, sign_voucher
from wallet.passes.codes import new_code

SECRET = "a secret for benches only, never for anything else"
EACH = 400
NOW = datetime(2026, 5, 18, 10, tzinfo=UTC)
SALT = bytes(16)
READER = Path(__file__).parents[2] / "wallet" / "authenticity" / "voucher_reader.mjs"
FRENCH = str.maketrans("1234567890AQZWM-", "&é\"'(-è_çàQAWZ?)")
BROWSER = """
import {{ readVoucher }} from "{reader}";
const {{ texts, keys }} = {asked};
for (const text of texts) await readVoucher(text, keys);
const began = performance.now();
for (const text of texts) if ((await readVoucher(text, keys)) === null) throw new Error(text);
console.log(texts.length / ((performance.now() - began) / 1000));
"""


def main() -> None:
    run_part(measure, about=__doc__)


def measure(server: Any, *, rounds: int) -> tuple[dict[str, float], dict[str, Any]]:
    """The ratio of vouchers to signatures, and the figures behind it; needs no database."""
    config.use_config(
        Config(
            environment="test", database_url="", owner_database_url=None, secret=SECRET, var=Path(),
            mail="development", sms="development", public_url="https://ici.example",
        )
    )  # fmt: skip
    texts = [_voucher() for _ in range(EACH)]
    acts = _acts(texts)
    found: dict[str, list[float]] = {name: [] for name in acts}
    for number in range(rounds + 1):  # the first fills caches
        say(f"round {number} of {rounds}")
        for name, act in acts.items():
            started = time.process_time()
            for turn in range(EACH):
                if not act(turn):
                    raise RuntimeError(f"{name} was not verified")
            found[name].append((time.process_time() - started) / EACH)
    times = {name: each[1:] for name, each in found.items()}
    ratios = {
        f"{name}_over_signature": statistics.median(a / b for a, b in zip(times["signature"], each, strict=True))
        for name, each in times.items()
        if name in ("voucher", "french")
    }
    figures: dict[str, Any] = {
        "processor_us": {name: round(statistics.median(each) * 1e6, 1) for name, each in times.items()},
        "per_processor_second": {name: round(1 / statistics.median(each)) for name, each in times.items()},
        "characters": {"voucher": len(texts[0])},
    }
    if shutil.which("node"):
        figures["browser_per_second"] = round(statistics.median(_browser(texts) for _ in range(3)))
    return ratios, figures


def _acts(texts: list[str]) -> dict[str, Callable[[int], bool]]:
    keys, code = published_keys(now=NOW), new_code()
    signer = Ed25519PrivateKey.generate()
    public, message = signer.public_key(), bytes(len(vouchers.SIGNED) + vouchers.RECORD.size)
    signature, french = signer.sign(message), [text.translate(FRENCH) for text in texts]
    totp, window = _totp(code), _window(code)

    def sign_alone(_: int) -> bool:
        public.verify(signature, message)
        return True

    def read(text: str) -> bool:
        said = shown.read_shown(text).voucher
        return said is not None and vouchers.is_signed(said, keys)

    def prove(text: str) -> bool:
        said = shown.read_shown(text)
        return patterns.is_counted_proof(said.code, SALT, form=said.form, counter=said.counter, proof=said.proof)

    return {
        "signature": sign_alone,
        "voucher": lambda turn: read(texts[turn]),
        "french": lambda turn: read(french[turn]),
        "totp": lambda _: prove(totp),
        "window": lambda _: prove(window),
    }


def _voucher() -> str:
    said = {"brand_id": uuid.uuid4(), "offer_id": uuid.uuid4(), "code": new_code(), "value_minor": 500}
    return sign_voucher(**said, expires_at=NOW + timedelta(days=1), now=NOW)


def _totp(code: str) -> str:
    key = patterns.key_of(code, SALT, form=ShownForm.TOTP)
    password = one_time_passwords.make_password(key, counter=one_time_passwords.step_of(NOW))
    return f"ICI4-{symbols.strip_checks(code)}{password}{int(NOW.timestamp())}"


def _window(code: str) -> str:
    key = patterns.key_of(code, SALT, form=ShownForm.WINDOW)
    return patterns.window_code(patterns.WindowKey(code, f"ICI2-{symbols.strip_checks(code)}", key, 30), at=NOW)


def _browser(texts: list[str]) -> float:
    keys = [
        {"key_id": key.key_id, "public_key": key.public_key.hex(), "verifies_until": key.verifies_until.isoformat()}
        for key in published_keys(now=NOW)
    ]
    asked = json.dumps({"texts": texts, "keys": keys})
    script = BROWSER.format(reader=READER.as_uri(), asked=asked)
    command = ["node", "--no-warnings", "--input-type=module", "-"]
    told = subprocess.run(command, input=script, capture_output=True, text=True, check=True)
    return float(told.stdout)


if __name__ == "__main__":
    main()
