"""Sinks: the systems of others that a brand gives members' data to, each under a contract (GDPR article 28)."""

import base64
import hashlib
import hmac
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from app import config
from app.consent.models import Purpose
from app.messages import queries
from app.messages.errors import SinkAddressUnsafe, SinkExists, SinkPurposeUnknown, SinkUnknown, SinkWithoutContract
from app.messages.models import Sink
from app.ops.signs import OK, Sign
from app.settings import THIS_MACHINE
from app.sql import db

WEBHOOK = "webhook"


def add_sink(
    *,
    brand_id: uuid.UUID,
    code: str,
    url: str,
    country: str,
    purposes: Sequence[str],
    bound_s: int,
    now: datetime,
    contract_id: str | None = None,
) -> Sink:
    """Make a sink, which is told nothing until it is enabled. Raises one of the `SinkProblem` family."""
    _require_safe(url)
    if db.first(queries.sink_called(brand_id, code)) is not None:
        raise SinkExists(f"There is a sink {code} already.")
    unknown = [purpose for purpose in purposes if db.get(Purpose, purpose) is None]
    if unknown:
        raise SinkPurposeUnknown(f"There is no purpose {unknown[0]}.")
    return db.add(
        Sink(
            brand_id=brand_id,
            code=code,
            kind=WEBHOOK,
            url=url,
            contract_id=contract_id or None,
            country=country,
            purposes=list(purposes),
            bound_s=bound_s,
            created_at=now,
        )
    )


def enable_sink(*, brand_id: uuid.UUID, code: str, now: datetime, contract_id: str | None = None) -> Sink:
    """Tell this sink from now on. Raises `SinkUnknown`, `SinkWithoutContract`."""
    sink = _sink(brand_id, code)
    sink.contract_id = contract_id or sink.contract_id
    if sink.contract_id is None:
        raise SinkWithoutContract(f"{code} has no contract: name one with --contract.")
    sink.enabled_at = sink.enabled_at or now
    return sink


def disable_sink(*, brand_id: uuid.UUID, code: str) -> Sink:
    """Give this sink nothing more. What it was to be told still goes to it. Raises `SinkUnknown`."""
    sink = _sink(brand_id, code)
    sink.enabled_at = None
    return sink


def find_sink(*, brand_id: uuid.UUID, code: str) -> Sink:
    """The sink of a brand with this code. Raises `SinkUnknown`."""
    sink = db.first(queries.sink_called(brand_id, code))
    if sink is None:
        raise SinkUnknown(f"There is no sink {code}.")
    return sink


def secret_of(sink: Sink) -> str:
    """The key by which the sink checks our signatures, as Standard Webhooks writes it; derived, so stored nowhere."""
    return "whsec_" + base64.b64encode(signing_keys(sink)[0]).decode()


def signing_keys(sink: Sink) -> Sequence[bytes]:
    """The same key, as bytes; and while the secret is changed the other one, which the sink may know it by."""
    return config.current().accepted_keys(f"sink/{sink.id}")


def subject_of(sink: Sink, member_id: uuid.UUID) -> str:
    """What this sink calls this member, for good: a keyed hash, so that two sinks cannot put data together by it."""
    key = config.current().lasting_key(f"sink-subject/{sink.id}")
    return hmac.new(key, member_id.bytes, hashlib.sha256).hexdigest()


def _sink(brand_id: uuid.UUID, code: str) -> Sink:
    sink = db.first(db.locked(queries.sink_called(brand_id, code)))
    if sink is None:
        raise SinkUnknown(f"There is no sink {code}.")
    return sink


def _require_safe(url: str) -> None:
    parts = urlsplit(url)
    allowed = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in THIS_MACHINE)
    if not allowed or not parts.hostname or parts.username or parts.password or parts.query or parts.fragment:
        raise SinkAddressUnsafe("The address must start with https:// and hold no password, query or fragment.")


RECENT = timedelta(days=30)


class SinkStanding(NamedTuple):
    """A sink and its last 30 days. `slowest_s` is null when it confirmed nothing, `oldest_s` when nothing waits."""

    sink: Sink
    brand: str
    waiting: int = 0
    late: int = 0
    oldest_s: float | None = None
    slowest_s: float | None = None


def standings(*, now: datetime, brand_id: uuid.UUID | None = None) -> list[SinkStanding]:
    """The sinks of a brand, or of all brands."""
    sinks = db.rows(queries.sinks(brand_id))
    counted = {
        sink_id: (waiting, late, _seconds(oldest), _seconds(slowest))
        for sink_id, waiting, late, oldest, slowest in db.rows(
            queries.standing_of_sinks(now=now, since=now - RECENT, sink_ids=[sink.id for sink, _ in sinks])
        )
    }
    return [SinkStanding(sink, brand, *counted.get(sink.id, ())) for sink, brand in sinks]


def watch_sinks(now: datetime) -> Sign:
    """The alarm of late sinks. The gauge counts late notices; for each sink it tells how long the oldest one waits."""
    every = standings(now=now)
    late = {f"{each.brand}/{each.sink.code}": each.late for each in every if each.late}
    return Sign(
        detail="late: " + ", ".join(f"{name} ({count})" for name, count in late.items()) if late else OK,
        value=float(sum(late.values())),
        parts={f"{each.brand}/{each.sink.code}": each.oldest_s or 0.0 for each in every},
    )


def _seconds(measured: Any) -> float | None:
    return None if measured is None else round(float(measured), 3)
