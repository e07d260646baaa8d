import uuid
from datetime import timedelta

import pytest

from app import clock
from app.sql import db
from offers.deciding.decisions import IN_LEAFLET
from offers.deciding.models import Decision
from offers.deciding.replays.replays import replay_decisions
from offers.leaflets import choice
from offers.planning.audiences.for_whom import ForWhom
from offers.planning.drafts import InASale
from tests.coupons.factories import claim
from tests.factories import make_brand, make_store
from tests.leaflets.factories import Reader, listed
from tests.learning.factories import forbid, permit
from tests.planning.factories import end, on_the_clock, publish, stores_and_areas
from tests.racing import at_once
from tests.speaking import Speaker
from wallet.purchases.basket import Products


@pytest.fixture
def reader(anyone: Speaker) -> Reader:
    return Reader(anyone)


def test_a_leaflet_holds_the_offers_of_the_store_where_the_member_buys_most(reader: Reader) -> None:
    reader.buys()
    there, elsewhere = reader.store, make_store(reader.brand)
    publish(elsewhere, now=reader.now)
    mine = reader.offer(targets=stores_and_areas(there))
    reader.offer(targets=stores_and_areas(elsewhere))
    answer = reader.reads()
    assert listed(answer) == [str(mine.id)]
    assert answer.get_json()["store_id"] == str(there.id)


def test_the_member_may_name_a_store(reader: Reader) -> None:
    other = make_store(reader.brand)
    publish(other, now=reader.now)
    theirs = reader.offer(targets=stores_and_areas(other))
    assert listed(reader.reads(store=other.id)) == [str(theirs.id)]


def test_without_the_permission_there_is_none_and_the_refusal_says_how_to_give_it(anyone: Speaker) -> None:
    reader = Reader(anyone, permits=False)
    reader.offer()
    for path in ("/v1/leaflet", "/leaflet"):
        refused = reader.reads(path, store=reader.store.id)
        assert (refused.status_code, refused.get_json()["code"]) == (403, "permission_not_given")
        assert "permissions" in refused.get_json()["remedy"]


def test_a_permission_that_is_withdrawn_ends_it_at_once(reader: Reader) -> None:
    reader.buys()
    assert reader.reads().status_code == 200
    forbid(reader.member, reader.brand, now=clock.now())
    assert reader.reads().status_code == 403


def test_nobody_knows_the_store_of_who_has_bought_nothing(reader: Reader) -> None:
    assert reader.reads().get_json()["code"] == "leaflet_without_store"


def test_what_is_bought_often_comes_first_and_says_so(reader: Reader) -> None:
    for day in range(1, 8):
        reader.buys(days_ago=day)
    tea = InASale(Products(frozenset({"food/tea"})))
    for _ in range(3):
        reader.offer(in_a_sale=InASale(Products(frozenset({"garden"}))))
    liked = reader.offer(in_a_sale=tea)
    found = {item["offer"]["id"]: item["reason"]["code"] for item in reader.reads().get_json()["items"]}
    assert found[str(liked.id)] == "bought_often"
    assert list(found.values()).count("bought_often") == 1


def test_it_is_the_same_all_week(reader: Reader) -> None:
    reader.buys()
    for _ in range(6):
        reader.offer()
    first = reader.reads()
    reader.buys(days_ago=0)
    again = reader.reads()
    assert listed(again) == listed(first)
    assert again.get_json()["decision_id"] == first.get_json()["decision_id"]


def test_an_offer_that_ends_leaves_it(reader: Reader) -> None:
    reader.buys()
    stays, goes = reader.offer(), reader.offer()
    assert len(listed(reader.reads())) == 2
    end(goes, reader.brand, now=clock.now())
    assert listed(reader.reads()) == [str(stays.id)]


def test_an_offer_of_another_week_is_not_in_it(reader: Reader) -> None:
    reader.buys()
    reader.offer(starts_local=on_the_clock("2090-01-01"))
    assert listed(reader.reads()) == []


def test_a_coupon_that_the_member_holds_comes_with_its_code(reader: Reader) -> None:
    reader.buys()
    coupon = claim(reader.member, reader.offer(), now=reader.now)
    [item] = reader.reads().get_json()["items"]
    assert (item["coupon_code"], item["reason"]["code"]) == (coupon.code, "coupon_held")


def test_no_more_than_a_sheet_holds_is_chosen(reader: Reader) -> None:
    reader.buys()
    for _ in range(IN_LEAFLET + 2):
        reader.offer()
    assert len(listed(reader.reads())) == IN_LEAFLET


def test_it_is_a_decision_that_is_kept_and_explained(reader: Reader) -> None:
    reader.buys()
    reader.offer()
    number = reader.reads().get_json()["decision_id"]
    with db.system_transaction():
        kept = db.get(Decision, (reader.member.id, uuid.UUID(number)))
    assert kept is not None
    assert (kept.placement, kept.shown) == ("leaflet", 1)
    assert reader.phone.get(f"/v1/decisions/{number}").status_code == 200


def test_a_permission_that_is_given_anew_makes_a_new_one(reader: Reader) -> None:
    reader.buys()
    first = reader.reads().get_json()["decision_id"]
    forbid(reader.member, reader.brand, now=clock.now())
    permit(reader.member, reader.brand, now=clock.now())
    assert reader.reads(store=reader.store.id).get_json()["decision_id"] != first


def test_of_two_who_ask_at_once_one_makes_it(reader: Reader, crowd: None) -> None:
    reader.buys()
    for _ in range(4):
        reader.offer()
    answers = at_once(8, lambda _: reader.reads())
    assert len({answer.data for answer in answers}) == 1


def test_stores_of_others_and_brands_that_are_none_are_unknown(reader: Reader) -> None:
    foreign = make_store(make_brand())
    assert reader.reads(store=foreign.id).get_json()["code"] == "leaflet_store_unknown"
    assert reader.phone.get("/v1/leaflet?brand=nobody").get_json()["code"] == "brand_unknown"
    assert reader.reads("/leaflet", store="x").get_json()["code"] == "leaflet_store_unknown"


def test_a_purchase_that_is_too_old_to_matter_still_says_where_the_member_buys(reader: Reader) -> None:
    reader.buys(days_ago=30)
    assert reader.reads().get_json()["store_name"] == reader.store.name


def test_an_offer_for_others_is_not_in_it(reader: Reader) -> None:
    reader.buys()
    reader.offer(for_whom=ForWhom(household=True))
    assert listed(reader.reads()) == []


def test_an_empty_one_is_chosen_again_once_there_is_an_offer(reader: Reader) -> None:
    reader.buys()
    assert listed(reader.reads()) == []
    offer = reader.offer()
    assert listed(reader.reads()) == [str(offer.id)]


def test_one_of_last_week_is_not_that_of_this_week(reader: Reader) -> None:
    reader.buys()
    reader.offer()
    asked = {"member_id": reader.member.id, "brand": reader.brand, "store_id": reader.store.id, "language": "fr"}
    weeks = []
    for days in (0, 7):
        with db.system_transaction():
            db.become(member_id=reader.member.id)
            weeks.append(choice.choose_leaflet(**asked, now=reader.now + timedelta(days=days)))
    assert weeks[0].week.ends_at == weeks[1].week.starts_at


def test_it_comes_out_the_same_when_it_is_made_again(reader: Reader) -> None:
    reader.buys()
    for _ in range(IN_LEAFLET + 3):
        reader.offer()
    number = uuid.UUID(reader.reads().get_json()["decision_id"])
    with db.system_transaction():
        again = {one.decision_id: one.same for one in replay_decisions(since=reader.now, until=clock.now())}
    assert again[number]
