"""A child and a parent say yes together: neither alone suffices, either may withdraw, and it ends with childhood."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from app import clock
from app.consent.decision import verdicts
from app.factory import jobs
from app.family.age import declare_age
from app.sql import db
from tests.consent.factories import CELL, body, cell_address, evidence, give, ledger, session_of, states
from tests.deciding.factories import Town
from tests.factories import NOON, make_brand, make_member, member_token

PROACTIVE = body()


def parents_act(**given):
    """What proves the parent's own yes: the words on their screen, and what they did."""
    return evidence(screen_id="children/1", channel="web", method="button", os_permission=None) | given


def in_years(count):
    return f"{datetime.now(UTC).year + count}-03"


class Family:
    """A child of one of our members, and that member."""

    def __init__(self, anyone):
        self.child, self.parent = make_member(), make_member()
        self.childs_phone = anyone.with_token(member_token(self.child))
        self.parents_phone = anyone.with_token(member_token(self.parent))
        self.brand = make_brand()
        self.childs_phone.put("/v1/me/age", {"country": "FR", "of_age_from": in_years(2)})

    def invite(self):
        return self.childs_phone.post("/v1/me/parent-invitations").json["code"]

    def accept(self, code, phone=None):
        return (phone or self.parents_phone).post("/v1/children", {"code": code, "holds_parental_authority": True})

    def join(self):
        assert self.accept(self.invite()).status_code == 201
        return self

    def ask(self, **given):
        return self.childs_phone.put(cell_address(self.brand), body(**given)).json

    @property
    def childs_cell(self):
        return f"/v1/children/{self.child.id}{cell_address(self.brand).removeprefix('/v1')}"

    def approve(self, phone=None, **given):
        return (phone or self.parents_phone).post(f"{self.childs_cell}/approval", {"evidence": parents_act()} | given)

    def agree(self, **asked):
        """Child and parent say yes."""
        self.join().ask(**asked)
        assert self.approve().status_code == 201
        return self

    def decide(self, now=None):
        with db.system_transaction():
            who = {"member_id": self.child.id, "brand_id": self.brand.id}
            return verdicts.decide_permission(**CELL, **who, now=now or clock.now())


@pytest.fixture
def family(anyone):
    return Family(anyone)


@pytest.mark.parametrize(("country", "years"), [("FR", 15), ("DE", 16), ("BE", 13)])
def test_the_age_of_consent_is_that_of_the_country(anyone, country, years):
    assert anyone.get(f"/v1/age-of-consent?country={country}").json["years"] == years


def test_a_country_that_we_do_not_know_is_refused(anyone):
    assert anyone.get("/v1/age-of-consent?country=XX").json["code"] == "country_unknown"


def test_no_birth_date_is_kept(family):
    with db.system_transaction():
        kept = db.execute(
            text("SELECT minor_until FROM member WHERE member_id = :m"), {"m": family.child.id}
        ).scalar_one()
    assert (kept.month, kept.day) == (4, 1)


@pytest.mark.parametrize("month", ["2020-01", "2099-01"])
def test_a_month_that_is_no_childs_is_refused(anyone, month):
    phone = anyone.with_token(member_token(make_member()))
    answer = phone.put("/v1/me/age", {"country": "FR", "of_age_from": month})
    assert (answer.status_code, answer.json["code"]) == (422, "month_not_ahead")


def test_a_child_does_not_grow_up_by_saying_so(family):
    answer = family.childs_phone.put("/v1/me/age", {"country": "FR"})
    assert (answer.status_code, answer.json["code"]) == (409, "still_minor")


def test_an_adult_says_so_and_answers_alone(anyone):
    member, brand = make_member(), make_brand()
    phone = anyone.with_token(member_token(member))
    assert phone.put("/v1/me/age", {"country": "FR"}).json["minor_until"] is None
    assert phone.put(cell_address(brand), PROACTIVE).json["effective"]


def test_a_childs_yes_waits_for_a_parent(family):
    answer = family.ask()
    assert (answer["state"], answer["effective"], answer["reason"]) == ("requested", False, "pending_parent")


def test_with_the_parents_yes_it_permits(family):
    family.join().ask()
    answer = family.approve()
    assert (answer.status_code, answer.json["state"], answer.json["effective"]) == (201, "given", True)


def test_the_event_names_both(family):
    family.join().ask()
    family.approve()
    given = ledger(family.child)[-1]
    (link,) = family.parents_phone.get("/v1/children").json["items"]
    assert (given.actor, given.evidence["parental_evidence_id"]) == ("data_subject_with_parent", link["id"])


def test_the_parent_approves_exactly_what_the_child_asked(family):
    family.join().ask(level="one_shot")
    assert family.approve().json["level"] == "one_shot"


def test_the_parent_alone_gives_nothing(family):
    family.join()
    assert family.approve().json["code"] == "nothing_pending"
    assert states(family.child) == []


def test_the_parent_sees_what_waits(family):
    family.join().ask()
    cells = family.parents_phone.get(f"/v1/children/{family.child.id}/permissions?brand={family.brand.code}").json
    waiting = [cell["touchpoint"] for cell in cells["cells"] if cell["reason"] == "pending_parent"]
    assert waiting == ["geofence"]


