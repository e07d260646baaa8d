"""Google is told of passes that members want there, and of every change of them, once."""

from datetime import timedelta

import pytest

from tests.factories import NOON, made
from tests.google.factories import ISSUER, RIVOLI, SOON, balance, copy_of, object_id, run, tell, want
from tests.issued.factories import end
from tests.racing import at_once
from wallet.google.accounts import name_issuer
from wallet.google.delivery import lease_copies


def objects(google):
    return google.things["loyaltyObject"]


def taken(google, held):
    return [method for method, id, _ in google.taken if id == object_id(held)]


@pytest.fixture
def told(google, sayings, held):
    """The pass, which Google has and somebody saved."""
    sayings.change(held, balances=balance(120), at=NOON)
    want(held)
    assert tell() == 1
    run("UPDATE google_copy SET saved_at = now() WHERE pass_id = :id", id=held.id)
    return held


def test_nothing_of_a_member_is_at_google_before_they_want_it(google, sayings, held):
    sayings.change(held, balances=balance(5))
    assert tell() == 0
    assert google.taken == []


def test_a_pass_that_is_wanted_is_there_with_its_class(google, held):
    want(held)
    assert tell() == 1
    there = objects(google)[object_id(held)]
    assert there["classId"] in google.things["loyaltyClass"]
    assert there["state"] == "ACTIVE"
    assert copy_of(held).due_at is None
    assert copy_of(held).told_revision == held.revision


def test_wanting_it_twice_is_once(google, held):
    want(held)
    want(held)
    assert (tell(), tell()) == (1, 0)


def test_points_that_change_are_told(google, sayings, told):
    sayings.change(told, balances=balance(140))
    assert tell() == 1
    assert objects(google)[object_id(told)]["loyaltyPoints"]["balance"] == {"int": 140}


def test_ten_changes_before_the_job_are_one(google, sayings, told):
    for amount in range(10):
        sayings.change(told, balances=balance(amount))
    tell()
    assert taken(google, told) == ["POST", "PATCH"]


def test_a_change_that_google_does_not_show_is_not_sent(google, sayings, told):
    sayings.change(told, places=(RIVOLI,))
    tell()
    sayings.change(told, places=(RIVOLI._replace(text_fr="Autre", text_en="Other"),))
    tell()
    assert taken(google, told) == ["POST", "PATCH"]
    assert copy_of(told).due_at is None


def test_places_that_are_permitted_no_longer_are_gone(google, sayings, told):
    sayings.change(told, places=(RIVOLI,))
    tell()
    assert len(objects(google)[object_id(told)]["merchantLocations"]) == 1
    sayings.change(told, places=())
    tell()
    assert "merchantLocations" not in objects(google)[object_id(told)]


def test_a_change_rings_only_where_that_is_permitted(google, sayings, told):
    sayings.change(told, balances=balance(140))
    tell()
    assert google.rang == {}
    sayings.change(told, balances=balance(150), may_notify=True)
    tell()
    assert len(google.rang[object_id(told)]) == 1


def test_a_fourth_change_of_a_day_is_told_and_does_not_ring(google, sayings, told):
    for amount in range(5):
        sayings.change(told, balances=balance(amount), may_notify=True)
        tell()
    asked = [body for _, id, body in google.taken if id == object_id(told) and "notifyPreference" in body]
    assert len(asked) == 3
    assert objects(google)[object_id(told)]["loyaltyPoints"]["balance"] == {"int": 4}


def test_places_alone_never_ring(google, sayings, told):
    sayings.change(told, places=(RIVOLI,), may_notify=True)
    tell()
    assert all("notifyPreference" not in body for _, _, body in google.taken)


def test_an_ended_pass_is_void_there(google, sayings, told):
    end(told)
    sayings.change(told)
    tell()
    there = objects(google)[object_id(told)]
    assert there["state"] == "INACTIVE"
    assert there.keys() == {"id", "classId", "state"}


def test_an_end_never_rings(google, sayings, told):
    sayings.change(told, may_notify=True)
    tell()
    end(told)
    sayings.change(told)
    tell()
    assert google.rang == {}


