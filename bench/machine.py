"""What a bench starts and stops: a cluster, servers, load; and how it says its results."""

import json
import os
import platform
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from app.commands.migrations import upgrade
from app.ops import notebook
from app.ops.database.cluster import Cluster

ROOT = Path(__file__).parent.parent
SETTINGS = {"shared_buffers": "1GB", "max_connections": "100", "max_wal_size": "4GB", "checkpoint_timeout": "30min"}
MUCH_STOLEN, STEAL = 0.02, 7
RESERVED = Path("/proc/sys/vm/nr_hugepages")
HUGE_PAGES = 700  # of 2 MB: what 1 GB of shared buffers takes, and some


def say(sentence: str) -> None:
    """Progress for whoever waits, on standard error."""
    print(f"[{time.strftime('%H:%M:%S')}] {sentence}", file=sys.stderr, flush=True)


def result(ratios: dict[str, float], figures: dict[str, Any]) -> None:
    """The last line of every bench: one JSON object."""
    rounded = {name: round(value, 3) for name, value in ratios.items()}
    print(json.dumps({"ratios": rounded, **figures, "versions": versions()}, ensure_ascii=False))


def versions() -> dict[str, str]:
    packages = ("flask", "granian", "psycopg", "fastapi", "asyncpg")
    return {name: version(name) for name in packages} | {"python": platform.python_version()}


def cluster() -> Cluster:
    """A durable cluster for benches: a figure without fsync would be no figure."""
    return Cluster(ROOT / "var" / "bench", durable=True, settings=SETTINGS)


@contextmanager
def huge_pages() -> Iterator[int]:
    """Huge pages for the buffers of a cluster that starts inside, as docs/operations.md advises; given back after.

    Says how many there are. Only root may reserve them; a cluster runs without them all the same.
    """
    before = int(RESERVED.read_text()) if RESERVED.exists() else 0
    if not os.access(RESERVED, os.W_OK):
        say(f"huge pages cannot be reserved here; there are {before}")
        yield before
        return
    RESERVED.write_text(str(max(before, HUGE_PAGES)))
    try:
        yield int(RESERVED.read_text())
    finally:
        RESERVED.write_text(str(before))


def arguments(url: str) -> dict[str, str]:
    """host, user, password and dbname of a SQLAlchemy URL, as libpq's programs take them."""
    parts = make_url(url)
    host = parts.query["host"]
    return {
        "PGHOST": host if isinstance(host, str) else host[0],
        "PGUSER": parts.username or "",
        "PGPASSWORD": str(parts.password),
        "PGDATABASE": parts.database or "",
    }


def pgbench(script: str, *, url: str, name: str, clients: int, seconds: int) -> dict[str, float]:
    """Transactions per second and latencies of a script; -M prepared, as a driver would send it."""
    folder = ROOT / "var" / "bench" / "pgbench"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.sql"
    file.write_text(script, encoding="utf-8")
    for old in folder.glob(f"{name}.log.*"):
        old.unlink()
    program = sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"), key=lambda p: int(p.parts[4]))[-1]
    command = [str(program), "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds), "-f", str(file)]
    command += ["--log", "--log-prefix", str(folder / f"{name}.log")]
    environment = os.environ | arguments(url) | {"PGOPTIONS": "-c plan_cache_mode=force_generic_plan -c jit=off"}
    for _ in range(3):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0 or "failed transactions: 0 " not in done.stdout:
            raise RuntimeError(f"pgbench {name}: {done.stderr[-800:]} {done.stdout[-400:]}")
        rates = [float(line.split()[2]) for line in done.stdout.splitlines() if line.startswith("tps")]
        if rates:
            break
        say(f"{name}: not one transaction in {seconds} s, the machine stood still; again")
    else:
        raise RuntimeError(f"pgbench {name}: not one transaction in three times {seconds} s")
    latencies = sorted(
        int(line.split()[2]) / 1000 for log in folder.glob(f"{name}.log.*") for line in log.read_text().splitlines()
    )
    return {"tps": round(rates[0], 1)} | {
        f"p{p}_ms": round(latencies[len(latencies) * p // 100], 3) for p in (50, 95, 99)
    }


def quietly(measure: Callable[[], dict[str, float]]) -> dict[str, float]:
    """A measurement, made again (three times at most) while the hypervisor gave much of our time to other machines.

    What stays of it is told as `stolen`, a share of the machine's time: 0 on real hardware.
    """
    tries: list[dict[str, float]] = []
    while len(tries) < 3 and not (tries and tries[-1]["stolen"] <= MUCH_STOLEN):
        before = _processor_ticks()
        figures = measure()
        ticks = [after - earlier for earlier, after in zip(before, _processor_ticks(), strict=True)]
        tries.append(figures | {"stolen": round(ticks[STEAL] / max(1, sum(ticks)), 3)})
    return min(tries, key=lambda figures: figures["stolen"])


def _processor_ticks() -> list[int]:
    """user, nice, system, idle, iowait, irq, softirq, steal: the first line of /proc/stat (proc(5))."""
    return [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]


def make_database(server: Cluster, name: str, *, folder: Path) -> None:
    """A new and empty database, migrated, whose servers keep their files in `folder`.

    What was noted there of the one before goes with it: the new one would miss all of its noes, and never be ready.
    """
    server.drop_database(name)
    server.create_database(name)
    upgrade(server.url("owner", name))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / notebook.LEDGER).unlink(missing_ok=True)


@contextmanager
def running(command: Sequence[str], *, environment: dict[str, str], ready: str, log: Path) -> Iterator[int]:
    """The process of a server of ours, for as long as the block lasts; it is ready when `ready` answers."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as sink:
        process = subprocess.Popen(command, env=os.environ | environment, cwd=ROOT, stdout=sink, stderr=sink)
        try:
            _wait(ready, process, log)
            yield process.pid
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(1200):  # two minutes: a busy machine takes its time to import us
        if process.poll() is not None:
            raise RuntimeError(f"the server ended: {log.read_text()[-1500:]}")
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{url} does not answer: {log.read_text()[-1500:]}")


def wrk(
    *,
    url: str,
    requests: Path,
    path: str,
    connections: int,
    seconds: int,
    pause_ms: int = 0,
    keyed: bool = False,
    refusals: bool = False,
) -> dict[str, float]:
    """Answers per second and latencies over HTTP.

    `keyed` gives each request an Idempotency-Key. Raises when anything was refused, unless `refusals` are expected.
    """
    script = str(ROOT / "bench" / "load.lua")
    command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", script, url, "--"]
    command += [str(requests), path, str(pause_ms), *(["keyed"] if keyed else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout.strip().splitlines()[-1])
    if told["broken"] or (told["refused"] and not refusals):
        raise RuntimeError(f"{told['refused']} refused and {told['broken']} broken of {told['answers']} answers")
    return {"rps": round(told["answers"] / told["seconds"], 1)} | {k: v for k, v in told.items() if k.startswith("p")}
