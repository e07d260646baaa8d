"""A file of 200,000 stores through `ici import-stores`: seconds, rows per second, memory; and the code before.

The file is made up: names, addresses, hours and the faults of real files (coordinates swapped, missing or zero, hours
that nobody can read, one reference twice, one shop mapped twice), the same for each size. Each code imports it as a
person would, by its own command into its own private database, twice: all rows new, then all rows known.

    python -m bench.shops                       # this code
    python -m bench.shops --before /path/to/it  # and another checkout, which needs its own .venv, in the same run
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from app.ops.database.cluster import Cluster
from bench import machine, processor
from bench.machine import say

FOLDER = machine.ROOT / "var" / "bench-shops"
BRAND = "bench"
FOUND = (
    "found-brand", BRAND, "--name", "Bench", "--country", "FR", "--time-zone", "Europe/Paris", "--currency", "EUR",
    "--legal-name", "Bench SAS", "--postal-address", "1 rue du Banc, 69001 Lyon, FR",
    "--privacy-contact", "privacy@bench.example", "--admin", "ada@bench.example",
)  # fmt: skip

TOWNS = (
    ("Paris", "75", 48.857, 2.352), ("Lyon", "69", 45.758, 4.835), ("Toulouse", "31", 43.604, 1.444),
    ("Lille", "59", 50.637, 3.063), ("Strasbourg", "67", 48.573, 7.752), ("Rennes", "35", 48.111, -1.680),
    ("Dijon", "21", 47.322, 5.041), ("Limoges", "87", 45.834, 1.262), ("Tours", "37", 47.394, 0.685),
    ("Nancy", "54", 48.692, 6.184), ("Grenoble", "38", 45.188, 5.724), ("Bourges", "18", 47.081, 2.399),
    ("Reims", "51", 49.258, 4.031), ("Poitiers", "86", 46.580, 0.340), ("Clermont-Ferrand", "63", 45.777, 3.087),
)  # fmt: skip
FIRST = (
    "Boulangerie",
    "Pharmacie",
    "Épicerie",
    "Café",
    "Librairie",
    "Fleurs",
    "Tabac",
    "Optique",
    "Coiffure",
    "Garage",
)
SECOND = ("du Marché", "des Lilas", "de la Gare", "Saint-Michel", "du Centre", "des Halles", "Moderne", "de l'Étoile")
STREETS = ("rue de la République", "avenue Jean Jaurès", "place du Marché", "rue Victor Hugo", "boulevard Voltaire")
TIMETABLES = [
    f"{days} {opens:02}:{minutes}-{noon}:00,14:00-{closes}:00{rest}"
    for days, opens, minutes, noon, closes, rest in product(
        ("Mo-Fr", "Mo-Sa", "Tu-Sa", "Mo,Tu,Th-Sa"), (7, 8, 9, 10), ("00", "15", "30"), (12, 13), (18, 19, 20),
        ("", "; Su 09:00-12:30", "; PH off"),
    )
]  # fmt: skip
TYPED = ("Lu-Sa 9h-19h", "du lundi au vendredi 8h30-12h 14h-18h", "Mon-Fri 9am-6pm")
UNREADABLE = ("quand on peut", "voir la porte", "9-11pm")
SPREAD = 0.12  # degrees


class Run(NamedTuple):
    """One import: seconds of the clock, of the processor for the command and for its database, the most memory of the
    command, its last line."""

    seconds: float
    processor_s: float
    database_s: float
    memory_mb: float
    said: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--before", type=Path, help="another checkout, with its own .venv")
    parser.add_argument("--write", type=Path, help="only write the file there")
    asked = parser.parse_args()
    if asked.write:
        write_stores(asked.write, asked.rows)
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / "stores.geojson"
    write_stores(file, asked.rows)
    say(f"{asked.rows} rows, {file.stat().st_size / 1e6:.0f} MB")
    codes = {"now": machine.ROOT} | ({"before": asked.before.resolve()} if asked.before else {})
    figures = {name: measure(name, root, file, asked.rows) for name, root in codes.items()}
    ratios = {
        f"before/now {part} {what}": figures["before"][part][what] / figures["now"][part][what]
        for part, what in product(("first", "again"), ("seconds", "processor_s", "database_s", "memory_mb"))
        if "before" in figures
    }
    machine.result(ratios, {"rows": asked.rows, **figures})


def measure(name: str, root: Path, file: Path, rows: int) -> dict[str, Any]:
    """What the code in `root` needs for the file, in a database of its own that is gone afterwards."""
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    try:
        for words in (("up",), ("migrate",), FOUND):
            ici(root, folder, *words)
        figures = {}
        for part in ("first", "again"):
            run = timed(root, folder, "import-stores", str(file), "--brand", BRAND, "--quiet")
            pace = rows / run.seconds
            processors = f"processor {run.processor_s:.1f} s + database {run.database_s:.1f} s"
            say(f"{name}, {part}: {run.seconds:.1f} s ({processors}), {pace:.0f} rows/s, {run.memory_mb:.0f} MB")
            say(run.said)
            figures[part] = run._asdict() | {"rows_per_s": round(pace)}
        return figures
    finally:
        ici(root, folder, "erase", "--yes")


def ici(root: Path, folder: Path, *words: str) -> None:
    """Run a command of the code in `root` on the data in `folder`."""
    subprocess.run([str(root / ".venv/bin/ici"), *words], env=settings(folder), cwd=root, check=True, stdout=-3)


def timed(root: Path, folder: Path, *words: str) -> Run:
    """Run a command and say what it took. Its lines for a person go to a file, as they would to a pager."""
    log = folder / "report.txt"
    server = Cluster(folder / "cluster").status().pid
    with log.open("wb") as lines:
        before = processor.seconds_of(server)
        begun = time.monotonic()
        process = subprocess.Popen(
            [str(root / ".venv/bin/ici"), *words], env=settings(folder), cwd=root, stdout=lines, stderr=-3
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds, database_s = time.monotonic() - begun, processor.seconds_of(server) - before
    process.returncode = os.waitstatus_to_exitcode(status)
    said = log.read_text(encoding="utf-8").rstrip().rpartition("\n")[2]
    if "unchanged" not in said:
        raise RuntimeError(f"{root}: the import ended with {process.returncode}: {said[-500:]}")
    mine = used.ru_utime + used.ru_stime
    return Run(round(seconds, 2), round(mine, 2), round(database_s, 2), round(used.ru_maxrss / 1024, 1), said)


def settings(folder: Path) -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ICI_")}
    return kept | {"ICI_VAR": str(folder)}


def write_stores(file: Path, rows: int) -> None:
    """A GeoJSON file in the shape of an OSM export."""
    with file.open("w", encoding="utf-8") as written:
        written.write('{"type":"FeatureCollection","features":[\n')
        for number, feature in enumerate(stores(rows)):
            written.write((",\n" if number else "") + json.dumps(feature, ensure_ascii=False))
        written.write("\n]}\n")


def stores(rows: int) -> Iterator[dict[str, Any]]:
    """The features; the same ones each time."""
    chance = random.Random(20_000)  # no secret hangs on it
    for number in range(rows):
        town, department, lat, lon = chance.choice(TOWNS)
        lat, lon = chance.gauss(lat, SPREAD), chance.gauss(lon, SPREAD)
        tags = {
            "@id": f"node/{number}",
            "name": f"{chance.choice(FIRST)} {chance.choice(SECOND)}",
            "shop": "yes",
            "addr:housenumber": str(chance.randint(1, 199)),
            "addr:street": chance.choice(STREETS),
            "addr:postcode": f"{department}{chance.randint(0, 999):03}",
            "addr:city": town,
        }
        if chance.random() < 0.6:
            tags["opening_hours"] = chance.choice(TIMETABLES)
        yield feature(tags, *spoilt(chance, tags, number, round(lon, 7), round(lat, 7)))


def spoilt(chance: random.Random, tags: dict[str, str], number: int, lon: float, lat: float) -> tuple[float, float]:
    """One row in ten has a fault of real files."""
    fault = chance.randrange(100)
    if fault == 0:
        return lat, lon
    if fault == 1:
        return 0.0, 0.0
    if fault == 2:
        del tags["name"]
        tags["brand"] = "Lilas"
    if fault == 3:
        tags["@id"] = f"node/{number // 2}"
    if fault in (4, 5):
        tags["opening_hours"] = chance.choice(TYPED)
    if fault == 6:
        tags["opening_hours"] = chance.choice(UNREADABLE)
    if fault == 7:
        tags["name"] = f" {tags['name']}​ "
    if fault == 8:
        return 2.35, 48.85  # many shops of one name where the town's centre is
    if fault == 9:
        return -3.7038, 40.4168  # in another country
    return lon, lat


def feature(tags: dict[str, str], lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Feature", "properties": tags, "geometry": {"type": "Point", "coordinates": [lon, lat]}}


if __name__ == "__main__":
    main()
