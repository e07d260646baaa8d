"""A stand-in for Google Wallet: REST, token, save links, signed callbacks; as strict as Google says that it is.

Run it by itself beside `make run`: `python -m tests.google.wallet_api --port 8812`. What it takes is validated by
Google's own description. Beyond that it holds: ids under their issuer, one insert of each id, a class that is there
and approved before its objects, `UNDER_REVIEW` with each change of a class, at most ten places, offers that are there
before they are linked and are never unlinked, three rings a day of one pass. A PATCH can add and change; an empty list
in it is as good as nothing, as in protobuf.
"""

import argparse
import base64
import json
import re
import threading
import time
import urllib.request
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.google import discovery

SCHEMAS = {
    "loyaltyClass": "LoyaltyClass",
    "offerClass": "OfferClass",
    "loyaltyObject": "LoyaltyObject",
    "offerObject": "OfferObject",
}
CLASS_OF = {"loyaltyObject": "loyaltyClass", "offerObject": "offerClass"}
NEEDED = {
    "loyaltyClass": {"id", "issuerName", "programName", "programLogo", "reviewStatus"},
    "offerClass": {"id", "issuerName", "provider", "title", "redemptionChannel", "reviewStatus"},
    "loyaltyObject": {"id", "classId", "state"},
    "offerObject": {"id", "classId", "state"},
}
RINGS = ("loyaltyPoints", "secondaryLoyaltyPoints")
ID = re.compile(r"[0-9]{5,25}\.[A-Za-z0-9._-]+")
MOST_LINKED, MOST_RINGS, DAY_S = 50, 3, 86_400
API = "/walletobjects/v1/"


class Refused(Exception):
    def __init__(self, status: int, reason: str, message: str = "") -> None:
        super().__init__(message or reason)
        self.status, self.reason = status, reason


