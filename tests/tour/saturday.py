"""A Saturday at a grocer's: somebody joins by phone, nobody needs a coupon, and a basket holds what baskets hold."""

import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.tour import grocery, vouchers
from tests.tour.calling import Caller
from tests.tour.choosing import approve
from tests.tour.grocery import BEANS, BEANS_MINOR, COFFEE, COFFEE_MINOR, PERCENT_BP, Shelf
from tests.tour.people import Cast
from tests.tour.points import sale
from tests.tour.telling import Story

KILO_MINOR, GRAMS, WEIGHED_MINOR = 350, 456, 160
JAR_MINOR, SECOND_OFF_MINOR = 390, 195
BOTTLES_MINOR = -90
MEAL_MINOR = 300
COFFEES = 3
PUT_ASIDE_MINOR = (COFFEES * COFFEE_MINOR + BEANS_MINOR) * PERCENT_BP // 10_000


def shop(story: Story, cast: Cast, admin: Caller, merchandiser: Caller, till: Caller, store: dict[str, Any]) -> None:
    """From the offers of the week to what they brought."""
    shelf = grocery.set_up(story, cast, admin, merchandiser, store)
    category = f"food/jam-{uuid.uuid4().hex[:6]}"
    offer_id = _plan(story, cast, merchandiser, store, category)
    member = _join(story, till)
    _fill_the_cagnotte(story, till, member, shelf)
    closed = _sell(story, till, member, category, offer_id)
    _print(story, till, closed)
    _bring_back(story, till, member, closed, shelf)
    vouchers.give_and_pay(story, admin, till, member)
    vouchers.bill_a_manufacturer(story, admin, till, member, store)
    _read_results(story, merchandiser, offer_id)
    _read_what_was_put_aside(story, merchandiser, shelf)


def _plan(story: Story, cast: Cast, merchandiser: Caller, store: dict[str, Any], category: str) -> str:
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
        "in_a_sale": {"products": {"categories": [category]}},
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


def _fill_the_cagnotte(story: Story, till: Caller, member: dict[str, Any], shelf: Shelf) -> None:
    story.step("They buy three coffees and a kilo of beans: a part of the price is put aside for them")
    coffees = {"position": 1, "quantity": COFFEES, "gross_minor": COFFEES * COFFEE_MINOR, "gtin": COFFEE}
    beans = {"position": 2, "quantity": 1, "gross_minor": BEANS_MINOR, "gtin": BEANS}
    due = COFFEES * COFFEE_MINOR + BEANS_MINOR
    basket = sale(member, "S-" + uuid.uuid4().hex[:8], coffees, beans) | {"charged_minor": due}
    closed = story.expect(till.post("/v1/sales", basket), 201)
    [step] = [one for one in closed["steps"] if one["offer_id"] == shelf.offer_id]
    story.note(f"{step['title']}. {step['reason']['text']}")
    story.proves(
        "nothing is off the price, 10 % of what is on the list is put aside", step["points"] == PUT_ASIDE_MINOR
    )
    money, stamps = (_balance(story, till, member, one) for one in (shelf.cagnotte_id, shelf.stamps_id))
    story.proves("a scan tells staff how much, in euros", _plain(money["text"]) == "Cagnotte : 2,85 €.")
    story.proves("and what is on the stamp card", _plain(stamps["stamp_card"]["text"]) == "3 tampons sur 10")


def _balance(story: Story, till: Caller, member: dict[str, Any], currency_id: str) -> dict[str, Any]:
    """What a scan tells of one currency, in French."""
    seen = till.speaking("fr").post("/v1/scans", {"code": member["code"]}).json["member"]
    [found] = [one for one in seen["balances"] if one["currency_id"] == currency_id]
    story.note(f"→ {found['text']}")
    return dict(found)


