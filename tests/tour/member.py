"""The member's side of the main job: sign in, allow, receive, claim, withdraw."""

import hashlib
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from tests.tour.calling import Answer, Caller
from tests.tour.people import Cast, code_in_mail, new_email, sign_in_quietly
from tests.tour.telling import Story, names_in

TOUCHPOINT, PURPOSE = "geofence", "personalised_offers"
Fix = dict[str, Any]


def sign_in(story: Story, cast: Cast) -> Caller:
    """A person opens a wallet with an e-mail address."""
    email, phone = new_email(), cast.anyone("phone")
    story.step("A person asks for a sign-in code by mail")
    unknown = phone.post("/v1/sign-in-codes", {"email": email})
    story.expect(unknown, 202)
    story.proves("a code of six digits is on its way, for ten minutes", unknown.json["expires_in_s"] == 600)

    story.step("The code arrives, and opens a new wallet")
    code = code_in_mail(email)
    story.note(f"ici mailbox --to {email}  →  a code of {len(code)} digits")
    proof = {"email": email, "code": code, "handle": unknown.json["handle"]}
    opened = story.expect(phone.post("/v1/sessions", proof), 201)
    story.proves("an access token for ten minutes, a refresh token that works once", opened["expires_in_s"] <= 600)
    again = phone.post("/v1/sessions", proof)
    story.proves("the code works once: a second use is refused", again.status == 401)
    known = phone.post("/v1/sign-in-codes", {"email": email})
    same = {**known.json, "handle": ""} == {**unknown.json, "handle": ""}
    story.proves("a known address is answered like an unknown one: nobody can find out who has a wallet", same)
    return phone.with_token(opened["access_token"])


def join(story: Story, cast: Cast, phone: Caller) -> dict[str, Any]:
    """The member takes the brand's card."""
    story.step("The member takes the card of the brand")
    wish = {"brand": cast.brand, "display_name": "Camille"}
    card: dict[str, Any] = story.expect(phone.post("/v1/cards", wish), 201)
    story.proves("the card has a code that can be typed at a till", len(card["code"]) >= 20)
    return card


def find_open_shop(story: Story, cast: Cast, phone: Caller) -> dict[str, Any]:
    """A shop that is open whatever the hour."""
    story.step("The phone reads where the shops of the brand are")
    shops = story.expect(phone.get(f"/v1/brands/{cast.brand}/stores?limit=100"), 200)["items"]
    shop: dict[str, Any] | None = next((shop for shop in shops if shop["opening_hours"] == "24/7"), None)
    if shop is None:
        story.fail("no shop of the demo is open around the clock")
    story.proves(f"{len(shops)} shops with their hours; {shop['name']} never closes, so the tour goes there")
    return shop


def near(shop: dict[str, Any]) -> Fix:
    """A fix about a hundred metres north of a shop."""
    return {"lat": round(shop["lat"] + 0.001, 6), "lon": shop["lon"], "accuracy_m": 15}


def ask(phone: Caller, cast: Cast, fix: Fix) -> Answer:
    """What is there for me here?"""
    return phone.post("/v1/nearby-offers", fix | {"brand": cast.brand})


def be_refused(story: Story, cast: Cast, phone: Caller, fix: Fix) -> None:
    """Without a permission there is nothing, and a way to change that."""
    story.step("Near that shop, the phone asks what there is. The member has allowed nothing yet")
    refusal = story.expect(ask(phone, cast, fix), 403, "permission_not_given")
    story.proves("no permission, no offer; the answer says in plain words what the member can do", "remedy" in refusal)
    french = ask(phone.speaking("fr"), cast, fix).json
    story.note(french["title"] + " " + french["remedy"])
    story.proves("the same in French, with the same code", french["code"] == refusal["code"])


def grant(story: Story, cast: Cast, phone: Caller) -> str:
    """The member reads the text and says yes. Returns the id of that act."""
    story.step("The phone fetches the exact words to show before it asks")
    text = story.expect(phone.get(words(cast, TOUCHPOINT)), 200)["items"][0]
    story.note(text["text"])
    same = hashlib.sha256(text["text"].encode()).hexdigest() == text["sha256"]
    story.proves("the text has a fingerprint, so one can always prove which words were shown", same)
    story.proves(
        "it says who asks, by which means, and how long each datum is kept", "Maison Lilas SAS" in text["text"]
    )

    story.step("The member reads it and says yes: answer me when I ask, near any shop of this brand")
    cell = story.expect(allow(phone, cast, TOUCHPOINT, "alert_on_request", text["sha256"]), 200)
    story.proves(f"one touchpoint, one purpose, one brand, until {cell['expires_at']}", cell["effective"])
    return str(cell["event_id"])


def words(cast: Cast, touchpoint: str) -> str:
    """Where the words of a question are read."""
    return f"/v1/permissions/texts?brand={cast.brand}&touchpoint={touchpoint}&purpose={PURPOSE}&locale=en"


def allow(phone: Caller, cast: Cast, touchpoint: str, level: str, sha256: str) -> Answer:
    """Say yes to one touchpoint, with what proves the act."""
    evidence = {
        "text_sha256": sha256,
        "locale": "en",
        "channel": "app",
        "screen_id": "offers-nearby",
        "app_version": "1.0",
        "method": "button",
        "os_permission": {"location": "while_using", "reported_at": datetime.now(UTC).isoformat()},
    }
    return phone.put(f"/v1/permissions/{cast.brand}/{touchpoint}/{PURPOSE}", {"level": level, "evidence": evidence})


