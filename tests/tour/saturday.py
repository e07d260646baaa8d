"""A Saturday at a grocer's: somebody joins by phone, nobody needs a coupon, and a basket holds what baskets hold."""

import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.tour.calling import Caller
from tests.tour.choosing import approve
from tests.tour.people import Cast
from tests.tour.points import POT, TEA, sale
from tests.tour.telling import Story

KILO_MINOR, GRAMS, WEIGHED_MINOR = 350, 456, 160
JAR_MINOR, SECOND_OFF_MINOR = 390, 195
BOTTLES_MINOR = -90
MEAL_MINOR = 300


def shop(story: Story, cast: Cast, merchandiser: Caller, till: Caller, store: dict[str, Any]) -> None:
    """From the offer of the week to what it brought."""
    shelf = f"food/jam-{uuid.uuid4().hex[:6]}"
    offer_id = _plan(story, cast, merchandiser, store, shelf)
    member = _join(story, till)
    pot = _fill_the_pot(story, till, member)
    closed = _sell(story, till, member, pot, shelf, offer_id)
    _print(story, till, closed)
    _bring_back(story, till, closed)
    _read_results(story, merchandiser, offer_id)


def _plan(story: Story, cast: Cast, merchandiser: Caller, store: dict[str, Any], shelf: str) -> str:
    story.step("The merchandiser plans the second jar at half its price, for whoever holds a card, without a coupon")
    today = datetime.now(ZoneInfo(store["time_zone"])).date()
    wish = {
        "title": {"fr": "Confitures : le 2e à -50 %", "en": "Jam: the second at half its price"},
        "text": {"fr": "Sur présentation de la carte.", "en": "By showing the card."},
        "benefit": {"kind": "nth_percent", "every": 2, "percent": 50},
        "applies": "automatic",
        "targets": {"stores": [store["id"]]},
        "starts_local": (today - timedelta(days=1)).isoformat(),
        "ends_local": (today + timedelta(days=1)).isoformat(),
        "in_a_sale": {"products": {"categories": [shelf]}},
        "limits": {"total": 500, "per_member": 2},
    }
    drafted = story.expect(merchandiser.post("/v1/offers", wish), 201)
    approve(story, cast, drafted["id"])
    return str(drafted["id"])


def _join(story: Story, till: Caller) -> dict[str, Any]:
    story.step("At the till somebody has no card, and says a phone number")
    phone = {"phone": f"06 12 {secrets.randbelow(100):02} {secrets.randbelow(100):02} {secrets.randbelow(100):02}"}
    found = story.expect(till.post("/v1/member-searches", phone), 200)
    story.proves("nobody of the brand is known by it", not found["known"] and found["masked_name"] is None)
    joined: dict[str, Any] = story.expect(till.post("/v1/counter-members", phone), 201)
    again = story.expect(till.post("/v1/counter-members", phone), 201)
    story.proves("they have a card that works at once, and one only", again["card_id"] == joined["card_id"])
    wrong = till.post("/v1/member-searches/confirmation", phone | {"first_letters": "Zoé"})
    story.proves("whoever says a wrong name is told nothing of them", wrong.json["code"] == "member_not_confirmed")
    return joined


def _fill_the_pot(story: Story, till: Caller, member: dict[str, Any]) -> dict[str, Any]:
    story.step("They buy tea, and have something in the pot")
    basket = sale(member, "S-" + uuid.uuid4().hex[:8], TEA, POT)
    story.expect(till.post("/v1/sales", basket | {"charged_minor": 4840}), 201)
    seen = story.expect(till.post("/v1/scans", {"code": member["code"]}), 201)["member"]
    pot: dict[str, Any] = max(seen["balances"], key=lambda one: one["available"])
    story.note(pot["text"])
    story.proves("a scan tells staff how much, and what it is worth", pot["available"] > 0 < pot["worth_minor"])
    return pot


