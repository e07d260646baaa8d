"""A member reads a tag."""

from typing import Any

import pytest

from app import clock
from app.consent.models import Level, Scope, ScopeKind
from tests.consent.factories import say_no
from tests.deciding.factories import make_shop, set_hours
from tests.factories import make_brand
from tests.racing import at_once
from tests.speaking import Speaker
from tests.triggers.factories import BREAD, Visitor


@pytest.fixture
def reader(anyone: Speaker) -> Visitor:
    reader = Visitor(anyone)
    reader.permits("qr", level=Level.ALERT_ON_REQUEST)
    return reader


def test_a_tag_on_a_shelf_brings_what_is_on_it(reader: Visitor) -> None:
    answer = reader.scans(reader.make_tag(zone_id=reader.shelf.id)).get_json()
    assert reader.titles(answer) == ["bread", "milk"]
    assert answer["offers"][0]["reason"]["text"] == 'Because you stand before "Breads".'
    assert answer["withdrawal"].endswith("/qr/in_store_offers")
    assert [one.kind for one in reader.kept()] == ["tag"]


def test_a_tag_on_an_article_needs_no_zone(reader: Visitor) -> None:
    answer = reader.scans(reader.make_tag(products=BREAD)).get_json()
    assert answer["offers"][0]["reason"]["text"] == "Because you stand before its articles."


def test_a_poster_in_the_street_needs_no_store(reader: Visitor) -> None:
    answer = reader.scans(reader.make_tag(store_id=None, products=BREAD, carrier="poster")).get_json()
    assert reader.titles(answer) == ["bread", "milk"]
    assert answer["offers"][0]["store_id"] is None


def test_a_tag_in_the_window_of_a_closed_store_answers(reader: Visitor) -> None:
    set_hours(reader.store, open_now=False)
    assert reader.titles(reader.scans(reader.make_tag()).get_json()) == ["milk", "bread"]


def test_who_reads_it_again_sees_it_again(reader: Visitor) -> None:
    tag = reader.make_tag()
    assert [len(reader.scans(tag).get_json()["offers"]) for _ in range(3)] == [2, 2, 2]


def test_the_same_scan_sent_twice_is_one(reader: Visitor) -> None:
    tag = reader.make_tag()
    first, second = (reader.scans(tag, key="one") for _ in range(2))
    assert first.get_data() == second.get_data()
    assert len(reader.kept()) == 1


@pytest.mark.parametrize("code", ["x", "x" * 16, "é" * 16])
def test_what_is_no_tag_is_unknown(reader: Visitor, code: str) -> None:
    assert reader.scans(code).get_json()["code"] == "tag_unknown"


def test_a_retired_tag_is_unknown(reader: Visitor) -> None:
    assert reader.scans(reader.make_tag(retired_at=clock.now())).status_code == 404


def test_without_the_permission_there_is_nothing_and_a_remedy(anyone: Speaker) -> None:
    """A yes to beacons says nothing of tags."""
    visitor = Visitor(anyone)
    refused = visitor.scans(visitor.make_tag())
    assert (refused.status_code, refused.get_json()["code"]) == (403, "permission_not_given")
    assert refused.get_json()["remedy"]
    assert visitor.kept() == []


@pytest.mark.parametrize("is_here", [True, False])
def test_a_permission_for_a_store_holds_there_alone(anyone: Speaker, is_here: bool) -> None:
    visitor = Visitor(anyone)
    store = visitor.store if is_here else make_shop(visitor.brand, north=4)
    visitor.permits("qr", level=Level.ALERT_ON_REQUEST, scope=Scope(ScopeKind.STORE, store.id))
    assert visitor.scans(visitor.make_tag()).status_code == (200 if is_here else 403)


def test_a_permission_for_one_answer_gives_one(anyone: Speaker) -> None:
    visitor = Visitor(anyone)
    visitor.permits("qr", level=Level.ONE_SHOT)
    tag = visitor.make_tag()
    assert sorted(at_once(8, lambda _: visitor.scans(tag).status_code)) == [200] + [403] * 7
    assert visitor.kept() == []


def test_after_a_no_there_is_nothing(reader: Visitor) -> None:
    say_no(reader.member, reader.brand, touchpoint="qr", purpose="in_store_offers", now=clock.now())
    refused: Any = reader.scans(reader.make_tag()).get_json()
    assert refused["code"] == "permission_withdrawn"


def test_a_withdrawal_at_the_same_time_leaves_nothing_behind(reader: Visitor) -> None:
    tag = reader.make_tag()
    withdrawal = f"/v1/permissions/{reader.brand.code}/qr/in_store_offers"
    at_once(9, lambda n: reader.phone.delete(withdrawal) if n == 4 else reader.scans(tag))
    assert reader.kept() == []


def test_a_tag_of_another_brand_asks_for_that_brands_permission(reader: Visitor, anyone: Speaker) -> None:
    other = Visitor(anyone)
    assert make_brand().id != other.brand.id
    assert reader.scans(other.make_tag()).status_code == 403
