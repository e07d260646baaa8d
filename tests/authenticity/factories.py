"""Codes that change, as phones show them."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from app.accounts.models import Terminal
from app.sql import db
from offers.checkout import sales
from offers.checkout.models import Sale
from tests.checkout.factories import Counter
from tests.coupons.factories import acting_at
from tests.factories import NOON, made
from wallet.authenticity import one_time_passwords, patterns, verifier, voucher_keys
from wallet.authenticity.models import CodeShowing
from wallet.authenticity.shown import Shown, read_shown
from wallet.authenticity.verifier import CodeProof, SeenAt

AFTER = timedelta(seconds=30)
"""Between two codes of one that changes by time."""


def shows_google(code: str, *, at: datetime = NOON, seconds: int | None = None) -> str:
    """What a Google pass of this code shows at an instant."""
    with made():
        pattern = patterns.patterns_for_google(codes=[code], now=NOON)[code]
    said = int(at.timestamp()) if seconds is None else seconds
    password = one_time_passwords.make_password(
        bytes.fromhex(pattern.key), counter=said // pattern.period_s, digits=pattern.digits
    )
    shown = pattern.value_pattern.replace("{totp_value_0}", password)
    return shown.replace("{totp_timestamp_seconds}", str(said))


def shows_apple(code: str, *, revision: int = 1) -> str:
    """What an Apple pass of this code shows at a revision."""
    with made():
        return patterns.message_for_apple(code, revision=revision, now=NOON)


def shows_app(code: str, *, at: datetime = NOON) -> str:
    """What the member's app shows at an instant."""
    with made():
        key = patterns.read_window_key(code, now=NOON)
    return patterns.window_code(key, at=at)


def shows_voucher(
    code: str, brand_id: uuid.UUID, *, now: datetime = NOON, lasts: timedelta = timedelta(days=1), value: int = 500
) -> str:
    """A signed voucher for this code."""
    return voucher_keys.sign_voucher(
        brand_id=brand_id,
        offer_id=uuid.UUID(int=7),
        code=code,
        value_minor=value,
        expires_at=now + lasts,
        now=now,
    )


def show_app_code(code: str, terminal: Terminal, *, now: datetime = NOON) -> None:
    """The member's app shows this code at a till, which looks it up."""
    shown = read_shown(shows_app(code, at=now))
    at = SeenAt(store_id=terminal.store_id, terminal_id=terminal.id)
    with acting_at(terminal):
        verifier.verify_shown(shown, brand_id=terminal.brand_id, now=now, spends=False, at=at)


def look_up(counter: Counter, text: str, *, now: datetime = NOON) -> CodeProof:
    """What a till thinks of what it was shown."""
    return _verify(counter, read_shown(text), spends=False, now=now)


def spend(counter: Counter, text: str, *, now: datetime = NOON, used_for: str | None = None) -> CodeProof:
    """What a till thinks of it that spends by it."""
    return _verify(counter, read_shown(text), spends=True, now=now, used_for=used_for)


def _verify(counter: Counter, shown: Shown, *, spends: bool, now: datetime, used_for: str | None = None) -> CodeProof:
    at = SeenAt(store_id=counter.store.id, terminal_id=counter.terminal.id)
    with acting_at(counter.terminal):
        return verifier.verify_shown(shown, brand_id=counter.brand.id, now=now, spends=spends, at=at, used_for=used_for)


def pays(counter: Counter, text: str, *, receipt: str | None = None, now: datetime = NOON) -> Sale:
    """A sale that points pay, for whoever shows this."""
    asked = counter.asks(1_000, points=100, code=text, receipt=receipt, now=now)
    with acting_at(counter.terminal):
        return sales.commit_sale(asked=asked, till=counter.till, now=now)


def showings(counter: Counter) -> Sequence[str]:
    """How what was shown at a brand stood, the first first."""
    shown = select(CodeShowing).where(CodeShowing.brand_id == counter.brand.id).order_by(CodeShowing.id)
    with db.system_transaction():
        return [one.standing + ("*" if one.used_at else "") for one in db.all_of(shown)]
