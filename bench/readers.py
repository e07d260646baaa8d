"""What reading costs: for each reader, an ordinary file of the size that it takes, and files made to cost.

Processor time and peak memory of each hostile file, over those of the ordinary file of the same reader. Nothing is
written and no database is asked: this is the part that whoever sends a file decides. Memory is what Python allocates
while it reads (tracemalloc), beyond the file itself.

    python -m bench.readers            # all readers
    python -m bench.readers --only cards
"""

import argparse
import gc
import importlib.util
import json
import tempfile
import time
import tracemalloc
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import marshmallow as ma

from app import factory
from app.errors import Malformed, Problem
from app.http import reading
from app.ops.imports.tables import TableBroken, read_table
from bench import hostile_files as files
from bench import machine
from bench.machine import say
from geo.places.checks import check_store
from geo.places.imports.readers import read_rows
from geo.places.opening_hours import HoursUnreadable, read_hours
from wallet.cards.row_validation import COLUMNS, REQUIRED, check_member
from wallet.externals.models import Source
from wallet.externals.readers.detection import read_file
from wallet.externals.recognition import Held
from wallet.externals.row_validation import validate_card
from wallet.externals.rows import Holder
from wallet.purchases.csv_rows import ReceiptReader
from wallet.purchases.findings import RefusedReceipt
from wallet.purchases.row_validation import KnownShop, Rules, judge_receipt

NOW = datetime(2026, 6, 1, tzinfo=UTC)
BODY = 256 * 1024
REFUSALS = (Problem, TableBroken, HoursUnreadable)


class Cost(NamedTuple):
    processor_s: float
    peak_mib: float
    said: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=sorted(READERS), help="One reader.")
    asked = parser.parse_args()
    _load_schemas()
    ratios: dict[str, float] = {}
    figures: dict[str, Any] = {}
    for name in [asked.only] if asked.only else READERS:
        read, ordinary, hostile = READERS[name]()
        base = _cost(read, ordinary())
        say(f"{name}: ordinary {base.processor_s:.2f} s, {base.peak_mib:.0f} MiB, {base.said}")
        figures[name] = {"ordinary": base._asdict()}
        for kind, make in hostile.items():
            cost = _cost(read, make())
            figures[name][kind] = cost._asdict()
            ratios[f"{name}: {kind}"] = cost.processor_s / max(base.processor_s, 0.001)
            ratios[f"{name}: {kind} (memory)"] = cost.peak_mib / max(base.peak_mib, 0.1)
            say(f"{name}: {kind}: {cost.processor_s:.2f} s, {cost.peak_mib:.0f} MiB, {cost.said}")
    machine.result(ratios, {"readers": figures})


def _load_schemas() -> None:
    factory.import_models()
    for room in factory.ROOMS:
        if importlib.util.find_spec(f"{room}.schemas"):
            importlib.import_module(f"{room}.schemas")


