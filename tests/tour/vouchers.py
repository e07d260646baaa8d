"""What pays besides money at a grocer's: a gift card of the brand, and a coupon that its manufacturer pays."""

import secrets
import uuid
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.codes.article_numbers import check_digit
from tests.tour.calling import Caller
from tests.tour.grocery import BEANS, BEANS_MINOR
from tests.tour.points import sale
from tests.tour.telling import Story

GIFT_MINOR, COUPON_MINOR = 1000, 150


def give_and_pay(story: Story, admin: Caller, till: Caller, member: dict[str, Any]) -> None:
    """A gift card is sold to somebody, and pays for somebody else."""
    story.step("The administrator lets tills sell gift cards from 5 € to 150 €, valid for a year")
    etag = admin.get("/v1/console/gift-card-policy").headers["ETag"]
    rule = {"least_minor": 500, "most_minor": 15_000, "valid_months": 12}
    story.expect(admin.put("/v1/console/gift-card-policy", rule, match=etag), 200)
    small = till.post("/v1/gift-cards", {"amount_minor": 499, "reference": "G-" + uuid.uuid4().hex[:8]})
    story.note(f"→ {small.json['title']}")
    story.proves("a till sells no other", small.json["code"] == "gift_card_amount_outside")

    story.step("Somebody buys one of 10 € and gives it away")
    wish = {"amount_minor": GIFT_MINOR, "reference": "G-" + uuid.uuid4().hex[:8]}
    sold = story.expect(till.post("/v1/gift-cards", wish), 201)
    again = till.post("/v1/gift-cards", wish).json
    story.proves("sent again it is the same card, with its code", again["code"] == sold["code"])

    story.step("It pays a part of a kilo of beans, and the bank card pays the rest")
    beans = {"position": 1, "quantity": 1, "gross_minor": BEANS_MINOR, "gtin": BEANS}
    basket = sale(member, "S-" + uuid.uuid4().hex[:8], beans) | {"charged_minor": BEANS_MINOR}
    gift = {"kind": "gift_card", "amount_minor": GIFT_MINOR, "code": sold["code"]}
    tenders = [gift, {"kind": "card", "amount_minor": BEANS_MINOR - GIFT_MINOR}]
    closed = story.expect(till.post("/v1/sales", basket | {"tenders": tenders}), 201)
    told = closed["tenders"][0]
    story.proves("only the end of its code is kept", "code" not in told and told["card"] == f"…{sold['ending']}")
    left = story.expect(till.post("/v1/gift-cards/look-ups", {"code": sold["code"]}), 200)
    story.proves("nothing is on it any more", left["balance_minor"] == 0)


def bill_a_manufacturer(
    story: Story, admin: Caller, till: Caller, member: dict[str, Any], store: dict[str, Any]
) -> None:
    """A manufacturer's coupon pays, and stands in the file of its month."""
    issuer, prefix = _enter_issuer(story, admin)
    today = datetime.now(ZoneInfo(store["time_zone"])).date()
    last = today.replace(day=1) - timedelta(days=1)
    closed = _take_coupon(story, till, member, store, prefix, last)
    story.step("The administrator closes the month with the manufacturer")
    early = admin.post("/v1/clearings", {"issuer": issuer, "month": f"{today:%Y-%m}"})
    story.note(f"→ {early.json['title']}")
    story.proves("this month is not over", early.json["code"] == "clearing_month_open")
    made = story.expect(admin.post("/v1/clearings", {"issuer": issuer, "month": f"{last:%Y-%m}"}), 201)
    lines = story.expect(admin.get(f"/v1/clearings/{made['id']}"), 200)["lines"]
    story.proves("the coupon stands in the file of last month", [one["sale_id"] for one in lines] == [closed["id"]])
    story.proves("and the manufacturer owes what it paid", made["total_minor"] == COUPON_MINOR)
    table = admin.get(f"/v1/clearings/{made['id']}/lines.csv").body.decode()
    for line in table.splitlines()[-1:]:
        story.note(f"→ {line}")


def _enter_issuer(story: Story, admin: Caller) -> tuple[str, str]:
    story.step("The administrator enters a manufacturer whose coupons the tills take")
    issuer, prefix = f"torref-{uuid.uuid4().hex[:6]}", f"982{secrets.randbelow(10**6):06}"
    said = {
        "code": issuer,
        "name": "Torréfactions Réunies",
        "billing_address": "1 quai du Port, 13002 Marseille",
        "currency": "EUR",
        "series": [{"prefix": prefix, "products": {"gtins": [BEANS]}, "most_minor": 200}],
    }
    entered = story.expect(admin.put("/v1/coupon-issuers", said, match='"0"'), 200)
    story.proves("whatever begins so is billed to them", entered["series"][0]["prefix"] == prefix)
    return issuer, prefix


def _take_coupon(
    story: Story, till: Caller, member: dict[str, Any], store: dict[str, Any], prefix: str, day: date
) -> dict[str, Any]:
    story.step("A coupon of 1,50 € that a till took last month without a network arrives with its sale")
    code = f"{prefix}{COUPON_MINOR:03}"
    beans = {"position": 1, "quantity": 1, "gross_minor": BEANS_MINOR, "gtin": BEANS, "tax_bp": 550}
    noon = datetime.combine(day, time(12), ZoneInfo(store["time_zone"])).isoformat()
    basket = sale(member, "S-" + uuid.uuid4().hex[:8], beans) | {"bought_at": noon, "charged_minor": BEANS_MINOR}
    wrong = [{"code": code + str((int(check_digit(code)) + 1) % 10)}]
    refused = till.post("/v1/sales", basket | {"manufacturer_coupons": wrong})
    story.proves("a wrong digit is said to be one", refused.json["code"] == "manufacturer_coupon_mistyped")
    shown = {
        "manufacturer_coupons": [{"code": code + check_digit(code)}],
        "tenders": [{"kind": "card", "amount_minor": BEANS_MINOR - COUPON_MINOR}],
    }
    closed: dict[str, Any] = story.expect(till.post("/v1/sales", basket | shown), 201)
    said = (closed["net_minor"], closed["manufacturer_minor"])
    story.proves("the price stays, and the coupon pays a part of it", said == (BEANS_MINOR, COUPON_MINOR))
    return closed
