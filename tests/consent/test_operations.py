"""Random operations of several phones never reach an illegal cell, and the projection is what the ledger makes.

They run on the real verbs over a ledger in memory; some thousand of them run on PostgreSQL too, and lead to the same.
"""

import contextlib
import random
import uuid
from datetime import timedelta

import pytest

from app.accounts.models import Member
from app.consent import queries, standing
from app.consent.decision.verdicts import Facts, cell_of, standing_of
from app.consent.ledger import grants, listeners, prompts, uses, withdrawal
from app.consent.ledger.projection import project_ledger, rebuild_projection
from app.consent.models import PERMITTING, Level, State
from app.consent.suppression import objections, restriction
from app.errors import Problem
from app.sql import db
from tests.consent.book import Book, Registry, key_of, open_book
from tests.consent.factories import evidence, in_area, in_store
from tests.factories import NOON, make_area, make_brand, make_member, make_store
from tests.sizes import chosen

PARTS = 10
MEMBERS = chosen().walkers
PER_MEMBER = 250  # in full 10 x 40 x 250 = 100,000
QUESTIONS = [
    ("geofence", "personalised_offers"),
    ("beacon", "in_store_offers"),
    ("email", "satisfaction_survey"),
    ("push", "personalised_offers"),
]
CARRIED = {
    "geofence": {"one_shot", "this_visit", "alert_on_request", "proactive"},
    "beacon": {"one_shot", "this_visit", "alert_on_request", "proactive"},
    "email": {"contact_once", "alert_on_request", "proactive"},
    "push": {"contact_once", "alert_on_request", "proactive"},
}
YESES = [level for level in Level if level is not Level.NONE]
ACTS = {"yes": 40, "no": 20, "ask": 15, "use": 20, "all": 2, "object": 2, "restrict": 1}


class Ground:
    """A brand with two stores, one of them in an area."""

    def __init__(self):
        self.brand = make_brand()
        store, other = make_store(self.brand), make_store(self.brand)
        area = make_area(self.brand, store)
        self.scopes = [None, in_store(store), in_store(other), in_area(area)]
        self.registry = Registry(self.brand, {area.id: [store.id]}, [store.id, other.id])


@pytest.fixture(scope="module")
def ground(app):
    return Ground()


def operate(rng, ground, member_id, now):
    """One call of one phone. A refusal is an answer too, and leaves no trace."""
    touchpoint, purpose = rng.choice(QUESTIONS)
    brand_id = ground.brand.id
    who = {"member_id": member_id, "now": now}
    cell = {"touchpoint": touchpoint, "purpose": purpose, "scope": rng.choice(ground.scopes), "brand_id": brand_id}
    match rng.choices(list(ACTS), list(ACTS.values()))[0]:
        case "yes":
            said = rng.choice([None, evidence(now=now), evidence(now=now), evidence(now=now, method="silence")])
            grants.grant_permission(**who, **cell, level=rng.choice(YESES), evidence=said)
        case "no":
            withdrawal.withdraw_permission(**who, **cell)
        case "ask":
            prompts.prompt_member(**who, **cell)
        case "use":
            counted = [one for one in db.all_of(queries.projection_of(member_id)) if one.uses_left is not None]
            counted.sort(key=key_of)
            uses.use_permission(**who, event_id=rng.choice(counted).event_id if counted else uuid.uuid4())
        case "all":
            withdrawal.withdraw_everything(**who)
        case "object":
            brand_id = rng.choice([None, brand_id])
            rng.choice([objections.object_to_marketing, objections.lift_objection])(**who, brand_id=brand_id)
        case "restrict":
            restriction.restrict_processing(**who)
            restriction.lift_restriction(member_id=member_id, now=NOON)


def play(seed, ground, member_id, alone):
    """Operations on one member, each in `alone()`; the instant of the last."""
    rng, now = random.Random(seed), NOON
    for _ in range(PER_MEMBER):
        now += timedelta(minutes=rng.choice([1, 30, 60 * 24]))
        with contextlib.suppress(Problem), alone():
            operate(rng, ground, member_id, now)
    return now


