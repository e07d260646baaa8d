"""Files as people have them, and files made to cost: each of the size that its reader takes."""

import io
import json
import random
import struct
import zipfile
from collections.abc import Callable
from typing import Any

MIB = 1024 * 1024
CARDS_FILE = 8 * MIB - 1024
CARDS = 2000
CATIMA = "_id,store,note,expiry,balance,balancetype,cardid,barcodeid,barcodetype,headercolor,starstatus"
Files = dict[str, Callable[[], bytes]]


def zipped(files: dict[str, bytes | str], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def catima(cards: list[str], links: list[str], *, header: str = CATIMA) -> bytes:
    lines = ["2", "", "_id", "", header, *cards, "", "cardId,groupId", *links]
    return ("\n".join(lines) + "\n").encode()[:CARDS_FILE]


def full_wallet() -> bytes:
    """Two thousand cards with long notes, in three groups each."""
    note = "Une note comme on en écrit avec des mots. " * 88
    cards = [f"{n},Magasin {n},{note},,12.50,EUR,{n:012},,CODE_128,-16777216,0" for n in range(CARDS)]
    return catima(cards, [f"{n},Groupe {n % 7 + part}" for n in range(CARDS) for part in range(3)])


def one_id() -> bytes:
    return catima([f"1,S{n},,,,,{n},,CODE_128,," for n in range(200)], [f"1,g{n}" for n in range(700_000)])


def one_code() -> bytes:
    return catima([f"{n},S,note {n} {'x' * 3900},,,,1,,CODE_128,," for n in range(CARDS)], [])


def matrix_codes() -> bytes:
    sign = random.Random(7)
    codes = ("".join(sign.choices("abcdefghijklmnopqrstuvwxyz ABC", k=1990)) for _ in range(CARDS))
    return catima([f"{n},S,,,,,{code},,AZTEC,," for n, code in enumerate(codes)], [])


def wide_header() -> bytes:
    return catima([f"{n},S,,,,,{n},,CODE_128,," for n in range(CARDS)], [], header=CATIMA + ",a" * 4_000_000)


def short_lines() -> bytes:
    return catima(["1,S,,,,,1,,,,"], ["a,b"] * 2_000_000)


def vault(values: str, count: int) -> bytes:
    return f"[{','.join([values] * count)}]".encode()[: CARDS_FILE - 1] + b"]"


def pass_of(**given: Any) -> bytes:
    content = {"organizationName": "Librairie", "barcode": {"message": "4006381333931", "format": "PKBarcodeFormatQR"}}
    return zipped({"pass.json": json.dumps(content | given), "fr.lproj/pass.strings": '"a" = "b";\n' * 20})


def passes() -> bytes:
    """Passes with their pictures, as a phone has them."""
    picture = random.Random(5).randbytes(24_000)
    field = {"key": "k", "label": "Solde", "value": 12.5, "currencyCode": "EUR"}
    one = pass_of(storeCard={"primaryFields": 4 * [field], "backFields": 6 * [field]})
    return zipped({f"{n}.pkpass": one + picture for n in range(330)}, method=zipfile.ZIP_STORED)


def many_fields() -> bytes:
    field = {"key": "k", "value": 1, "currencyCode": "EUR"}
    return zipped({f"{n}.pkpass": pass_of(storeCard={"backFields": 1500 * [field]}) for n in range(CARDS)})


def many_barcodes() -> bytes:
    code = {"message": "é" * 1900, "format": "PKBarcodeFormatPDF417"}
    return zipped({f"{n}.pkpass": pass_of(barcodes=60 * [code]) for n in range(CARDS)})


def many_entries() -> bytes:
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", *([20, 0, 20, 0] + [0] * 4), 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
    count = (CARDS_FILE - 100) // (len(entry) + 1)
    ending = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, count * (len(entry) + 1), 0, 0)
    return b"PK\x05\x06" + (entry + b"a") * count + ending


def nested() -> bytes:
    inside = zipped({"pass.json": "{}"} | {f"{n}": "" for n in range(5_000)})
    return zipped({f"{n}.pkpass": inside for n in range(60)})


def packed(method: int) -> bytes:
    return zipped({"catima.csv": b"\0" * (300 * MIB)}, method=method)


CARD_FILES: Files = {
    "one id for 200 cards, 700,000 links": one_id,
    "2,000 rows with one code": one_code,
    "2,000 matrix codes of 1,990 signs": matrix_codes,
    "a header of four million columns": wide_header,
    "two million short lines": short_lines,
    "`[{},{},…]`": lambda: vault("{}", 2_700_000),
    "one card of four million values": lambda: b"[[" + b"1," * 4_000_000 + b"1]]",
    "brackets, eight million deep": lambda: b"[" * CARDS_FILE,
    "a number of eight million digits": lambda: b'[{"code":' + b"9" * (CARDS_FILE - 20) + b"}]",
    "2,000 passes of 1,500 fields": many_fields,
    "2,000 passes of 60 barcodes that fit none": many_barcodes,
    "a directory of 170,000 entries": many_entries,
    "60 archives of 5,000 files in an archive": nested,
    "300 MiB of zeros by bzip2": lambda: packed(zipfile.ZIP_BZIP2),
    "300 MiB of zeros by LZMA": lambda: packed(zipfile.ZIP_LZMA),
    "300 MiB of zeros by Deflate": lambda: packed(zipfile.ZIP_DEFLATED),
}

PURCHASES = "card,store,terminal,receipt,bought_at,gtin,quantity,gross\n"


def purchases(*, receipts: int, amount: str = "12.50") -> bytes:
    turns = (n * receipts // 100_000 for n in range(100_000))
    rows = (f"C{n},s1,T1,R{n},2026-05-01T10:00:00,4006381333931,1,{amount}\n" for n in turns)
    return (PURCHASES + "".join(rows)).encode()[: 4 * MIB].rpartition(b"\n")[0]


def members() -> bytes:
    rows = (f"{n},m{n}@example.org,Zoé {n},fr,2024-05-18\n" for n in range(100_000))
    return ("number,email,name,language,joined\n" + "".join(rows)).encode()[: 4 * MIB].rpartition(b"\n")[0]


def features(*, each: str = "", count: int = 20_000) -> bytes:
    one = (
        '{"type":"Feature","geometry":{"type":"Point","coordinates":[2.3,48.8]},"properties":{"name":"A","ref":"%d"%s}}'
    )
    return (
        '{"type":"FeatureCollection","features":[' + ",".join(one % (n, each) for n in range(count)) + "]}"
    ).encode()
