"""Who and what takes part in the bench of the till, read from the chain: tills, phones, coupons."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from app.accounts.tokens import issue_access_token
from bench.chain import CODE


class Till(NamedTuple):
    """A terminal of the chain and the token that it sends."""

    token: str
    terminal_id: uuid.UUID
    store_id: uuid.UUID


class Phone(NamedTuple):
    """A member's app that is signed in, and the code of the member's card."""

    token: str
    code: str


class Voucher(NamedTuple):
    """A coupon that can be used, and the card of whose it is."""

    code: str
    card: str


def tills_of_chain(connection: Any) -> list[Till]:
    """Every terminal, in its order."""
    found = connection.execute("SELECT token, id, store_id FROM bench_till JOIN terminal USING (key_hash) ORDER BY n")
    return [Till(*row) for row in found.fetchall()]


def offers_to_claim(connection: Any) -> list[str]:
    """Every offer but the one that applies by itself."""
    found = connection.execute("SELECT offer_id FROM offer_version WHERE applies = 'coupon' ORDER BY offer_id")
    return [str(row[0]) for row in found.fetchall()]


def ids_of_chain(connection: Any) -> tuple[str, str, str]:
    """The brand, its points currency, and that of the stand-in."""
    row = connection.execute(
        "SELECT brand.id, (SELECT id FROM points_currency WHERE code = 'points'),"
        " (SELECT id FROM points_currency WHERE code = 'spare') FROM brand WHERE code = %s",
        (CODE,),
    ).fetchone()
    brand, points, spare = (str(one) for one in row)
    return brand, points, spare


def words_of_chain(connection: Any) -> str:
    """The fingerprint of what members read before they allow "near me"."""
    row = connection.execute("SELECT sha256 FROM shown_text").fetchone()
    return str(row[0])


def phones_of_members(connection: Any, which: str, *, some: int) -> list[Phone]:
    """Tokens are made hours ahead, so that they outlive the run. Who has left is not signed in any more."""
    later = datetime.now(UTC) + timedelta(hours=3)
    found = connection.execute(
        "SELECT member_id, member_session.id, code FROM bench_member JOIN member_session USING (member_id)"
        f" WHERE {which} AND revoked_at IS NULL ORDER BY n",
        {"some": some},
    )
    return [
        Phone(issue_access_token(member_id=member_id, session_id=session_id, generation=0, now=later), code)
        for member_id, session_id, code in found.fetchall()
    ]


def usable_vouchers(connection: Any, which: str, buyers: int) -> Sequence[Voucher]:
    """Coupons that nobody has used yet, in the order of their use; those of the stand-in are always freed again."""
    found = connection.execute(
        "SELECT bench_coupon.code, bench_member.code FROM bench_coupon JOIN bench_member ON bench_member.n = holder"
        " JOIN coupon ON coupon.member_id = bench_coupon.member_id AND coupon.id = coupon_id"
        f" WHERE {which} AND (status = 'active' OR holder >= %(buyers)s) ORDER BY bench_coupon.n",
        {"buyers": buyers},
    )
    return [Voucher(*row) for row in found.fetchall()]