def test_a_blocked_card_is_inactive_and_comes_back(google, sayings, told):
    sayings.change(told, is_void=True)
    tell()
    assert objects(google)[object_id(told)]["state"] == "INACTIVE"
    sayings.change(told, is_void=False)
    tell()
    assert objects(google)[object_id(told)]["state"] == "ACTIVE"


def test_a_change_under_way_while_the_member_wants_the_pass_is_not_lost(google, sayings, held, crowd):
    for amount in range(6):
        run("DELETE FROM google_copy WHERE pass_id = :id", id=held.id)
        acts = [lambda amount=amount: sayings.change(held, balances=balance(amount)), lambda: want(held), tell, tell]
        at_once(4, lambda number, acts=acts: acts[number]())
        tell(now=SOON + timedelta(hours=1))
        assert objects(google)[object_id(held)]["loyaltyPoints"]["balance"] == {"int": amount}


def test_what_google_lost_is_made_again(google, sayings, told):
    google.things["loyaltyObject"].clear()
    sayings.change(told, balances=balance(7))
    assert tell() == 1
    assert objects(google)[object_id(told)]["loyaltyPoints"]["balance"] == {"int": 7}


def test_a_pass_that_is_there_already_is_brought_up_to_date(google, sayings, told):
    """As after a backup was restored: we know nothing of it, and Google has it."""
    run("DELETE FROM google_copy")
    run("DELETE FROM google_farewell")
    sayings.change(told, balances=balance(9))
    want(told)
    assert tell() == 1
    assert objects(google)[object_id(told)]["loyaltyPoints"]["balance"] == {"int": 9}


def test_while_google_is_away_everything_waits_and_then_goes(google, sayings, told):
    google.fault = lambda method, path, ahead: 503 if ahead else None
    sayings.change(told, balances=balance(33))
    assert tell() == 0
    google.fault = lambda method, path, ahead: None
    assert tell() == 0  # it is left alone for a while
    assert tell(now=SOON + timedelta(minutes=2)) == 1
    assert objects(google)[object_id(told)]["loyaltyPoints"]["balance"] == {"int": 33}


def test_one_who_is_away_is_asked_once_and_not_for_each(google, sayings, member, held, told):
    google.fault = lambda method, path, ahead: 503 if ahead and "walletobjects" in path else None
    google.seen.clear()
    sayings.change(told, balances=balance(34))
    tell(batch=1)
    assert sum(count for call, count in google.seen.items() if "walletobjects" in call) == 1


def test_what_google_refuses_as_it_is_waits_for_a_change(google, sayings, told):
    def refuse(method, path, ahead):
        return 400 if ahead and method == "PATCH" else None

    google.fault = refuse
    sayings.change(told, balances=balance(35))
    tell()
    assert copy_of(told).error == "backendError"
    google.fault = lambda method, path, ahead: None
    assert tell(now=SOON + timedelta(hours=1)) == 0
    sayings.change(told, balances=balance(36))
    assert tell(now=SOON + timedelta(hours=1)) == 1
    assert copy_of(told).error is None


def test_a_token_that_was_taken_back_is_asked_for_again(google, sayings, told):
    google.tokens.clear()
    sayings.change(told, balances=balance(37))
    assert tell() == 1


def test_two_processes_never_tell_one_copy_at_once(google, sayings, told):
    sayings.change(told, balances=balance(38))
    assert len(lease_copies(now=SOON)) == 1
    assert lease_copies(now=SOON) == []


def test_a_process_that_died_leaves_its_copies_to_others(google, sayings, told):
    sayings.change(told, balances=balance(39))
    lease_copies(now=SOON)
    assert tell() == 0
    assert tell(now=SOON + timedelta(minutes=11)) == 1


def test_a_copy_that_goes_is_emptied_at_google(google, sayings, told):
    run("DELETE FROM google_copy WHERE member_id = :id", id=told.member_id)
    tell(now=SOON + timedelta(days=400))
    assert set(objects(google)[object_id(told)]) == {"id", "classId", "state"}
    assert objects(google)[object_id(told)]["state"] == "INACTIVE"


def test_a_brand_may_have_an_issuer_of_its_own(google, brand, held):
    with made():
        name_issuer(brand_id=brand.id, issuer="3388000000000000002")
    want(held)
    tell()
    assert f"3388000000000000002.{held.serial}" in objects(google)
    assert ISSUER not in "".join(objects(google))
