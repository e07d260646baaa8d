"""Offers copied for another season, and stopped all at once."""

import uuid
from typing import Any

import pytest
from sqlalchemy import func, select

from app.accounts.models import Brand
from app.sql import db
from app.staff.assignments.assigned_places import assign_places
from offers.coupons.models import Coupon
from offers.planning.errors import OfferNotLive
from offers.planning.labels.label import Label
from offers.planning.models import LiveOffer, Offer
from offers.planning.seasons import copies, stops
from tests.coupons.factories import claim
from tests.factories import NOON, console_token, made, make_brand, make_console_user, make_member, make_store
from tests.planning.factories import Desk, body, make_draft, make_offer, match, on_the_clock, stores_and_areas
from tests.racing import at_once
from tests.speaking import Speaker

SEASON = Label("Noël", ["noel"])
OPERATIONS = ["/v1/offers/copies", "/v1/offers/stops"]


@pytest.fixture
def desk(anyone: Speaker) -> Desk:
    return Desk(anyone)


@pytest.mark.parametrize("path", OPERATIONS)
def test_strangers_members_and_auditors_may_not(anyone: Speaker, desk: Desk, path: str) -> None:
    assert anyone.post(path, {}).status_code == 401
    assert desk.auditor.post(path, {}).status_code == 403


def copied(desk: Desk, **asked: Any) -> list[Any]:
    answer = desk.merchandiser.post("/v1/offers/copies", asked)
    assert answer.status_code == 201, answer.json
    return [desk.auditor.get(f"/v1/offers/{one['id']}").json for one in answer.json["items"]]


def test_a_season_is_copied_as_drafts_so_many_days_later(desk: Desk) -> None:
    schedule = {
        "rule": "FREQ=WEEKLY;BYDAY=TU;UNTIL=20261222",
        "but_not": ["2026-12-08"],
        "and_on": ["2026-12-09"],
    }
    window = {"starts_local": "2026-12-01T09:00", "ends_local": "2026-12-24"}
    first = desk.merchandiser.post(
        "/v1/offers", body(label={"name": "A", "tags": ["noel"]}, schedule=schedule, **window)
    )
    desk.merchandiser.post("/v1/offers", body(label={"name": "B", "tags": ["noel", "x"]}, **window))
    desk.merchandiser.post("/v1/offers", body())
    again, other = copied(desk, tag="Noel", days=364, tags=["noel-2027"])
    assert [offer["label"] for offer in (again, other)] == [
        {"name": "A", "tags": ["noel-2027"]},
        {"name": "B", "tags": ["noel-2027"]},
    ]
    assert (again["status"], again["live"], again["draft"]["approved_by"]) == ("draft", None, None)
    assert (again["draft"]["starts_local"], again["draft"]["ends_local"]) == ("2027-11-30T09:00", "2027-12-24T00:00")
    moved = again["draft"]["schedule"]
    assert (moved["rule"], moved["but_not"], moved["and_on"]) == (
        "FREQ=WEEKLY;BYDAY=TU;UNTIL=20271221",
        ["2027-12-07"],
        ["2027-12-08"],
    )
    kept = {"title", "text", "benefit", "targets", "limits", "in_a_sale", "for_whom", "use_limits"}
    assert {name: again["draft"][name] for name in kept} == {name: first.json["draft"][name] for name in kept}


def test_a_copy_of_what_is_live_is_its_version_in_force_and_is_approved_like_any_draft(desk: Desk) -> None:
    draft = desk.merchandiser.post("/v1/offers", body(priority=3))
    address = f"/v1/offers/{draft.json['id']}"
    live = desk.approver.post(f"{address}/approval", headers=match(draft))
    desk.merchandiser.put(address, body(priority=9), headers=match(live))
    answer = desk.merchandiser.post("/v1/offers/copies", {"offer_ids": [draft.json["id"]], "days": 7})
    [found] = answer.json["items"]
    copy = desk.auditor.get(f"/v1/offers/{found['id']}")
    assert (found["copy_of"], copy.json["draft"]["priority"]) == (draft.json["id"], 3)
    assert desk.approver.post(f"/v1/offers/{found['id']}/approval", headers=match(copy)).status_code == 200


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"days": 1}, 422, "malformed"),
        ({"days": 1, "tag": "a", "offer_ids": [str(uuid.uuid4())]}, 422, "malformed"),
        ({"days": 1, "offer_ids": [str(uuid.uuid4())]}, 404, "offer_unknown"),
        ({"days": 36_500, "tag": "noel"}, 422, "copied_out_of_time"),
    ],
)
def test_what_cannot_be_copied_is_refused_whole(desk: Desk, asked: dict[str, Any], status: int, code: str) -> None:
    make_draft(desk.brand, label=SEASON, ends_local=on_the_clock("2110-01-01"))
    answer = desk.merchandiser.post("/v1/offers/copies", asked)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert len(desk.auditor.get("/v1/offers").json["items"]) == 1


