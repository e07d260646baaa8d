"""The read model: what is live where, at every moment what the offers and the stores say."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event, func, select, text, update

from app.accounts.models import Brand
from app.sql import db
from geo.places.models import AreaStore, Place, Store
from geo.places.read_model import places_changed
from offers.planning import jobs, queries
from offers.planning.drafts import InASale
from offers.planning.models import AppliesBy, LiveOffer, Offer, OfferPlace, OfferVersion
from offers.planning.purchase_bounds import CountedTax
from offers.planning.read_model import publication
from offers.planning.read_model.rebuild import rebuild_read_model
from offers.planning.schedules.daily_times import DailyTime
from offers.planning.schedules.recurrence import Holidays, Schedule
from offers.planning.schemas import OfferCardOut
from tests.factories import NOON, make_area, make_brand, make_store, save
from tests.planning.factories import (
    EVERYWHERE,
    approve,
    end,
    make_draft,
    make_offer,
    new_version,
    on_the_clock,
    pause,
    publish,
    resume,
    stores_and_areas,
)
from tests.racing import at_once
from tests.sizes import chosen


def places_of(offer: Offer) -> set[int]:
    with db.system_transaction():
        return set(db.all_of(select(OfferPlace.store_number).where(OfferPlace.offer_number == offer.number)))


def windows_of(offer: Offer) -> dict[int, tuple[datetime, datetime]]:
    asked = select(OfferPlace.store_number, OfferPlace.starts_at, OfferPlace.ends_at)
    with db.system_transaction():
        rows = db.rows(asked.where(OfferPlace.offer_number == offer.number))
    return {number: (starts.astimezone(UTC), ends.astimezone(UTC)) for number, starts, ends in rows}


def cards_of(offer: Offer) -> Any:
    asked = select(LiveOffer.card_fr, LiveOffer.card_en).where(LiveOffer.offer_id == offer.id)
    with db.system_transaction():
        rows = db.rows(asked)
    return [json.loads(card) for card in rows[0]] if rows else None


def offered(store: Store) -> bool | None:
    with db.system_transaction():
        return db.first(select(Place.offered).where(Place.store_id == store.id))


def close(store: Store) -> None:
    with db.system_transaction():
        db.get(Store, store.id).status = "closed"
        db.session().flush()
        places_changed(store_ids=[store.id], now=NOON)


@pytest.fixture
def store(brand: Brand) -> Store:
    store = make_store(brand)
    publish(store)
    return store


def test_a_draft_is_nowhere(brand: Brand, store: Store) -> None:
    assert cards_of(make_draft(brand)) is None


def test_a_live_offer_is_at_each_open_store_of_the_brand(brand: Brand, store: Store) -> None:
    closed, foreign = make_store(brand, status="closed"), make_store(make_brand())
    assert places_of(make_offer(brand)) == {store.number} - {closed.number, foreign.number}


def test_an_offer_for_stores_and_areas_is_at_each_of_them_once(brand: Brand, store: Store) -> None:
    other, elsewhere = make_store(brand), make_store(brand)
    area = make_area(brand, store, other)
    offer = make_offer(brand, targets=stores_and_areas(store, areas=(area,)))
    assert places_of(offer) == {store.number, other.number} - {elsewhere.number}


def test_a_window_is_read_in_each_stores_own_zone(brand: Brand, store: Store) -> None:
    away = make_store(brand, time_zone="America/New_York")
    offer = make_offer(brand, starts_local=on_the_clock("2026-05-18T09:00"), ends_local=on_the_clock("2026-05-19"))
    assert windows_of(offer) == {
        store.number: (datetime(2026, 5, 18, 7, tzinfo=UTC), datetime(2026, 5, 18, 22, tzinfo=UTC)),
        away.number: (datetime(2026, 5, 18, 13, tzinfo=UTC), datetime(2026, 5, 19, 4, tzinfo=UTC)),
    }


def test_a_window_that_the_clock_skips_is_nowhere(brand: Brand, store: Store) -> None:
    skipped = {"starts_local": on_the_clock("2027-03-28T02:10"), "ends_local": on_the_clock("2027-03-28T02:50")}
    assert places_of(make_offer(brand, **skipped)) == set()


def test_a_card_is_what_a_member_reads_in_both_languages(brand: Brand, store: Store) -> None:
    item = {"fr": "Un café", "en": "A coffee"}
    french, english = cards_of(make_offer(brand, benefit={"kind": "free_item", "item": item}))
    assert (french["title"], english["title"]) == ("Café offert", "Free coffee")
    assert (french["benefit"]["item"], english["benefit"]["item"]) == ("Un café", "A coffee")


def test_a_card_is_as_the_document_says(brand: Brand, store: Store) -> None:
    for card in cards_of(make_offer(brand, applies=AppliesBy.AUTOMATIC, in_a_sale=InASale(minimum_minor=1_000))):
        assert OfferCardOut().validate(card) == {}
        assert set(card) == set(OfferCardOut().fields)


def test_only_what_applies_by_itself_says_so(brand: Brand, store: Store) -> None:
    assert not any("by_itself" in card for card in cards_of(make_offer(brand)))


def test_only_an_offer_that_has_bounds_says_so(brand: Brand, store: Store) -> None:
    assert not any("bounds" in card for card in cards_of(make_offer(brand)))
    rules = InASale(maximum_minor=9_000, counted_tax=CountedTax.EXCLUDED)
    said = {"minimum_minor": 0, "maximum_minor": 9_000, "counted_tax": "excluded"}
    assert [card["bounds"] for card in cards_of(make_offer(brand, in_a_sale=rules))] == [said, said]


def test_a_paused_offer_is_nowhere_and_a_resumed_one_is_back(brand: Brand, store: Store) -> None:
    paused = pause(make_offer(brand), brand)
    assert (places_of(paused), cards_of(paused), offered(store)) == (set(), None, False)
    resumed = resume(paused, brand)
    assert (places_of(resumed), offered(store)) == ({store.number}, True)


def test_an_ended_offer_is_nowhere(brand: Brand, store: Store) -> None:
    ended = end(make_offer(brand), brand)
    assert (places_of(ended), cards_of(ended), offered(store)) == (set(), None, False)


def test_a_place_stays_offered_while_another_offer_holds_there(brand: Brand, store: Store) -> None:
    make_offer(brand)
    end(make_offer(brand), brand)
    assert offered(store) is True


def test_a_new_version_moves_the_offer(brand: Brand, store: Store) -> None:
    other = make_store(brand)
    publish(other)
    offer = make_offer(brand, targets=stores_and_areas(store))
    moved = new_version(offer, brand, targets=stores_and_areas(other))
    assert places_of(moved) == {other.number}
    assert (offered(store), offered(other)) == (False, True)


def test_a_store_that_opens_later_has_the_offers_of_the_whole_brand(brand: Brand, store: Store) -> None:
    offer = make_offer(brand)
    later = make_store(brand)
    publish(later)
    assert places_of(offer) == {store.number, later.number}
    assert offered(later) is True


def test_a_store_that_closes_loses_its_offers(brand: Brand, store: Store) -> None:
    offer = make_offer(brand)
    close(store)
    assert places_of(offer) == set()


def test_a_store_that_joins_an_area_has_its_offers(brand: Brand, store: Store) -> None:
    area = make_area(brand)
    offer = make_offer(brand, targets=stores_and_areas(areas=(area,)))
    save(AreaStore(area_id=area.id, store_id=store.id))
    publish(store)
    assert places_of(offer) == {store.number}


def test_a_new_store_and_a_new_offer_never_miss_each_other(brand: Brand) -> None:
    for _ in range(8):
        draft = make_draft(brand)

        def act(number: int, draft: Offer = draft) -> Any:
            return approve(draft, brand) if number else publish(make_store(brand))

        at_once(2, act)
    with db.system_transaction():
        stores = db.all_of(select(Store.number).where(Store.brand_id == brand.id))
        offers = db.all_of(select(LiveOffer.offer_number).where(LiveOffer.brand_id == brand.id))
        pairs = db.rows(
            select(OfferPlace.store_number, OfferPlace.offer_number).where(OfferPlace.offer_number.in_(offers))
        )
    assert {tuple(pair) for pair in pairs} == {(store, offer) for store in stores for offer in offers}


def test_an_offer_whose_window_is_over_everywhere_ends_by_itself(brand: Brand, store: Store) -> None:
    last_day = NOON.replace(tzinfo=None) + timedelta(days=1)
    offer = make_offer(brand, ends_local=last_day)
    jobs.end_offers(now=NOON + timedelta(days=2))
    with db.system_transaction():
        assert db.get(Offer, offer.id).status == "ended"
    assert (places_of(offer), offered(store)) == (set(), False)


def test_an_offer_goes_on_while_its_window_is_open_somewhere(brand: Brand, store: Store) -> None:
    make_store(brand, time_zone="America/Los_Angeles")
    midnight = on_the_clock("2026-05-19")
    offer = make_offer(brand, ends_local=midnight)
    over_in_paris = datetime(2026, 5, 18, 22, tzinfo=UTC)
    jobs.end_offers(now=over_in_paris)
    with db.system_transaction():
        assert db.get(Offer, offer.id).status == "live"
    jobs.end_offers(now=over_in_paris + timedelta(hours=9))
    with db.system_transaction():
        assert db.get(Offer, offer.id).status == "ended"


def test_a_paused_offer_is_not_ended_by_the_clock(brand: Brand, store: Store) -> None:
    offer = pause(make_offer(brand, ends_local=on_the_clock("2026-05-19")), brand)
    jobs.end_offers(now=NOON + timedelta(days=9))
    with db.system_transaction():
        assert db.get(Offer, offer.id).status == "paused"


def test_a_brand_with_two_thousand_stores_publishes_within_a_second(brand: Brand) -> None:
    open_many_stores(brand, 2000)
    draft, started = make_draft(brand), time.perf_counter()
    approve(draft, brand)
    taken = time.perf_counter() - started
    assert len(places_of(draft)) == 2000
    assert taken < 1


def test_many_stores_are_laid_out_with_the_offers_of_their_own_brand_alone(brand: Brand) -> None:
    """Windows are alike everywhere: joined by them first, each store of the house met each of its offers."""
    other = make_brand()
    for one in (other, brand):
        open_many_stores(one, 400)
    offer = make_offer(brand)
    multiply_offer(make_offer(other), 400)
    with db.system_transaction():
        mine = db.all_of(select(Store.id).where(Store.brand_id == brand.id))
        publication.forget_places(OfferPlace.offer_number == offer.number)
        with explained("INSERT INTO offer_place"):
            [plan] = publication.flatten_many(Offer.brand_id == brand.id, queries.among(Store.id, mine))
    most = max(node["Actual Rows"] * node["Actual Loops"] for node in nodes_of(plan[0]["Plan"]))  # type: ignore[index]
    with db.system_transaction():  # other tests rebuild the read model of whatever there is
        db.execute(update(Offer).where(Offer.brand_id == other.id).values(status="ended"))
        there_are = max(db.execute(select(func.count()).select_from(one)).scalar_one() for one in (Store, OfferVersion))
    assert most <= there_are


def open_many_stores(brand: Brand, count: int) -> None:
    with db.system_transaction():
        db.execute(
            text(
                """
                INSERT INTO store
                    (id, brand_id, reference, name, location, time_zone, country, created_at, updated_at)
                SELECT gen_random_uuid(), :brand, n, 'Store', ST_MakePoint(2 + n / 1e4, 48)::geography,
                    'Europe/Paris', 'FR', :now, :now FROM generate_series(1, :count) AS n
                """
            ),
            {"brand": brand.id, "now": NOON, "count": count},
        )
        places_changed(store_ids=db.all_of(select(Store.id).where(Store.brand_id == brand.id)), now=NOON)


def multiply_offer(offer: Offer, count: int) -> None:
    """So many more offers that say the same."""
    with db.system_transaction():
        db.execute(
            text(
                """
                WITH more AS (
                    INSERT INTO offer SELECT (jsonb_populate_record(offer, jsonb_build_object(
                        'id', gen_random_uuid(), 'number', nextval(pg_get_serial_sequence('offer', 'number'))))).*
                    FROM offer, generate_series(1, :count) AS n WHERE id = :id RETURNING id)
                INSERT INTO offer_version SELECT (jsonb_populate_record(said, jsonb_build_object(
                    'offer_id', more.id))).*
                FROM more, offer_version AS said WHERE said.offer_id = :id
                """
            ),
            {"id": offer.id, "count": count},
        )


@contextmanager
def explained(beginning: str) -> Iterator[None]:
    """Within this block such a statement answers with the plan by which it was done."""

    def explain(*given: Any) -> tuple[str, Any]:
        statement, parameters = given[2:4]
        wanted = statement.startswith(beginning)
        return "EXPLAIN (ANALYZE, FORMAT JSON) " + statement if wanted else statement, parameters

    event.listen(db.engine(), "before_cursor_execute", explain, retval=True)
    try:
        yield
    finally:
        event.remove(db.engine(), "before_cursor_execute", explain)


def nodes_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes_of(part)


def read_model(brand: Brand) -> dict[str, Any]:
    """Everything that the read model says of a brand, in an order of its own; other tests live by other clocks."""
    tables = {
        "live": "SELECT to_jsonb(live_offer)::text FROM live_offer WHERE brand_id = :brand ORDER BY 1",
        "places": "SELECT to_jsonb(offer_place)::text FROM offer_place JOIN place USING (store_number)"
        " WHERE brand_id = :brand ORDER BY 1",
        "offered": "SELECT store_number::text || offered FROM place WHERE brand_id = :brand ORDER BY 1",
    }
    with db.system_transaction():
        return {name: db.execute(text(asked), {"brand": brand.id}).scalars().all() for name, asked in tables.items()}


TIMES = (DailyTime(11 * 60, 120), DailyTime(22 * 60, 240))
SCHEDULES = (
    None,
    Schedule("FREQ=WEEKLY;BYDAY=MO,SA", TIMES),
    Schedule("FREQ=DAILY", TIMES, holidays=Holidays.NEVER, while_open=True),
)
HOURS = ("Mo-Sa 09:00-12:00,14:00-23:00", None, "Mo-Su 10:00-22:30")


class World:
    """A brand to which things happen at random."""

    def __init__(self) -> None:
        self.brand = make_brand()
        self.stores = [make_store(self.brand, time_zone=zone) for zone in ("Europe/Paris", "America/New_York")]
        self.area = make_area(self.brand)
        self.offers: list[Offer] = []
        publish(*self.stores)

    def happen(self, act: str, which: int) -> None:
        store = self.stores[which % len(self.stores)]
        targets = [{}, {"targets": stores_and_areas(store)}, {"targets": stores_and_areas(areas=(self.area,))}][
            which % 3
        ]
        if act == "open":
            self.stores.append(make_store(self.brand))
            publish(self.stores[-1])
        elif act == "close":
            close(store)
        elif act == "hours":
            with db.system_transaction():
                db.get(Store, store.id).opening_hours = HOURS[which % len(HOURS)]
                db.session().flush()
                places_changed(store_ids=[store.id], now=NOON)
        elif act == "join":
            with db.system_transaction():
                db.session().merge(AreaStore(area_id=self.area.id, store_id=store.id))
                db.session().flush()
                places_changed(store_ids=[store.id], now=NOON)
        elif act == "leave":
            with db.system_transaction():
                db.execute(delete(AreaStore).where(AreaStore.store_id == store.id))
                places_changed(store_ids=[store.id], now=NOON)
        elif act == "plan" or not self.offers:
            schedule = SCHEDULES[which % len(SCHEDULES)]
            self.offers.append(make_offer(self.brand, **targets, total_limit=which or None, schedule=schedule))
        else:
            self.change(act, which % len(self.offers), targets)

    def change(self, act: str, index: int, targets: dict[str, Any]) -> None:
        allowed = {"version": ("live", "paused"), "pause": ("live",), "resume": ("paused",), "end": ("live", "paused")}
        does = {"version": new_version, "pause": pause, "resume": resume, "end": end}
        offer = self.offers[index]
        if offer.status in allowed[act]:
            self.offers[index] = does[act](offer, self.brand, **(targets if act == "version" else {}))


ACTS = ("open", "close", "hours", "join", "leave", "plan", "plan", "version", "pause", "resume", "end")


@settings(max_examples=chosen().worlds, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 5)), min_size=3, max_size=14))
def test_whatever_happens_the_read_model_is_what_a_rebuild_would_write(acts: list[tuple[str, int]]) -> None:
    world = World()
    for act, which in acts:
        world.happen(act, which)
    kept = read_model(world.brand)
    with db.system_transaction():
        rebuild_read_model(now=NOON)
    assert read_model(world.brand) == kept


def test_a_rebuild_mends_what_was_lost(brand: Brand, store: Store) -> None:
    offer = make_offer(brand)
    with db.system_transaction():
        db.execute(delete(LiveOffer).where(LiveOffer.offer_id == offer.id))
        db.execute(text("UPDATE place SET offered = false WHERE store_id = :store"), {"store": store.id})
        assert rebuild_read_model(now=NOON) >= 1
    assert (places_of(offer), offered(store)) == ({store.number}, True)


def test_a_rebuild_counts_the_live_offers(brand: Brand, store: Store) -> None:
    make_offer(brand)
    with db.system_transaction():
        live = db.first(select(func.count()).select_from(Offer).where(Offer.status == "live"))
        assert rebuild_read_model(now=NOON) == live


def test_many_offers_are_joined_by_hash_and_what_comes_after_as_the_planner_likes(
    brand: Brand, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    loops: list[str] = []

    def flatten(*conditions: Any) -> list[int]:
        loops.append(db.execute(text("SHOW enable_nestloop")).scalar_one())
        return []

    def rebuild_and_undo() -> None:
        with db.system_transaction():
            rebuild_read_model(now=NOON)
            loops.append(db.execute(text("SHOW enable_nestloop")).scalar_one())
            raise LookupError("undone")

    monkeypatch.setattr(publication, "flatten", flatten)
    with pytest.raises(LookupError, match="undone"):
        rebuild_and_undo()
    assert loops == ["off", "on"]


def test_one_version_and_one_store_are_judged_as_all_of_them_are() -> None:
    """`queries.holds_in` says of a coupon at a till what `queries.targeted` says for the read model."""
    brand, stranger = make_brand(), make_brand()
    here, there, abroad = make_store(brand), make_store(brand), make_store(stranger)
    area, empty = make_area(brand, here), make_area(brand)
    for targets in (
        EVERYWHERE,
        stores_and_areas(here),
        stores_and_areas(there),
        stores_and_areas(areas=(area,)),
        stores_and_areas(areas=(empty,)),
        stores_and_areas(there, areas=(area, empty)),
    ):
        make_offer(brand, targets=targets)
    at = queries.targeted(Offer.brand_id == brand.id)
    pair = (OfferVersion.offer_id, Store.id)
    holding = (
        select(*pair)
        .join(Offer, Offer.id == OfferVersion.offer_id)
        .join(Store, Store.brand_id == Offer.brand_id)
        .where(Offer.brand_id == brand.id, queries.holds_in(Store))
    )
    with db.transaction():
        all_of_them = set(db.rows(select(at.c.offer_id, at.c.store_id)))
        one_by_one = set(db.rows(holding))
    assert one_by_one == all_of_them
    assert len(all_of_them) == 7
    assert abroad.id not in {store_id for _, store_id in all_of_them}
