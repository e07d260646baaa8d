"""`python -m bench.passes.batches`: a hundred scans of a till without a network, in one batch, beside a hundred alone.

In one run and one database, taking turns, over HTTP with a kept connection, each kind with scans of its own:
  livez    a hundred requests of the application that do nothing
  single   a hundred scans that a till decided by itself (points for an amount), one `POST /v1/scans` for each
  batch    the same in one `POST /v1/scans/batch`
  again    that batch once more: each is known, and nothing is done

`batch_over_single` is how many scans a batch takes while as many are taken alone, by processor time of server and
database; `…_seconds` by the till's own clock.
"""

import http.client
import json
import statistics
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from app.accounts import tokens
from app.accounts.models import Brand, Member, Terminal
from app.sql import db
from bench import machine
from bench.machine import say
from bench.presence.parts import make_database, run_part
from bench.processor import seconds_of
from geo.places.models import Store
from wallet.cards.enrolment import join_brand

NAME = "ici_bench_batches"
SECRET = "a secret for benches only, never for anything else"
PORT = 18443
FOLDER = machine.ROOT / "var" / "bench" / "batches"
SCANS = 100


class _Spent(NamedTuple):
    processor_s: float
    seconds: float


def main() -> None:
    run_part(measure, about=__doc__)


def measure(server: Any, *, rounds: int) -> tuple[dict[str, float], dict[str, Any]]:
    """The ratios of a batch, and the figures behind them, in a new database of its own."""
    make_database(server, NAME, folder=FOLDER, secret=SECRET)
    key, codes = _build()
    found: dict[str, list[_Spent]] = {}
    with _served(server) as pid:
        till = _Till(key, pids=(pid, server.status().pid))
        for number in range(rounds + 1):  # the first fills caches of plans and pages
            say(f"round {number} of {rounds}")
            alone, together = ([_scan(code) for code in codes] for _ in range(2))
            acts: dict[str, Callable[[], None]] = {
                "livez": lambda: till.looks(SCANS),
                "single": lambda some=alone: till.sends(some),  # type: ignore[misc]
                "batch": lambda some=together: till.sends_batch(some),  # type: ignore[misc]
                "again": lambda some=together: till.sends_batch(some),  # type: ignore[misc]
            }
            for name, act in acts.items():
                found.setdefault(name, []).append(till.spends(act))
    spent = {name: each[1:] for name, each in found.items()}
    pairs = list(zip(spent["single"], spent["batch"], strict=True))
    ratios = {
        "batch_over_single": statistics.median(a.processor_s / b.processor_s for a, b in pairs),
        "batch_over_single_seconds": statistics.median(a.seconds / b.seconds for a, b in pairs),
    }
    return ratios, {
        "processor_ms_a_scan": {name: _median([one.processor_s for one in each]) for name, each in spent.items()},
        "ms_a_scan": {name: _median([one.seconds for one in each]) for name, each in spent.items()},
    }


def _median(seconds: list[float]) -> float:
    return round(statistics.median(seconds) / SCANS * 1000, 3)


class _Till:
    """A terminal with one connection, and the processes whose time it spends."""

    def __init__(self, key: str, *, pids: tuple[int, int]) -> None:
        self.pids, self.headers = pids, {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=120)

    def spends(self, act: Callable[[], None]) -> _Spent:
        processor, began = sum(map(seconds_of, self.pids)), time.perf_counter()
        act()
        return _Spent(sum(map(seconds_of, self.pids)) - processor, time.perf_counter() - began)

    def looks(self, count: int) -> None:
        for _ in range(count):
            self._asks("GET", "/livez?application", None)

    def sends(self, scans: list[dict[str, Any]]) -> None:
        for scan in scans:
            _check(self._asks("POST", "/v1/scans", scan, key=scan["scan_id"]))

    def sends_batch(self, scans: list[dict[str, Any]]) -> None:
        for item in self._asks("POST", "/v1/scans/batch", {"scans": scans})["items"]:
            _check(item["answer"] or item)

    def _asks(self, method: str, path: str, body: Any, *, key: str | None = None) -> Any:
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        self.connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = self.connection.getresponse()
        told = answer.read()
        if answer.status not in (200, 201):
            raise RuntimeError(f"{path}: {answer.status} {told.decode()[:300]}")
        return json.loads(told) if body is not None else None


def _check(answer: dict[str, Any]) -> None:
    if answer.get("result") != "ok":
        raise RuntimeError(f"a scan was not taken: {answer}")


def _scan(code: str) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    paid = {"amount_minor": 1_250, "currency": "EUR", "terminal": "1", "receipt": uuid.uuid4().hex[:12]}
    said = {"decided": "offline", "local_result": "ok", "occurred_at": now}
    return {"scan_id": str(uuid.uuid4()), "action": "earn", "code": code, "purchase": paid, **said}


def _build() -> tuple[str, list[str]]:
    """A till, and a hundred members with a card."""
    now = datetime.now(UTC)
    key, key_hash = tokens.new_opaque_token(tokens.TERMINAL_PREFIX)
    with db.system_transaction():
        brand = db.add(
            Brand(code="bench", name="Bench", countries=["FR"], time_zone="Europe/Paris", currency="EUR",
                  legal_name="Bench SARL", postal_address="Paris", privacy_contact="bench@example.org")
        )  # fmt: skip
        store = db.add(
            Store(brand_id=brand.id, reference="1", name="Rivoli", location="SRID=4326;POINT(2.35 48.85)",
                  time_zone="Europe/Paris", country="FR", created_at=now, updated_at=now)
        )  # fmt: skip
        till = {"brand_id": brand.id, "store_id": store.id, "name": "Caisse 1"}
        db.add(Terminal(**till, key_hash=key_hash, paired_at=now, created_at=now))
        codes = []
        for _ in range(SCANS):
            member = db.add(Member(language="fr", created_at=now))
            codes.append(join_brand(member_id=member.id, brand_id=brand.id, display_name=None, now=now).code)
    return key, codes


def _served(server: Any) -> Any:
    environment = {
        "ICI_ENV": "test", "ICI_VAR": str(FOLDER), "ICI_SECRET": SECRET,
        "ICI_DATABASE_URL": server.url("app", NAME), "ICI_PUBLIC_URL": "https://ici.example",
    }  # fmt: skip
    command = [str(machine.ROOT / ".venv/bin/ici"), "serve", "--no-jobs", "--port", str(PORT)]
    return machine.running(
        command, environment=environment, ready=f"http://127.0.0.1:{PORT}/readyz", log=FOLDER / "serve.log"
    )


if __name__ == "__main__":
    main()
