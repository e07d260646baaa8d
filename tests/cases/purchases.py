"""Purchases as French spreadsheets write them; instants and numbers as clients send them."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from app import clock
from tests.cases.case import Case
from tests.cases.commands import run_command
from tests.coupons.factories import Shop
from tests.purchases.factories import purchases_of
from tests.speaking import Speaker
from tests.wallet.factories import make_card
from wallet.cards.models import Card
from wallet.purchases.commands import import_purchases


def try_purchases(folder: Path, anyone: Speaker) -> Iterator[Case]:
    """Amounts of a file, then the two faults that need no file."""
    shop = Shop(anyone)
    card = make_card(shop.member, shop.brand, now=clock.now())
    words = (folder / "purchases-excel-fr.csv").read_text(encoding="utf-8").replace("CARD", card.code)
    with tempfile.TemporaryDirectory() as made:
        file = Path(made) / "purchases.csv"
        file.write_text(words, encoding="utf-8")
        run_command(import_purchases, file, "--brand", shop.brand.code)
    found = sorted(purchase.gross_minor for purchase in purchases_of(shop.member))
    yield Case("purchases-excel-fr.csv: 1 234,50 twice, 12,50", [1_250, 123_450, 123_450], found)
    yield from try_clients(shop, card)


def try_clients(shop: Shop, card: Card) -> Iterator[Case]:
    """An instant is answered in UTC; 100.0 is a whole number of JSON Schema; a small z ends an instant."""
    bought = {"currency": "EUR", "card": card.code}
    for number, (at, gross) in enumerate([("2026-11-27T10:00:00+02:00", 100), ("2026-11-27T08:00:00z", 100.0)]):
        line = {"quantity": 1, "gross_minor": gross}
        body = bought | {"terminal": "1", "receipt": f"c{number}", "bought_at": at, "lines": [line]}
        answer = shop.till.post("/v1/purchases", body).get_json()
        said = str(answer.get("bought_at") or answer.get("errors")).replace("+00:00", "Z")
        yield Case(f"a purchase at {at} of {gross}", "2026-11-27T08:00:00Z", said)
