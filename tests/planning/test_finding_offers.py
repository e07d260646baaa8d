"""Merchandisers find an offer among very many, name and tag it, and throw drafts away."""

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import ClauseElement, Executable, Select, create_engine, text
from sqlalchemy.ext.compiler import compiles

from app import config
from app.accounts.models import Brand
from app.languages import Text
from app.sql import db
from offers.planning.labels.search import OffersWanted, find_offers, query_of
from offers.planning.models import Offer
from tests.factories import make_area, make_brand, make_console_user, make_store
from tests.planning.factories import Desk, approve, body, make_offer, match, redraft
from tests.sizes import chosen
from tests.speaking import Speaker


@pytest.fixture
def desk(anyone: Speaker) -> Desk:
    return Desk(anyone)


def found(desk: Desk, **asked: Any) -> set[str]:
    answer = desk.auditor.get("/v1/offers", query_string=asked)
    assert answer.status_code == 200, answer.json
    return {offer["id"] for offer in answer.json["items"]}


def written(desk: Desk, **given: Any) -> Any:
    answer = desk.merchandiser.post("/v1/offers", body(**given))
    assert answer.status_code == 201, answer.json
    return answer


@pytest.mark.parametrize("asked", ["noel", "NOËL", "chevre", "oeufs", "buches noel", "2e 50", "AB-12", "2050"])
def test_words_of_name_tags_titles_and_articles_find_an_offer(desk: Desk, asked: str) -> None:
    label = {"name": "Noël 2026, vague 2", "tags": ["Chèvre", "bûches"]}
    title = {"fr": "2e à -50 % sur les Œufs", "en": "Second at half price"}
    products = {"skus": ["AB-12", "2050-X"], "categories": ["food/dairy"]}
    offer = written(desk, label=label, title=title, in_a_sale={"products": products}).json
    written(desk, title={"fr": "Pâtes", "en": "Pasta"})
    assert found(desk, search=asked) == {offer["id"]}


def test_an_offer_is_found_by_its_number_and_not_by_what_it_excludes(desk: Desk) -> None:
    offer = written(desk, in_a_sale={"products": {"but_not": ["wine"]}}).json
    assert found(desk, search=str(offer["number"])) == {offer["id"]}
    assert found(desk, search="wine") == found(desk, search="%") == set()


def test_a_search_knows_the_waiting_draft_and_forgets_words_that_are_replaced() -> None:
    brand = make_brand()
    offer = make_offer(brand, benefit={"kind": "percent", "percent": 10})
    waiting = redraft(offer, brand, title=Text(fr="Thé", en="Tea"))
    assert [_ids(brand, search=word) for word in ("cafe", "the")] == [{offer.id}, {offer.id}]
    approve(waiting, brand)
    assert [_ids(brand, search=word) for word in ("cafe", "the")] == [set(), {offer.id}]


def _ids(brand: Brand, **asked: Any) -> set[Any]:
    with db.system_transaction():
        return {offer.id for offer in db.all_of(find_offers(brand.id, OffersWanted(**asked)))}


def test_filters_by_tag_status_kind_and_day_go_together(desk: Desk) -> None:
    may = {"starts_local": "2026-05-01", "ends_local": "2026-05-31"}
    one = written(desk, label={"tags": ["Mai"]}, **may).json["id"]
    two = written(desk, label={"tags": ["mai", "b"]}, benefit={"kind": "points", "points": 5}, **may).json["id"]
    assert found(desk, tag="MAI") == {one, two}
    assert found(desk, tag="mai", kind="points", status="draft") == {two}
    assert found(desk, tag="mai", status="live") == set()
    days = ["2026-04-30", "2026-05-01", "2026-05-31", "2026-06-01"]
    assert [found(desk, day=day) for day in days] == [set(), {one, two}, {one, two}, set()]


