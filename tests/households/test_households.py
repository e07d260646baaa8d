"""People who show each other some of their cards: everybody chooses, everybody may leave."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.errors import Problem
from app.sql import db
from tests.externals.factories import add
from tests.factories import NOON, make_member
from tests.households.factories import (
    accept,
    as_member,
    invite,
    membership,
    part,
    qr,
    seen_by,
    show,
    shown_to,
    together,
)
from tests.racing import at_once
from wallet.externals.models import ExternalCard
from wallet.households import invitations, jobs, on_merge, shares
from wallet.households.errors import (
    HouseholdFull,
    HouseholdHeld,
    HouseholdInvitationRefused,
    HouseholdMemberUnknown,
    HouseholdNotYours,
    SharedCardUnknown,
)
from wallet.households.models import HouseholdInvitation, HouseholdTie


@pytest.fixture
def zoe(app):
    return make_member()


@pytest.fixture
def max_(app):
    return make_member()


@pytest.fixture
def ada(app):
    return make_member()


def card_of(member) -> ExternalCard:
    return add(member, **qr())


def names(member) -> list[str]:
    return [one.display_name for one in seen_by(member)]


def test_who_accepts_is_in_and_both_see_both(zoe, max_):
    accept(max_, invite(zoe))
    assert names(zoe) == names(max_) == ["Zoé", "Max"]


def test_nobody_is_in_before_they_accept(zoe, max_):
    invite(zoe)
    assert (names(zoe), names(max_)) == (["Zoé"], [])


def test_before_accepting_one_sees_who_is_there(zoe, max_):
    assert as_member(max_, invitations.look_at_invitation, code=invite(zoe), now=NOON) == ["Zoé"]


def test_looking_accepts_nothing(zoe, max_):
    code = invite(zoe)
    as_member(max_, invitations.look_at_invitation, code=code, now=NOON)
    assert names(max_) == []
    assert len(accept(max_, code)) == 2


def test_a_third_sees_everybody_and_is_seen_by_everybody(zoe, max_, ada):
    together(zoe, max_, ada)
    assert names(zoe) == names(max_) == names(ada) == ["Zoé", "Max 1", "Max 2"]


def test_an_invitation_is_accepted_once(zoe, max_, ada):
    code = invite(zoe)
    accept(max_, code)
    with pytest.raises(HouseholdInvitationRefused):
        accept(ada, code)


def test_an_invitation_ends_after_a_day(zoe, max_):
    code = invite(zoe)
    with pytest.raises(HouseholdInvitationRefused):
        accept(max_, code, now=NOON + timedelta(days=1))


@pytest.mark.parametrize("code", ["x", "A" * 43, "é"])
def test_what_is_no_invitation_is_refused(max_, code):
    with pytest.raises(HouseholdInvitationRefused):
        accept(max_, code)


def test_an_invitation_ends_when_the_inviter_leaves(zoe, max_):
    code = invite(zoe)
    part(zoe, zoe)
    with pytest.raises(HouseholdInvitationRefused):
        accept(max_, code)


def test_a_member_is_in_one_household(zoe, max_, ada):
    together(zoe, max_)
    with pytest.raises(HouseholdHeld):
        accept(max_, invite(ada))


def test_nobody_joins_their_own_household_twice(zoe):
    with pytest.raises(HouseholdHeld):
        accept(zoe, invite(zoe))


def test_a_household_has_an_end(zoe):
    together(zoe, *(make_member() for _ in range(invitations.MOST_MEMBERS - 1)))
    with pytest.raises(HouseholdFull):
        invite(zoe)


def test_invitations_that_are_out_do_not_make_it_larger(zoe):
    codes = [invite(zoe) for _ in range(invitations.MOST_MEMBERS)]
    for code in codes[:-1]:
        accept(make_member(), code)
    with pytest.raises(HouseholdFull):
        accept(make_member(), codes[-1])


def test_of_many_who_accept_one_invitation_one_is_in(zoe):
    code, wanting = invite(zoe), [make_member() for _ in range(8)]

    def try_it(which: int) -> bool:
        try:
            accept(wanting[which], code)
        except Problem:
            return False
        return True

    assert sum(at_once(8, try_it)) == 1
    assert len(seen_by(zoe)) == 2


def test_those_who_join_at_once_see_each_other(zoe):
    joining_ = [make_member() for _ in range(5)]
    codes = [invite(zoe) for _ in joining_]
    at_once(5, lambda which: accept(joining_[which], codes[which], f"M{which}"))
    assert {len(seen_by(member)) for member in [zoe, *joining_]} == {6}


def test_whoever_leaves_sees_nobody_and_is_seen_by_nobody(zoe, max_, ada):
    together(zoe, max_, ada)
    part(max_, max_)
    assert (names(zoe), names(max_), names(ada)) == (["Zoé", "Max 2"], [], ["Zoé", "Max 2"])


def test_whoever_was_there_longest_removes_others(zoe, max_):
    together(zoe, max_)
    part(zoe, max_)
    assert (names(zoe), names(max_)) == (["Zoé"], [])


def test_others_remove_nobody(zoe, max_, ada):
    together(zoe, max_, ada)
    with pytest.raises(HouseholdNotYours):
        part(max_, zoe)


def test_others_invite_nobody(zoe, max_):
    together(zoe, max_)
    with pytest.raises(HouseholdNotYours):
        invite(max_)


def test_when_the_owner_leaves_the_next_invites(zoe, max_, ada):
    together(zoe, max_)
    part(zoe, zoe)
    accept(ada, invite(max_))
    assert len(seen_by(max_)) == 2


def test_nobody_is_removed_from_a_household_of_others(zoe, max_, ada):
    together(zoe, max_)
    invite(ada)
    with pytest.raises(HouseholdMemberUnknown):
        part(ada, max_)


def test_a_card_is_shown_to_everybody_who_is_there(zoe, max_, ada):
    together(zoe, max_, ada)
    card = card_of(zoe)
    show(zoe, card)
    assert (shown_to(max_), shown_to(ada), shown_to(zoe)) == ([card.id], [card.id], [])


def test_a_card_is_shown_to_those_who_are_chosen(zoe, max_, ada):
    together(zoe, max_, ada)
    show(zoe, card_of(zoe), max_)
    assert (len(shown_to(max_)), shown_to(ada)) == (1, [])


def test_choosing_again_takes_it_from_the_others(zoe, max_, ada):
    together(zoe, max_, ada)
    card = card_of(zoe)
    show(zoe, card)
    show(zoe, card, ada)
    assert (shown_to(max_), shown_to(ada)) == ([], [card.id])


def test_whoever_joins_later_sees_nothing_until_it_is_shown(zoe, max_, ada):
    together(zoe, max_)
    card = card_of(zoe)
    show(zoe, card)
    accept(ada, invite(zoe))
    before = shown_to(ada)
    show(zoe, card)
    assert (before, shown_to(ada)) == ([], [card.id])


def test_the_member_sees_who_sees_what(zoe, max_):
    together(zoe, max_)
    card = card_of(zoe)
    show(zoe, card)
    (given,) = as_member(zoe, shares.given)
    assert (given.card_id, [one.display_name for one in given.shown_to]) == (card.id, ["Max 1"])


def test_a_card_that_is_not_shown_any_more_is_not_seen(zoe, max_):
    together(zoe, max_)
    card = card_of(zoe)
    show(zoe, card)
    as_member(zoe, shares.unshare_card, card_id=card.id)
    assert shown_to(max_) == []


def test_leaving_takes_the_cards_along(zoe, max_):
    together(zoe, max_)
    show(zoe, card_of(zoe))
    show(max_, card_of(max_))
    part(zoe, zoe)
    assert (shown_to(zoe), shown_to(max_)) == ([], [])


def test_a_card_that_was_put_away_or_deleted_is_not_seen(zoe, max_):
    together(zoe, max_)
    away, gone = card_of(zoe), card_of(zoe)
    show(zoe, away)
    show(zoe, gone)
    with db.system_transaction():
        db.get(ExternalCard, (zoe.id, away.id)).archived_at = NOON
        db.session().delete(db.get(ExternalCard, (zoe.id, gone.id)))
    assert shown_to(max_) == []


def test_a_card_is_shown_to_nobody_outside(zoe, max_, ada):
    together(zoe, max_)
    invite(ada)
    with pytest.raises(HouseholdMemberUnknown):
        show(zoe, card_of(zoe), ada)


def test_alone_one_shows_to_nobody(zoe):
    invite(zoe)
    with pytest.raises(HouseholdMemberUnknown):
        show(zoe, card_of(zoe))


def test_what_nobody_shows_is_not_drawn(zoe, max_):
    together(zoe, max_)
    with pytest.raises(SharedCardUnknown):
        as_member(max_, shares.barcode, card_id=card_of(zoe).id)


def test_reading_others_cards_leaves_the_transaction_to_its_member(zoe, max_):
    together(zoe, max_)
    show(zoe, card_of(zoe))
    with db.transaction():
        db.become(member_id=max_.id, principal_id=max_.id)
        shares.received(member_id=max_.id)
        assert {card.member_id for card in db.all_of(select(ExternalCard))} <= {max_.id}


def test_row_security_hides_a_household_of_others(zoe, max_, ada):
    together(zoe, max_)
    with db.transaction():
        db.become(member_id=ada.id, principal_id=ada.id)
        assert db.all_of(select(HouseholdTie)) == []


def test_a_wallet_that_becomes_part_of_another_leaves_its_household(zoe, max_, ada):
    together(zoe, max_)
    with db.system_transaction():
        on_merge.merge(source_id=max_.id, target_id=ada.id, merge_id=uuid.uuid4(), now=NOON)
    assert names(zoe) == ["Zoé"]


def test_nothing_is_left_of_whoever_left(zoe, max_):
    together(zoe, max_)
    show(max_, card_of(max_))
    part(max_, max_)
    with db.system_transaction():
        mine = (HouseholdTie.member_id == max_.id) | (HouseholdTie.principal_id == max_.id)
        assert db.execute(select(func.count()).select_from(HouseholdTie).where(mine)).scalar() == 0
    assert membership(zoe)


def test_an_invitation_is_forgotten_when_its_day_is_over(zoe):
    code = invite(zoe, now=NOON)
    with db.system_transaction():
        jobs.forget_invitations(now=NOON + timedelta(days=1))
        left = select(func.count()).select_from(HouseholdInvitation).where(HouseholdInvitation.member_id == zoe.id)
        assert (bool(code), db.execute(left).scalar()) == (True, 0)
