"""In the wallets of phones: one card, in Apple Wallet and in Google Wallet, both told what changes; and a till that
goes on without a network. Apple's push service and Google stand in on this machine."""

import io
import json
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.apple import apns
from tests.google import wallet_api
from tests.offline.dark_till import DarkTill
from tests.tour.calling import Answer, Caller
from tests.tour.people import ROOT, Cast, folder_of_demo
from tests.tour.points import TEA, sale
from tests.tour.telling import Story

APPLE_PORT, GOOGLE_PORT = 8811, 8812
"""Where a server in development looks for Apple and Google."""
PATIENCE_S = 40

Found = TypeVar("Found")


@dataclass
class Wallets:
    """The two services, and what phones hold."""

    apple: apns.StandIn
    google: wallet_api.StandIn
    device: str = field(default_factory=lambda: uuid.uuid4().hex)
    push_token: str = field(default_factory=lambda: uuid.uuid4().hex)
    tag: str = ""
    file: dict[str, Any] = field(default_factory=dict)
    """`pass.json` of the copy on the iPhone."""

    def google_object(self) -> dict[str, Any]:
        """What Google knows of the card."""
        serial = self.file["serialNumber"]
        held = self.google.things["loyaltyObject"]
        return next((one for id, one in held.items() if id.endswith(f".{serial}")), {})


class PortTaken(Exception):
    """Something else listens where a server in development looks for Apple or Google."""


@contextmanager
def services() -> Iterator[Wallets]:
    """Apple's push service and Google, for as long as the block lasts. Raises `PortTaken`."""
    with ExitStack() as open_things:
        google = wallet_api.StandIn()
        try:
            apple = open_things.enter_context(apns.standing_in(folder_of_demo() / "apple", port=APPLE_PORT))
            open_things.enter_context(wallet_api.standing_in(google, port=GOOGLE_PORT))
        except OSError as error:
            raise PortTaken(f"Port {APPLE_PORT} or {GOOGLE_PORT} of this machine is taken ({error}).") from error
        yield Wallets(apple, google)


def waited_for(look: Callable[[], Found]) -> Found:
    """What is found once there is something, or what there is when patience ends: jobs run every few seconds."""
    until_s = time.monotonic() + PATIENCE_S
    while not (found := look()) and time.monotonic() < until_s:
        threading.Event().wait(0.3)
    return found


def carry(story: Story, phone: Caller, till: Caller, card: dict[str, Any], wallets: Wallets) -> None:
    """Both wallets take the card, and hear of what changes."""
    apple, google = _issue(story, phone, card)
    _take_into_apple(story, apple, wallets)
    _register(story, phone, wallets)
    _take_into_google(story, google, wallets)
    _earn(story, till, card, wallets)
    _fetch_again(story, phone, wallets)
    _show(story, till, wallets)


def _issue(story: Story, phone: Caller, card: dict[str, Any]) -> tuple[str, str]:
    story.step("The member asks for their card in the wallets of their phones")
    issued = story.expect(phone.post(f"/v1/cards/{card['id']}/pass"), 201)
    urls = {one["wallet"]: one["url"] for one in issued["wallets"]}
    story.proves("one pass, a link for each wallet, and neither holds a secret of the card", all(urls.values()))
    again = story.expect(phone.post(f"/v1/cards/{card['id']}/pass"), 200)
    story.proves("asked twice, it is the same pass", again["id"] == issued["id"])
    return urls["apple"], urls["google"]


def _take_into_apple(story: Story, url: str, wallets: Wallets) -> None:
    story.step("The iPhone opens the link, and the pass doctor looks at what came")
    answer = opened(url)
    wallets.file = in_package(answer.body)
    root = str(folder_of_demo() / "apple" / "root.pem")
    command = [sys.executable, "-m", "app.cli", "passes", "check", "-", "--root", root, "--language", "en"]
    said = subprocess.run(command, cwd=ROOT, input=answer.body, capture_output=True, check=False)
    story.note(said.stdout.decode().strip().splitlines()[0])
    story.proves("signed, whole, and nothing in it that a phone would refuse", said.returncode == 0)
    broken = bytearray(answer.body)
    broken[broken.index(b"pass.json") + 40] ^= 1
    worse = subprocess.run(command, cwd=ROOT, input=bytes(broken), capture_output=True, check=False)
    story.proves("one changed bit, and the doctor says so", worse.returncode != 0)


def _register(story: Story, phone: Caller, wallets: Wallets) -> None:
    story.step("The iPhone registers for changes, as Apple Wallet does")
    stranger = apple_call(phone, "POST", registration(wallets), wallets, token="x" * 43, body=push_token(wallets))
    story.proves("a wrong token opens nothing, and says nothing of the pass", stranger.status == 401)
    known = apple_call(phone, "POST", registration(wallets), wallets, body=push_token(wallets))
    story.expect(known, 201)
    changed = apple_call(phone, "GET", list_of(wallets), wallets, token="")
    wallets.tag = story.expect(changed, 200)["lastUpdated"]
    story.proves("and asks what changed since", bool(wallets.tag))