def _sell(story: Story, till: Caller, member: dict[str, Any], category: str, offer_id: str) -> dict[str, Any]:
    story.step("456 g of tomatoes, two jars of jam, six empty bottles back: the till asks what it comes to")
    weight = {"quantity_thousandths": GRAMS, "unit": "kg", "unit_price_minor": KILO_MINOR}
    tomatoes = {"position": 1, "gross_minor": WEIGHED_MINOR, "category": "food/tomatoes", "tax_bp": 550} | weight
    jam = {"position": 2, "quantity": 2, "gross_minor": 2 * JAR_MINOR, "category": category, "tax_bp": 550}
    bottles = {"position": 3, "quantity": 6, "gross_minor": BOTTLES_MINOR, "deposit": True, "tax_bp": 2000}
    basket = sale(member, "S-" + uuid.uuid4().hex[:8], tomatoes, jam, bottles)
    quote = story.expect(till.speaking("fr").post("/v1/sales/quotes", basket), 200)
    [step] = [one for one in quote["steps"] if one.get("offer_id") == offer_id]
    story.note(f"→ {step['title']}. {step['reason']['text']}")
    off = step["before_minor"] - step["after_minor"]
    story.proves("the second jar costs half, without a coupon, and it says why", off == SECOND_OFF_MINOR)
    story.note(f"→ {quote['cagnotte']['text']}")
    money = quote["cagnotte"]["usable_minor"]
    story.proves("and how much of the cagnotte can pay it", money == PUT_ASIDE_MINOR)

    story.step("It is paid from the cagnotte, by titre-restaurant and in cash")
    due = WEIGHED_MINOR + 2 * JAR_MINOR - SECOND_OFF_MINOR + BOTTLES_MINOR - money
    tenders = [
        {"kind": "cagnotte", "amount_minor": money},
        {"kind": "titre_restaurant", "amount_minor": MEAL_MINOR},
        {"kind": "cash", "amount_minor": due - MEAL_MINOR},
    ]
    asked = till.post("/v1/sales/quotes", basket | {"tenders": tenders})
    story.proves("bottles and the cagnotte are off what is to be paid", asked.json["payable_minor"] == due)
    short = till.post("/v1/sales", basket | {"charged_minor": due, "tenders": tenders[:2]})
    story.proves("less than the total is refused", short.json["code"] == "tenders_differ")
    over = [
        tenders[0] | {"amount_minor": money + 1},
        tenders[1],
        {"kind": "cash", "amount_minor": due - MEAL_MINOR - 1},
    ]
    refused = till.post("/v1/sales", basket | {"charged_minor": due - 1, "tenders": over})
    story.note(f"→ {refused.json['title']}")
    story.proves("and more than is in the cagnotte", refused.json["code"] == "not_enough_money")
    paid = basket | {"charged_minor": due, "tenders": tenders}
    closed: dict[str, Any] = story.expect(till.post("/v1/sales", paid), 201)
    story.proves("together they are what was to be paid", closed["payable_minor"] == due)
    return closed


def _print(story: Story, till: Caller, closed: dict[str, Any]) -> None:
    story.step("The till prints the slip")
    slip = story.expect(till.speaking("fr").get(f"/v1/sales/{closed['id']}/slip"), 200)
    for line in slip["lines_32"]:
        story.note(line)
    story.proves("it fits the paper", all(len(line) <= 32 for line in slip["lines_32"]))
    story.proves("and says in euros what the cagnotte paid", _plain(slip["spent"]) == "-2,85 €")


def _bring_back(story: Story, till: Caller, member: dict[str, Any], closed: dict[str, Any], shelf: Shelf) -> None:
    story.step("One jar comes back")
    [paid] = [line["net_minor"] for line in closed["lines"] if line["position"] == 2]
    asked = {"reference": "B-" + uuid.uuid4().hex[:8], "lines": [{"position": 2, "quantity": 1}]}
    back = story.expect(till.post(f"/v1/sales/{closed['id']}/returns", asked), 200)["returns"][-1]
    story.proves("half of what both cost in money, to the cent", abs(2 * back["refund_minor"] - paid) <= 1)
    has = _balance(story, till, member, shelf.cagnotte_id)["available"]
    story.proves("and the cagnotte's part is in it again", has == back["money_given_back_minor"] > 0)


def _read_results(story: Story, merchandiser: Caller, offer_id: str) -> None:
    story.step("In the evening the merchandiser reads what the second jar brought, and ends it")
    totals = _results(story, merchandiser, offer_id)
    story.proves("one use, in one sale, and what it took off", totals["off_minor"] == SECOND_OFF_MINOR)
    story.proves("as the sales have it", totals["redeemed"] == totals["sales_with"] == 1)
    story.expect(merchandiser.post(f"/v1/offers/{offer_id}/end"), 200)


def _read_what_was_put_aside(story: Story, merchandiser: Caller, shelf: Shelf) -> None:
    story.step("And what the coffee shelf put aside")
    totals = _results(story, merchandiser, shelf.offer_id)
    given = PUT_ASIDE_MINOR + BEANS_MINOR * PERCENT_BP // 10_000  # of the beans that a gift card paid, too
    story.proves("nothing off, so much given", (totals["off_minor"], totals["money_given_minor"]) == (0, given))
    story.expect(merchandiser.post(f"/v1/offers/{shelf.offer_id}/end"), 200)


def _results(story: Story, merchandiser: Caller, offer_id: str) -> dict[str, Any]:
    today = datetime.now(ZoneInfo("UTC")).date()
    days = [(today + timedelta(days=number)).isoformat() for number in (-1, 1)]
    told = merchandiser.get(f"/v1/offers/{offer_id}/results?first_day={days[0]}&last_day={days[1]}")
    return dict(story.expect(told, 200)["totals"])


def _plain(text: str) -> str:
    """With plain spaces where French has some that do not break."""
    return " ".join(text.split())