def _cost(read: Callable[[bytes], object], content: bytes) -> Cost:
    gc.collect()
    started = time.process_time()
    said = _said(read, content)
    used = time.process_time() - started
    tracemalloc.start()
    try:
        _said(read, content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return Cost(round(used, 3), round(peak / files.MIB, 1), said)


def _said(read: Callable[[bytes], object], content: bytes) -> str:
    try:
        return f"{read(content)} taken"
    except REFUSALS as refusal:
        return refusal.code() if isinstance(refusal, Problem) else type(refusal).__name__


def _read_cards(content: bytes) -> int:
    """What an import does with a file before it is written into a wallet."""
    held = Held([])
    member_id = uuid.UUID(int=1)
    rows = [validate_card(raw, currency="EUR") for raw in read_file(content, holder=Holder()).rows]
    for row in rows:
        if row.wish is not None and held.find(row, row.wish) is None and held.has_room_for(row, row.wish):
            held.add(row, row.wish, member_id=member_id, source=Source.CATIMA, now=NOW)
    return sum(row.wish is not None for row in rows)


def _cards() -> "Reader":
    return _read_cards, files.full_wallet, files.CARD_FILES


def _passes() -> "Reader":
    return _read_cards, files.passes, {}


def _bodies() -> "Reader":
    """Each schema of a body by its lists: as many things as fit, none of them right."""
    hostile: files.Files = {
        "unknown names": lambda: json.dumps({f"n{n}": 1 for n in range(18_000)}).encode()[:BODY],
        "text that nothing can keep": lambda: json.dumps({"a": ["\0"] * 28_000}).encode(),
        "`[{},{},…]`": lambda: b"[" + b"{}," * 87_000 + b"{}]",
        "brackets, 900 deep": lambda: b"[" * 900 + b'"\\u0041"' + b"]" * 900,
        "a number of 260,000 digits": lambda: b"[" + b"9" * 260_000 + b"]",
        "fractions of 20,000 digits": lambda: b"[" + b",".join([b"0." + b"1" * 20_000] * 13) + b"]",
    }
    for schema in sorted(_schemas(), key=lambda one: one.__name__):
        for name, field in schema().fields.items():
            if isinstance(field, ma.fields.List):
                body = json.dumps({field.data_key or name: [{}] * 80_000}).encode()
                hostile[f"{schema.__name__}.{name}, 80,000 times"] = _made(schema, body)
    return _load, _made(None, json.dumps([{"name": "x" * 20, "value": n} for n in range(6_000)]).encode()), hostile


def _made(schema: type[ma.Schema] | None, body: bytes) -> Callable[[], bytes]:
    name = b"" if schema is None else schema.__name__.encode()
    return lambda: name + b"\n" + body


def _load(content: bytes) -> str:
    """A body through the parser, the schema, and into the refusal that is sent."""
    name, _, body = content.partition(b"\n") if content[:1].isalpha() or content[:1] == b"\n" else (b"", b"", content)
    value = reading.read_json(body)
    schema = next((one for one in _schemas() if one.__name__.encode() == name), reading.In)
    try:
        schema().load(value)
    except ma.ValidationError as error:
        refusal = Malformed(errors=reading.pointers({"json": error.messages}))
        return f"{len(json.dumps(refusal.body(language='fr', instance='0')))} bytes of complaints,"
    return "a body"


def _schemas(family: type[ma.Schema] = reading.In) -> Iterator[type[ma.Schema]]:
    for schema in family.__subclasses__():
        yield schema
        yield from _schemas(schema)


def _hours() -> "Reader":
    shapes = {
        "spaces": " ", "commas": ",", "days": "Mo, ", "times": "1:00-2:00,", "dates": "Jan 1,", "days of a month": "1,",
        "rules": "Mo 10:00-12:00; ", "rules by commas": "Mo 10:00-12:00, ", "quotes": '"a"', "closed": "off ",
        "suns": "(sunrise+01:00)-", "holidays": "PH +1 day ", "French": "du lundi au ", "accents": "é\u0323\u0301",
    }  # fmt: skip
    ordinary = "Mo-Fr 09:00-12:30,14:00-19:00; Sa 09:00-18:00; Su,PH off; Dec 24 09:00-16:00"
    made = {name: (lambda part=part: (part * 500)[:499].encode() + b"!") for name, part in shapes.items()}
    return lambda content: read_hours(content.decode()) and "hours", ordinary.encode, made


def _from_path(read: Callable[[Path], object]) -> Callable[[bytes], object]:
    def reading_file(content: bytes) -> object:
        with tempfile.NamedTemporaryFile(suffix=".csv") as file:
            file.write(content)
            file.flush()
            return read(Path(file.name))

    return reading_file


LINES: files.Files = {
    "one line": lambda: b"number,name,card,terminal,receipt,bought_at,gross" + b",a" * 2 * files.MIB,
    "one line in quotes": lambda: b'"' + b"a" * 4 * files.MIB,
    "one row over many lines": lambda: b"number,name\n" + b'"\n",' * files.MIB,
    "a wide header, short rows": lambda: b"number,name" + b",a" * 980 + b"\n" + b"1\n" * 80_000,
    "a header of accents": lambda: b"number,name," + "é\u0323\u0301\u0316".encode() * 14_000 + b"\n1,2,3\n",
}


def _read_members(path: Path) -> int:
    lines = read_table(path, columns=COLUMNS, required=REQUIRED)
    return sum(check_member(line, language="fr", zone="Europe/Paris", now=NOW).number is not None for line in lines)


def _members() -> "Reader":
    return _from_path(_read_members), files.members, LINES


def _read_purchases(path: Path) -> int:
    rules = Rules({"s1": KnownShop(uuid.UUID(int=1), "Europe/Paris")}, "EUR", "Europe/Paris", NOW)
    return sum(_is_taken(receipt, rules) for receipt in ReceiptReader(path).receipts())


def _is_taken(receipt: Any, rules: Rules) -> bool:
    try:
        return bool(judge_receipt(receipt, rules))
    except RefusedReceipt:
        return False


def _purchases() -> "Reader":
    hostile = LINES | {
        "one receipt of all rows": lambda: files.purchases(receipts=1),
        "amounts of a million digits": lambda: files.purchases(receipts=100_000, amount="1e99999"),
    }
    return _from_path(_read_purchases), lambda: files.purchases(receipts=30_000), hostile


def _read_stores(path: Path) -> int:
    return sum(check_store(row, countries=("FR",)).details is not None for row in read_rows(path))


def _stores() -> "Reader":
    hostile = LINES | {
        "an id of 200,000 digits": lambda: files.features(each=',"x":' + "9" * 200_000, count=20),
        "coordinates of 200,000 digits": lambda: files.features().replace(b"2.3,", b"2." + b"3" * 200_000 + b",", 20),
        "one feature of a million values": lambda: files.features(each=',"x":[' + "1," * 1_900_000 + "1]", count=1),
        "brackets, two million deep": lambda: b'{"type":"FeatureCollection","features":[' + b"[" * 2 * files.MIB,
    }
    return _from_path(_read_stores), files.features, hostile


Reader = tuple[Callable[[bytes], object], Callable[[], bytes], files.Files]
READERS: dict[str, Callable[[], Reader]] = {
    "cards": _cards,
    "passes": _passes,
    "bodies": _bodies,
    "hours": _hours,
    "members": _members,
    "purchases": _purchases,
    "stores": _stores,
}

if __name__ == "__main__":
    main()