def _take_into_google(story: Story, url: str, wallets: Wallets) -> None:
    story.step("An Android phone opens the other link")
    address = waited_for(lambda: redirected(url)) or ""
    story.proves("Google knows the card by now: the link holds no more than who it is", len(address) < 1800)
    known = wallets.google_object()
    claims = wallet_api.claims_in(address.rpartition("/")[2])
    wallets.google.save(claims)
    story.note(f"→ Google: {shown_points(known)}")
    story.proves("saved; Google told us so, and signed it", bool(known.get("hasUsers")))
    story.proves("its barcode changes every thirty seconds", "rotatingBarcode" in known)


def _earn(story: Story, till: Caller, card: dict[str, Any], wallets: Wallets) -> None:
    story.step("The member buys tea; both wallets are told")
    before, balance = len(wallets.apple.pushed), shown_points(wallets.google_object())
    basket = sale(card, "W-" + uuid.uuid4().hex[:8], TEA)
    story.expect(till.post("/v1/sales", basket | {"charged_minor": TEA["gross_minor"]}), 201)
    woken = waited_for(lambda: wallets.apple.tokens[before:])
    story.proves("Apple's push service wakes the one phone, once", woken == [wallets.push_token])
    told = waited_for(lambda: shown_points(wallets.google_object()) != balance)
    story.note(f"→ Google: {balance} → {shown_points(wallets.google_object())}")
    story.proves("Google has the new points", told)


def _fetch_again(story: Story, phone: Caller, wallets: Wallets) -> None:
    story.step("The iPhone asks what changed, and fetches it")
    changed = story.expect(apple_call(phone, "GET", list_of(wallets), wallets, token=""), 200)
    story.proves("the one pass", changed["serialNumbers"] == [wallets.file["serialNumber"]])
    wallets.tag = changed["lastUpdated"]
    before = front_of(wallets.file)
    newer = apple_call(phone, "GET", latest(wallets), wallets)
    wallets.file = in_package(newer.body)
    story.note(f"→ {before} → {front_of(wallets.file)}")
    story.proves("with the new points on its front", front_of(wallets.file) != before)
    since = newer.headers["Last-Modified"]
    same = apple_call(phone, "GET", latest(wallets), wallets, since=since)
    story.proves("asked again there is nothing new: 304", same.status == 304)
    nothing = apple_call(phone, "GET", list_of(wallets), wallets, token="")
    story.proves("and nothing in the list: 204", nothing.status == 204)


def _show(story: Story, till: Caller, wallets: Wallets) -> None:
    story.step("At the till the iPhone's code is scanned")
    message = wallets.file["barcodes"][0]["message"]
    seen = story.expect(till.post("/v1/scans", {"code": message}), 201)
    story.proves("it names the member", seen["display_name"] == "Camille")
    forged = message[:-1] + ("A" if message[-1] != "A" else "B")
    refused = till.post("/v1/scans", {"code": forged})
    story.note(refused.json["title"])
    story.proves("a code that somebody made up is none", refused.status >= 400)


# A till without a network