def _sell(
    story: Story, till: Caller, member: dict[str, Any], pot: dict[str, Any], shelf: str, offer_id: str
) -> dict[str, Any]:
    story.step("456 g of tomatoes, two jars of jam, six empty bottles back: the till asks what it comes to")
    weight = {"quantity_thousandths": GRAMS, "unit": "kg", "unit_price_minor": KILO_MINOR}
    tomatoes = {"position": 1, "gross_minor": WEIGHED_MINOR, "category": "food/tomatoes", "tax_bp": 550} | weight
    jam = {"position": 2, "quantity": 2, "gross_minor": 2 * JAR_MINOR, "category": shelf, "tax_bp": 550}
    bottles = {"position": 3, "quantity": 6, "gross_minor": BOTTLES_MINOR, "deposit": True, "tax_bp": 2000}
    basket = sale(member, "S-" + uuid.uuid4().hex[:8], tomatoes, jam, bottles)
    basket |= {"points": {"currency_id": pot["currency_id"], "points": pot["available"]}}
    quote = story.expect(till.post("/v1/sales/quotes", basket), 200)
    [step] = [one for one in quote["steps"] if one.get("offer_id") == offer_id]
    story.note(f"{step['title']} {step['reason']}")
    off = step["before_minor"] - step["after_minor"]
    story.proves("the second jar costs half, without a coupon, and it says why", off == SECOND_OFF_MINOR)
    articles = WEIGHED_MINOR + 2 * JAR_MINOR - SECOND_OFF_MINOR
    due = articles + BOTTLES_MINOR - quote["points_minor"]
    story.proves("bottles and the pot are off what is to be paid", quote["payable_minor"] == due)

    story.step("It is paid from the pot, by titre-restaurant and in cash")
    tenders = [
        {"kind": "cagnotte", "amount_minor": quote["points_minor"]},
        {"kind": "titre_restaurant", "amount_minor": MEAL_MINOR},
        {"kind": "cash", "amount_minor": due - MEAL_MINOR},
    ]
    short = basket | {"charged_minor": due, "tenders": tenders[:2]}
    story.proves("less than the total is refused", till.post("/v1/sales", short).json["code"] == "tenders_differ")
    closed: dict[str, Any] = story.expect(
        till.post("/v1/sales", basket | {"charged_minor": due, "tenders": tenders}), 201
    )
    story.proves("together they are what was to be paid", closed["payable_minor"] == due)
    return closed


def _print(story: Story, till: Caller, closed: dict[str, Any]) -> None:
    story.step("The till prints the slip")
    slip = story.expect(till.speaking("fr").get(f"/v1/sales/{closed['id']}/slip"), 200)
    for line in slip["lines_32"]:
        story.note(line)
    story.proves("it fits the paper", all(len(line) <= 32 for line in slip["lines_32"]))
    story.proves("and says what the pot paid", slip["points_spent"] == closed["points_spent"] > 0)


def _bring_back(story: Story, till: Caller, closed: dict[str, Any]) -> None:
    story.step("One jar comes back")
    [paid] = [line["net_minor"] for line in closed["lines"] if line["position"] == 2]
    asked = {"reference": "B-" + uuid.uuid4().hex[:8], "lines": [{"position": 2, "quantity": 1}]}
    back = story.expect(till.post(f"/v1/sales/{closed['id']}/returns", asked), 200)["returns"][-1]
    story.proves("half of what both cost, to the cent", abs(2 * back["refund_minor"] - paid) <= 1)
    story.proves("and its part of the pot goes back into it", back["points_given_back"] > 0)


def _read_results(story: Story, merchandiser: Caller, offer_id: str) -> None:
    story.step("In the evening the merchandiser reads what the offer brought, and ends it")
    days = [(datetime.now(ZoneInfo("UTC")).date() + timedelta(days=number)).isoformat() for number in (-1, 1)]
    told = merchandiser.get(f"/v1/offers/{offer_id}/results?first_day={days[0]}&last_day={days[1]}")
    totals = story.expect(told, 200)["totals"]
    story.proves("one use, in one sale, and what it took off", totals["off_minor"] == SECOND_OFF_MINOR)
    story.proves("as the sales have it", totals["redeemed"] == totals["sales_with"] == 1)
    story.expect(merchandiser.post(f"/v1/offers/{offer_id}/end"), 200)
