"""Here: a phone walks past three shops and into one. What it said, what was kept, what that brought, and how a phone is
served that says nothing at all."""

import subprocess
import sys
import uuid
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from offers.bundles.matcher import PhoneFix, match_offers
from tests.tour.calling import Caller
from tests.tour.member import Fix, ask
from tests.tour.people import ROOT, Cast
from tests.tour.telling import Story, names_in

WALK = Path(__file__).parent / "walk.gpx"
IN_STORE = "in_store_offers"
RADIUS_M, ACCURACY_M = 60, 12
PASSED = ("Bastille", "Rivoli", "Montorgueil")
GPX = {"gpx": "http://www.topografix.com/GPX/1/1"}


def walk(story: Story, cast: Cast, phone: Caller, merchandiser: Caller, shop: dict[str, Any], fix: Fix) -> None:
    """From the fences of a brand to the no that ends it."""
    _draw(story, cast, phone, merchandiser, shop)
    frame = _equip(story, merchandiser, shop)
    points = _recorded()
    _be_refused(story, phone, points)
    _permit(story, cast, phone)
    _plan(story, phone, points[0])
    _come_in(story, phone, points, shop)
    _stand_before_tea(story, phone, frame)
    _read_what_was_kept(story, phone)
    _match_alone(story, cast, phone, fix)
    _speak_owntracks(story, phone, shop)
    _replay(story, cast)
    _end(story, cast, phone, points)


def _draw(story: Story, cast: Cast, phone: Caller, merchandiser: Caller, shop: dict[str, Any]) -> None:
    story.step(f"The merchandiser draws fences of {RADIUS_M} m around four shops")
    shops = phone.get(f"/v1/brands/{cast.brand}/stores?limit=100").json["items"]
    chosen = [shop, *(one for one in shops if one["name"].rpartition("· ")[2] in PASSED or one["name"] in PASSED)]
    tour = uuid.uuid4().hex[:6]
    for number, one in enumerate(chosen):
        wish = {
            "code": f"tour-{tour}-{number}",
            "name": one["name"],
            "store_id": one["id"],
            "shape": {"around_store_m": RADIUS_M},
        }
        drawn = merchandiser.post("/v1/fences", wish)
        fence = story.expect(drawn, 201) if number == 0 else drawn.json
        merchandiser.post(f"/v1/fences/{fence['id']}/activation", match=drawn.headers["ETag"])
    story.proves("one at each of three shops on the way, and one where the way ends", len(chosen) == 1 + len(PASSED))
    asked = {"fence_ids": [fence["id"]]}
    faults = story.expect(merchandiser.post("/v1/fences/faults", asked), 200)["items"]
    for fault in faults[0]["faults"][:2]:
        story.note(fault["detail"])
    story.proves("what phones can do with a fence is said before any phone has it")


def _equip(story: Story, merchandiser: Caller, shop: dict[str, Any]) -> str:
    story.step("A beacon is put under the tea shelf. Returned: what it sends")
    code = f"tea-{uuid.uuid4().hex[:6]}"
    wish = {
        "store_id": shop["id"],
        "code": code,
        "kind": "shelf",
        "name_fr": "Les thés",
        "name_en": "Tea",
        "products": {"categories": ["food/tea"]},
    }
    zone = story.expect(merchandiser.post("/v1/zones", wish), 201)
    radio = uuid.uuid4()
    beacon = {
        "store_id": shop["id"],
        "zone_id": zone["id"],
        "kind": "ibeacon",
        "uuid": str(radio),
        "major": 1,
        "minor": 7,
        "label": code,
    }
    story.expect(merchandiser.post("/v1/beacons", beacon), 201)
    story.proves("the beacon knows its shelf, and the shelf what stands on it")
    return f"{radio.hex}00010007"


def _recorded() -> list[tuple[float, float, datetime]]:
    """The walk, a point a minute, moved so that it ends now."""
    points = ET.parse(WALK).getroot().findall(".//gpx:trkpt", GPX)
    ends = datetime.now(UTC) - timedelta(seconds=20)
    minutes = range(len(points) - 1, -1, -1)
    return [
        (float(point.attrib["lat"]), float(point.attrib["lon"]), ends - timedelta(minutes=minute))
        for point, minute in zip(points, minutes, strict=True)
    ]


def _sighted(points: list[tuple[float, float, datetime]]) -> dict[str, Any]:
    return {
        "fixes": [
            {"id": f"{at:%H%M%S}", "at": at.isoformat(), "lat": lat, "lon": lon, "accuracy_m": ACCURACY_M}
            for lat, lon, at in points
        ]
    }