def test_a_season_too_large_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "MOST_AT_ONCE", 1)
    for _ in range(2):
        make_draft(desk.brand, label=SEASON)
    answer = desk.merchandiser.post("/v1/offers/copies", {"days": 7, "tag": "noel"})
    assert (answer.status_code, answer.json["code"]) == (422, "season_too_large")


def test_all_with_a_tag_are_stopped_and_others_go_on(desk: Desk) -> None:
    tagged = [make_offer(desk.brand, label=SEASON) for _ in range(3)]
    other, foreign = make_offer(desk.brand), make_offer(make_brand(), label=SEASON)
    answer = desk.approver.post("/v1/offers/stops", {"tag": "NOEL"}).json
    assert (set(answer["stopped"]), answer["more"]) == ({str(offer.id) for offer in tagged}, False)
    assert _live(desk.brand) == {other.id}
    assert _live(foreign) == {foreign.id}
    with pytest.raises(OfferNotLive):
        claim(make_member(), tagged[0])


def test_a_whole_brand_is_stopped_in_one_call_and_a_part_at_a_time_of_very_many(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stops, "MOST_AT_ONCE", 2)
    for _ in range(3):
        make_offer(desk.brand)
    answers = [desk.merchandiser.post("/v1/offers/stops", {"brand": True}).json for _ in range(2)]
    assert [(len(one["stopped"]), one["more"]) for one in answers] == [(2, True), (1, False)]
    assert _live(desk.brand) == set()


def test_nothing_said_stops_nothing(desk: Desk) -> None:
    make_offer(desk.brand)
    assert desk.merchandiser.post("/v1/offers/stops", {}).status_code == 422
    assert desk.merchandiser.post("/v1/offers/stops", {"tag": "none"}).json["stopped"] == []


def test_staff_stop_and_copy_what_holds_only_where_they_plan(anyone: Speaker, desk: Desk) -> None:
    user = make_console_user(desk.brand)
    with made():
        assign_places(
            brand_id=desk.brand.id,
            user_id=user.id,
            areas=[],
            stores=[desk.store.id],
            by_id=make_console_user(desk.brand, "admin").id,
            now=NOON,
        )
    speaker = anyone.with_token(console_token(user))
    mine = make_offer(desk.brand, label=SEASON, targets=stores_and_areas(desk.store))
    make_offer(desk.brand, label=SEASON, targets=stores_and_areas(desk.store, make_store(desk.brand)))
    assert speaker.post("/v1/offers/copies", {"tag": "noel", "days": 7}).status_code == 403
    answer = speaker.post("/v1/offers/stops", {"tag": "noel"}).json
    assert answer == {"stopped": [str(mine.id)], "outside_your_places": 1, "more": False}


@pytest.mark.usefixtures("crowd")
def test_after_the_answer_to_a_stop_no_coupon_of_any_of_them_appears() -> None:
    brand = make_brand()
    make_store(brand)
    by, offers = make_console_user(brand), [make_offer(brand, label=SEASON) for _ in range(4)]
    counted: list[int] = []

    def act(number: int) -> None:
        if number == 16:
            with made():
                stops.stop_offers(brand_id=brand.id, tag="noel", by=by.id, now=NOON)
            counted.append(_coupons(offers))
            return
        try:
            claim(make_member(), offers[number % 4])
        except OfferNotLive:
            return

    at_once(32, act)
    assert counted == [_coupons(offers)]


def _coupons(offers: list[Offer]) -> int:
    with db.system_transaction():
        asked = select(func.count()).select_from(Coupon).where(Coupon.offer_id.in_([one.id for one in offers]))
        return int(db.first(asked) or 0)


def _live(brand: Any) -> set[Any]:
    with db.system_transaction():
        id = brand.id if isinstance(brand, Brand) else brand.brand_id
        return set(db.all_of(select(LiveOffer.offer_id).where(LiveOffer.brand_id == id)))
