"""How often something may happen: at most so many times at once, then again little by little.

A quota is a bucket: `most` may come at once, and one more each `window / most` after that, so that in any window at
most twice as many pass, and half of them in the long run (the generic cell rate algorithm of ITU-T I.371, annex A). A
row holds one instant, when the whole quota is there again, for a keyed hash of what is counted; once it is past, the
row says nothing and is forgotten. Counts are exact under parallel requests: rows stay locked until the commit.
"""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from app.accounts.addresses import keyed_hash
from app.errors import QuotaStanding, TooManyRequests
from app.sql import db

LOCK = """
INSERT INTO quota_use (key_hash, address_hash, whole_at)
SELECT decode(key, 'hex'), decode(address, 'hex'), $3 FROM unnest($1::text[], $2::text[]) AS one(key, address)
ORDER BY key
ON CONFLICT (key_hash) DO UPDATE SET whole_at = quota_use.whole_at
RETURNING encode(key_hash, 'hex'), whole_at
"""
"""The rows of these keys, made where there were none, locked in their order: nobody waits in a circle."""

KEEP = """
UPDATE quota_use AS known SET whole_at = new.whole_at
FROM unnest($1::text[], $2::timestamptz[]) AS new(key, whole_at) WHERE known.key_hash = decode(new.key, 'hex')
"""


APART = timedelta(milliseconds=500)
"""Requests of one moment read the clock one after the other, and are counted in another order: the last use of a quota
is not refused for that."""


class Quota(NamedTuple):
    """`most` times within `window`, then `refusal`. The name is published in the header `RateLimit-Policy`."""

    name: str
    most: int
    window: timedelta
    refusal: type[TooManyRequests]

    @property
    def pace(self) -> timedelta:
        """How long one use takes to be there again."""
        return self.window / self.most


class Spending(NamedTuple):
    """One use of a quota by somebody or something, which is kept as a keyed hash. `address_hash` is that of the address
    which it tells of, if it does: an erasure finds the row by it."""

    quota: Quota
    whose: str
    address_hash: bytes | None = None

    @property
    def key(self) -> str:
        """The key of the row that counts it, a keyed hash in hexadecimal digits."""
        return keyed_hash(f"quota:{self.quota.name}:{self.whose}").hex()


def spend_quotas(spendings: Sequence[Spending], *, now: datetime) -> list[QuotaStanding]:
    """Count one more use of each quota, and how each stands then; of none when one is used up.

    Raises the refusal of the quota that takes longest to be there again.
    """
    known = _locked(spendings, now=now)
    after = [_whole_at(known[one.key], one.quota, now=now) + one.quota.pace for one in spendings]
    late = [
        (whole_at - one.quota.window - now, one.quota)
        for one, whole_at in zip(spendings, after, strict=True)
        if whole_at > now + one.quota.window + min(APART, one.quota.pace / 2)
    ]
    if late:
        wait, quota = max(late, key=lambda one: one[0])
        retry_s = max(1, math.ceil(wait.total_seconds()))
        raise quota.refusal(retry_after_s=retry_s, standing=standing_of(quota, left=0, reset_s=retry_s))
    db.fetch(KEEP, [[one.key for one in spendings], after])
    return [_standing(one.quota, whole_at, now=now) for one, whole_at in zip(spendings, after, strict=True)]


def give_back(spendings: Sequence[Spending], *, now: datetime) -> None:
    """Take back one use of each quota: what was spent beforehand was not needed."""
    known = _locked(spendings, now=now)
    before = [max(_whole_at(known[one.key], one.quota, now=now) - one.quota.pace, now) for one in spendings]
    db.fetch(KEEP, [[one.key for one in spendings], before])


def standing_of(quota: Quota, *, left: int, reset_s: int) -> QuotaStanding:
    """How a quota stands, as its headers say it."""
    return QuotaStanding(quota.name, quota.most, int(quota.window.total_seconds()), left, reset_s)


def _locked(spendings: Sequence[Spending], *, now: datetime) -> dict[str, datetime]:
    addresses = [one.address_hash and one.address_hash.hex() for one in spendings]
    return dict(db.fetch(LOCK, [[one.key for one in spendings], addresses, now]))


def _whole_at(known: datetime, quota: Quota, *, now: datetime) -> datetime:
    # More than a window ahead it never is, but for clocks that differ; far ahead, a clock was wrong.
    return now if known > now + 2 * quota.window else max(known, now)


def _standing(quota: Quota, whole_at: datetime, *, now: datetime) -> QuotaStanding:
    left = max((now + quota.window - whole_at) // quota.pace, 0)
    return standing_of(quota, left=left, reset_s=math.ceil((whole_at - now).total_seconds()))
