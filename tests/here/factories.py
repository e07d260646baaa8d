"""A member with a phone in a town of two shops, each with fences and radios: every room of "here" has a part in it."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from werkzeug.test import TestResponse

from app import clock
from app.consent.models import Level
from app.sql import db
from geo.presence.models import PURPOSE
from tests.consent.factories import evidence, give, say_no
from tests.deciding.factories import Town, make_shop
from tests.factories import PARIS, made
from tests.owntracks.factories import OwntracksPhone, draw_fence
from tests.presence.factories import make_beacon, make_zone
from tests.speaking import Speaker
from tests.zones.factories import make_tag

HERE_TABLES = ("visit", "sighting", "trigger")
NEXT_DOOR = (PARIS[0] + 0.02, PARIS[1])
"""Some 1.5 kilometres away."""
AWAKE = {"location": "always", "precision": "precise", "bluetooth": True, "notifications": True}


class Stroller(Town):
    """Walks between two shops of one brand; permits nothing of what is sensed until a test says so."""

    def __init__(self, anyone: Speaker) -> None:
        super().__init__(anyone)
        self.other = make_shop(self.brand, north=5)
        self.fence = draw_fence(self.brand, self.store)
        self.fence_of_other = draw_fence(self.brand, self.other, lon=NEXT_DOOR[0], lat=NEXT_DOOR[1])
        self.shelf = make_zone(self.store)
        self.door, self.at_the_shelf = make_beacon(self.store), make_beacon(self.store, zone=self.shelf)
        self.door_of_other = make_beacon(self.other)
        self.tag = make_tag(self.store)
        self.phone_too: OwntracksPhone

    def permits(self, touchpoint: str, level: Level = Level.PROACTIVE, **given: Any) -> Any:
        now = given.pop("now", clock.now())
        proof = evidence(os_permission={**AWAKE, "reported_at": now.isoformat()})
        asked = {"touchpoint": touchpoint, "purpose": PURPOSE, "level": level, "evidence": proof}
        return give(self.member, self.brand, now=now, **asked, **given)

    def refuses(self, touchpoint: str, **given: Any) -> None:
        say_no(self.member, self.brand, touchpoint=touchpoint, purpose=PURPOSE, now=clock.now(), **given)

    def reports(self, *, by: Speaker | None = None, **said: Any) -> TestResponse:
        return (by or self.phone).post("/v1/sightings", said)

    def hears(self, *frames: bytes, at: datetime | None = None, by: Speaker | None = None) -> TestResponse:
        return self.reports(by=by, beacons=[heard(one, at=at) for one in frames])

    def stands(self, where: tuple[float, float] = PARIS, *, at: datetime | None = None) -> TestResponse:
        return self.reports(fixes=[fix(where, at=at)])

    def crosses(self, event: str, *, at: datetime | None = None) -> TestResponse:
        return self.reports(crossings=[crossing(self.fence.id, event, at=at)])

    def owntracks(self, **given: Any) -> OwntracksPhone:
        return OwntracksPhone(self.phone, **given)

    def kept(self) -> dict[str, int]:
        """How many rows each table of presence holds of the member."""
        return {table: len(rows_of(self.member.id, table)) for table in HERE_TABLES}

    def visits(self) -> list[Any]:
        return sorted(rows_of(self.member.id, "visit"), key=lambda one: str(one.id))

    def state_of(self, touchpoint: str) -> str:
        cells = rows_of(self.member.id, "permission_state")
        [state] = [one.state for one in cells if (one.touchpoint, one.purpose) == (touchpoint, PURPOSE)]
        return str(state)


def rows_of(member_id: uuid.UUID, table: str) -> Sequence[Any]:
    with made():
        return db.execute(text(f"SELECT * FROM {table} WHERE member_id = :m"), {"m": member_id}).all()


def heard(frame: bytes, *, at: datetime | None = None) -> dict[str, Any]:
    when = (at or clock.now()).isoformat()
    return {"id": f"{frame.hex()[:8]}{when}", "at": when, "kind": "ibeacon", "frame": frame.hex()}


def fix(where: tuple[float, float] = PARIS, *, at: datetime | None = None, **given: Any) -> dict[str, Any]:
    when = (at or clock.now()).isoformat()
    return {"id": f"{where}{when}"[:64], "at": when, "lat": where[1], "lon": where[0], "accuracy_m": 10} | given


def crossing(fence_id: uuid.UUID, event: str, *, at: datetime | None = None) -> dict[str, Any]:
    when = (at or clock.now()).isoformat()
    return {"id": f"{event}{when}", "at": when, "event": event, "fence_id": str(fence_id)}


def ago(minutes: float) -> datetime:
    return clock.now() - timedelta(minutes=minutes)
