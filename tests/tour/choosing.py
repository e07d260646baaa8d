"""Offers that choose well: a happy hour is planned, rehearsed and explained; one member gets an order of their own, the
other the plain one, and the day is played again."""

import subprocess
import sys
import uuid
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.tour.calling import Caller
from tests.tour.member import Fix, allow, ask, words
from tests.tour.people import ROOT, Cast, sign_in_quietly, sign_in_staff
from tests.tour.points import TEA, sale
from tests.tour.telling import Story

LEARNING = "offers_from_purchases"
CUPS = 3
"""How often the member buys tea before anything is learnt of it."""


def choose(
    story: Story, cast: Cast, phone: Caller, till: Caller, card: dict[str, Any], shop: dict[str, Any], fix: Fix
) -> Caller:
    """From the plan of a happy hour to the replay of the day. Returns who planned it."""
    merchandiser = sign_in_staff(story, cast, "merchandiser")
    tea, teaware = _plan(story, merchandiser, shop)
    _rehearse(story, merchandiser, tea)
    approve(story, cast, tea, teaware)
    other, other_card = _neighbour(story, cast, fix)
    _explain(story, merchandiser, tea, shop, card, other_card)
    _learn(story, cast, phone, till, card)
    _serve(story, cast, phone, other, fix, tea)
    _print(story, cast, phone, other, shop)
    _replay(story)
    _forget(story, cast, phone, shop)
    return merchandiser


def _plan(story: Story, merchandiser: Caller, shop: dict[str, Any]) -> tuple[str, str]:
    story.step("The merchandiser schedules a happy hour on tea: every day, two hours from this hour of the shop on")
    hour = datetime.now(ZoneInfo(shop["time_zone"])).hour
    schedule = {
        "rule": "FREQ=DAILY",
        "times": [{"starts": f"{hour:02}:00", "ends": f"{(hour + 2) % 24:02}:00"}],
    }
    drafted = story.expect(merchandiser.post("/v1/offers", _wish(shop, "food/tea", "tea", schedule=schedule)), 201)
    firings = story.expect(merchandiser.get(f"/v1/offers/{drafted['id']}/firings?store={shop['id']}"), 200)["items"]
    for one in firings[:2]:
        story.note(one["text"])
    story.proves("its next five firings are printed in the time of the shop", len(firings) >= 5)
    plain = story.expect(merchandiser.post("/v1/offers", _wish(shop, "home/teaware", "teaware", priority=60)), 201)
    return drafted["id"], plain["id"]


def _wish(shop: dict[str, Any], category: str, what: str, **given: Any) -> dict[str, Any]:
    number, today = uuid.uuid4().hex[:6], datetime.now(ZoneInfo(shop["time_zone"])).date()
    return {
        "title": {"fr": f"Visite {number} : {what}", "en": f"Tour {number}: {what}"},
        "text": {"fr": "Dix pour cent.", "en": "Ten per cent."},
        "benefit": {"kind": "percent", "percent": 10},
        "targets": {"stores": [shop["id"]]},
        "starts_local": (today - timedelta(days=1)).isoformat(),
        "ends_local": (today + timedelta(days=28)).isoformat(),
        "in_a_sale": {"products": {"categories": [category]}},
        "limits": {"total": 500, "per_member": 1},
    } | given


def _rehearse(story: Story, merchandiser: Caller, offer_id: str) -> None:
    story.step("Before anybody sees it, it is played against what members did")
    done = story.expect(merchandiser.post(f"/v1/offers/{offer_id}/rehearsals", {"days": 28}), 200)
    for one in [*done["figures"], *done["run_outs"]]:
        story.note(one["text"])
    known = {one["code"]: one["expected"] for one in done["figures"]}
    story.proves("it says whom it would reach, and what it would cost", {"reach", "uses", "cost_minor"} <= known.keys())
    story.proves("and what it does not know", len(done["not_known"]) >= 5)
    few = [value for value in known.values() if value is not None and value < 0]
    story.proves("no number is told that fewer than five members stand behind", not few)


def approve(story: Story, cast: Cast, *offers: str) -> None:
    """Let offers go live that somebody else wrote."""
    approver = sign_in_staff(story, cast, "approver")
    story.step("The approver lets go live what was drafted")
    for offer_id in offers:
        etag = approver.get(f"/v1/offers/{offer_id}").headers["ETag"]
        story.expect(approver.post(f"/v1/offers/{offer_id}/approval", match=etag), 200)
    story.proves("approved by somebody else than wrote them")


def _neighbour(story: Story, cast: Cast, fix: Fix) -> tuple[Caller, dict[str, Any]]:
    story.step("Another member joins, who lets the brand show offers but learn nothing")
    other = sign_in_quietly(cast, "the other phone")
    card: dict[str, Any] = story.expect(other.post("/v1/cards", {"brand": cast.brand, "display_name": "Max"}), 201)
    text = other.get(words(cast, "geofence")).json["items"][0]
    story.expect(allow(other, cast, "geofence", "alert_on_request", text["sha256"]), 200)
    story.proves("they are answered near the shop", ask(other, cast, fix).status == 200)
    return other, card


