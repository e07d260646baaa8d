"""What is learnt stands and falls with the permission for it, in the same transaction, whatever ends it."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from app.accounts.models import Brand, Member
from app.consent.decision import verdicts
from app.consent.ledger import expiry, withdrawal
from app.consent.models import CELL_KEY, Actor, Level, PermissionEvent, PermissionState, Purpose, State
from app.consent.registry import texts
from app.consent.suppression import objections, restriction
from app.family import age
from app.sql import db, locks
from offers.learning import profiles
from offers.learning.models import PURPOSE, TOUCHPOINT, Profile
from tests.consent.factories import cell_address, evidence, give, in_area, in_store
from tests.coupons.factories import claim
from tests.factories import NOON, made, make_area, make_brand, make_member, make_store, member_token
from tests.learning.factories import (
    A_DAY,
    CELL,
    Regular,
    forbid,
    learn,
    learnt_rows,
    permit,
    profile_of,
)
from tests.planning.factories import make_offer
from tests.racing import at_once
from tests.sizes import chosen
from tests.speaking import Speaker

LATER = NOON + A_DAY


@pytest.fixture
def regular() -> Regular:
    """Of whom something was learnt."""
    regular = Regular()
    regular.buy()
    regular.learn()
    assert learnt_rows(regular.member) > 5
    return regular


def test_a_yes_makes_an_empty_profile_that_names_it(brand: Brand, member: Member) -> None:
    cell = permit(member, brand)
    profile = profile_of(member, brand)
    assert profile is not None
    assert (profile.permission_event_id, profile.permitted_until) == (cell.event_id, cell.expires_at)
    assert (profile.looked_at, profile.taste) == (None, "{}")


def test_another_purpose_makes_none(brand: Brand, member: Member) -> None:
    give(member, brand)
    assert profile_of(member, brand) is None


@pytest.mark.parametrize("level", [Level.THIS_VISIT, Level.ALERT_ON_REQUEST])
def test_a_lesser_level_makes_none(brand: Brand, member: Member, level: Level) -> None:
    permit(member, brand, level=level)
    assert profile_of(member, brand) is None


def test_a_yes_elsewhere_than_in_the_app_makes_none(brand: Brand, member: Member) -> None:
    permit(member, brand, touchpoint="web")
    assert profile_of(member, brand) is None


def test_a_yes_for_a_store_alone_makes_none(brand: Brand, member: Member) -> None:
    permit(member, brand, scope=in_store(make_store(brand)))
    assert profile_of(member, brand) is None


def withdraw(member: Member, brand: Brand) -> None:
    forbid(member, brand, now=LATER)


def withdraw_all(member: Member, brand: Brand) -> None:
    with made():
        withdrawal.withdraw_everything(member_id=member.id, now=LATER)


def object_to_it(member: Member, brand: Brand) -> None:
    with made():
        objections.object_to_marketing(member_id=member.id, brand_id=brand.id, now=LATER)


def restrict(member: Member, brand: Brand) -> None:
    with made():
        restriction.restrict_processing(member_id=member.id, now=LATER)


def revoke(member: Member, brand: Brand) -> None:
    with made():
        withdrawal.withdraw_permission(
            **CELL, member_id=member.id, brand_id=brand.id, actor=Actor.CONTROLLER, now=LATER
        )


def expire(member: Member, brand: Brand) -> None:
    with db.system_transaction():
        cell = db.first(select(PermissionState).where(PermissionState.member_id == member.id))
        assert cell is not None
        assert cell.expires_at is not None
        ends = cell.expires_at
    expiry.record_ends(now=ends + timedelta(seconds=1), at_once=10_000)


ENDS: dict[str, Callable[[Member, Brand], None]] = {
    "a withdrawal": withdraw,
    "a withdrawal of everything": withdraw_all,
    "an objection": object_to_it,
    "a restriction": restrict,
    "a revocation": revoke,
    "its time": expire,
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_an_end_deletes_everything_at_once(regular: Regular, end: Callable[[Member, Brand], None]) -> None:
    end(regular.member, regular.brand)
    assert learnt_rows(regular.member) == 0


@pytest.mark.parametrize("end", [name for name in ENDS if name != "its time"])
def test_nothing_is_learnt_afterwards(regular: Regular, end: str) -> None:
    ENDS[end](regular.member, regular.brand)
    regular.buy()
    regular.learn(now=LATER)
    assert learnt_rows(regular.member) == 0


def test_a_withdrawal_and_many_who_learn_at_once_leave_nothing(regular: Regular, crowd: None) -> None:
    for _ in range(4):
        regular.buy()

    def act(place: int) -> object:
        return withdraw(regular.member, regular.brand) if place == 3 else regular.learn(now=LATER)

    at_once(8, act)
    assert learnt_rows(regular.member) == 0


def test_a_refused_end_leaves_it_as_it_was(regular: Regular) -> None:
    before = regular.counts

    def fail() -> None:
        with db.system_transaction():
            withdrawal.withdraw_permission(**CELL, member_id=regular.member.id, brand_id=regular.brand.id, now=LATER)
            raise RuntimeError("the power is gone")

    with pytest.raises(RuntimeError):
        fail()
    assert regular.counts == before


def test_another_brands_profile_stays(regular: Regular) -> None:
    other = make_brand()
    permit(regular.member, other)
    forbid(regular.member, regular.brand, now=LATER)
    assert profile_of(regular.member, other) is not None


def test_a_lifted_restriction_lets_it_be_learnt_again(regular: Regular) -> None:
    before = regular.counts
    restrict(regular.member, regular.brand)
    with made():
        restriction.lift_restriction(member_id=regular.member.id, now=LATER)
    regular.learn(now=LATER)
    assert regular.counts == before


def test_a_renewal_keeps_what_was_learnt(regular: Regular) -> None:
    before = regular.counts
    cell = permit(regular.member, regular.brand, now=LATER)
    profile = profile_of(regular.member, regular.brand)
    assert profile is not None
    assert (profile.permission_event_id, regular.counts) == (cell.event_id, before)


def test_a_yes_that_is_lowered_is_an_end(regular: Regular) -> None:
    permit(regular.member, regular.brand, level=Level.ALERT_ON_REQUEST, now=LATER)
    assert learnt_rows(regular.member) == 0


def test_what_ends_by_the_clock_says_so_and_is_learnt_no_more(regular: Regular) -> None:
    profile = profile_of(regular.member, regular.brand)
    assert profile is not None
    assert profile.permitted_until is not None
    ends = profile.permitted_until
    regular.buy()
    assert regular.learn(now=ends) == 0
    profiles.end_profiles(now=ends, at_once=10_000)
    assert learnt_rows(regular.member) == 0


def test_a_profile_that_went_astray_is_mended(regular: Regular) -> None:
    with made():
        db.execute(delete(Profile).where(Profile.member_id == regular.member.id))
    profiles.mend_profiles(now=LATER, at_once=10_000)
    assert regular.learn(now=LATER) == 1


def test_a_job_that_saw_the_yes_makes_nothing_of_it_after_the_no(
    regular: Regular, monkeypatch: pytest.MonkeyPatch
) -> None:
    with made():
        db.execute(delete(Profile).where(Profile.member_id == regular.member.id))
    hold = locks.lock_permissions

    def say_no_first(member_id: uuid.UUID) -> None:
        monkeypatch.setattr(locks, "lock_permissions", hold)
        with db.apart():
            forbid(regular.member, regular.brand, now=LATER)
        hold(member_id)

    monkeypatch.setattr(profiles.locks, "lock_permissions", say_no_first)
    profiles.mend_profiles(now=LATER, at_once=10_000)
    assert learnt_rows(regular.member) == 0


def test_a_parent_may_end_it_and_coming_of_age_does(anyone: Speaker) -> None:
    child, parent, brand = make_member(), make_member(), make_brand()
    childs, parents = anyone.with_token(member_token(child)), anyone.with_token(member_token(parent))
    month = datetime.now(UTC) + 500 * A_DAY
    assert childs.put("/v1/me/age", {"country": "FR", "of_age_from": f"{month:%Y-%m}"}).status_code == 200
    code = childs.post("/v1/me/parent-invitations").get_json()["code"]
    parents.post("/v1/children", {"code": code, "holds_parental_authority": True})
    cell = cell_address(brand, **CELL)
    childs_cell = f"/v1/children/{child.id}/permissions/{brand.code}/{TOUCHPOINT}/{PURPOSE}"
    for ends in ("parent", "child"):
        assert childs.put(cell, {"level": "proactive", "evidence": evidence()}).get_json()["state"] == "requested"
        assert profile_of(child, brand) is None
        proof = {name: said for name, said in evidence().items() if name != "os_permission"}
        assert parents.post(f"{childs_cell}/approval", {"evidence": proof}).status_code == 201
        profile = profile_of(child, brand)
        assert profile is not None
        assert profile.permitted_until is not None
        assert profile.permitted_until <= month + 31 * A_DAY
        (parents.delete(childs_cell) if ends == "parent" else childs.delete(cell)).get_json()
        assert learnt_rows(child) == 0


def test_a_no_for_a_store_forgets_what_happened_there_and_nothing_else(regular: Regular) -> None:
    other = make_store(regular.brand)
    regular.buy(store=other)
    forbid(regular.member, regular.brand, scope=in_store(regular.store), now=LATER)
    regular.learn(now=LATER)
    assert {key for kind, key in regular.counts if kind == "store"} == {str(other.id)}


def test_a_no_for_an_area_is_one_for_its_stores(regular: Regular) -> None:
    forbid(regular.member, regular.brand, scope=in_area(make_area(regular.brand, regular.store)), now=LATER)
    regular.learn(now=LATER)
    assert regular.counts == {}


def test_a_newer_text_that_changes_what_is_agreed_to_ends_it_at_its_instant(regular: Regular) -> None:
    words = "{brand} {touchpoint}\n{controller} {address}\n{data} {storage}\n{contact}\nDroits."
    replaced, found = LATER + timedelta(hours=3), []

    def publish_and_look() -> None:
        with db.system_transaction():
            texts.publish_text(
                purpose=PURPOSE,
                texts={"fr": words, "en": words + " Rights."},
                material=True,
                published_at=replaced,
                now=LATER,
            )
            found.extend(db.all_of(select(Profile.permitted_until).where(Profile.member_id == regular.member.id)))
            raise RuntimeError("other tests read these words too")

    with pytest.raises(RuntimeError):
        publish_and_look()
    assert found == [replaced]


def test_a_childs_profile_needs_a_parent_and_ends_when_they_come_of_age(brand: Brand) -> None:
    member = make_member(minor_until=NOON + 100 * A_DAY)
    permit(member, brand)
    assert profile_of(member, brand) is None
    with made():
        agreed = db.first(select(PermissionState).where(PermissionState.member_id == member.id))
        assert agreed is not None
        from app.consent.ledger.events import record_event

        record_event(
            PermissionEvent(
                **{name: getattr(agreed, name) for name in CELL_KEY},
                level=Level.PROACTIVE,
                state=State.GIVEN,
                actor=Actor.DATA_SUBJECT_WITH_PARENT,
                expires_at=None,
                evidence={},
                recorded_at=NOON,
            )
        )
    profile = profile_of(member, brand)
    assert profile is not None
    assert profile.permitted_until == NOON + 100 * A_DAY


def test_who_turns_out_to_be_a_child_is_learnt_no_more(regular: Regular) -> None:
    with made():
        age.declare_age(member_id=regular.member.id, of_age_from="2027-05", country="FR", now=LATER)
    assert learnt_rows(regular.member) == 0


def stands(member: Member, brand: Brand, now: datetime) -> bool:
    """What the one function says that decides permissions."""
    with made():
        return verdicts.decide_permission(
            member_id=member.id,
            brand_id=brand.id,
            purpose=PURPOSE,
            touchpoint=TOUCHPOINT,
            levels={Level.PROACTIVE},
            now=now,
        ).allowed


ACTS: dict[str, Callable[[Regular, datetime], object]] = {
    "yes": lambda who, now: permit(who.member, who.brand, now=now),
    "short yes": lambda who, now: permit(who.member, who.brand, now=now, expires_at=now + 2 * A_DAY),
    "lesser yes": lambda who, now: permit(who.member, who.brand, level=Level.ALERT_ON_REQUEST, now=now),
    "no": lambda who, now: forbid(who.member, who.brand, now=now),
    "no here": lambda who, now: forbid(who.member, who.brand, scope=in_store(who.store), now=now),
    "buy": lambda who, now: who.buy(bought_at=now, now=now),
    "claim": lambda who, now: claim(who.member, make_offer(who.brand, now=now), now=now),
    "learn": lambda who, now: who.learn(now=now),
    "settle": lambda who, now: _as_system(lambda: profiles.settle_profiles(who.member.id, now=now)),
    "object": lambda who, now: _as_system(
        lambda: objections.object_to_marketing(member_id=who.member.id, brand_id=who.brand.id, now=now)
    ),
    "lift": lambda who, now: _as_system(
        lambda: objections.lift_objection(member_id=who.member.id, brand_id=who.brand.id, now=now)
    ),
    "restrict": lambda who, now: _as_system(lambda: restriction.restrict_processing(member_id=who.member.id, now=now)),
    "unrestrict": lambda who, now: _as_system(lambda: restriction.lift_restriction(member_id=who.member.id, now=now)),
}


def _as_system(do: Callable[[], object]) -> object:
    with made():
        return do()


@settings(max_examples=chosen().worlds * 2, suppress_health_check=list(HealthCheck))
@given(acts=st.lists(st.sampled_from(sorted(ACTS)), min_size=3, max_size=12))
def test_without_the_permission_there_is_no_row_after_any_story(acts: list[str]) -> None:
    regular, now = Regular(permits=False), NOON
    for act in acts:
        now += A_DAY / 2
        ACTS[act](regular, now)
        profile = profile_of(regular.member, regular.brand)
        permitted = profile is not None and (profile.permitted_until is None or profile.permitted_until > now)
        assert permitted is stands(regular.member, regular.brand, now)
        if profile is None:
            assert learnt_rows(regular.member) == 0
    learn(regular.member, regular.brand, now=now)
    if stands(regular.member, regular.brand, now):
        return
    _as_system(lambda: profiles.settle_profiles(regular.member.id, now=now))
    assert learnt_rows(regular.member) == 0


def test_the_purpose_is_one_that_a_member_grants_and_objects_to() -> None:
    with made():
        purpose = db.get(Purpose, PURPOSE)
    assert purpose is not None
    assert (purpose.legal_basis, purpose.marketing, purpose.minors, purpose.max_precision, purpose.enabled) == (
        "consent",
        True,
        "parent",
        "none",
        True,
    )