def receive(story: Story, cast: Cast, phone: Caller, fix: Fix, event_id: str) -> dict[str, Any]:
    """The same question is answered now. Returns the offer to claim."""
    story.step("The phone asks again, at the same spot")
    answer = story.expect(ask(phone, cast, fix), 200)
    offers = answer["offers"]
    for item in offers:
        story.note(f"→ {item['offer']['title']}, at {item['store']['name']}: {item['reason']['text']}")
    story.proves("there are offers", bool(offers))
    story.proves("each says why it is shown and how far it is", all(i["reason"]["text"] for i in offers))
    story.proves("each names the permission that allowed it", all(i["permission_event_id"] == event_id for i in offers))
    story.proves("none is at a closed shop", all(item["open"] is not False for item in offers))

    story.step("The member asks why: what was considered, what was chosen")
    decision = story.expect(phone.get(f"/v1/decisions/{answer['decision_id']}"), 200)
    for one in decision["considered"]:
        story.note(f"→ {one['title']}, at {one['store_name']}: {one['outcome']}. {one['explanation']}")
    shown = [one for one in decision["considered"] if one["outcome"] == "shown"]
    story.proves("the decision can be read again later, with everything that was stopped", len(shown) == len(offers))
    story.proves("it holds no position and no distance", not {"lat", "lon", "distance_m"} & names_in(decision))
    percent = [item["offer"] for item in offers if item["offer"]["benefit"]["kind"] == "percent"]
    return dict((percent or [item["offer"] for item in offers])[0])


def claim(story: Story, cast: Cast, phone: Caller, offer: dict[str, Any], fix: Fix) -> dict[str, Any]:
    """The member claims the offer, and loses the answer."""
    story.step(f"The member claims “{offer['title']}”")
    key = str(uuid.uuid4())
    first = phone.post(f"/v1/offers/{offer['id']}/coupons", key=key)
    coupon: dict[str, Any] = story.expect(first, 201)
    story.proves("the coupon has an unguessable code that can be read out and typed", len(coupon["code"]) >= 20)

    story.step("The answer was lost on the way; the phone sends the same request again")
    time.sleep(0.1)
    second = phone.post(f"/v1/offers/{offer['id']}/coupons", key=key)
    story.expect(second, 201)
    story.proves("the same bytes come back, and say that they are a repeat", first.body == second.body)
    story.proves("Idempotency-Replayed: true", second.headers["Idempotency-Replayed"] == "true")

    story.step("The member looks at their coupons")
    mine = story.expect(phone.get("/v1/coupons"), 200)["items"]
    story.proves("there is one coupon, not two", [one["code"] for one in mine] == [coupon["code"]])
    codes = [item["coupon_code"] for item in ask(phone, cast, fix).json["offers"]]
    story.proves("near the shop, the offer now says that a coupon is waiting", coupon["code"] in codes)

    story.step("Another member asks for this coupon by its code")
    stranger = sign_in_quietly(cast, "another phone")
    story.expect(stranger.get(f"/v1/coupons/{coupon['code']}"), 404, "coupon_unknown")
    story.proves("somebody else's coupon does not exist for them")
    return coupon


def stop(story: Story, cast: Cast, phone: Caller, fix: Fix) -> None:
    """The member takes everything back, and leaves."""
    story.step("The member withdraws the permission: one call, no body, no condition")
    cell = story.expect(phone.delete(f"/v1/permissions/{cast.brand}/{TOUCHPOINT}/{PURPOSE}"), 200)
    story.proves("the permission is over", not cell["effective"])

    story.step("The phone asks once more")
    story.expect(ask(phone, cast, fix), 403, "permission_withdrawn")
    story.proves("the offers stop the moment the member says so")

    story.step("The member says yes again, but for one answer only")
    text = phone.get(words(cast, TOUCHPOINT)).json["items"][0]
    cell = story.expect(allow(phone, cast, TOUCHPOINT, "one_shot", text["sha256"]), 200)
    story.proves("it is good for one use", cell["uses_left"] == 1)
    once = ask(phone, cast, fix)
    story.proves("the phone asks and is answered", once.status == 200)
    story.expect(ask(phone, cast, fix), 403, "permission_exhausted")
    story.proves("a second question is refused: once means once")

    story.step("The member allows offers by mail, then withdraws everything there is, in one call")
    by_mail = phone.get(words(cast, "email")).json["items"][0]
    allow(phone, cast, "email", "proactive", by_mail["sha256"])
    story.expect(phone.post("/v1/permissions/withdrawals"), 200)
    cells = phone.get(f"/v1/permissions?brand={cast.brand}").json["cells"]
    story.proves(f"none of the {len(cells)} cells permits anything", not any(one["effective"] for one in cells))

    story.step("The member reads the ledger of their answers")
    events = story.expect(phone.get("/v1/permissions/events"), 200)["items"]
    states = [event["state"] for event in reversed(events)]
    story.note(" → ".join(states))
    story.proves("nothing was erased: each yes, each use and each no is there", len(states) == 13)

    story.step("The member signs out, and somebody tries the old token")
    story.expect(phone.delete("/v1/sessions/current"), 204)
    story.expect(ask(phone, cast, fix), 401, "unauthenticated")
    story.proves("the token stopped at once, although it had minutes left")
