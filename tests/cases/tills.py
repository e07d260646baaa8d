"""What scanners type, with the keyboards of all countries between them and the till."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import text

from app import clock
from app.sql import db
from offers.coupons.commands import import_codes
from tests.cases.case import Case
from tests.cases.commands import run_command
from tests.coupons.factories import Shop
from tests.speaking import Speaker
from tests.wallet.factories import make_card
from wallet.passes.codes import read_code


def try_scanners(folder: Path, anyone: Speaker) -> Iterator[Case]:
    """A card, the brand's own number and a code on paper, each as several scanners type it."""
    given = json.loads((folder / "scans.json").read_text(encoding="utf-8"))
    shop = Shop(anyone)
    card = make_card(shop.member, shop.brand, now=clock.now())
    with db.system_transaction():
        values = {"code": read_code(given["code"]), "old": card.code}
        for table in ("pass_code", "card"):
            db.execute(text(f"UPDATE {table} SET code = :code WHERE code = :old"), values)
    scan = shop.till.post("/v1/scans", {"code": given["code"]}).get_json()
    number = {"kind": "brand_number", "number": given["brand_number"]}
    linked = shop.till.post(f"/v1/scans/{scan['id']}/card-numbers", number)
    yield Case("scans.json: the brand's number is linked", 201, linked.status_code)
    for one in given["typed"]:
        yield Case(f"scans.json card, {one['scanner']}: {one['text']}", str(card.id), scanned(shop, one["text"]))
    for one in given["brand_number_typed"]:
        yield Case(f"scans.json number, {one['scanner']}: {one['text']}", str(card.id), scanned(shop, one["text"]))
    with tempfile.TemporaryDirectory() as made:
        file = Path(made) / "codes.csv"
        file.write_text(f"code\n{given['paper_code']}\n", encoding="utf-8")
        words = ("--brand", shop.brand.code, "--offer", shop.offer.id, "--batch", "cases")
        run_command(import_codes, file, *words)
    for one in given["paper_code_typed"]:
        taken = shop.till.post(f"/v1/scans/{scan['id']}/coupon-codes", {"code": one["text"]})
        yield Case(f"scans.json paper, {one['scanner']}: {one['text']}", 201, taken.status_code)


def scanned(shop: Shop, code: str) -> object:
    """The card that was found, or the code of the refusal."""
    answer = shop.till.post("/v1/scans", {"code": code}).get_json()
    return answer.get("card_id") or answer.get("code")
