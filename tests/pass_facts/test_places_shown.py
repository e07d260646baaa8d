"""Places, beacon and notifications are on a pass only while they are permitted, and why is told."""

import uuid
from datetime import timedelta

import pytest

from app import clock
from app.consent.models import Level
from app.consent.suppression.restriction import lift_restriction, restrict_processing
from offers.pass_facts import jobs
from offers.pass_facts.why import explain_pass
from tests.consent.factories import cell_address, give, in_store, say_no
from tests.factories import made, member_token
from tests.issued.factories import as_now, issue, refresh, says
from tests.presence.test_pass_places import Holder
from tests.regions.factories import make_beacon
from tests.wallet.factories import make_card
from wallet.issued.models import IssuedPass


class Carrier(Holder):
    """A holder whose card is in a wallet."""

    def __init__(self) -> None:
        super().__init__()
        self.held: IssuedPass = issue(make_card(self.member, self.brand), now=clock.now())
        self.look()

    def look(self, *, after: timedelta = timedelta()) -> int:
        """What the jobs do; how many revisions of the pass that makes."""
        before = as_now(self.held).revision
        told = refresh(self.held, now=clock.now() + after)
        jobs.look_for_places(now=clock.now() + after)
        told += refresh(self.held, now=clock.now() + after)
        assert (as_now(self.held).revision > before) == bool(told)
        return len(told)

    @property
    def shown(self) -> list[float]:
        return [place.lat for place in says(self.held, now=clock.now()).places]


@pytest.fixture
def carrier() -> Carrier:
    return Carrier()


def test_what_was_permitted_before_the_pass_is_on_it_from_the_start(carrier):
    assert len(carrier.shown) == 3
    assert carrier.look() == 0


def test_a_withdrawal_takes_every_place_off_at_once_and_is_one_revision(carrier):
    carrier.forbids("geofence")
    assert carrier.shown == []
    assert carrier.look() == 1


def test_a_no_over_http_is_heard_as_any_other(carrier, anyone):
    """Row-level security shows the member's own alone: the triggers see as much as they need."""
    phone = anyone.with_token(member_token(carrier.member))
    address = cell_address(carrier.brand, "geofence", "in_store_offers")
    assert phone.delete(address).status_code == 200
    assert carrier.shown == []
    assert carrier.look() == 1


def test_a_yes_to_another_touchpoint_takes_no_place_off_meanwhile(carrier):
    carrier.lets("push")
    assert len(carrier.shown) == 3
    assert carrier.look() == 0


def test_a_no_to_one_store_leaves_the_others(carrier):
    carrier.forbids("geofence", scope=in_store(carrier.stores[0]))
    assert len(carrier.shown) == 2
    assert carrier.look() == 1


def test_a_restriction_of_processing_takes_places_and_notifications_off_and_lifting_it_brings_them_back(carrier):
    give(carrier.member, carrier.brand, touchpoint="push", now=clock.now())
    carrier.look()
    with made():
        restrict_processing(member_id=carrier.member.id, now=clock.now())
    said = says(carrier.held, now=clock.now())
    assert (said.places, said.may_notify) == ((), False)
    assert carrier.look() == 1
    with made():
        lift_restriction(member_id=carrier.member.id, now=clock.now())
    assert carrier.look() == 1
    assert len(carrier.shown) == 3


def test_time_alone_ends_a_permission_and_its_places(carrier):
    soon = clock.now() + timedelta(days=1)
    carrier.lets("geofence", expires_at=soon)
    carrier.look()
    assert says(carrier.held, now=soon).places == ()
    assert carrier.look(after=timedelta(days=1, seconds=1)) == 1


def test_a_beacon_is_on_the_pass_while_it_is_permitted(carrier):
    make_beacon(carrier.stores[0], uuid.uuid4())
    assert says(carrier.held, now=clock.now()).beacon is None
    carrier.lets("beacon")
    assert says(carrier.held, now=clock.now()).beacon is not None
    assert carrier.look() == 1
    carrier.forbids("beacon")
    assert says(carrier.held, now=clock.now()).beacon is None
    assert carrier.look() == 1


def test_a_visit_shows_within_hours(carrier):
    before = carrier.shown
    carrier.visits(carrier.stores[2])
    assert carrier.look() == 0
    assert carrier.look(after=timedelta(hours=7)) == 1
    assert carrier.shown != before


def test_a_pass_notifies_only_who_wants_offers_by_notification(carrier):
    assert not says(carrier.held, now=clock.now()).may_notify
    give(carrier.member, carrier.brand, touchpoint="push", level=Level.ALERT_ON_REQUEST, now=clock.now())
    assert not says(carrier.held, now=clock.now()).may_notify
    give(carrier.member, carrier.brand, touchpoint="push", now=clock.now())
    assert says(carrier.held, now=clock.now()).may_notify
    assert carrier.look() == 1
    say_no(carrier.member, carrier.brand, touchpoint="push", now=clock.now())
    assert not says(carrier.held, now=clock.now()).may_notify


def test_why_names_each_store_and_the_permission_behind_it(carrier):
    said = why(carrier)
    assert len(said["items"]) == 3
    assert {one["store_id"] for one in said["items"]} == {store.id for store in carrier.stores}
    assert {one["touchpoint"] for one in said["items"]} == {"geofence"}
    assert all("Votre carte s'affiche près de ce magasin" in one["why"] for one in said["items"])
    carrier.forbids("geofence")
    assert why(carrier)["items"] == []
    assert why(carrier)["summary"].startswith("Votre carte ne s'affiche nulle part")


def why(carrier: Carrier):
    with made():
        return explain_pass(member_id=carrier.member.id, pass_id=carrier.held.id, language="fr", now=clock.now())
