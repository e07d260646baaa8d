"""Whoever approves an offer reads what changes, value by value."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.accounts.models import Brand
from app.languages import Text
from offers.planning.description import record_of
from offers.planning.drafts import InASale
from offers.planning.models import AppliesBy, Audience, PercentBase, Stacking
from offers.planning.purchase_bounds import CountedTax
from offers.planning.review import wording
from offers.planning.review.differences import NO_CONTENT, describe_difference, find_differences
from offers.planning.schedules.recurrence import read_schedule
from tests.factories import make_brand, make_store
from tests.planning.factories import Desk, body, make_draft, make_offer, match, new_version
from tests.speaking import Speaker
from wallet.purchases.basket import Products


@pytest.fixture
def brand(app: Any) -> Brand:
    return make_brand()


def changed(brand: Brand, before: dict[str, Any], after: dict[str, Any], language: Any = "fr") -> list[str]:
    """The differences of two versions, in words."""
    old, new = make_offer(brand, **before).live, make_offer(brand, **after).live
    assert old is not None
    assert new is not None
    found = find_differences(record_of(old), record_of(new))
    said = {"currency": "EUR", "names": {}, "starts": (old.starts_local.date(), new.starts_local.date())}
    return [describe_difference(one, language, **said)["text"] for one in found]


def test_what_is_the_same_is_no_difference(brand: Brand) -> None:
    assert changed(brand, {}, {}) == []


def test_each_value_is_told_with_its_name(brand: Brand) -> None:
    rules = InASale(minimum_minor=1_250, rank=40)
    after = {"in_a_sale": rules, "total_limit": 100, "transferable": True, "title": Text(fr="Thé", en="Tea")}
    assert changed(brand, {}, after) == [
        "Titre français : Café offert → Thé",
        "Titre anglais : Free coffee → Tea",
        "Bons en tout : rien → 100",
        "Le bon peut être offert : non → oui",
        "Achat minimum : 0,00\u00a0€ → 12,50\u00a0€",
        "Rang : 50 → 40",
    ]
    assert changed(brand, {}, {"priority": 1}, "en") == ["Priority: 50 → 1"]


def test_the_bounds_of_a_purchase_are_told_in_words(brand: Brand) -> None:
    before = {"in_a_sale": InASale(maximum_minor=10_000)}
    after = {"in_a_sale": InASale(counted_tax=CountedTax.EXCLUDED)}
    assert changed(brand, before, after) == [
        "Achat maximum : 100,00\u00a0€ → rien",
        "Minimum et maximum comptés : taxes comprises → hors taxes",
    ]


def test_of_lists_what_is_new_and_what_is_gone_is_told(brand: Brand) -> None:
    before = {"in_a_sale": InASale(products=Products(categories=frozenset({"food", "drinks"})))}
    after = {"in_a_sale": InASale(products=Products(categories=frozenset({"food", "garden"})))}
    assert changed(brand, before, after) == ["Catégories : + garden, − drinks"]


def test_another_kind_of_benefit_is_told_whole(brand: Brand) -> None:
    points = {"benefit": {"kind": "points", "points": 5}}
    assert changed(brand, {}, points) == [
        "Nature de l'avantage : percent → points",
        "Pourcentage : 10 → rien",
        "Points : rien → 5",
    ]


def test_a_schedule_is_told_in_words(brand: Brand) -> None:
    kept = {"rule": "FREQ=WEEKLY;BYDAY=TU", "times": [{"starts": "17:00", "ends": "19:00"}], "but_not": []}
    schedule = read_schedule(kept | {"and_on": [], "holidays": "any", "while_open": False})
    [found] = changed(brand, {}, {"schedule": schedule})
    assert found.startswith("Horaires : toute la période → ")
    assert "mardi" in found
    assert "FREQ" not in found


def test_every_value_of_an_offer_has_a_name(brand: Brand) -> None:
    """What a room adds to the record needs its words in `review.wording`."""
    version = make_offer(brand).live
    assert version is not None
    record = {name: "x" if value is None else value for name, value in record_of(version).items()}
    found = find_differences({}, record | {"benefit": {"kind": "x"}})
    assert [one.field for one in found if one.name.fr == one.field] == []


def test_a_word_of_ours_is_told_in_the_language_of_the_reader(brand: Brand) -> None:
    after = {"applies": AppliesBy.AUTOMATIC, "in_a_sale": InASale(stacking=Stacking.EXCLUSIVE)}
    assert changed(brand, {}, after) == [
        "Cumul : avec les autres qui se cumulent → avec aucune autre",
        "S'applique : avec un bon → d'elle-même en caisse",
    ]


def test_every_word_of_ours_has_words() -> None:
    ours = {"applies": AppliesBy, "audience": Audience, "in_a_sale.stacking": Stacking, "in_a_sale.base": PercentBase}
    ours["in_a_sale.counted_tax"] = CountedTax
    assert set(wording.VALUES) == {(path, str(one)) for path, words in ours.items() for one in words}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.lists(st.text(max_size=2), max_size=2),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
RECORDS = st.dictionaries(st.sampled_from(["a", "b", *NO_CONTENT]), VALUES, max_size=3)


@given(RECORDS, RECORDS)
@example({"b": {"a": None, "b": [""]}}, {"b": {"b": True}})
@example({"a": False}, {"a": ["x"]})
def test_differences_go_both_ways(one: dict[str, Any], other: dict[str, Any]) -> None:
    there, back = find_differences(one, other), find_differences(other, one)
    assert {(x.field, x.added, x.removed) for x in there} == {(x.field, x.removed, x.added) for x in back}
    assert find_differences(one, one) == []


def test_the_draft_is_compared_with_what_is_live(anyone: Speaker) -> None:
    desk = Desk(anyone)
    created = desk.merchandiser.post("/v1/offers", json=body(targets={"stores": [str(desk.store.id)]}))
    path = f"/v1/offers/{created.json['id']}"
    assert desk.approver.get(f"{path}/versions/diff").json == {"from": None, "to": 1, "items": []}
    approved = desk.approver.post(f"{path}/approval", headers=match(created))
    other = make_store(desk.brand, name="Bastille")
    wider = body(targets={"stores": [str(desk.store.id), str(other.id)]}, priority=60)
    desk.merchandiser.put(path, json=wider, headers=match(approved))
    found = desk.approver.get(f"{path}/versions/diff", headers={"Accept-Language": "en"}).json
    assert (found["from"], found["to"]) == (1, 2)
    assert [(one["field"], one["added"], one["text"]) for one in found["items"]] == [
        ("targets.stores", ["Bastille"], "Stores: + Bastille"),
        ("priority", [], "Priority: 50 → 60"),
    ]
    back = desk.auditor.get(f"{path}/versions/diff?from=2&to=1").json
    assert [one["removed"] for one in back["items"]] == [["Bastille"], []]


def test_a_version_that_is_not_there_is_named(anyone: Speaker) -> None:
    desk = Desk(anyone)
    offer = make_draft(desk.brand)
    refused = desk.merchandiser.get(f"/v1/offers/{offer.id}/versions/diff?from=1&to=7")
    assert (refused.status_code, refused.json["code"], refused.json["facts"]) == (
        404,
        "offer_version_unknown",
        {"version": 7},
    )


def test_the_last_change_of_a_live_offer_is_what_is_shown(anyone: Speaker) -> None:
    desk = Desk(anyone)
    offer = new_version(make_offer(desk.brand), desk.brand, priority=9)
    found = desk.auditor.get(f"/v1/offers/{offer.id}/versions/diff").json
    assert (found["from"], found["to"], len(found["items"])) == (1, 2, 1)


def test_another_brands_offer_is_unknown(anyone: Speaker) -> None:
    desk, offer = Desk(anyone), make_draft(make_brand())
    for path in ("versions/diff", "conflicts"):
        assert desk.auditor.get(f"/v1/offers/{offer.id}/{path}").json["code"] == "offer_unknown"


def test_conflicts_are_read_in_the_language_of_the_reader(anyone: Speaker) -> None:
    desk = Desk(anyone)
    make_offer(desk.brand)
    offer = make_draft(desk.brand)
    found = desk.approver.get(f"/v1/offers/{offer.id}/conflicts", headers={"Accept-Language": "en"}).json
    [line] = found["items"]
    assert (found["version"], found["more"], line["code"], line["status"]) == (1, False, "both_apply", "live")
    assert line["text"] == "“Free coffee” applies as well on one article: 19 % in all."
    assert (line["first_day"], line["last_day"], line["stores"]) == ("2026-01-01", "2098-12-31", 1)