def test_a_stranger_is_no_parent(family, anyone):
    family.join().ask()
    stranger = anyone.with_token(member_token(make_member()))
    assert family.approve(stranger).status_code == 404
    assert stranger.get(f"/v1/children/{family.child.id}/permissions?brand={family.brand.code}").status_code == 404
    assert stranger.delete(family.childs_cell).status_code == 404


def test_the_child_withdraws_alone(family):
    family.join().ask()
    family.approve()
    assert family.childs_phone.delete(cell_address(family.brand)).json["state"] == "withdrawn"


def test_the_parent_withdraws_alone(family):
    family.join().ask()
    family.approve()
    assert family.parents_phone.delete(family.childs_cell).json["state"] == "withdrawn"
    assert ledger(family.child)[-1].actor == "data_subject_with_parent"


def test_going_down_needs_no_parent(family):
    family.join().ask()
    family.approve()
    answer = family.childs_phone.put(cell_address(family.brand), {"level": "one_shot"}).json
    assert (answer["level"], answer["effective"]) == ("one_shot", True)


def test_going_up_needs_the_parent_again(family):
    family.join().ask(level="this_visit")
    family.approve()
    assert family.ask()["reason"] == "pending_parent"


@pytest.mark.parametrize("purpose", ["store_statistics"])
def test_some_purposes_are_not_offered_to_children(family, purpose):
    answer = family.childs_phone.put(cell_address(family.brand, "beacon", purpose), PROACTIVE)
    assert (answer.status_code, answer.json["code"]) == (422, "purpose_not_for_minors")
    assert states(family.child) == []


def test_what_was_given_before_rests_once_the_member_says_they_are_a_child(anyone):
    town = Town(anyone)
    town.phone.put("/v1/me/age", {"country": "FR", "of_age_from": in_years(1)})
    assert town.ask().json["code"] == "permission_age_rule"


def test_an_invitation_is_accepted_once(family, anyone):
    code = family.invite()
    family.accept(code)
    other = anyone.with_token(member_token(make_member()))
    assert family.accept(code, other).json["code"] == "invitation_not_accepted"


def test_an_invitation_of_yesterday_is_not_accepted(family):
    code = family.invite()
    with db.system_transaction():
        db.execute(text("UPDATE parental_link SET expires_at = now() WHERE member_id = :m"), {"m": family.child.id})
    assert family.accept(code).json["code"] == "invitation_not_accepted"


@pytest.mark.parametrize("code", ["A", "A" * 43, "-" * 64])
def test_what_is_no_invitation_is_not_accepted(family, code):
    assert family.accept(code).json["code"] == "invitation_not_accepted"


def test_a_child_is_nobodys_parent(family, anyone):
    other = Family(anyone)
    assert family.accept(family.invite(), other.childs_phone).json["code"] == "parent_not_eligible"


def test_an_adult_invites_no_parent(family):
    assert family.parents_phone.post("/v1/me/parent-invitations").json["code"] == "not_minor"


def test_a_parent_declares_that_they_are_one(family):
    answer = family.parents_phone.post("/v1/children", {"code": family.invite(), "holds_parental_authority": False})
    assert answer.json["code"] == "malformed"


def grown_up():
    """A child with a permission of both, and the instant at which they come of age."""
    child, brand = make_member(), make_brand()
    with db.system_transaction():
        until = declare_age(member_id=child.id, country="FR", of_age_from="2026-08", now=NOON).minor_until
    give(child, brand, evidence=evidence(now=NOON))
    return child, brand, until


def test_the_parents_part_lapses_at_the_very_instant(family):
    family.join().ask()
    family.approve()
    until = clock.now() + timedelta(hours=1)
    with db.system_transaction():
        db.execute(
            text("UPDATE member SET minor_until = :until WHERE member_id = :m"), {"m": family.child.id, "until": until}
        )
    assert family.decide(until - timedelta(seconds=1)).allowed
    assert family.decide(until).reason == "age_rule"


def test_the_job_writes_down_that_the_parents_part_lapsed(family):
    family.join().ask()
    family.approve()
    with db.system_transaction():
        db.execute(
            text("UPDATE member SET minor_until = now() - interval '1 minute' WHERE member_id = :m"),
            {"m": family.child.id},
        )
    jobs()["app.family.let_come_of_age"](now=clock.now())
    assert states(family.child)[-1] == "expired"
    assert session_of(family.child).minor_until is None
    assert family.parents_phone.get("/v1/children").json["items"] == []


def test_afterwards_they_answer_alone(family):
    with db.system_transaction():
        db.execute(
            text("UPDATE member SET minor_until = now() - interval '1 minute' WHERE member_id = :m"),
            {"m": family.child.id},
        )
    jobs()["app.family.let_come_of_age"](now=clock.now())
    assert family.ask()["effective"]


def test_until_then_the_job_changes_nothing():
    child, _, until = grown_up()
    jobs()["app.family.let_come_of_age"](now=until - timedelta(seconds=1))
    assert states(child) == ["requested"]
