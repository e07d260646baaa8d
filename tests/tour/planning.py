"""The merchandiser's side: draft, approve, pause, end."""

import uuid
from datetime import date, timedelta
from typing import Any

from tests.tour.calling import Caller
from tests.tour.member import Fix, ask
from tests.tour.people import Cast, sign_in_staff
from tests.tour.telling import Story


def plan(story: Story, cast: Cast, phone: Caller, shop: dict[str, Any], fix: Fix, used: dict[str, Any]) -> None:
    """An offer comes and goes, and the phone sees exactly that; another, whose coupon was `used`, has results."""
    merchandiser = sign_in_staff(story, cast, "merchandiser")
    offer_id, etag = _draft(story, merchandiser, shop)
    story.proves("near the shop, nobody sees a draft", not _sees(phone, cast, fix, offer_id))
    _approve(story, cast, merchandiser, offer_id, etag)
    story.proves("near the shop, the phone sees it at once", _sees(phone, cast, fix, offer_id))

    story.step("The merchandiser pauses the offer")
    story.expect(merchandiser.post(f"/v1/offers/{offer_id}/pause"), 200)
    story.proves("near the shop, it is gone at once", not _sees(phone, cast, fix, offer_id))
    story.expect(phone.post(f"/v1/offers/{offer_id}/coupons"), 409, "offer_not_live")
    story.proves("and nobody can claim it")

    story.step("The merchandiser ends it")
    ended = story.expect(merchandiser.post(f"/v1/offers/{offer_id}/end"), 200)
    story.proves("it is over for good", ended["status"] == "ended")
    _find(story, merchandiser, offer_id, used)


def _find(story: Story, merchandiser: Caller, offer_id: str, used: dict[str, Any]) -> None:
    story.step("The merchandiser looks for it by words of its title, and copies it for next year as a draft")
    found = story.expect(merchandiser.get("/v1/offers?search=cafe%20offert%20visite&limit=100"), 200)
    story.proves("it is found, without accents", offer_id in [one["id"] for one in found["items"]])
    copies = story.expect(merchandiser.post("/v1/offers/copies", {"offer_ids": [offer_id], "days": 364}), 201)
    copy = copies["items"][0]["id"]
    story.expect(merchandiser.delete(f"/v1/offers/{copy}"), 204)
    story.proves("a draft that nobody wants is deleted", merchandiser.get(f"/v1/offers/{copy}").status == 404)

    story.step("The merchandiser reads what the offer brought whose coupon was used at the till")
    days = [(date.today() + timedelta(days=number)).isoformat() for number in (-1, 1)]  # noqa: DTZ011
    told = story.expect(
        merchandiser.get(f"/v1/offers/{used['id']}/results?first_day={days[0]}&last_day={days[1]}"), 200
    )
    story.proves("it says how many were claimed and used", told["totals"]["claimed"] >= 1 <= told["totals"]["redeemed"])


def _draft(story: Story, merchandiser: Caller, shop: dict[str, Any]) -> tuple[str, str]:
    story.step("The merchandiser drafts an offer for this shop, from yesterday to tomorrow")
    number = uuid.uuid4().hex[:6]
    wish = {
        "title": {"fr": f"Visite {number} : un café offert", "en": f"Tour {number}: a free coffee"},
        "text": {"fr": "Un café, à la boutique.", "en": "A coffee, at the shop."},
        "benefit": {"kind": "free_item", "item": {"fr": "Un café", "en": "A coffee"}},
        "targets": {"stores": [shop["id"]]},
        # A day on either side: this machine and the shop may be in different time zones.
        "starts_local": (date.today() - timedelta(days=1)).isoformat(),  # noqa: DTZ011
        "ends_local": (date.today() + timedelta(days=1)).isoformat(),  # noqa: DTZ011
        "limits": {"total": 10, "per_member": 1},
        "priority": 90,
    }
    drafted = merchandiser.post("/v1/offers", wish)
    offer = story.expect(drafted, 201)
    story.proves("it waits as a draft, with a version to name in the next change", bool(drafted.headers["ETag"]))
    return offer["id"], drafted.headers["ETag"]


def _approve(story: Story, cast: Cast, merchandiser: Caller, offer_id: str, etag: str) -> None:
    path = f"/v1/offers/{offer_id}/approval"
    story.step("The merchandiser tries to approve what they wrote")
    story.expect(merchandiser.post(path, match=etag), 403, "forbidden")
    story.proves("nobody makes their own offer live")

    approver = sign_in_staff(story, cast, "approver")
    story.step("The approver forgets to say which version they read, then names a wrong one")
    story.expect(approver.post(path), 428, "precondition_required")
    story.expect(approver.post(path, match='"999"'), 412, "precondition_failed")
    story.proves("nobody approves something else than what they read")

    story.step("The approver approves the version they read")
    offer = story.expect(approver.post(path, match=etag), 200)
    story.proves("the offer is live", offer["status"] == "live")


def _sees(phone: Caller, cast: Cast, fix: Fix, offer_id: str) -> bool:
    return offer_id in [item["offer"]["id"] for item in ask(phone, cast, fix).json["offers"]]
