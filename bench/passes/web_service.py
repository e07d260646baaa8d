"""`python -m bench.passes.web_service`: Apple's calls beside a request that does nothing.

In one run, taking turns, over HTTP with kept connections:
  livez   a request of the application that does nothing
  list    a phone without news asks what changed (204)
  fetch   a phone asks for a pass that it has as it is (304)
  whole   the same pass whole: read, laid out, described, signed, zipped (200)

`list_over_livez` and `fetch_over_livez` are how much of the processor the server takes for one of these, for one of
`livez`; `…_all` counts the database too, which `livez` does not ask.
"""

import json
import re
import statistics
import subprocess
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import update

from app.accounts.models import Brand, Member
from app.sql import db
from bench import machine
from bench.machine import say
from bench.presence.parts import make_database, run_part
from bench.processor import seconds_of
from wallet.apple.trial_pki import PASS_TYPE, make_test_pki
from wallet.cards.enrolment import join_brand
from wallet.issued.issuance import issue_pass
from wallet.issued.models import IssuedPass, PassKind
from wallet.issued.tokens import authentication_token

NAME = "ici_bench_passes"
SECRET = "a secret for benches only, never for anything else"
PORT = 18441
URL = f"http://127.0.0.1:{PORT}"
FOLDER = machine.ROOT / "var" / "bench" / "passes"
PKI = FOLDER / "apple"
CONNECTIONS, SECONDS = 8, 2
PHONE = "0e5a1c27b2f94b7fa3a1c6d2e8f90b11"
OTHERS = 500
"""Passes of other members in the database."""
COUNT, RATE = re.compile(r"(\d+) requests in"), re.compile(r"Requests/sec:\s+([\d.]+)")


class _Paced(NamedTuple):
    server_ms: float
    all_ms: float
    rate: float


def main() -> None:
    run_part(measure, about=__doc__)


def measure(server: Any, *, rounds: int) -> tuple[dict[str, float], dict[str, Any]]:
    """The ratios of Apple's calls, and the figures behind them, in a new database of its own."""
    make_database(server, NAME, folder=FOLDER, secret=SECRET)
    if not PKI.exists():
        make_test_pki(PKI, now=datetime.now(UTC))
    held, database = _build(), server.status().pid
    found: dict[str, list[_Paced]] = {}
    with _served(server) as pid:
        kinds = _kinds(held)
        for number in range(rounds + 1):  # the first fills caches of plans and pages
            say(f"round {number} of {rounds}")
            for name, (path, headers) in kinds.items():
                found.setdefault(name, []).append(_pace(pid, database, path, headers))
    paces = {name: each[1:] for name, each in found.items()}
    ratios = {}
    for name in ("list", "fetch", "whole"):
        pairs = list(zip(paces[name], paces["livez"], strict=True))
        ratios[f"{name}_over_livez"] = statistics.median(a.server_ms / b.server_ms for a, b in pairs)
        ratios[f"{name}_over_livez_all"] = statistics.median(a.all_ms / b.server_ms for a, b in pairs)
    return ratios, {
        "processor_ms": {k: round(statistics.median(one.server_ms for one in each), 3) for k, each in paces.items()},
        "per_second": {k: round(statistics.median(one.rate for one in each)) for k, each in paces.items()},
    }


def _build() -> IssuedPass:
    """A phone with a pass, among others."""
    now = datetime.now(UTC)
    with db.system_transaction():
        brand = db.add(
            Brand(code="bench", name="Bench", countries=["FR"], time_zone="Europe/Paris", currency="EUR",
                  legal_name="Bench SARL", postal_address="Paris", privacy_contact="bench@example.org")
        )  # fmt: skip
        passes = []
        for _ in range(OTHERS + 1):
            member = db.add(Member(language="fr", created_at=now))
            card = join_brand(member_id=member.id, brand_id=brand.id, display_name="Zoé", now=now)
            passes.append(
                issue_pass(member_id=member.id, brand_id=brand.id, kind=PassKind.CARD, target_id=card.id, now=now)
            )
        db.execute(update(IssuedPass).values(settling=None, due_at=None))  # as they are some seconds later
    return passes[-1]


def _kinds(held: IssuedPass) -> dict[str, tuple[str, list[str]]]:
    """Each kind of request, after it was seen to be answered as it should."""
    proof = {"Authorization": f"ApplePass {authentication_token(held.serial)}"}
    device = f"/apple/v1/devices/{PHONE}/registrations/{PASS_TYPE}"
    whole = f"/apple/v1/passes/{PASS_TYPE}/{held.serial}"
    registered = json.dumps({"pushToken": "ab" * 32}).encode()
    assert _send(f"{device}/{held.serial}", proof, registered)[0] == 201
    tag = json.loads(_send(device, {})[1])["lastUpdated"]
    status, _, changed_at = _send(whole, proof)
    asked = f"{device}?passesUpdatedSince={tag}"
    had = proof | {"If-Modified-Since": changed_at}
    assert (status, _send(asked, {})[0], _send(whole, had)[0]) == (200, 204, 304)
    return {
        "livez": ("/livez?application", []),
        "list": (asked, []),
        "fetch": (whole, _as_options(had)),
        "whole": (whole, _as_options(proof)),
    }


def _as_options(headers: dict[str, str]) -> list[str]:
    return [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]


def _send(path: str, headers: dict[str, str], body: bytes | None = None) -> tuple[int, bytes, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(URL + path, body, headers), timeout=60) as answer:
            return answer.status, answer.read(), answer.headers.get("Last-Modified", "")
    except urllib.error.HTTPError as error:
        return error.code, b"", ""


def _pace(pid: int, database: int, path: str, headers: list[str]) -> _Paced:
    """What answers cost the processes of the server, with the database's, and how many came per second."""
    command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{SECONDS}s", *headers, URL + path]
    before = seconds_of(pid), seconds_of(database)
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    served, asked = seconds_of(pid) - before[0], seconds_of(database) - before[1]
    if "Non-2xx" in told or "Socket errors" in told:
        raise RuntimeError(told)
    count = int(COUNT.findall(told)[0])
    return _Paced(served / count * 1000, (served + asked) / count * 1000, float(RATE.findall(told)[0]))


def _served(server: Any) -> Any:
    environment = {
        "ICI_ENV": "test", "ICI_VAR": str(FOLDER), "ICI_SECRET": SECRET, "ICI_APPLE_CERTIFICATES": str(PKI),
        "ICI_DATABASE_URL": server.url("app", NAME), "ICI_PUBLIC_URL": "https://ici.example",
    }  # fmt: skip
    command = [str(machine.ROOT / ".venv/bin/ici"), "serve", "--no-jobs", "--port", str(PORT)]
    return machine.running(command, environment=environment, ready=f"{URL}/readyz", log=FOLDER / "ours.log")


if __name__ == "__main__":
    main()
