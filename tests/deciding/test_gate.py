"""The gate of "near me" is written twice, in SQL inside the one statement and in Python. They agree on everything."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app import clock
from app.accounts.queries import member_locked
from app.consent.decision.phone_conditions import OS_LOCATIONS, Facts
from app.consent.decision.verdicts import ANSWERING, Verdict, cell_of, facts_of, standing_of, verdict_of
from app.consent.models import CELL_KEY, OWN, Level, PermissionState, Reason, ScopeKind, State
from app.consent.suppression.restriction import carry_restriction, restrict_processing
from app.factory import Ici
from app.sql import db
from geo.places.models import Area, Store
from tests.consent.factories import report, session_of
from tests.deciding.factories import Asker, make_shop, offer_at, stand
from tests.factories import make_area, make_brand
from tests.planning.factories import publish, stores_and_areas
from tests.sizes import chosen
from tests.speaking import Speaker

STORES = 4


@dataclass(frozen=True)
class Ground:
    """A brand with stores in a row, of which areas share some; each has an offer of its own, so each can be seen."""

    anyone: Speaker
    brand_id: uuid.UUID
    stores: tuple[Store, ...]
    areas: tuple[Area, ...]
    area_ids: dict[uuid.UUID, tuple[uuid.UUID, ...]]

    @property
    def scopes(self) -> list[tuple[str, uuid.UUID]]:
        return [
            (ScopeKind.BRAND, self.brand_id),
            *((ScopeKind.AREA, area.id) for area in self.areas),
            *((ScopeKind.STORE, store.id) for store in self.stores),
        ]


@pytest.fixture(scope="module")
def ground(app: Ici) -> Ground:
    brand = make_brand()
    stores = tuple(make_shop(brand, north=number + 1) for number in range(STORES))
    members = {0: stores[:2], 1: stores[1:3]}
    areas = tuple(make_area(brand, *inside) for inside in members.values())
    publish(*stores, now=clock.now())
    for store in stores:
        offer_at(brand, targets=stores_and_areas(store))
    inside = {store.id: tuple(areas[n].id for n, some in members.items() if store in some) for store in stores}
    return Ground(Speaker(app.test_client()), brand.id, stores, areas, inside)


@dataclass(frozen=True)
class Standing:
    """How one cell stands. `ends_s` is seconds from now; None when it never ends."""

    state: State = State.GIVEN
    level: Level = Level.PROACTIVE
    ends_s: int | None = None
    uses_left: int | None = None
    os_location: str | None = None
    objected: bool = False
    with_parent: bool = False
    replaced_s: int | None = None

    def cell(self, ground: Ground, scope: tuple[str, uuid.UUID], *, now: datetime) -> PermissionState:
        return PermissionState(
            touchpoint="geofence",
            purpose="personalised_offers",
            brand_id=ground.brand_id,
            scope_kind=scope[0],
            scope_id=scope[1],
            event_id=uuid.uuid4(),
            level=self.level,
            state=self.state,
            expires_at=None if self.ends_s is None else now + timedelta(seconds=self.ends_s),
            uses_left=self.uses_left,
            os_location=self.os_location,
            objected=self.objected,
            with_parent=self.with_parent,
            notice_until=None if self.replaced_s is None else now + timedelta(seconds=self.replaced_s),
            recipient=OWN,
            version=1,
            changed_at=now,
        )


standings = st.builds(
    Standing,
    state=st.sampled_from([State.GIVEN, State.GIVEN, State.RENEWED, *State]),
    level=st.sampled_from([Level.PROACTIVE, *Level]),
    ends_s=st.sampled_from([None, None, 3600, -3600]),
    uses_left=st.sampled_from([None, None, 0, 1, 2]),
    os_location=st.sampled_from([None, None, *OS_LOCATIONS]),
    objected=st.sampled_from([False, False, False, True]),
    with_parent=st.sampled_from([False, False, False, True]),
    replaced_s=st.sampled_from([None, None, 3600, -3600]),
)


@dataclass(frozen=True)
class Person:
    """What is so of the member and of the phone that asks. `minor_s` is seconds until they are of age."""

    restricted: bool = False
    minor_s: int | None = None
    phone: str | None = None

    def become(self, asker: Asker, *, now: datetime) -> None:
        """Let it be so, by the verbs that make it so, but for the past, which needs no verb."""
        if self.phone is not None:
            assert report(asker.phone, location=self.phone).status_code == 200
        with db.system_transaction():
            member = db.all_of(member_locked(asker.member.id))[0]
            member.minor_until = None if self.minor_s is None else now + timedelta(seconds=self.minor_s)
            carry_restriction(member, now=now)
            if self.restricted:
                restrict_processing(member_id=asker.member.id, now=now)


people = st.builds(
    Person,
    restricted=st.sampled_from([False, False, False, True]),
    minor_s=st.sampled_from([None, None, 3600, -3600]),
    phone=st.sampled_from([None, None, *OS_LOCATIONS]),
)
PLAIN = Person()
NO = Standing(state=State.WITHDRAWN, level=Level.NONE)
ONCE = Standing(level=Level.ONE_SHOT, uses_left=1)
BRAND, AREA_A, AREA_B, FIRST, SECOND, THIRD, LAST = range(7)


@settings(max_examples=chosen().rows)
@given(said=st.dictionaries(st.integers(0, 6), standings, max_size=7), person=people)
@example(said={}, person=PLAIN)
@example(said={BRAND: Standing()}, person=PLAIN)
@example(said={BRAND: Standing(), SECOND: NO}, person=PLAIN)
@example(said={BRAND: NO, SECOND: Standing()}, person=PLAIN)
@example(said={AREA_A: Standing(), AREA_B: NO}, person=PLAIN)
@example(said={AREA_A: Standing(), AREA_B: NO, SECOND: Standing()}, person=PLAIN)
@example(said={BRAND: Standing(), AREA_A: NO, AREA_B: NO, LAST: NO}, person=PLAIN)
@example(said={BRAND: Standing(), FIRST: ONCE}, person=PLAIN)
@example(said={BRAND: ONCE, FIRST: Standing()}, person=PLAIN)
@example(said={AREA_A: ONCE, FIRST: Standing()}, person=PLAIN)
@example(said={AREA_A: Standing(), FIRST: ONCE}, person=PLAIN)
@example(said={AREA_A: Standing(ends_s=-1), BRAND: Standing(), THIRD: Standing(os_location="denied")}, person=PLAIN)
@example(said={BRAND: Standing()}, person=Person(restricted=True))
@example(said={BRAND: Standing()}, person=Person(minor_s=3600))
@example(said={BRAND: Standing(with_parent=True)}, person=Person(minor_s=3600))
@example(said={BRAND: Standing(with_parent=True)}, person=Person(minor_s=-3600))
@example(said={BRAND: Standing(os_location="always")}, person=Person(phone="denied"))
@example(said={BRAND: Standing(os_location="denied")}, person=Person(phone="once"))
@example(said={BRAND: Standing(), THIRD: Standing(replaced_s=-1)}, person=PLAIN)
def test_both_gates_let_the_same_stores_through(ground: Ground, said: dict[int, Standing], person: Person) -> None:
    asker, now = Asker(ground.anyone), clock.now()
    person.become(asker, now=now)
    cells = [standing.cell(ground, ground.scopes[place], now=now) for place, standing in said.items()]
    stand(asker.member, cells)
    with db.system_transaction():
        facts = facts_of(member_id=asker.member.id, session_id=session_of(asker.member).id, now=now)
    verdicts = verdicts_on(ground, cells, facts=facts, now=now)
    allowed = {store_id: verdict for store_id, verdict in verdicts.items() if verdict.allowed}
    behind = {verdict.event_id for verdict in allowed.values()}
    if not allowed:  # a search of the whole brand that found nothing was a search all the same
        behind = {cell.event_id for cell in cells if is_whole(cell, facts=facts, now=now)}
    answer = asker.ask()
    assert answer.status_code == (200 if behind else 403)
    if behind:
        explained = asker.explained(answer)
        assert {uuid.UUID(one["store_id"]) for one in explained["considered"]} == set(allowed)
        assert {uuid.UUID(event) for event in explained["permission_event_ids"]} == behind
    counted = {cell.event_id for cell in cells if cell.uses_left is not None}
    assert uses_taken(cells, asker) == behind & counted


def verdicts_on(
    ground: Ground, cells: list[PermissionState], *, facts: Facts, now: datetime
) -> dict[uuid.UUID, Verdict]:
    """What Python says of each store."""
    return {
        store.id: verdict_of(
            map(cell_of, cells),
            brand_id=ground.brand_id,
            store_id=store.id,
            area_ids=ground.area_ids[store.id],
            facts=facts,
            now=now,
        )
        for store in ground.stores
    }


def is_whole(cell: PermissionState, *, facts: Facts, now: datetime) -> bool:
    """Whether this cell allows a search for the whole brand."""
    standing = standing_of(cell_of(cell), levels=ANSWERING, facts=facts, now=now)
    return cell.scope_kind == ScopeKind.BRAND and standing is Reason.ALLOWED


def uses_taken(cells: list[PermissionState], asker: Asker) -> set[uuid.UUID]:
    """The permissions of which a use was taken."""
    taken = set()
    with db.system_transaction():
        for cell in cells:
            now = db.get(PermissionState, (asker.member.id, *(getattr(cell, name) for name in CELL_KEY[1:])))
            assert now is not None
            if now.uses_left != cell.uses_left:
                taken.add(cell.event_id)
    return taken