class Doors:
    """The API as a till of the tests calls it."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller

    def get(self, path: str, *, query_string: Mapping[str, Any] | None = None) -> "Said":
        """A reading."""
        asked = "&".join(f"{name}={value}" for name, value in (query_string or {}).items())
        return Said(self.caller.get(f"{path}?{asked}" if asked else path))

    def post(self, path: str, json: Any = None) -> "Said":
        """A writing, with a key of its own."""
        return Said(self.caller.post(path, json))


@dataclass
class Said:
    """An answer, as a client of the tests reads it."""

    answer: Answer

    @property
    def status_code(self) -> int:
        return self.answer.status

    def get_json(self) -> Any:
        """The body."""
        return self.answer.json


def go_dark(
    story: Story, cast: Cast, phone: Caller, admin: Caller, till: Caller, terminal_id: str, card: dict[str, Any]
) -> None:
    """Two tills lose the network, and the same voucher is used at both."""
    first, second, other = _learn(story, cast, admin, till, terminal_id, card)
    voucher = _sign(story, phone)
    _use_twice(story, first, second, voucher)
    _come_back(story, admin, first, second)
    admin.post(f"/v1/terminals/{other}/revocation")


def _learn(
    story: Story, cast: Cast, admin: Caller, till: Caller, terminal_id: str, card: dict[str, Any]
) -> tuple[DarkTill, DarkTill, str]:
    story.step("Two tills learn, while they have a network, what they may do without one")
    store = next(one for one in admin.get("/v1/terminals").json["items"] if one["id"] == terminal_id)["store_id"]
    waiting = admin.post("/v1/terminals", {"store_id": store, "name": "Tour, beside"}).json
    token = {"pairing_token": waiting["pairing_token"]}
    paired = cast.anyone("till").post("/v1/terminals/pairing", token).json
    beside = cast.anyone("till").with_token(paired["key"])
    brand = uuid.UUID(card["brand"]["id"])
    tills = [
        DarkTill(Doors(caller), brand, uuid.UUID(id))
        for caller, id in ((till, terminal_id), (beside, paired["terminal_id"]))
    ]
    story.proves("offers, ended codes, keys of vouchers and limits, in one snapshot", all(one.sync() for one in tills))
    exposure = story.expect(admin.get("/v1/console/offline-exposure"), 200)
    for sentence in exposure["how"][:3]:
        story.note(sentence)
    story.proves("and the console says what all of them could lose at most", exposure["minor"] > 0)
    return tills[0], tills[1], str(paired["terminal_id"])


def _sign(story: Story, phone: Caller) -> str:
    story.step("The member's app fetches a voucher for a coupon, for shops without a network")
    offers = phone.get("/v1/coupons?status=active").json["items"]
    code = offers[0]["code"]
    said = story.expect(phone.post(f"/v1/coupons/{code}/voucher"), 200)
    story.proves("signed by the brand, so that a till believes it by itself", said["voucher"].startswith("ICI1"))
    return str(said["voucher"])


def _use_twice(story: Story, first: DarkTill, second: DarkTill, voucher: str) -> None:
    story.step("The network goes. The member uses the voucher at one till, and somebody with a copy of it at the other")
    first.is_dark = second.is_dark = True
    results = [till.redeem(voucher, minor=500)["local_result"] for till in (first, second)]
    story.proves("each till takes it: neither can know of the other", results == ["ok", "ok"])
    forged = voucher[:60] + ("0" if voucher[60] != "0" else "1") + voucher[61:]
    refused = first.redeem(forged, minor=500)
    story.proves("one that nobody signed, none of them takes", refused["local_result"] == "refused")


def _come_back(story: Story, admin: Caller, first: DarkTill, second: DarkTill) -> None:
    story.step("The network comes back, and both bring what they did")
    first.is_dark = second.is_dark = False
    story.proves("everything is brought", first.sync() and second.sync())
    results = [one["result"] for till in (first, second) for one in till.told.values()]
    story.note("→ " + ", ".join(results))
    story.proves("the first use stands, the second is a conflict", sorted(results)[:1] == ["accepted_with_conflict"])
    story.proves("each scan ends in one of four states", set(results) <= {"ok", "refused", "accepted_with_conflict"})
    story.step("Somebody at the console settles the conflict")
    [conflict, *_] = story.expect(admin.get("/v1/console/scan-conflicts"), 200)["items"]
    wish = {"settlement": "loss_accepted", "words": "The network was away"}
    settled = story.expect(admin.post(f"/v1/console/scan-conflicts/{conflict['id']}/settlement", wish), 200)
    story.proves("who, what, what it cost, and how it ended", settled["settlement"] == "loss_accepted")


# What phones say


def registration(wallets: Wallets) -> str:
    kind, serial = wallets.file["passTypeIdentifier"], wallets.file["serialNumber"]
    return f"/apple/v1/devices/{wallets.device}/registrations/{kind}/{serial}"


def list_of(wallets: Wallets) -> str:
    since = f"?passesUpdatedSince={wallets.tag}" if wallets.tag else ""
    return f"/apple/v1/devices/{wallets.device}/registrations/{wallets.file['passTypeIdentifier']}{since}"


def latest(wallets: Wallets) -> str:
    return f"/apple/v1/passes/{wallets.file['passTypeIdentifier']}/{wallets.file['serialNumber']}"


def push_token(wallets: Wallets) -> dict[str, str]:
    return {"pushToken": wallets.push_token}


def apple_call(
    phone: Caller,
    method: str,
    path: str,
    wallets: Wallets,
    *,
    token: str | None = None,
    body: Mapping[str, str] | None = None,
    since: str = "",
) -> Answer:
    """A call of Apple Wallet: its own scheme, and JSON without a content type."""
    proof = wallets.file["authenticationToken"] if token is None else token
    headers = {"Authorization": f"ApplePass {proof}"} if proof else {}
    headers |= {"If-Modified-Since": since} if since else {}
    data = None if body is None else json.dumps(body).encode()
    return opened(phone.url + path, method=method, headers=headers, data=data)


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def opened(
    url: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, data: bytes | None = None
) -> Answer:
    """What is at an address; refusals and redirects are answers too."""
    request = urllib.request.Request(url, method=method, headers=dict(headers or {}), data=data)
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=30) as answer:
            return Answer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as refusal:
        return Answer(refusal.code, refusal.headers, refusal.read())


def redirected(url: str) -> str | None:
    """Where this address leads, once it does."""
    answer = opened(url)
    return answer.headers["Location"] if answer.status == 303 else None


def in_package(file: bytes) -> dict[str, Any]:
    """The `pass.json` of a pass."""
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        content: dict[str, Any] = json.loads(package.read("pass.json"))
    return content


def front_of(content: Mapping[str, Any]) -> str:
    """What the front of a card says first."""
    return " · ".join(str(one["value"]) for one in content["storeCard"].get("headerFields", ()))


def shown_points(known: Mapping[str, Any]) -> str:
    """The balance on a card in Google Wallet."""
    return re.sub(r"\s+", " ", json.dumps(known.get("loyaltyPoints", {}).get("balance", {})))