def test_a_filter_by_store_knows_the_brand_its_areas_and_its_stores(desk: Desk) -> None:
    area = make_area(desk.brand, desk.store)
    elsewhere = make_store(desk.brand)
    everywhere = written(desk).json["id"]
    grouped = written(desk, targets={"areas": [str(area.id)]}).json["id"]
    named = written(desk, targets={"stores": [str(desk.store.id)]}).json["id"]
    assert found(desk, store_id=desk.store.id) == {everywhere, grouped, named}
    assert found(desk, store_id=elsewhere.id) == {everywhere}
    assert found(desk, store_id=make_store(make_brand()).id) == set()


def test_another_brands_offers_are_not_found(anyone: Speaker, desk: Desk) -> None:
    written(desk, label={"name": "Printemps"})
    assert found(Desk(anyone), search="printemps") == set()


def test_the_next_page_keeps_the_filters(desk: Desk) -> None:
    for _ in range(3):
        written(desk, label={"tags": ["x"]})
    written(desk)
    first = desk.auditor.get("/v1/offers", query_string={"tag": "x", "limit": 2}).json
    second = desk.auditor.get(first["next"]).json
    assert [len(first["items"]), len(second["items"]), second["next"]] == [2, 1, None]


def test_a_live_offer_is_named_without_a_new_draft(desk: Desk) -> None:
    draft = written(desk)
    address = f"/v1/offers/{draft.json['id']}"
    live = desk.approver.post(f"{address}/approval", headers=match(draft))
    named = desk.merchandiser.put(f"{address}/label", {"name": "Été", "tags": ["B", "a", "b"]}, headers=match(live))
    assert named.json["label"] == {"name": "Été", "tags": ["a", "b"]}
    assert (named.json["status"], named.json["draft"]) == ("live", None)
    changed = desk.merchandiser.put(address, body(), headers=match(named))
    assert changed.json["label"] == named.json["label"]


def test_a_draft_that_never_was_approved_is_deleted(desk: Desk) -> None:
    draft = written(desk)
    address = f"/v1/offers/{draft.json['id']}"
    assert desk.merchandiser.delete(address).status_code == 204
    assert desk.auditor.get(address).status_code == 404


def test_what_is_live_stays_when_its_draft_is_deleted(desk: Desk) -> None:
    draft = written(desk)
    address = f"/v1/offers/{draft.json['id']}"
    live = desk.approver.post(f"{address}/approval", headers=match(draft))
    desk.merchandiser.put(address, body(priority=1), headers=match(live))
    assert desk.merchandiser.delete(address).status_code == 204
    stands = desk.auditor.get(address)
    assert (stands.json["draft"], stands.json["live"]) == (None, live.json["live"])
    again = desk.merchandiser.delete(address)
    assert (again.status_code, again.json["code"]) == (409, "draft_missing")


SEEDED = """
ALTER TABLE offer DISABLE TRIGGER USER; ALTER TABLE offer_version DISABLE TRIGGER USER;
INSERT INTO offer (id, brand_id, status, live_version, revision, created_by, created_at, updated_at, name, tags, words)
SELECT gen_random_uuid(), '{brand}', CASE WHEN at % 50 = 0 THEN 'live' ELSE 'ended' END, 1, 1, '{by}',
    '2020-01-01'::timestamptz + at * interval '1 hour', '2026-01-01', 'n' || at, ARRAY['t' || at % 2000],
    words_of(concat_ws(' ', 'n' || at, 't' || at % 2000, 'remise'))
FROM generate_series(1, {count}) AS at;
INSERT INTO offer_version (offer_id, version, title_fr, title_en, text_fr, text_en, benefit, targets, starts_local,
    ends_local, member_limit, priority, coupon_valid_days, drafted_by, drafted_at)
SELECT id, 1, name, name, '', '', '{{"kind": "percent", "percent": 5}}',
    CASE WHEN number % 2 = 0 THEN jsonb_build_object('stores', jsonb_build_array('{store}'), 'areas', '[]'::jsonb)
    ELSE jsonb_build_object('stores', jsonb_build_array(gen_random_uuid()), 'areas', '[]'::jsonb) END,
    created_at::timestamp, created_at::timestamp + interval '7 days', 1, 50, 30, '{by}', created_at
FROM offer WHERE brand_id = '{brand}';
ALTER TABLE offer ENABLE TRIGGER USER; ALTER TABLE offer_version ENABLE TRIGGER USER;
ANALYZE offer; ANALYZE offer_version
"""