@pytest.mark.parametrize("part", range(PARTS))
def test_random_operations_reach_no_illegal_cell(ground, part, monkeypatch):
    monkeypatch.setattr(listeners, "FOLLOWERS", [])
    monkeypatch.setattr(standing, "FOLLOWERS", [])
    for number in range(MEMBERS):
        book = Book(ground.registry, Member(id=uuid.uuid4(), language="fr", created_at=NOON))
        with monkeypatch.context() as patch:
            open_book(book, patch)
            now = play(part * MEMBERS + number, ground, book.member.id, contextlib.nullcontext)
            assert illegal(book.events, book.cells.values(), book.objections_of(book.member.id), now=now) == []
            assert rebuilt(book) == {key_of(cell): told(cell) for cell in book.cells.values()}


def rebuilt(book):
    """The cells that the ledger alone makes."""
    return {key_of(cell): told(cell) for cell in project_ledger(book.events.values()).values()}


def told(cell):
    """What a cell says, but for what stands against it from outside its ledger."""
    return (cell.state, cell.level, cell.event_id, cell.expires_at, cell.uses_left, cell.version, cell.changed_at)


@pytest.mark.parametrize("seed", [1, 7])
def test_the_book_and_the_database_are_led_to_the_same(ground, seed, monkeypatch):
    member = make_member()
    with db.system_transaction() as session:
        now = play(seed, ground, member.id, session.begin_nested)
        cells, events = db.all_of(queries.projection_of(member.id)), db.all_of(queries.ledger_of(member.id))
        objections = db.all_of(queries.objections_of(member.id))
        assert illegal({event.id: event for event in events}, cells, objections, now=now) == []
        assert rebuild_projection(member_id=member.id) == 0
    book = Book(ground.registry, Member(id=member.id, language="fr", created_at=NOON))
    monkeypatch.setattr(listeners, "FOLLOWERS", [])
    monkeypatch.setattr(standing, "FOLLOWERS", [])
    with monkeypatch.context() as patch:
        open_book(book, patch)
        play(seed, ground, member.id, contextlib.nullcontext)
    assert [said(cell) for cell in sorted(cells, key=key_of)] == [
        said(cell) for cell in sorted(book.cells.values(), key=key_of)
    ]


def said(cell):
    """What must not depend on where it is kept."""
    return (key_of(cell), cell.state, cell.level, cell.expires_at, cell.uses_left, cell.version, cell.objected)


def illegal(events, cells, objections, *, now):
    """Cells that no history may lead to, each with what is wrong with it."""
    wrong = []
    for cell in cells:
        event, permits = events[cell.event_id], cell.state in PERMITTING
        before = events.get(event.previous_event_id)
        counted = cell.state == State.EXHAUSTED or (permits and cell.level in ("one_shot", "contact_once"))
        marketing = cell.purpose != "satisfaction_survey"
        checks = {
            "a level that the touchpoint cannot carry": permits and cell.level not in CARRIED[cell.touchpoint],
            "a yes without its act": permits and event.evidence.get("method") != "toggle_off_to_on",
            "a yes without an end": permits and cell.expires_at is None,
            "a count where nothing is counted": (cell.uses_left is not None) is not counted,
            "a used-up yes that permits": permits and cell.uses_left == 0,
            "a no with a level": cell.state in ("refused", "withdrawn") and cell.level != "none",
            "withdrawn without a yes before": cell.state == "withdrawn" and before.state not in PERMITTING,
            "a yes against an objection": marketing
            and bool(objections)
            and standing_of(cell_of(cell), facts=Facts(), now=now) == "allowed",
        }
        wrong += [(name, cell.touchpoint, cell.state) for name, is_so in checks.items() if is_so]
    return wrong
