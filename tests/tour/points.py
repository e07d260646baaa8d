"""Points: earned at a till, explained, spent, given back with a return, and proved."""

import uuid
from typing import Any

from tests.tour.calling import Caller
from tests.tour.people import Cast, sign_in_staff
from tests.tour.telling import Story

TEA = {"position": 1, "quantity": 3, "gross_minor": 3600, "category": "food/tea", "label": "Sencha, 100 g"}
POT = {"position": 2, "quantity": 1, "gross_minor": 1240, "category": "home/teaware", "label": "Petite théière"}


def shop_and_bring_back(story: Story, cast: Cast, phone: Caller, till: Caller, card: dict[str, Any]) -> str:
    """A sale that earns, one that points pay, and what comes back. Returns the id of what the brand counts in."""
    basket = sale(card, "T-" + uuid.uuid4().hex[:8], TEA, POT)
    story.step("Staff ring up a basket, and the till asks what it comes to")
    quote = story.expect(till.post("/v1/sales/quotes", basket), 200)
    earns = quote["earns"][0]
    story.proves("the basket costs what its lines cost", quote["payable_minor"] == 4840)
    story.proves("and it says what it would earn", earns["points"] > 0)
    story.proves("asking changed nothing", points_of(phone, earns["currency_id"]) == 0)

    story.step("The customer pays, and the till closes the sale")
    closed = story.expect(till.post("/v1/sales", basket | {"charged_minor": quote["payable_minor"]}), 201)
    earned = points_of(phone, earns["currency_id"])
    story.proves(
        "the member has the points that were announced", earned == sum(one["points"] for one in quote["earns"])
    )

    story.step("The network lost the answer: the till sends the same receipt again, with another key")
    again = story.expect(till.post("/v1/sales", basket | {"charged_minor": quote["payable_minor"]}), 201)
    story.proves("it is the same sale", again["id"] == closed["id"])
    story.proves("and it counted once", points_of(phone, earns["currency_id"]) == earned)

    story.step("The member asks why")
    movements = story.expect(phone.get(f"/v1/points/{earns['currency_id']}/movements"), 200)["items"]
    story.proves("each movement says what happened and why, in words", all(one["why"] for one in movements))

    pay_with_points(story, phone, till, card, earns["currency_id"], earned)

    story.step("One of the three teas comes back")
    one_tea = {"reference": "R-" + uuid.uuid4().hex[:8], "lines": [{"position": 1, "quantity": 1}]}
    back = story.expect(till.post(f"/v1/sales/{closed['id']}/returns", one_tea), 200)["returns"][-1]
    story.proves("the money of one tea", back["refund_minor"] == 1200)
    less = earned - points_of(phone, earns["currency_id"])
    story.proves("and its share of the points", less == back["points_taken_back"] > 0)
    too_many = {"reference": "R-" + uuid.uuid4().hex[:8], "lines": [{"position": 1, "quantity": 3}]}
    refused = till.post(f"/v1/sales/{closed['id']}/returns", too_many)
    story.proves("more than is left cannot come back", refused.json["code"] == "more_than_bought")
    return str(earns["currency_id"])


def pay_with_points(
    story: Story, phone: Caller, till: Caller, card: dict[str, Any], currency_id: str, points: int
) -> None:
    """A second sale is paid with points, and everything of it comes back."""
    story.step("The next day the customer pays a part with all their points")
    basket = sale(card, "T-" + uuid.uuid4().hex[:8], POT | {"position": 1})
    paying = basket | {"points": {"currency_id": currency_id, "points": points}}
    closed = story.expect(till.post("/v1/sales", paying), 201)
    story.proves("the points are money off the basket", closed["payable_minor"] == 1240 - closed["points_minor"] < 1240)
    story.proves("and they are spent", closed["points_spent"] == points)

    story.step("Everything of that sale comes back")
    all_of_it = {"reference": "R-" + uuid.uuid4().hex[:8], "lines": [{"position": 1, "quantity": 1}]}
    story.expect(till.post(f"/v1/sales/{closed['id']}/returns", all_of_it), 200)
    story.proves("bought and brought back: as many points as before", points_of(phone, currency_id) == points)


def be_kind(
    story: Story, phone: Caller, admin: Caller, till: Caller, card: dict[str, Any], shop: dict[str, Any]
) -> None:
    """Somebody of the shop gives a small attention, out of the shop's budget."""
    story.step("The administrator lets Karim give small attentions in this shop")
    appointed = story.expect(admin.post("/v1/gesture-givers", {"store_id": shop["id"], "name": "Karim"}), 201)
    story.proves("he has a badge of his own, shown once", bool(appointed["badge"]))

    story.step("The customer had to wait: Karim scans the card and gives twenty points")
    seen = story.expect(till.post("/v1/scans", {"code": card["code"]}), 201)
    words = "Pour votre patience pendant la panne"
    wish = {"scan_id": seen["id"], "badge": appointed["badge"], "words": words}
    story.expect(till.post("/v1/gestures", wish | {"points": 20}), 201)
    [kindness] = story.expect(phone.get("/v1/gestures"), 200)["items"]
    said = (kindness["giver"], kindness["words"])
    story.proves("the member reads it as a kindness, from whom and why", said == ("Karim", words))
    refused = till.post("/v1/gestures", wish | {"points": 51})
    story.proves(
        "and Karim cannot give more than a person of the shop may", refused.json["code"] == "gesture_too_large"
    )


def prove(story: Story, cast: Cast, currency_id: str) -> None:
    """The auditor has every entry played again."""
    auditor = sign_in_staff(story, cast, "auditor")
    story.step("The auditor has the whole ledger of the brand played again")
    ledgers, entries, after = 0, 0, ""
    while True:
        proof = auditor.get(f"/v1/points-currencies/{currency_id}/proof{after}").json
        story.proves(f"{proof['ledgers']} ledgers hold: sums, lots, allocations, chain", proof["holds"])
        ledgers, entries = ledgers + proof["ledgers"], entries + proof["entries"]
        if proof["next_after"] is None:
            break
        after = f"?after={proof['next_after']}"
    story.note(f"{ledgers} ledgers, {entries} entries")
    owed = story.expect(auditor.get(f"/v1/points-currencies/{currency_id}/liability"), 200)
    story.proves("and what members have is known by the month in which it expires", "months" in owed)


def sale(card: dict[str, Any], receipt: str, *lines: dict[str, Any]) -> dict[str, Any]:
    """The JSON of a basket of the member of this card."""
    return {"code": card["code"], "terminal": "1", "receipt": receipt, "currency": "EUR", "lines": list(lines)}


def points_of(phone: Caller, currency_id: str) -> int:
    """What the member has; nothing before there was any."""
    mine = [one for one in phone.get("/v1/points").json["items"] if one["currency"]["id"] == currency_id]
    return sum(one["available"] for one in mine)
