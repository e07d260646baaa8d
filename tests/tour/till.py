"""The till's side: pair a terminal, scan, redeem, undo."""

import re
from typing import Any

from tests.tour.calling import Caller
from tests.tour.people import Cast, sign_in_staff
from tests.tour.telling import Story


def pair(story: Story, cast: Cast, shop: dict[str, Any]) -> tuple[Caller, Caller, str]:
    """An administrator makes a terminal; it pairs itself once. Returns the administrator, the till and its id."""
    admin = sign_in_staff(story, cast, "admin")
    story.step("The administrator makes a terminal for the shop")
    waiting = story.expect(admin.post("/v1/terminals", {"store_id": shop["id"], "name": "Tour"}), 201)
    story.proves("the answer holds a token for whoever stands in the shop", waiting["paired_at"] is None)

    story.step("The terminal in the shop pairs itself")
    token = {"pairing_token": waiting["pairing_token"]}
    paired = story.expect(cast.anyone("till").post("/v1/terminals/pairing", token), 201)
    story.proves("it has a key of its own now, bound to the shop", paired["store_id"] == shop["id"])
    again = cast.anyone("thief").post("/v1/terminals/pairing", token)
    story.proves("the pairing token is worth nothing any more", again.status == 401)
    return admin, cast.anyone("till").with_token(paired["key"]), str(paired["terminal_id"])


def scan(story: Story, till: Caller, card: dict[str, Any], coupon: dict[str, Any]) -> None:
    """Staff scan the card, then the coupon."""
    story.step("Staff scan the member's card")
    seen = story.expect(till.post("/v1/scans", {"code": card["code"]}), 201)
    story.proves("staff read the name that the member chose, and nothing else", seen["display_name"] == "Camille")
    usable = story.expect(till.get(seen["coupons_url"]), 200)["items"]
    story.proves("and which coupons can be used here", any(one["usable_here"] for one in usable))

    story.step("Staff type the coupon's code by hand, in lower case and without dashes")
    typed = coupon["code"].lower().replace("-", "")
    seen = story.expect(till.post("/v1/scans", {"code": typed}), 201)
    story.proves("the till knows it for a coupon", seen["coupon_id"] == coupon["id"])
    wrong = typed[:-1] + ("2" if typed[-1] != "2" else "3")
    refusal = till.post("/v1/scans", {"code": wrong}).json
    story.note(refusal["title"])
    story.proves("a typing error is caught, and says where", refusal["code"] == "code_mistyped")


def redeem(story: Story, till: Caller, coupon: dict[str, Any], shop: dict[str, Any]) -> None:
    """The coupon is used, once; a mistake is undone."""
    path = f"/v1/coupons/{coupon['code']}/redemptions"
    story.step("Staff redeem the coupon")
    redemption = story.expect(till.post(path), 201)
    story.proves("the till says what to give, and until when it can be undone", "undo_until" in redemption)

    story.step("Somebody shows the same coupon again")
    english = story.expect(till.post(path), 409, "coupon_already_redeemed")["title"]
    french = story.expect(till.speaking("fr").post(path), 409, "coupon_already_redeemed")["title"]
    name = re.escape(shop["name"])
    told = re.fullmatch(rf"Already used on \d+ \w+ \d\d:\d\d at {name}\.", english)
    raconte = re.fullmatch(rf"Déjà utilisé le \d+(?:er)? \w+ à \d\d:\d\d à {name}\.", french)
    story.proves("refused with the facts that staff need, in English", told is not None)
    story.proves("and in French", raconte is not None)

    story.step("It was a mistake: staff undo the redemption")
    undone = story.expect(till.post(f"/v1/redemptions/{redemption['id']}/undoing"), 200)
    story.proves("the redemption stays on record, undone", undone["undone_at"] is not None)

    story.step("Staff redeem the coupon for good")
    again = story.expect(till.post(path), 201)
    story.proves("the coupon held again after the undoing", again["id"] != redemption["id"])


def revoke(story: Story, admin: Caller, till: Caller, terminal_id: str, card: dict[str, Any]) -> None:
    """The terminal is stolen: it stops at once."""
    story.step("The terminal is reported stolen, and the administrator revokes it")
    story.expect(admin.post(f"/v1/terminals/{terminal_id}/revocation"), 200)
    story.expect(till.post("/v1/scans", {"code": card["code"]}), 401, "terminal_unpaired")
    story.proves("its key opens nothing any more")
