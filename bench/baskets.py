"""Purchases for the bench of the ledger: a year of public baskets, imported by our command and by a bare COPY."""

import os
import re
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.accounts.models import ConsoleUser
from app.languages import Text
from app.ops.imports.reports import SOME_REFUSED
from app.sql import db
from bench import journey, machine, purse
from bench.machine import say
from wallet.programmes import drafts, jobs
from wallet.programmes.rules import Programme, Rule, RuleKind

FOLDER = purse.FOLDER / "journey"
TEXT_COLUMNS = ", ".join(f"{name} text" for name in journey.PURCHASES)


def measure(server: Any, brand: purse.Brand, *, lines: int) -> dict[str, Any]:
    """Import, import again, copy, count: what each took. Raises when anything was refused."""
    say("public baskets are written as files")
    written = journey.write(FOLDER, currency="EUR", lines=lines, now=datetime.now(UTC))
    for kind in ("stores", "members"):
        _command(server, f"import-{kind}", FOLDER / f"{kind}.csv")
    copied = min(_copy(server) for _ in range(3))
    began = time.perf_counter()
    last = _command(server, "import-purchases", FOLDER / "purchases.csv")
    imported = time.perf_counter() - began
    if last != f"accepted {written.receipts}, corrected 0, refused 0, unchanged 0":
        raise RuntimeError(f"{written.receipts} receipts were expected: {last}")
    began = time.perf_counter()
    _command(server, "import-purchases", FOLDER / "purchases.csv")
    again = time.perf_counter() - began
    return written._asdict() | {
        "import_lines_per_s": round(written.lines / imported),
        "again_lines_per_s": round(written.lines / again),
        "copy_lines_per_s": round(written.lines / copied),
        **_counted(brand),
    }


def _command(server: Any, name: str, file: Path) -> str:
    """The last line of the report of one of our commands."""
    say(f"ici {name} {file.name}")
    command = [str(machine.ROOT / ".venv/bin/ici"), name, str(file), "--brand", purse.CODE, "--quiet"]
    done = subprocess.run(command, env=os.environ | purse.environment(server), stdout=subprocess.PIPE, text=True)
    if done.returncode not in (0, SOME_REFUSED):
        raise RuntimeError(f"ici {name} ended with {done.returncode}: {done.stdout[-800:]}")
    return done.stdout.strip().splitlines()[-1]


def _copy(server: Any) -> float:
    """Seconds in which PostgreSQL takes the same file into a table of texts without any key."""
    environment = os.environ | machine.arguments(server.url("owner", purse.NAME))
    script = (
        f"DROP TABLE IF EXISTS bare; CREATE TABLE bare ({TEXT_COLUMNS});\n\\timing on\n"
        f"\\copy bare FROM '{FOLDER / 'purchases.csv'}' WITH (FORMAT csv, HEADER)\n"
    )
    done = subprocess.run(
        ["psql", "-X", "-q"], input=script, env=environment, capture_output=True, text=True, check=True
    )
    took = re.search(r"Time: ([0-9.]+) ms", done.stdout)
    if took is None:
        raise RuntimeError(f"psql did not say how long it took: {done.stdout} {done.stderr}")
    return float(took[1]) / 1000


def _counted(brand: purse.Brand) -> dict[str, Any]:
    """One point per unit of money on everything that was imported: how fast a programme counts what it finds."""
    _programme(brand)
    began, counted, said = time.perf_counter(), 0, time.monotonic()
    for some in jobs.award_brand(brand_id=brand.id, now=datetime.now(UTC)):
        counted += some
        if time.monotonic() - said > 5:
            said = time.monotonic()
            say(f"{counted:,} purchases counted")
    took = time.perf_counter() - began
    return {"counted": counted, "counted_per_s": round(counted / took)}


def _programme(brand: purse.Brand) -> None:
    now = datetime.now(UTC)
    rule = Rule(
        "euro",
        RuleKind.AMOUNT,
        title=Text(fr="1 point par euro", en="1 point per euro"),
        points=1,
        currency_id=brand.currency_id,
    )
    with db.system_transaction():
        people = [
            db.add(
                ConsoleUser(
                    brand_id=brand.id,
                    email=f"{role}@example.org",
                    name=role,
                    role=role,
                    password_hash="!",
                    created_at=now,
                )
            )
            for role in ("merchandiser", "approver")
        ]
        made = drafts.draft_version(
            brand_id=brand.id,
            programme=Programme("EUR", (rule,)),
            starts_at=now - timedelta(days=800),
            by=people[0].id,
            now=now - timedelta(days=801),
        )
        drafts.approve_version(
            brand_id=brand.id, version=made.version, revision=1, by=people[1].id, now=now - timedelta(days=801)
        )