def private_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def public_text(key: ec.EllipticCurvePrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


class Signer:
    """Signs as Google does: a root key, and one of some days that it signed."""

    def __init__(self) -> None:
        self.root, self.intermediate = private_key(), private_key()

    def roots(self, *, until_s: float | None = None) -> dict[str, Any]:
        key = {"keyValue": public_text(self.root), "protocolVersion": "ECv2SigningOnly"}
        return {"keys": [key | ({} if until_s is None else {"keyExpiration": str(int(until_s * 1000))})]}

    def envelope(
        self, message: dict[str, Any] | str, *, issuer: str, key_until_s: float | None = None
    ) -> dict[str, Any]:
        until = int((key_until_s or time.time() + DAY_S) * 1000)
        signed_key = json.dumps({"keyValue": public_text(self.intermediate), "keyExpiration": str(until)})
        text = message if isinstance(message, str) else json.dumps(message)
        sender, protocol = "GooglePayPasses", "ECv2SigningOnly"
        return {
            "signature": self._sign(self.intermediate, sender, issuer, protocol, text),
            "intermediateSigningKey": {
                "signedKey": signed_key,
                "signatures": [self._sign(self.root, sender, protocol, signed_key)],
            },
            "protocolVersion": protocol,
            "signedMessage": text,
        }

    def _sign(self, key: ec.EllipticCurvePrivateKey, *parts: str) -> str:
        content = b"".join(len(part.encode()).to_bytes(4, "little") + part.encode() for part in parts)
        return base64.b64encode(key.sign(content, ec.ECDSA(hashes.SHA256()))).decode()


class StandIn:
    """What this Google knows. `fault` may answer in its place: before (`ahead`), or after it did what was asked."""

    def __init__(self) -> None:
        self.things: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in SCHEMAS}
        self.signer = Signer()
        self.tokens: set[str] = set()
        self.taken: list[tuple[str, str, dict[str, Any]]] = []
        """Every write that was taken: its method, what it was about, what it said."""
        self.rang: dict[str, list[float]] = defaultdict(list)
        self.seen: Counter[str] = Counter()
        self.fault: Callable[[str, str, bool], int | None] = lambda method, path, ahead: None
        """A status to answer with instead; 0 to hang up. `ahead` tells which time it is asked."""
        self.lock = threading.RLock()

    def act(self, method: str, path: str, body: Any) -> Any:
        with self.lock:
            kind, _, rest = path.partition("/")
            id, _, verb = rest.partition("/")
            if kind not in SCHEMAS or (verb and verb not in ("addMessage", "modifyLinkedOfferObjects")):
                raise Refused(404, "notFound")
            if method == "POST" and not id:
                return self._insert(kind, body)
            thing = self.things[kind].get(id)
            if thing is None:
                raise Refused(404, "resourceNotFound")
            if method == "GET":
                return thing
            if verb == "addMessage":
                return self._add_message(id, thing, body)
            if verb:
                return self._link(id, thing, body)
            return self._change(kind, id, thing, body, whole=method == "PUT")

    def _insert(self, kind: str, body: dict[str, Any]) -> Any:
        self._validate(kind, body, missing=NEEDED[kind] - body.keys())
        if body["id"] in self.things[kind]:
            raise Refused(409, "existingResource")
        self.things[kind][body["id"]] = self._kept(body)
        self.taken.append(("POST", body["id"], body))
        return body

    def _change(self, kind: str, id: str, thing: dict[str, Any], body: dict[str, Any], *, whole: bool) -> Any:
        if body.get("id", id) != id:
            raise Refused(400, "invalid", "the id")
        after = body if whole else thing | {name: value for name, value in body.items() if value not in ([], None, {})}
        if kind.endswith("Class") and body.get("reviewStatus") != "UNDER_REVIEW":
            raise Refused(400, "invalidReviewStatus")
        self._validate(kind, body, missing=NEEDED[kind] - after.keys())
        if whole and thing.get("linkedObjectIds"):
            after = after | {"linkedObjectIds": thing["linkedObjectIds"]}
        before = {name: thing.get(name) for name in RINGS}
        if body.get("notifyPreference") == "NOTIFY_ON_UPDATE" and before != {name: after.get(name) for name in RINGS}:
            self._ring(id)
        self.things[kind][id] = self._kept(after)
        self.taken.append(("PUT" if whole else "PATCH", id, body))
        return after

    def _kept(self, body: dict[str, Any]) -> dict[str, Any]:
        kept = deepcopy({name: value for name, value in body.items() if name != "notifyPreference"})
        if kept.get("reviewStatus") == "UNDER_REVIEW":
            kept["reviewStatus"] = "APPROVED"
        return kept

    def _validate(self, kind: str, body: Any, *, missing: set[str]) -> None:
        faults = [f"{name} is missing" for name in missing] + discovery.faults_of(SCHEMAS[kind], body)
        if faults:
            raise Refused(400, "invalid", "; ".join(faults))
        for name in ("id", "classId"):
            if name in body and not ID.fullmatch(body[name]):
                raise Refused(400, "invalidId")
        if body.get("reviewStatus", "UNDER_REVIEW") not in ("DRAFT", "UNDER_REVIEW"):
            raise Refused(400, "invalidReviewStatus")
        if len(body.get("merchantLocations", ())) > 10 or len(body.get("textModulesData", ())) > 10:
            raise Refused(400, "invalid", "more than ten")
        if kind in CLASS_OF and "classId" in body:
            known = self.things[CLASS_OF[kind]].get(body["classId"])
            if known is None or known["reviewStatus"] != "APPROVED":
                raise Refused(404 if known is None else 400, "classNotFound")
            if "id" in body and body["classId"].partition(".")[0] != body["id"].partition(".")[0]:
                raise Refused(403, "permissionDenied")

    def _add_message(self, id: str, thing: dict[str, Any], body: Any) -> Any:
        faults = discovery.faults_of("AddMessageRequest", body)
        if faults:
            raise Refused(400, "invalid", "; ".join(faults))
        message = body["message"]
        if message.get("messageType") == "TEXT_AND_NOTIFY" and not self._ring(id):
            raise Refused(403, "quotaExceeded")
        thing["messages"] = [*thing.get("messages", []), message][-10:]
        self.taken.append(("addMessage", id, message))
        return {"resource": thing}

    def _link(self, id: str, thing: dict[str, Any], body: Any) -> Any:
        faults = discovery.faults_of("ModifyLinkedOfferObjectsRequest", body)
        wanted = body.get("linkedOfferObjectIds", {}).get("addLinkedOfferObjectIds", [])
        if faults or any(offer not in self.things["offerObject"] for offer in wanted):
            raise Refused(400, "invalidResource", "; ".join(faults))
        if any(offer.partition(".")[0] != id.partition(".")[0] for offer in wanted):
            raise Refused(400, "otherIssuer")
        linked = list(dict.fromkeys([*thing.get("linkedObjectIds", []), *wanted]))
        thing["linkedObjectIds"] = linked[:MOST_LINKED]
        self.taken.append(("link", id, body))
        return thing

    def _ring(self, id: str) -> bool:
        now = time.time()
        recent = [at for at in self.rang[id] if at > now - DAY_S]
        if len(recent) >= MOST_RINGS:
            return False
        self.rang[id] = [*recent, now]
        return True

    def save(self, claims: dict[str, Any]) -> None:
        """What happens when a member opens a save link."""
        for kind, offered in (("loyaltyObject", "loyaltyObjects"), ("offerObject", "offerObjects")):
            for each in claims["payload"].get(offered, ()):
                if each["id"] not in self.things[kind]:
                    raise Refused(404, "resourceNotFound")
                self.tell(kind, each["id"], "save")

    def tell(self, kind: str, id: str, event: str) -> None:
        """Tell whoever the class names that a copy was saved or deleted."""
        thing = self.things[kind][id]
        thing["hasUsers"] = event == "save"
        url = self.things[CLASS_OF[kind]][thing["classId"]].get("callbackOptions", {}).get("url")
        if url is None:
            return
        said = {
            "classId": thing["classId"],
            "objectId": id,
            "eventType": event,
            "expTimeMillis": int((time.time() + 600) * 1000),
            "count": 1,
            "nonce": str(uuid.uuid4()),
        }
        body = json.dumps(self.signer.envelope(said, issuer=id.partition(".")[0])).encode()
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            answer.read()


