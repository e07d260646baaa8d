"""How it goes with Google: what waits, since when, and whether it takes us at all."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from app import config
from app.ops.signs import OK, Sign
from app.sql import db
from wallet.google import queries
from wallet.google.accounts import access
from wallet.google.models import GoogleStanding

LATE = timedelta(minutes=15)
FORBIDDEN = "forbidden:"


class GoogleHealth(NamedTuple):
    """Where things stand. `held`: copies in members' wallets; `refused`: copies that Google does not take so."""

    waiting: int
    oldest_at: datetime | None
    held: int
    refused: int
    farewells: int
    oldest_farewell_at: datetime | None
    issuers: Sequence[GoogleStanding]


def read_health() -> GoogleHealth:
    """How it goes, as the system sees it."""
    [(waiting, oldest_at, held, refused)] = db.rows(queries.waiting())
    [(farewells, oldest_farewell_at)] = db.rows(queries.farewells())
    return GoogleHealth(
        waiting, oldest_at, held, refused, farewells, oldest_farewell_at, db.all_of(queries.standings())
    )


def watch_google(now: datetime) -> Sign:
    """The alarm: Google does not take our account, takes some passes not as they are, or has not answered for long.

    The gauge tells how long the oldest change waits, in seconds. In development nobody need be there.
    """
    if access() is None or config.current().environment == "development":
        return Sign()
    health = read_health()
    waited = max((now - at for at in (health.oldest_at, health.oldest_farewell_at) if at is not None), default=None)
    waited_s = 0.0 if waited is None else max(waited.total_seconds(), 0.0)
    barred = [each for each in health.issuers if is_barred(each)]
    if barred:
        said = ", ".join(f"{each.issuer} ({each.error})" for each in barred)
        return Sign(f"Google does not take our account: {said}", waited_s)
    if health.refused:
        return Sign(f"Google refuses {health.refused} passes as they are: `ici google status`", waited_s)
    is_late = waited is not None and waited > LATE
    return Sign(f"a change has waited {waited_s:.0f} s for Google" if is_late else OK, waited_s)


def is_barred(standing: GoogleStanding) -> bool:
    """Whether the last word of Google was that it does not take us."""
    if standing.error is None or standing.failed_at is None or not standing.error.startswith(FORBIDDEN):
        return False
    return standing.told_at is None or standing.told_at < standing.failed_at
