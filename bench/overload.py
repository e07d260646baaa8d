"""`make bench-overload`: crowds of clients for half a minute, alone and beside an attacker of each kind.

A client asks for a member's own wallet (`GET /v1/me`), again as soon as it is answered; one that is told to come later
(503, 429) comes a second later. Clients are wrk's, so they are not slower than the server; attackers are those of
tests/siege, each in a process of its own. All of them share this machine with the server and its database, so what an
attacker itself costs is in the figures.
  served_beside_KIND_CLIENTS   wallets shown per second beside an attacker over those shown alone; asked: at least 0.5
  shed_alone_CLIENTS           the share of answers that were 503 or 429 without an attacker
Alone is measured before all attackers and after them, and the mean is taken. Latencies are those of all answers, also
of those that say to come later; a request that is not answered within ten seconds is `broken`. `server_mb` is the most
that the server's processes held at once, added up.
"""

import argparse
import json
import subprocess
import time
import urllib.request
import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app import config, factory
from app.accounts.models import Brand, Member, MemberSession
from app.accounts.tokens import issue_access_token
from app.config import Config
from app.sql import db
from bench import machine, purse
from bench.machine import say
from bench.processor import seconds_of
from tests.siege import processes
from tests.siege.attacks import ATTACKS
from tests.siege.besiegers import attacking
from tests.siege.post_office import PostOffice, open_post_office

NAME = "ici_bench_overload"
PORT = 18431
FOLDER = machine.ROOT / "var" / "bench" / "overload"
KINDS = [kind for kind in ATTACKS if kind != "crowd"]
LEAST = 0.5
SETTLES_S = 180
STILL_S, IDLE = 1.0, 0.2
"""A server that took less than a fifth of a processor over a second has nothing left to do."""
QUICK = {"seconds": 3, "members": 200}

Figures = dict[str, float]