@pytest.fixture
def crowded() -> Any:
    count = 100_000 if chosen().patient else 10_000
    brand = make_brand()
    store, by = make_store(brand), make_console_user(brand)
    seeded = SEEDED.format(brand=brand.id, by=by.id, store=store.id, count=count)
    engine = create_engine(config.current().owner_database_url or "")
    with engine.begin() as owner:
        for statement in seeded.split(";"):
            owner.execute(text(statement))
    engine.dispose()
    return brand, store, count


def test_among_100_000_offers_every_filter_has_an_index_and_none_reads_them_twice(crowded: Any) -> None:
    brand, store, count = crowded
    asked = {
        "ix_offer_brand_id": OffersWanted(),
        "ix_offer_status": OffersWanted(status="live"),
        "ix_offer_words": OffersWanted(search="n777"),
        "ix_offer_tags": OffersWanted(tag="t77"),
        "ix_offer_version_window": OffersWanted(day=date(2020, 1, 3)),
        "ix_offer_version_targets": OffersWanted(store_id=make_store(brand).id),
        "ix_offer_version_kind": OffersWanted(kind="gift"),
    }
    often = [
        OffersWanted(search="remise"),
        OffersWanted(store_id=store.id),
        OffersWanted(day=date(2020, 1, 3)),
        OffersWanted(kind="percent"),
    ]
    for index, wanted in asked.items():
        whole = wanted.status is None and wanted != OffersWanted()
        assert index in _plan(brand, wanted, "enable_seqscan = off", whole=whole)["text"], index
    for wanted in (
        *asked.values(),
        *often,
        OffersWanted("live", "remise", "t50", "percent", date(2020, 1, 3), store.id),
    ):
        plan = _plan(brand, wanted, "enable_seqscan = on")
        assert plan["rows"] < 2.2 * count, plan["text"]


class Explained(Executable, ClauseElement):
    """How a question is answered, and what that took."""

    inherit_cache = False

    def __init__(self, question: Select[Any]) -> None:
        self.question = question


@compiles(Explained)
def _spell(explained: Explained, compiler: Any, **given: Any) -> str:
    return "EXPLAIN (ANALYZE, FORMAT JSON) " + compiler.process(explained.question, **given)


def _plan(brand: Brand, wanted: OffersWanted, setting: str, *, whole: bool = False) -> dict[str, Any]:
    """How a page of the list is found, or the whole of it, and how many rows of tables and indexes that reads.

    Of a page what was guessed of the rows may prefer to walk the list in its order, whatever index there is."""
    with db.system_transaction():
        page = find_offers(brand.id, wanted)
        if not whole:
            page = page.order_by(Offer.created_at.desc(), Offer.id.desc()).limit(21)
        db.execute(text(f"SET LOCAL {setting}"))
        found = db.session().execute(Explained(page)).scalar_one()
    plan = found if isinstance(found, list) else json.loads(found)
    return {"rows": _rows(plan[0]["Plan"]), "text": json.dumps(plan)}


def _rows(node: dict[str, Any]) -> int:
    own = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    scanned = own if "Scan" in node["Node Type"] else 0
    return int(scanned) + sum(map(_rows, node.get("Plans", ())))


@pytest.mark.parametrize(
    ("text", "query"),
    [("Crème brûlée", "'creme':* & 'brulee':*"), ("Œufs", "'oeufs':*"), ("'); x", "'x':*"), ("—", "")],
)
def test_what_is_searched_for_is_folded(text: str, query: str) -> None:
    assert query_of(text) == query
