"""Phones that report by OwnTracks, and the fences that they watch."""

import base64
import json
import uuid
from typing import Any

from werkzeug.test import TestResponse

from app.accounts.models import Brand
from geo.fences import fences
from geo.fences.drafts import ShapeGiven
from geo.fences.models import Fence
from geo.owntracks.waypoints import FIRST_TST, NOWHERE
from geo.places.models import Store
from tests.factories import NOON, PARIS, made
from tests.speaking import Speaker

KIND = {"touchpoint": "geofence", "purpose": "in_store_offers"}


def draw_fence(
    brand: Brand,
    store: Store | None,
    *,
    name: str = "Rivoli",
    lon: float = PARIS[0],
    lat: float = PARIS[1],
    radius_m: float = 150,
) -> Fence:
    """A circle in force."""
    with made():
        fence = fences.draw_fence(
            brand_id=brand.id,
            code=uuid.uuid4().hex[:8],
            name=name,
            store_id=None if store is None else store.id,
            given=ShapeGiven(circle=(lon, lat, radius_m)),
            by=None,
            now=NOON,
        )
        return fences.activate_fence(brand_id=brand.id, fence_id=fence.id, revision=1, by=None, now=NOON)


class OwntracksPhone:
    """The app on a phone: it says what it has to say with its user and password, and keeps what it is told to watch."""

    def __init__(self, member_phone: Speaker, *, platform: str = "ios", sealed: bool = False) -> None:
        self.member_phone, self.installation_id = member_phone, uuid.uuid4()
        self.given = member_phone.put(self.address, {"platform": platform, "sealed": sealed}).json
        self.watched: dict[int, dict[str, Any]] = {}

    @property
    def address(self) -> str:
        return f"/v1/owntracks-phones/{self.installation_id}"

    def headers(self, **other: str) -> dict[str, str]:
        pair = f"{other.get('user', self.given['user'])}:{other.get('password', self.given['password'])}"
        basic = base64.b64encode(pair.encode()).decode()
        return {"Authorization": f"Basic {basic}", "X-Limit-U": self.given["user"], "X-Limit-D": "ici"}

    def send(
        self, body: bytes, *, query: str = "", content_type: str = "application/json", **other: str
    ) -> TestResponse:
        """Post a body as it is."""
        return self.member_phone.client.post(
            f"/v1/owntracks{query}", data=body, headers=self.headers(**other), content_type=content_type
        )

    def say(self, message: Any) -> list[dict[str, Any]]:
        """Post a message, heed the commands of the answer, and return them."""
        response = self.send(json.dumps(message).encode())
        assert (response.status_code, response.content_type) == (200, "application/json")
        for command in response.json:
            for waypoint in command.get("waypoints", {}).get("waypoints", []):
                if waypoint["lat"] == NOWHERE:
                    self.watched.pop(waypoint["tst"], None)
                else:
                    self.watched[waypoint["tst"]] = waypoint
        return response.json

    def names(self) -> set[str]:
        """What it watches, by the names that its owner reads."""
        return {waypoint["desc"] for waypoint in self.watched.values()}


def crossing(fence: Fence, event: str = "enter", *, at: float, **given: Any) -> dict[str, Any]:
    """What the app says when it crosses a fence."""
    return {
        "_type": "transition",
        "event": event,
        "rid": str(fence.id),
        "wtst": FIRST_TST + fence.number,
        "tst": int(at),
        "t": "c",
        "acc": 30,
        "lat": 0,
        "lon": 0,
    } | given