def main() -> None:
    asked = _arguments()
    server = machine.cluster()
    server.start()
    try:
        attacker = _make_database(server, asked.members)
        with open_post_office() as mail, _serve(server, mail) as pid:
            found = {clients: _measure(pid, attacker, clients, asked) for clients in asked.clients}
    finally:
        server.drop_database(NAME)
        server.stop()
    ratios = {name: value for clients, each in found.items() for name, value in _ratios(clients, each).items()}
    print(_table(found))
    machine.result(ratios, {"measured": found, "sizes": vars(asked)})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, nargs="+", default=[200, 1_000])
    parser.add_argument("--seconds", type=int, default=30, help="length of each measurement")
    parser.add_argument("--members", type=int, default=2_000)
    parser.add_argument("--attackers", nargs="+", choices=KINDS, default=KINDS, metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("--quick", action="store_true", help="three seconds each, to see that it works")
    if parser.parse_args().quick:
        parser.set_defaults(**QUICK)
    return parser.parse_args()


def _make_database(server: Any, members: int) -> str:
    """A brand and its members, whose tokens go into a file; returns the token of the one who attacks."""
    machine.make_database(server, NAME, folder=FOLDER)
    config.use_config(
        Config(
            environment="test",
            database_url=server.url("app", NAME),
            owner_database_url=server.url("owner", NAME),
            secret=purse.SECRET,
            var=FOLDER,
            mail="development",
            sms="development",
            public_url="http://localhost",
        )
    )
    factory.import_models()
    db.connect(server.url("app", NAME))
    attacker, *tokens = _sign_in(members + 1)
    _tokens().write_text("\n".join(tokens) + "\n", encoding="utf-8")
    return attacker


def _sign_in(count: int) -> list[str]:
    """Access tokens of so many members; they outlast the bench."""
    now = datetime.now(UTC)
    with db.system_transaction():
        brand = {"code": "siege", "name": "Siege", "countries": ["FR"], "time_zone": "Europe/Paris", "currency": "EUR"}
        db.add(Brand(**brand, created_at=now))
        members = db.add_all([Member(language="fr", created_at=now) for _ in range(count)])
        lasting = {"generation": 0, "rotated_at": now, "created_at": now, "expires_at": now + timedelta(days=1)}
        sessions = db.add_all([MemberSession(member_id=member.id, **lasting) for member in members])
        known: list[tuple[uuid.UUID, uuid.UUID]] = [(one.member_id, one.id) for one in sessions]
    later = now + timedelta(hours=2)
    return [issue_access_token(member_id=m, session_id=s, generation=0, now=later) for m, s in known]


def _tokens() -> Path:
    return FOLDER / "tokens.txt"


def _serve(server: Any, mail: PostOffice) -> AbstractContextManager[int]:
    """`ici serve` with its own defaults."""
    environment = {
        "ICI_ENV": "test", "ICI_VAR": str(FOLDER), "ICI_SECRET": purse.SECRET, "ICI_MAIL": mail.setting,
        "ICI_DATABASE_URL": server.url("app", NAME), "ICI_PROXIES": "1",
    }  # fmt: skip
    command = [str(machine.ROOT / ".venv/bin/ici"), "serve", "--no-jobs", "--port", str(PORT)]
    ready = f"http://127.0.0.1:{PORT}/readyz"
    return machine.running(command, environment=environment, ready=ready, log=FOLDER / "server.log")


def _measure(pid: int, attacker: str, clients: int, asked: argparse.Namespace) -> dict[str, Figures]:
    """So many clients: alone, beside each attacker, and alone again."""
    found: dict[str, Figures] = {}
    for kind in ["alone", *asked.attackers, "alone_again"]:
        say(f"{clients} clients, {kind.replace('_', ' ')}")
        _settle(pid)
        attack = attacking(kind, port=PORT, token=attacker) if kind in ATTACKS else nullcontext({})
        processes.forget_peaks(pid)
        with attack as told:
            found[kind] = _load(clients, asked.seconds) | {"server_mb": round(processes.peak_mb(pid), 1)}
        if told:
            say(f"  the attacker saw {told}")
    return found


def _settle(pid: int) -> None:
    """Wait until the attack before is over: the server is ready, and has nothing left to do."""
    until = time.monotonic() + SETTLES_S
    while time.monotonic() < until:
        before = seconds_of(pid)
        time.sleep(STILL_S)
        if _is_ready() and seconds_of(pid) - before < STILL_S * IDLE:
            return
    raise RuntimeError(f"the server does not come back within {SETTLES_S} s")


def _is_ready() -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _load(clients: int, seconds: int) -> Figures:
    script = str(machine.ROOT / "bench" / "overload.lua")
    command = ["wrk", "-t2", f"-c{clients}", f"-d{seconds}s", "--timeout", "10s", "-s", script]
    command += [f"http://127.0.0.1:{PORT}", "--", str(_tokens())]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told: Figures = json.loads(done.stdout.strip().splitlines()[-1])
    answers = max(1, told["served"] + told["shed"] + told["other"])
    rates = {f"{name}_per_s": round(told[name] / told["seconds"], 1) for name in ("served", "shed")}
    return told | rates | {"shed_share": round(told["shed"] / answers, 3)}


def _ratios(clients: int, found: dict[str, Figures]) -> dict[str, float]:
    alone = (found["alone"]["served_per_s"] + found["alone_again"]["served_per_s"]) / 2
    beside = {kind: figures for kind, figures in found.items() if kind in ATTACKS}
    ratios = {f"served_beside_{kind}_{clients}": each["served_per_s"] / alone for kind, each in beside.items()}
    return ratios | {f"shed_alone_{clients}": found["alone"]["shed_share"]}


COLUMNS = ("served_per_s", "shed_per_s", "other", "broken", "p50_ms", "p99_ms", "worst_ms", "server_mb")


def _table(found: dict[int, dict[str, Figures]]) -> str:
    """Everything for a reader, and whether what is asked for is met."""
    lines = [_row("", COLUMNS, "over alone")]
    for clients, each in found.items():
        ratios = _ratios(clients, each)
        for kind, figures in each.items():
            ratio = ratios.get(f"served_beside_{kind}_{clients}")
            met = "" if ratio is None else f"{ratio:.2f}  {'met' if ratio >= LEAST else 'NOT MET'}"
            lines.append(_row(f"{clients:>5} {kind}", [f"{figures[name]:.0f}" for name in COLUMNS], met))
    return "\n".join(lines)


def _row(name: str, cells: Sequence[str], last: str) -> str:
    return f"{name:24}" + "".join(f"{cell:>14}" for cell in cells) + f"{last:>16}"


if __name__ == "__main__":
    main()
