"""One article number is one article, and what is no article number is refused when an offer is drafted."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app import clock
from tests.cases.case import Case
from tests.checkout.factories import sale_body
from tests.factories import (
    console_token,
    make_brand,
    make_console_user,
    make_member,
    make_store,
    make_terminal,
    member_token,
)
from tests.planning.factories import body, match
from tests.speaking import Speaker
from tests.wallet.factories import make_card


def try_articles(folder: Path, anyone: Speaker) -> Iterator[Case]:
    """The lines that take part in an offer, then the numbers that no offer takes."""
    given = json.loads((folder / "gtins.json").read_text(encoding="utf-8"))
    for gtin in given["lines_that_are_this_article"]:
        yield Case(f"gtins.json: a line with {gtin}", 100, discount(anyone, given["offer"], gtin))
    for gtin in given["never_an_article"]:
        offer = {"in_a_sale": {"products": {"gtins": [gtin]}}}
        yield Case(f"gtins.json: an offer for {gtin}", 422, draft(anyone, make_brand(), offer).status_code)


def draft(anyone: Speaker, brand: Any, given: dict[str, Any]) -> Any:
    console = anyone.with_token(console_token(make_console_user(brand)))
    return console.post("/v1/offers", body(**given))


def discount(anyone: Speaker, given: dict[str, Any], gtin: str) -> int:
    """What the offer takes off a line of this article: ten percent of ten euros, in cents."""
    brand, member = make_brand(), make_member()
    store = make_store(brand)
    drafted = draft(anyone, brand, given)
    approver = anyone.with_token(console_token(make_console_user(brand, "approver")))
    offer = drafted.get_json()["id"]
    approver.post(f"/v1/offers/{offer}/approval", headers=match(drafted))
    card = make_card(member, brand, now=clock.now())
    coupon = anyone.with_token(member_token(member)).post(f"/v1/offers/{offer}/coupons").get_json()
    till = anyone.with_token(make_terminal(store)[1])
    line = {"position": 1, "quantity": 1, "gross_minor": 1_000, "gtin": gtin}
    quoted = till.post("/v1/sales/quotes", sale_body(card, lines=[line], coupons=[coupon["code"]])).get_json()
    return int(1_000 - quoted.get("payable_minor", 1_000))
