"""Who at the console may change which offers: an area is not its stores, and neither is the whole brand."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from app.accounts.models import ConsoleUser
from app.sql import db
from app.staff.assignments.assigned_places import assign_places
from app.staff.assignments.models import StaffPlaces
from geo.places.models import Area, Store
from offers.planning import approval, drafts, lifecycle
from offers.planning.errors import OutsideYourPlaces
from offers.planning.models import Offer, OfferStatus
from offers.planning.places_of_staff import covers_target
from tests.factories import NOON, console_token, made, make_area, make_brand, make_console_user, make_store
from tests.planning.factories import (
    EVERYWHERE,
    Desk,
    body,
    change,
    draft,
    make_draft,
    make_offer,
    match,
    pause,
    redraft,
    stop,
    stores_and_areas,
)
from tests.speaking import Speaker


class Chain:
    """A brand with an area of two stores, a third store, and an administrator."""

    def __init__(self) -> None:
        self.brand = make_brand()
        self.one, self.two, self.three = (make_store(self.brand) for _ in range(3))
        self.area = make_area(self.brand, self.one, self.two)
        self.admin = make_console_user(self.brand, "admin")

    def user(self, *places: Store | Area, role: str = "merchandiser") -> ConsoleUser:
        """Somebody who plans for these places."""
        user = make_console_user(self.brand, role)
        self.assign(user, *places)
        return user

    def assign(self, user: ConsoleUser, *places: Store | Area) -> StaffPlaces:
        with made():
            return assign_places(
                brand_id=self.brand.id,
                user_id=user.id,
                areas=[one.id for one in places if isinstance(one, Area)],
                stores=[one.id for one in places if isinstance(one, Store)],
                by_id=self.admin.id,
                now=NOON,
            )


@pytest.fixture
def chain() -> Chain:
    return Chain()


A, B, X, Y = (uuid.UUID(int=number) for number in range(1, 5))


@pytest.mark.parametrize(
    ("areas", "stores", "target", "covered"),
    [
        ([A], [], {"areas": [str(A)], "stores": []}, True),
        ([A, B], [X], {"areas": [str(A)], "stores": [str(X)]}, True),
        ([A], [], {"areas": [str(A), str(B)], "stores": []}, False),
        ([A], [], {"areas": [], "stores": [str(X)]}, False),
        ([], [X, Y], {"areas": [], "stores": [str(Y)]}, True),
        ([], [X, Y], {"areas": [str(A)], "stores": []}, False),
        ([A, B], [X, Y], {"brand": True}, False),
        ([], [], {"areas": [], "stores": [str(X)]}, False),
    ],
)
def test_places_cover_what_they_name_and_nothing_else(
    areas: list[uuid.UUID], stores: list[uuid.UUID], target: dict[str, Any], covered: bool
) -> None:
    assert covers_target(StaffPlaces(user_id=A, areas=areas, stores=stores), target) is covered


def test_who_has_no_places_plans_for_the_whole_brand(chain: Chain) -> None:
    assert make_draft(chain.brand, by=make_console_user(chain.brand), targets=EVERYWHERE).status == OfferStatus.DRAFT


def test_somebody_drafts_for_their_places_only(chain: Chain) -> None:
    user = chain.user(chain.one)
    make_draft(chain.brand, by=user, targets=stores_and_areas(chain.one))
    for targets in (EVERYWHERE, stores_and_areas(chain.one, chain.two), stores_and_areas(areas=(chain.area,))):
        with pytest.raises(OutsideYourPlaces):
            make_draft(chain.brand, by=user, targets=targets)


def test_the_stores_of_an_area_are_not_the_area(chain: Chain) -> None:
    of_area, of_its_stores = chain.user(chain.area), chain.user(chain.one, chain.two)
    make_draft(chain.brand, by=of_area, targets=stores_and_areas(areas=(chain.area,)))
    with pytest.raises(OutsideYourPlaces):
        make_draft(chain.brand, by=of_its_stores, targets=stores_and_areas(areas=(chain.area,)))
    with pytest.raises(OutsideYourPlaces):
        make_draft(chain.brand, by=of_area, targets=stores_and_areas(chain.one))


def test_nobody_takes_over_an_offer_of_elsewhere_by_moving_it(chain: Chain) -> None:
    user, offer = chain.user(chain.one), make_offer(chain.brand, targets=stores_and_areas(chain.two))
    with pytest.raises(OutsideYourPlaces), made():
        drafts.redraft_offer(draft=draft(targets=stores_and_areas(chain.one)), **change(offer, user, now=NOON))


def test_an_approver_answers_for_where_it_held_and_where_it_will(chain: Chain) -> None:
    approver = chain.user(chain.one, role="approver")
    offer = make_offer(chain.brand, targets=stores_and_areas(chain.two))
    offer = redraft(offer, chain.brand, targets=stores_and_areas(chain.one))
    with pytest.raises(OutsideYourPlaces), made():
        approval.approve_offer(**change(offer, approver, now=NOON))
    mine = make_draft(chain.brand, targets=stores_and_areas(chain.one))
    with made():
        assert approval.approve_offer(**change(mine, approver, now=NOON)).status == OfferStatus.LIVE


def _pause(offer: Offer, by: ConsoleUser) -> Offer:
    return lifecycle.pause_offer(**stop(offer, by, now=NOON))


def _end(offer: Offer, by: ConsoleUser) -> Offer:
    return lifecycle.end_offer(**stop(offer, by, now=NOON))


def _resume(offer: Offer, by: ConsoleUser) -> Offer:
    return lifecycle.resume_offer(**change(offer, by, now=NOON))


@pytest.mark.parametrize("act", [_pause, _end, _resume])
def test_who_plans_elsewhere_neither_stops_nor_resumes(chain: Chain, act: Callable[..., Offer]) -> None:
    offer = make_offer(chain.brand, targets=stores_and_areas(chain.one))
    if act is _resume:
        offer = pause(offer, chain.brand)
    with pytest.raises(OutsideYourPlaces), made():
        act(offer, chain.user(chain.two))
    with made():
        act(offer, chain.user(chain.one, chain.two))


def test_an_area_that_is_no_more_opens_nothing(chain: Chain) -> None:
    user = chain.user(chain.area)
    with made():
        db.session().delete(db.session().merge(chain.area))
    with pytest.raises(OutsideYourPlaces):
        make_draft(chain.brand, by=user, targets=EVERYWHERE)


# over HTTP


@pytest.fixture
def desk(anyone: Speaker) -> Desk:
    return Desk(anyone)


@pytest.fixture
def admin(anyone: Speaker, desk: Desk) -> Speaker:
    return anyone.with_token(console_token(make_console_user(desk.brand, "admin")))


def test_an_administrator_assigns_places_and_takes_them_back(anyone: Speaker, desk: Desk, admin: Speaker) -> None:
    user = make_console_user(desk.brand)
    theirs, path = anyone.with_token(console_token(user)), f"/v1/console/users/{user.id}/places"
    assert theirs.get("/v1/console/me").json["places"] is None
    said = {"areas": [], "stores": [str(desk.store.id)]}
    for _ in range(2):
        assert admin.put(path, json=said).json == said
    assert (admin.get(path).json, theirs.get("/v1/console/me").json["places"]) == (said, said)
    refused = theirs.post("/v1/offers", json=body())
    assert (refused.status_code, refused.json["code"]) == (403, "outside_your_places")
    assert theirs.post("/v1/offers", json=body(targets={"stores": [str(desk.store.id)]})).status_code == 201
    assert admin.put(path, json={}).json == {"areas": [], "stores": []}
    assert theirs.post("/v1/offers", json=body()).status_code == 201
    kinds = [one["kind"] for one in admin.get("/v1/console/staff-events").json["items"]]
    assert kinds == ["places_assigned", "places_assigned"]


def test_places_of_another_brand_are_pointed_at(desk: Desk, admin: Speaker) -> None:
    user, foreign = make_console_user(desk.brand), make_store(make_brand())
    said = {"areas": [str(uuid.uuid4())], "stores": [str(desk.store.id), str(foreign.id)]}
    answer = admin.put(f"/v1/console/users/{user.id}/places", json=said)
    assert (answer.status_code, answer.json["code"]) == (422, "places_foreign")
    assert [one["pointer"] for one in answer.json["errors"]] == ["/areas/0", "/stores/1"]


def test_a_colleague_of_another_brand_is_nobody(admin: Speaker) -> None:
    path = f"/v1/console/users/{make_console_user(make_brand()).id}/places"
    assert (admin.get(path).status_code, admin.put(path, json={}).status_code) == (404, 404)


def test_whoever_may_change_nothing_reads_everything(anyone: Speaker, desk: Desk, admin: Speaker) -> None:
    user = make_console_user(desk.brand)
    admin.put(f"/v1/console/users/{user.id}/places", json={"stores": [str(desk.store.id)]})
    made_offer = desk.merchandiser.post("/v1/offers", json=body())
    theirs = anyone.with_token(console_token(user))
    path = f"/v1/offers/{made_offer.json['id']}"
    assert theirs.get(path).status_code == 200
    assert theirs.put(path, json=body(), headers=match(made_offer)).status_code == 403