def _be_refused(story: Story, phone: Caller, points: list[tuple[float, float, datetime]]) -> None:
    story.step("The phone reports a walk of an hour. The member has not allowed that")
    refusal = story.expect(phone.post("/v1/sightings", _sighted(points)), 403, "permission_not_given")
    story.proves("no permission: nothing is looked at, nothing is kept, and the remedy is said", "remedy" in refusal)


def _permit(story: Story, cast: Cast, phone: Caller) -> None:
    story.step("The member allows it, touchpoint by touchpoint: the position is not the beacon")
    settings = {
        "platform": "ios",
        "app_version": "1.0",
        "location": "always",
        "precision": "precise",
        "bluetooth": True,
        "notifications": False,
        "reported_at": datetime.now(UTC).isoformat(),
    }
    story.expect(phone.put(f"/v1/installations/{uuid.uuid4()}", settings), 200)
    for touchpoint in ("geofence", "beacon"):
        asked = f"/v1/permissions/texts?brand={cast.brand}&touchpoint={touchpoint}&purpose={IN_STORE}&locale=en"
        text = phone.get(asked).json["items"][0]
        evidence = {
            "text_sha256": text["sha256"],
            "locale": "en",
            "channel": "app",
            "screen_id": "in-store",
            "app_version": "1.0",
            "method": "button",
            "os_permission": {"location": "always", "bluetooth": True, "reported_at": settings["reported_at"]},
        }
        said = phone.put(
            f"/v1/permissions/{cast.brand}/{touchpoint}/{IN_STORE}", {"level": "proactive", "evidence": evidence}
        )
        cell = story.expect(said, 200)
        story.proves(f"{touchpoint}: one touchpoint, one purpose, with its own receipt", cell["effective"])


def _plan(story: Story, phone: Caller, begins: tuple[float, float, datetime]) -> None:
    story.step("The phone asks what to watch while it sleeps: an iPhone has room for twenty regions")
    fix = {"lat": begins[0], "lon": begins[1], "accuracy_m": ACCURACY_M}
    plan = story.expect(phone.post("/v1/region-plan", {"platform": "ios", "beacons": True, "fix": fix}), 200)
    for fence in plan["fences"][:2]:
        story.note(fence["reason"]["text"])
    story.proves("at most twenty, each with its reason", len(plan["fences"]) + len(plan["beacons"]) <= 20)
    story.proves("and one beacon region, for all beacons of the brand", len(plan["beacons"]) >= 1)


def _come_in(story: Story, phone: Caller, points: list[tuple[float, float, datetime]], shop: dict[str, Any]) -> None:
    story.step("The phone walks: past three shops, into the fourth, and reports what it has queued on the way")
    taken = story.expect(phone.post("/v1/sightings", _sighted(points)), 200)
    entered = [one for one in taken["transitions"] if one["kind"] == "entered"]
    story.proves("one visit begins, at the shop that was entered", [one["store_id"] for one in entered] == [shop["id"]])
    for offer in taken["offers"]:
        story.note(f"→ {offer['offer']['title']}: {offer['reason']['text']}")
    story.proves("the answer to the report carries offers at once, three at most", 0 < len(taken["offers"]) <= 3)
    story.proves(
        "each says which permission brought it, and how to end it", all(o["withdrawal"] for o in taken["offers"])
    )
    again = story.expect(phone.post("/v1/sightings", _sighted(points)), 200)
    story.proves("the same report twice is one visit, and brings nothing more", not again["offers"])


def _stand_before_tea(story: Story, phone: Caller, frame: str) -> None:
    story.step("In front of the tea, the phone hears the beacon")
    heard = {"id": "tea", "at": datetime.now(UTC).isoformat(), "kind": "ibeacon", "frame": frame}
    taken = story.expect(phone.post("/v1/sightings", {"beacons": [heard]}), 200)
    for offer in taken["offers"]:
        story.note(f"→ {offer['offer']['title']}: {offer['reason']['text']}")
    first = taken["offers"][0]
    story.proves(
        "what stands on this shelf comes first", "before" in first["reason"]["text"] and first["kind"] == "zone"
    )
    coupon = story.expect(phone.post(f"/v1/offers/{first['offer']['id']}/coupons"), 201)
    story.proves("and becomes a coupon", bool(coupon["code"]))
    why = story.expect(phone.get(f"/v1/decisions/{first['decision_id']}"), 200)
    story.proves("why is answered later too, and without a position", not {"lat", "lon"} & names_in(why))


