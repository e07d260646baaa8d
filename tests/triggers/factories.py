"""A member in a store: milk and bread are on offer, and one shelf holds the bread."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from werkzeug.test import TestResponse

from app import clock
from app.consent.models import PermissionState
from app.sql import db
from geo.presence.listeners import Asking
from geo.presence.models import PURPOSE
from geo.presence.transitions import Evidence, Transition, TransitionKind
from geo.zones.models import Tag, Zone
from offers.deciding.models import Decision
from offers.triggers.models import Trigger
from offers.triggers.sightings import answer_transitions
from tests.consent.factories import give
from tests.deciding.factories import Shopper
from tests.factories import make_member, member_token, save
from tests.presence.factories import make_beacon, make_circle
from tests.speaking import Speaker

BREAD: Mapping[str, Sequence[str]] = {"categories": ["food/bakery"]}
KEPT = ("sighting", "visit", "trigger", "decision")
"""The tables in which a report leaves rows."""


class Visitor(Shopper):
    """Permits beacons of the brand; milk was planned first, so it leads where nothing else speaks."""

    def __init__(self, anyone: Speaker) -> None:
        super().__init__(anyone)
        self.visit_id = db.new_id()
        self.shelf = self.make_zone(products=BREAD)
        self.yes = self.permits("beacon")

    def permits(self, touchpoint: str, **given: Any) -> PermissionState:
        """A standing yes to offers in the store by this touchpoint."""
        return give(self.member, self.brand, touchpoint=touchpoint, purpose=PURPOSE, now=clock.now(), **given)

    def make_zone(self, **given: Any) -> Zone:
        named = {"kind": "shelf", "name_fr": "Pains", "name_en": "Breads", "products": {}}
        made = {"code": uuid.uuid4().hex[:8], "created_at": clock.now(), "updated_at": clock.now()}
        zone: Zone = save(Zone(brand_id=self.brand.id, store_id=self.store.id, **{**made, **named, **given}))
        return zone

    def make_tag(self, **given: Any) -> Tag:
        made = {"carrier": "shelf", "label": "x", "code": uuid.uuid4().hex[:16], "created_at": clock.now()}
        tag: Tag = save(Tag(brand_id=self.brand.id, **{**made, "store_id": self.store.id, **given}))
        return tag

    def transition(self, kind: TransitionKind, **given: Any) -> Transition:
        """Something that just happened in the visit, as presence tells it."""
        usual = Transition(
            kind, self.visit_id, self.brand.id, self.store.id, None, None, None, clock.now(), Evidence.BEACON, 3,
            self.yes.event_id, is_late=False,
        )  # fmt: skip
        return usual._replace(**given)

    def enters(self, **given: Any) -> Transition:
        return self.transition(TransitionKind.ENTERED, **given)

    def stays(self, **given: Any) -> Transition:
        return self.transition(TransitionKind.DWELLED, **given)

    def stands_before(self, zone: Zone, **given: Any) -> Transition:
        return self.transition(TransitionKind.ZONE_ENTERED, zone_id=zone.id, **given)

    def hears(self, *happened: Transition, background: bool = False, now: datetime | None = None) -> list[Any]:
        """What presence is answered when it tells of these."""
        asking = Asking(self.member.id, None, None, background)
        with db.member_transaction(self.member.id):
            return answer_transitions(asking, happened, now or clock.now())

    def titles(self, answer: Mapping[str, Any]) -> list[str]:
        """Milk and bread, in the order of an answer."""
        names = {str(self.milk.id): "milk", str(self.bread.id): "bread"}
        return [names[one["offer"]["id"]] for one in orjson.loads(orjson.dumps(answer["offers"]))]

    def kept(self) -> list[Trigger]:
        """The member's triggers, the oldest first."""
        with db.system_transaction():
            found = db.session().query(Trigger).filter(Trigger.member_id == self.member.id)
            return sorted(found, key=lambda one: one.id)

    def decision_of(self, trigger: Trigger) -> Decision:
        with db.system_transaction():
            kept = db.get(Decision, (self.member.id, trigger.decision_id))
        assert kept is not None
        return kept

    def scans(self, tag: Tag | str, **options: Any) -> TestResponse:
        code = tag if isinstance(tag, str) else tag.code
        return self.phone.post("/v1/tag-scans", {"code": code}, **options)

    def listed(self) -> list[dict[str, Any]]:
        """What the member reads of their triggers, the newest first."""
        items: list[dict[str, Any]] = self.phone.get("/v1/triggers").get_json()["items"]
        return items


class Phone(Visitor):
    """Hears a beacon at the door and one at the bread."""

    def __init__(self, anyone: Speaker) -> None:
        super().__init__(anyone)
        self.door = make_beacon(self.store)
        self.at_the_bread = make_beacon(self.store, zone=self.shelf)

    def reports(self, *frames: bytes, at: datetime | None = None, **said: Any) -> TestResponse:
        when = (at or clock.now()).isoformat()
        heard = [
            {"id": f"{when}-{n}", "at": when, "kind": "ibeacon", "frame": one.hex()} for n, one in enumerate(frames)
        ]
        return self.phone.post("/v1/sightings", {"beacons": heard} | said)


class Twins(Phone):
    """Two members with the same permissions at one store, one for each way: what they report has the same effect."""

    def __init__(self, anyone: Speaker) -> None:
        super().__init__(anyone)
        self.fence = make_circle(self.store, self.brand)
        self.permits("geofence")
        self.other = make_member(language=self.member.language)
        for touchpoint in ("beacon", "geofence"):
            give(self.other, self.brand, touchpoint=touchpoint, purpose=PURPOSE, now=clock.now())
        self.phones = {
            "lane": self.phone,
            "route": Speaker(anyone.client, member_token(self.other), self.phone.language),
        }
        self.members = {"lane": self.member.id, "route": self.other.id}


def frame_text(phone: Phone) -> str:
    """The JSON of the beacon at the door, heard now."""
    at = clock.write_instant(clock.now())
    return f'{{"id": "1", "at": "{at}", "kind": "ibeacon", "frame": "{phone.door.hex()}"}}'


def rows_of(member_id: uuid.UUID) -> Any:
    """All that reports left of a member."""
    with db.system_transaction():
        return {
            table: db.fetch(
                f"SELECT to_jsonb(one) - 'member_id' FROM {table} AS one WHERE member_id = $1"
                f" ORDER BY {'minute, kind' if table == 'sighting' else 'id'}",
                [member_id],
            )
            for table in KEPT
        }


def minutes_ago(minutes: int) -> datetime:
    return clock.now() - timedelta(minutes=minutes)
