"""What the grocer sets up before the Saturday: a cagnotte, a stamp card, a list of articles, an offer on it.

What a tour before this one made is taken as it is: a brand counts in few currencies, and names its lists once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.tour.calling import Answer, Caller
from tests.tour.choosing import approve
from tests.tour.people import Cast, sign_in_staff
from tests.tour.telling import Story

COFFEE, BEANS = "3760000000109", "3760000000116"
COFFEE_MINOR, BEANS_MINOR = 150, 2400
USABLE_FROM_MINOR, CELLS, PERCENT_BP = 200, 10, 1000
LIST = TAG = "samedi-cafe"


@dataclass(frozen=True)
class Shelf:
    """What is there on this Saturday, by its ids."""

    cagnotte_id: str
    stamps_id: str
    offer_id: str


def set_up(story: Story, cast: Cast, admin: Caller, merchandiser: Caller, store: dict[str, Any]) -> Shelf:
    """Everything that members of the grocer have besides points."""
    story.step("The administrator makes a cagnotte, which pays from 2 € on, and stamps")
    cagnotte = _currency(
        story, admin, "cagnotte", "Cagnotte", "Cagnotte", kind="money", usable_from=USABLE_FROM_MINOR, lasts="1Y"
    )
    story.proves("it counts money, and is worth itself", (cagnotte["kind"], cagnotte["worth_minor"]) == ("money", 1))
    stamps = _currency(story, admin, "cafes", "Carte café", "Coffee card", kind="stamps")
    _list_articles(story, merchandiser)
    approver = sign_in_staff(story, cast, "approver")
    _stamp_card(story, admin, merchandiser, approver, stamps["id"])
    _rule(story, merchandiser, approver, stamps["id"])
    return Shelf(cagnotte["id"], stamps["id"], _offer(story, cast, merchandiser, store))


def _currency(story: Story, admin: Caller, code: str, fr: str, en: str, **what: Any) -> dict[str, Any]:
    made = admin.post("/v1/points-currencies", {"code": code, "name_fr": fr, "name_en": en} | what)
    if _was_there(story, made, "currency_code_taken"):
        known = admin.get("/v1/points-currencies?limit=100").json["items"]
        return next(one for one in known if one["code"] == code)
    currency: dict[str, Any] = story.expect(made, 201)
    return currency


def _list_articles(story: Story, merchandiser: Caller) -> None:
    story.step("The merchandiser names the coffee shelf, and sends its articles as a file with a slip of the finger")
    made = merchandiser.post("/v1/product-lists", {"code": LIST, "name": "Le rayon café"})
    if not _was_there(story, made, "product_list_code_taken"):
        story.expect(made, 201)
    file = f"gtin;libelle\n{COFFEE};Café à emporter\n{BEANS};Café en grains 1 kg\n{BEANS[:-1]}0;Faute de frappe\n"
    read = story.expect(merchandiser.upload(f"/v1/product-lists/{LIST}/imports?mode=add", file.encode()), 200)
    for one in read["rows"]:
        story.note(f"→ line {one['row']}: {one['text']}")
    story.proves(
        "two articles are on it, and the wrong one is named", read["list"]["articles"] == len(read["rows"]) + 1
    )


def _stamp_card(story: Story, admin: Caller, merchandiser: Caller, approver: Caller, stamps_id: str) -> None:
    story.step("Ten coffees, the eleventh free: a reward that a full card pays")
    wish = {
        "code": "cafe-offert",
        "title": {"fr": "Un café offert", "en": "A free coffee"},
        "text": {"fr": "À retirer au comptoir.", "en": "To be fetched at the counter."},
        "gives": {"kind": "material"},
        "currency_id": stamps_id,
        "price": CELLS,
    }
    made = merchandiser.post("/v1/rewards", wish)
    if _was_there(story, made, "reward_code_taken"):
        return
    reward = story.expect(made, 201)
    story.expect(approver.post(f"/v1/rewards/{reward['id']}/publication", match=made.headers["ETag"]), 200)
    card = {"size": CELLS, "reward_id": reward["id"]}
    drawn = story.expect(admin.put(f"/v1/points-currencies/{stamps_id}/stamp-card", card), 200)
    story.proves("a card has ten cells", drawn["size"] == CELLS)


def _rule(story: Story, merchandiser: Caller, approver: Caller, stamps_id: str) -> None:
    story.step("The merchandiser adds the stamp to the rules of the programme: one for each coffee that is paid")
    versions = merchandiser.get("/v1/programme-versions").json["items"]
    content = next(one["content"] for one in versions if one["approved_at"] is not None)
    if any(rule["code"] == "stamp" for rule in content["rules"]):
        story.note("They are in force since a tour before this one.")
        return
    rule = {
        "code": "stamp",
        "kind": "stamp",
        "title": {"fr": "Un tampon par café", "en": "A stamp for each coffee"},
        "currency_id": stamps_id,
        "points": 1,
        "products": {"gtins": [COFFEE]},
    }
    drafted = merchandiser.post("/v1/programme-versions", content | {"rules": [*content["rules"], rule]})
    number = story.expect(drafted, 201)["version"]
    approved = approver.post(f"/v1/programme-versions/{number}/approval", match=drafted.headers["ETag"])
    story.proves("in force once somebody else approves them", story.expect(approved, 200)["approved_at"] is not None)


def _offer(story: Story, cast: Cast, merchandiser: Caller, store: dict[str, Any]) -> str:
    story.step("And plans an offer on that list: 10 % of it into the cagnotte, without a coupon")
    merchandiser.post("/v1/offers/stops", {"tag": TAG})  # those of a tour that came to no end
    today = datetime.now(ZoneInfo(store["time_zone"])).date()
    wish = {
        "label": {"name": "Cagnotte du samedi", "tags": [TAG]},
        "title": {"fr": "10 % du rayon café dans la cagnotte", "en": "10% of the coffee shelf into the cagnotte"},
        "text": {"fr": "Sur présentation de la carte.", "en": "By showing the card."},
        "benefit": {"kind": "cagnotte_percent", "percent_bp": PERCENT_BP},
        "applies": "automatic",
        "targets": {"stores": [store["id"]]},
        "starts_local": (today - timedelta(days=1)).isoformat(),
        "ends_local": (today + timedelta(days=1)).isoformat(),
        "in_a_sale": {"products": {"lists": [LIST]}},
        "limits": {"total": 500, "per_member": 5},
    }
    drafted = story.expect(merchandiser.post("/v1/offers", wish), 201)
    approve(story, cast, drafted["id"])
    return str(drafted["id"])


def _was_there(story: Story, made: Answer, code: str) -> bool:
    """Whether a tour before this one made it."""
    known = made.status == 409 and made.json["code"] == code
    if known:
        story.note("It is there since a tour before this one.")
    return known