def _explain(
    story: Story,
    merchandiser: Caller,
    offer_id: str,
    shop: dict[str, Any],
    card: dict[str, Any],
    other: dict[str, Any],
) -> None:
    now = datetime.now(ZoneInfo(shop["time_zone"]))
    story.step("A customer asks at the counter why they see it, another why not so early: gate by gate")
    path = f"/v1/offers/{offer_id}/explanations"
    why = story.expect(
        merchandiser.post(path, {"card": card["code"], "store_id": shop["id"], "at": now.isoformat()}), 200
    )
    story.proves("now it is shown: every gate lets it pass", why["shown"])
    early = (now - timedelta(hours=3)).isoformat()
    why_not = story.expect(merchandiser.post(path, {"card": other["code"], "store_id": shop["id"], "at": early}), 200)
    stopped = [gate for gate in why_not["gates"] if gate["passed"] is False]
    for gate in stopped:
        story.note(gate["text"])
    story.proves("three hours ago it was not its hour", [gate["code"] for gate in stopped] == ["outside_schedule"])


def _learn(story: Story, cast: Cast, phone: Caller, till: Caller, card: dict[str, Any]) -> None:
    story.step("The first member lets the brand choose offers from what they buy, and buys tea")
    asked = f"/v1/permissions/texts?brand={cast.brand}&touchpoint=in_app&purpose={LEARNING}&locale=en"
    text = story.expect(phone.get(asked), 200)["items"][0]
    evidence = {
        "text_sha256": text["sha256"],
        "locale": "en",
        "channel": "app",
        "screen_id": "learning",
        "app_version": "1.0",
        "method": "button",
    }
    said = phone.put(f"/v1/permissions/{cast.brand}/in_app/{LEARNING}", {"level": "proactive", "evidence": evidence})
    story.proves("one more question, one more yes", story.expect(said, 200)["effective"])
    for _ in range(CUPS):
        basket = sale(card, "T-" + uuid.uuid4().hex[:8], TEA)
        story.proves("tea is bought", till.post("/v1/sales", basket).status == 201)
    shown = _ici("relearn", "--member", phone.get("/v1/me").json["id"])
    story.note(f"ici relearn --member …  →  {shown}")
    learnt = story.expect(phone.get(f"/v1/brands/{cast.brand}/profile"), 200)
    story.proves("the member reads what is learnt of them", "tea" in str(learnt["categories"]))


def _serve(story: Story, cast: Cast, phone: Caller, other: Caller, fix: Fix, tea: str) -> None:
    story.step("Both ask at the same spot what there is")
    policies, liked = {}, {}
    for who, caller in (("the tea drinker", phone), ("the other", other)):
        answer = story.expect(ask(caller, cast, fix), 200)
        for item in answer["offers"]:
            story.note(f"→ {who}: {item['offer']['title']}. {item['reason']['text']}")
        policies[who] = caller.get(f"/v1/decisions/{answer['decision_id']}").json["policy"]
        reasons = {item["offer"]["id"]: item["reason"]["code"] for item in answer["offers"]}
        liked[who] = reasons.get(tea) == "bought_often"
    story.proves("one reads that tea is there because they often buy such things", liked["the tea drinker"])
    story.proves("the other reads nothing of the kind", not liked["the other"])
    story.proves("one order is made of scores", policies["the tea drinker"].startswith("score"))
    story.proves(
        "the other is the plain one, whatever they buy", policies["the other"].startswith("priority-then-near")
    )


def _print(story: Story, cast: Cast, phone: Caller, other: Caller, shop: dict[str, Any]) -> None:
    story.step("The first member reads their leaflet of the week, and prints it")
    path = f"leaflet?brand={cast.brand}&store={shop['id']}"
    leaflet = story.expect(phone.get(f"/v1/{path}"), 200)
    again = phone.get(f"/v1/{path}").json
    story.proves("there are offers in it, each with its reason", bool(leaflet["items"]))
    story.proves("it is the same all week", again["decision_id"] == leaflet["decision_id"])
    page = phone.speaking("fr").get(f"/{path}")
    story.proves("a page for paper, without scripts", page.status == 200 and b"<script" not in page.body)
    story.expect(other.get(f"/v1/{path}"), 403, "permission_not_given")
    story.proves("there is none for who permits no learning, and they read how to change that")


def _replay(story: Story) -> None:
    story.step("The day is played again from what was kept")
    since = (datetime.now(ZoneInfo("UTC")) - timedelta(hours=24)).date().isoformat()
    said = _ici("decisions", "replay", "--since", since)
    story.note(said)
    story.proves("every decision of the day comes out the same, to the last bit")


def _forget(story: Story, cast: Cast, phone: Caller, shop: dict[str, Any]) -> None:
    story.step("The first member takes the permission to learn back")
    story.expect(phone.delete(f"/v1/permissions/{cast.brand}/in_app/{LEARNING}"), 200)
    learnt = phone.get(f"/v1/brands/{cast.brand}/profile")
    story.proves("what was learnt is gone", learnt.status == 404)
    story.expect(phone.get(f"/v1/leaflet?brand={cast.brand}&store={shop['id']}"), 403, "permission_withdrawn")
    story.proves("and so is the leaflet, at once")


def _ici(*arguments: str) -> str:
    """The last line of a command of ours; it raises for one that fails."""
    command = [sys.executable, "-m", "app.cli", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        raise ValueError(f"ici {arguments[0]} ended with {done.returncode}: {done.stderr[-300:] or done.stdout[-300:]}")
    return done.stdout.strip().splitlines()[-1]