def _read_what_was_kept(story: Story, phone: Caller) -> None:
    story.step("The member reads what was kept of all that")
    kept = story.expect(phone.get("/v1/triggers"), 200)["items"]
    for one in kept:
        what = one["nothing"]["text"] if one["nothing"] else f"{one['shown']} offers"
        story.note(f"→ {one['kind']} at {one['store_name']}, {one['occurred_at']}: {what}")
    story.proves("moments: a shop, a shelf, a minute", {one["kind"] for one in kept} >= {"arrival", "zone"})
    story.proves("of an hour's walk there is no position", not {"lat", "lon", "accuracy_m"} & names_in(kept))


def _match_alone(story: Story, cast: Cast, phone: Caller, fix: Fix) -> None:
    story.step("Another way: the phone takes the same catalogue as everybody, and says nothing")
    bundle = cast.anyone("anybody's phone").get(f"/v1/bundles/brands/{cast.brand}")
    story.expect(bundle, 200)
    signed, cached = bundle.headers["JWS-Signature"], bundle.headers["Cache-Control"]
    story.proves("signed, the same bytes for all, from any cache", bool(signed) and cached.startswith("public"))
    facts = story.expect(phone.get("/v1/bundle-facts"), 200)
    here = PhoneFix(fix["lat"], fix["lon"], fix["accuracy_m"])
    matched = match_offers(bundle.json, facts, here, now_ms=int(datetime.now(UTC).timestamp() * 1000))
    alone = [one.offer["id"] for one in matched.matches]
    served = [one["offer"]["id"] for one in ask(phone, cast, fix).json["offers"]]
    for one in matched.matches[:3]:
        story.note(f"→ {one.offer['cards']['en']['title']}, {round(one.metres)} m")
    story.proves("the offers that the server gives for the position, in its order; nobody was told it", alone == served)


def _speak_owntracks(story: Story, phone: Caller, shop: dict[str, Any]) -> None:
    story.step("A published app, OwnTracks, can be the phone: it watches fences, and says enter and leave")
    made = phone.put(f"/v1/owntracks-phones/{uuid.uuid4()}", {"platform": "ios"})
    told = story.expect(made, 200)
    app = phone.with_password(told["user"], told["password"])
    first = story.expect(app.post("/v1/owntracks", {"_type": "status"}), 200)
    watched = [point for said in first for point in said.get("waypoints", {}).get("waypoints", [])]
    story.proves("its first answer brings the fences to watch", bool(watched))
    ours = next((point for point in watched if point["desc"] == shop["name"]), watched[0])
    now = int(datetime.now(UTC).timestamp())
    crossed = {"_type": "transition", "event": "enter", "tst": now, "wtst": ours["tst"], "t": "c", "acc": 900}
    crossed |= {"rid": ours["rid"], "desc": ours["desc"], "lat": 0, "lon": 0, "SSID": "home"}
    story.expect(app.post("/v1/owntracks", crossed), 200)
    empty = app.post("/v1/owntracks", {"_type": "something new"})
    story.proves(
        "whatever it says, the answer is 200 and an array", empty.status == 200 and isinstance(empty.json, list)
    )
    story.expect(phone.delete(f"/v1/owntracks-phones/{told['installation_id']}"), 204)
    story.expect(app.post("/v1/owntracks", crossed), 401, "owntracks_not_accepted")
    story.proves("disconnected, it opens nothing")


def _replay(story: Story, cast: Cast) -> None:
    story.step("At a desk, a merchandiser plays the recording against the fences")
    command = [sys.executable, "-m", "app.cli", "replay", str(WALK), "--brand", cast.brand]
    start = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}"
    shown = subprocess.run(
        [*command, "--start", start], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )
    for line in shown.stdout.splitlines()[:8]:
        story.note(line)
    story.proves("it says who would have come in where, and keeps nothing", shown.returncode == 0)


def _end(story: Story, cast: Cast, phone: Caller, points: list[tuple[float, float, datetime]]) -> None:
    story.step("The member has enough of it: two withdrawals")
    for touchpoint in ("geofence", "beacon"):
        story.expect(phone.delete(f"/v1/permissions/{cast.brand}/{touchpoint}/{IN_STORE}"), 200)
    refusal = phone.post("/v1/sightings", _sighted(points[-2:]))
    story.expect(refusal, 403, "permission_withdrawn")
    story.proves("the next report is refused", refusal.status == 403)
    left = story.expect(phone.get("/v1/triggers"), 200)["items"]
    story.proves("and what was made of the ones before is gone, at once", not left)
