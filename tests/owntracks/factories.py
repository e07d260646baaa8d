"""Phones that report by OwnTracks, and the fences that they watch."""

import base64
import json
import uuid
from typing import Any

from geoalchemy2.shape import from_shape
from shapely import box
from werkzeug.test import TestResponse

from app.accounts.models import Brand
from geo.fences.models import Fence, FenceStatus, FenceVersion
from geo.fences.shapes import make_circle, write_geojson
from geo.owntracks.waypoints import FIRST_TST, NOWHERE
from geo.places.models import Store
from tests.factories import NOON, PARIS, made, save
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
    shape = make_circle(lon, lat, radius_m)
    with made():
        fence: Fence = save(
            Fence(
                brand_id=brand.id,
                store_id=store and store.id,
                code=uuid.uuid4().hex[:8],
                name=name,
                status=FenceStatus.ACTIVE,
                live_version=1,
                created_at=NOON,
                updated_at=NOON,
            )
        )
        save(
            FenceVersion(
                fence_id=fence.id,
                version=1,
                brand_id=brand.id,
                is_circle=True,
                lon=lon,
                lat=lat,
                radius_m=radius_m,
                shape=from_shape(shape.area, srid=4326),
                box=from_shape(box(*shape.box), srid=4326),
                geojson=write_geojson(shape),
                made_at=NOON,
                in_force_at=NOON,
                is_live=True,
            )
        )
    return fence


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