def claims_in(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def handler_of(known: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            known.seen[f"{self.command} {self.path.partition('?')[0]}"] += 1
            for ahead in (True, False):
                status = known.fault(self.command, self.path, ahead)
                if status is None and ahead:
                    answer = self._act(content)
                elif status == 0:
                    self.close_connection = True
                    return
                elif status is not None:
                    self._write(status, {"error": {"errors": [{"reason": "backendError"}]}})
                    return
            self._write(*answer)

        do_GET = do_POST = do_PATCH = do_PUT = answer

        def _act(self, content: bytes) -> tuple[int, Any]:
            try:
                return 200, self._ask(content)
            except Refused as refused:
                said = {"code": refused.status, "message": str(refused), "errors": [{"reason": refused.reason}]}
                return refused.status, {"error": said}

        def _ask(self, content: bytes) -> Any:
            if self.path == "/token":
                token = uuid.uuid4().hex
                known.tokens.add(token)
                return {"access_token": token, "expires_in": 3600, "token_type": "Bearer"}
            if self.path == "/gp/m/issuer/keys":
                return known.signer.roots(until_s=time.time() + DAY_S)
            if self.path.startswith("/gp/v/save/"):
                known.save(claims_in(self.path.rpartition("/")[2]))
                return {"saved": True}
            if self.path.startswith("/gp/v/remove/"):
                kind, id = self.path.split("/")[-2:]
                known.tell(kind, id, "del")
                return {"removed": True}
            if self.path.startswith("/stand-in/"):
                return {"things": known.things, "rang": known.rang}
            if not self.path.startswith(API):
                raise Refused(404, "notFound")
            if self.headers.get("Authorization", "").removeprefix("Bearer ") not in known.tokens:
                raise Refused(401, "authError")
            return known.act(self.command, self.path.removeprefix(API), json.loads(content) if content else None)

        def _write(self, status: int, body: Any) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Addresses hold tokens."""

    return Handler


@contextmanager
def standing_in(known: StandIn, *, port: int = 0) -> Iterator[str]:
    """Serve on this machine for the length of the block; the address."""
    server = ThreadingHTTPServer(("127.0.0.1", port), handler_of(known))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def main() -> None:
    parser = argparse.ArgumentParser(description="A stand-in for Google Wallet.")
    parser.add_argument("--port", type=int, default=8812)
    with standing_in(StandIn(), port=parser.parse_args().port) as url:
        print(f"Google Wallet stands in at {url}", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
