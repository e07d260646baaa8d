"""Two wallets become one: everything comes, nothing is counted twice, and the more restrictive permission holds."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.models import Brand, Member, MemberIdentifier
from app.consent import queries as consent
from app.consent.decision import verdicts
from app.consent.models import Level, Reason
from app.consent.suppression import objections, restriction
from app.identity.models import MergeMove
from app.messages import stop_links
from app.sql import db
from offers.coupons.models import Coupon, Redemption
from tests.consent.factories import CELL, give, make_reachable_member, say_no, states
from tests.coupons.factories import claim, redeem
from tests.factories import NOON, make_brand, make_member, make_store, make_terminal, member_token
from tests.merges.factories import merge, split
from tests.planning.factories import make_offer
from tests.points.factories import Purse, make_currency
from tests.racing import at_once
from tests.speaking import Speaker
from tests.wallet.factories import make_card
from wallet.cards.models import Card
from wallet.ledger.models import PointsEntry
from wallet.merges import union
from wallet.merges.errors import MemberMerged, MergedSince, MergeFinal, MinorsStayApart
from wallet.passes.models import PassCode
from wallet.points.returns import Policy

DAY = timedelta(days=1)
NEWS = "personalised_offers"


class Pair:
    """Two members with a purse each in one currency; the source becomes part of the target."""

    def __init__(self, **rules: object) -> None:
        self.source = Purse(rules)
        self.target = Purse(rules)
        self.target.brand, self.target.currency = self.source.brand, self.source.currency

    def merge(self, **given: object):  # type: ignore[no-untyped-def]
        return merge(self.source.member, self.target.member, **given)  # type: ignore[arg-type]


@pytest.fixture
def pair() -> Pair:
    return Pair(may_go_negative=True)


def on_the_way(pair: Pair) -> int:
    """What has left one ledger and not arrived in the other."""
    with db.system_transaction():
        moved = select(PointsEntry.from_account, PointsEntry.to_account, func.sum(PointsEntry.amount)).where(
            PointsEntry.currency_id == pair.source.currency.id
        )
        rows = db.rows(moved.group_by(PointsEntry.from_account, PointsEntry.to_account))
    return sum(n for _, taker, n in rows if taker == "moved") - sum(n for giver, _, n in rows if giver == "moved")


def test_points_come_with_their_lots_and_their_age(pair: Pair) -> None:
    pair.source.earn(100, lasts="1Y", earned_at=NOON - 30 * DAY)
    before = pair.source.lots_by_id()
    pair.merge()
    assert list(pair.target.lots_by_id().values()) == list(before.values())
    assert (pair.source.available, pair.target.available) == (0, 100)


def test_points_that_wait_go_on_waiting(pair: Pair) -> None:
    pair.source.earn(40, waits="1D")
    pair.merge()
    pair.target.settle(NOON + 2 * DAY)
    assert pair.target.available == 40


def test_what_expires_expires_at_its_own_time_at_the_new_member(pair: Pair) -> None:
    pair.source.earn(40, lasts="1D")
    pair.merge()
    pair.target.settle(NOON + 3 * DAY)
    assert pair.target.available == 0


def test_both_ledgers_hold_and_nothing_is_on_the_way(pair: Pair) -> None:
    pair.source.earn(100, lasts="1Y")
    pair.source.earn(30, waits="1W")
    pair.source.spend(20)
    pair.target.earn(7)
    pair.merge()
    assert (pair.source.faults(), on_the_way(pair)) == ([], 0)


def test_what_a_till_holds_is_let_go_and_comes_too(pair: Pair) -> None:
    pair.source.earn(100)
    pair.source.hold(60)
    pair.merge()
    assert (pair.target.available, pair.source.balance().held) == (100, 0)


def test_a_debt_comes_too_and_is_settled_from_what_is_there(pair: Pair) -> None:
    earned = pair.source.earn(50)
    pair.source.spend(50)
    pair.source.take_back(earned.id, policy=Policy.UNLIMITED)
    pair.target.earn(80)
    pair.merge()
    assert (pair.target.available, pair.source.balance().debt, pair.source.faults()) == (30, 0, [])


def test_split_gives_points_back_to_the_lots_they_had_left(pair: Pair) -> None:
    pair.source.earn(100, lasts="1Y")
    pair.source.earn(30, waits="1W")
    pair.target.earn(7)
    before = pair.source.lots_by_id(), pair.target.available
    split(pair.merge())
    assert (pair.source.lots_by_id(), pair.target.available) == before
    assert (pair.source.faults(), on_the_way(pair)) == ([], 0)


def test_what_was_spent_meanwhile_stays_spent_and_is_said(pair: Pair) -> None:
    pair.source.earn(100)
    merged = pair.merge()
    pair.target.spend(70)
    parted = split(merged)
    assert (pair.source.available, parted.stayed) == (30, {"points": 70})


def test_points_that_began_to_count_meanwhile_go_back_as_they_are(pair: Pair) -> None:
    pair.source.earn(30, waits="1D", lasts="1W")
    merged = pair.merge()
    pair.target.settle(NOON + 2 * DAY)
    split(merged, now=NOON + 2 * DAY)
    [(left, ends_at)] = pair.source.lots_by_id().values()
    assert (left, pair.source.available, ends_at is not None, pair.source.faults()) == (30, 30, True, [])


def coupons_of(member: Member) -> list[tuple[str, int, str]]:
    with db.system_transaction():
        found = db.all_of(select(Coupon).where(Coupon.member_id == member.id).order_by(Coupon.ordinal))
        return [(coupon.code, coupon.ordinal, coupon.status) for coupon in found]


def test_coupons_come_with_their_use_and_their_codes_keep_working(brand: Brand) -> None:
    source, target, terminal = make_member(), make_member(), make_terminal(make_store(brand))[0]
    offer = make_offer(brand, member_limit=3)
    coupon, used = claim(source, offer), claim(source, offer)
    redeem(used, terminal)
    merge(source, target)
    assert redeem(coupon, terminal).member_id == target.id
    with db.system_transaction():
        assert len(db.all_of(select(Redemption).where(Redemption.member_id == target.id))) == 2


def test_coupons_of_one_offer_are_numbered_anew(brand: Brand) -> None:
    make_store(brand)
    source, target, offer = make_member(), make_member(), make_offer(brand)
    mine, theirs = claim(target, offer), claim(source, offer)
    merge(source, target)
    assert [(code, number) for code, number, _ in coupons_of(target)] == [(mine.code, 1), (theirs.code, 2)]


def test_split_gives_coupons_back_but_for_those_used_meanwhile(brand: Brand) -> None:
    source, target, terminal = make_member(), make_member(), make_terminal(make_store(brand))[0]
    offer = make_offer(brand, member_limit=2)
    kept, used = claim(source, offer), claim(source, offer)
    merged = merge(source, target)
    redeem(used, terminal)
    parted = split(merged)
    assert coupons_of(source) == [(kept.code, 1, "active")]
    assert parted.stayed == {"coupons": 1}


def cards_of(member: Member) -> list[tuple[object, str]]:
    with db.system_transaction():
        return [(card.id, card.status) for card in db.all_of(select(Card).where(Card.member_id == member.id))]


def opens(code: str) -> object:
    with db.system_transaction():
        found = db.get(PassCode, code)
        return found and found.target_id


def test_a_card_with_another_brand_comes_as_it_is(brand: Brand) -> None:
    source, target = make_member(), make_member()
    card = make_card(source, brand)
    merge(source, target)
    assert (cards_of(source), cards_of(target), opens(card.code)) == ([], [(card.id, "active")], card.id)


def test_the_code_of_a_second_card_becomes_one_more_number_of_the_first(brand: Brand) -> None:
    source, target = make_member(), make_member()
    theirs, mine = make_card(source, brand), make_card(target, brand)
    merge(source, target)
    assert (opens(theirs.code), opens(mine.code), cards_of(target)) == (mine.id, mine.id, [(mine.id, "active")])


def test_a_blocked_card_is_not_unblocked_by_a_merge(brand: Brand) -> None:
    source, target = make_member(), make_member()
    make_card(source, brand, status="blocked")
    mine = make_card(target, brand)
    merge(source, target)
    assert cards_of(target) == [(mine.id, "blocked")]


def test_split_gives_each_card_its_code_back(brand: Brand) -> None:
    source, target = make_member(), make_member()
    theirs, mine = make_card(source, brand, status="blocked"), make_card(target, brand)
    other = make_card(source, make_brand())
    split(merge(source, target))
    assert [opens(card.code) for card in (theirs, mine, other)] == [theirs.id, mine.id, other.id]
    assert cards_of(target) == [(mine.id, "active")]
    assert set(cards_of(source)) == {(theirs.id, "blocked"), (other.id, "active")}


def allows(member: Member, brand: Brand) -> Reason:
    with db.system_transaction():
        return verdicts.decide_permission(member_id=member.id, brand_id=brand.id, now=NOON, **CELL).reason


def test_a_no_of_either_wallet_is_a_no(brand: Brand) -> None:
    source, target = make_member(), make_member()
    say_no(source, brand)
    give(target, brand)
    merge(source, target)
    assert allows(target, brand) is Reason.WITHDRAWN


def test_a_yes_of_the_other_wallet_is_asked_again(brand: Brand) -> None:
    source, target = make_member(), make_member()
    give(source, brand)
    merge(source, target)
    assert allows(target, brand) is Reason.NOT_ASKED


def test_of_two_yeses_the_lesser_holds(brand: Brand) -> None:
    source, target = make_member(), make_member()
    give(source, brand, level=Level.THIS_VISIT)
    give(target, brand)
    merge(source, target)
    with db.system_transaction():
        found = verdicts.decide_permission(member_id=target.id, brand_id=brand.id, now=NOON, **CELL)
    assert (found.allowed, found.level) == (True, Level.THIS_VISIT)


def test_nothing_is_permitted_in_the_name_of_who_became_part_of_another(brand: Brand) -> None:
    source, target = make_member(), make_member()
    give(source, brand)
    merge(source, target)
    assert allows(source, brand) is Reason.RESTRICTED


def test_split_lets_the_yes_stand_again_that_the_merge_had_ended(brand: Brand) -> None:
    source, target = make_member(), make_member()
    say_no(source, brand)
    give(target, brand)
    split(merge(source, target))
    assert (allows(target, brand), states(target)) == (Reason.ALLOWED, ["given", "withdrawn", "given"])


def test_split_raises_no_permission_that_was_answered_since(brand: Brand) -> None:
    source, target = make_member(), make_member()
    give(source, brand, level=Level.THIS_VISIT)
    give(target, brand)
    merged = merge(source, target)
    say_no(target, brand)
    split(merged)
    assert allows(target, brand) is Reason.WITHDRAWN


def addresses_of(member: Member) -> int:
    with db.system_transaction():
        return len(db.all_of(select(MemberIdentifier).where(MemberIdentifier.member_id == member.id)))


def test_the_addresses_of_both_open_the_one(brand: Brand) -> None:
    source, target = make_reachable_member(), make_reachable_member()
    merged = merge(source, target)
    assert (addresses_of(source), addresses_of(target)) == (0, 4)
    split(merged)
    assert (addresses_of(source), addresses_of(target)) == (2, 2)


def test_who_was_signed_in_to_the_other_signs_in_again(anyone: Speaker) -> None:
    source, target = make_member(), make_member()
    phone = anyone.with_token(member_token(source))
    merge(source, target)
    assert phone.get("/v1/me").status_code == 401


def test_of_many_merges_of_one_member_one_happens() -> None:
    source, targets = make_member(), [make_member() for _ in range(16)]

    def try_it(number: int) -> bool:
        try:
            merge(source, targets[number])
        except MemberMerged:
            return False
        return True

    assert sum(at_once(16, try_it)) == 1


def test_of_two_who_become_part_of_each_other_one_does() -> None:
    one, other = make_member(), make_member()

    def try_it(number: int) -> bool:
        try:
            merge(*((one, other) if number % 2 else (other, one)))
        except MemberMerged:
            return False
        return True

    assert sum(at_once(8, try_it)) == 1


def test_after_thirty_days_a_merge_is_final() -> None:
    merged = merge(make_member(), make_member())
    with pytest.raises(MergeFinal):
        split(merged, now=NOON + 30 * DAY)


def test_parting_twice_is_parting_once(pair: Pair) -> None:
    pair.source.earn(10)
    merged = pair.merge()
    split(merged)
    split(merged)
    assert pair.source.available == 10


def test_what_went_on_with_another_merge_is_parted_there_first(pair: Pair) -> None:
    third = make_member()
    pair.source.earn(10)
    first = pair.merge()
    second = merge(pair.target.member, third)
    with pytest.raises(MergedSince):
        split(first)
    split(second)
    split(first)
    assert pair.source.available == 10


def test_after_a_split_the_same_two_can_be_merged_again(pair: Pair) -> None:
    pair.source.earn(10)
    split(pair.merge())
    split(pair.merge())
    assert (pair.source.available, pair.source.faults()) == (10, [])


def test_a_minor_is_not_merged() -> None:
    with pytest.raises(MinorsStayApart):
        merge(make_member(minor_until=NOON + DAY), make_member())


def test_a_merge_writes_down_what_came(brand: Brand) -> None:
    source, target = make_member(), make_member()
    make_card(source, brand)
    merged = merge(source, target)
    with db.system_transaction():
        kinds = db.all_of(select(MergeMove.kind).where(MergeMove.member_id == target.id))
    assert (set(kinds), merged.moved) == ({"card", "code", "restriction"}, {"cards": 1})


def test_two_wallets_with_points_in_several_currencies(pair: Pair) -> None:
    other = make_currency(pair.source.brand)
    pair.source.currency, first = other, pair.source.currency
    pair.source.earn(5)
    pair.source.currency = first
    pair.source.earn(6)
    assert pair.merge().moved == {"points": 11}


def test_a_stop_link_of_before_stops_at_whoever_they_became(brand: Brand) -> None:
    source, target = make_member(), make_member()
    with db.system_transaction():
        url = stop_links.stop_url(member_id=source.id, brand_id=brand.id, touchpoint="email", purpose=NEWS, now=NOON)
    merge(source, target)
    with db.transaction():
        stop_links.stop_messages(token=url.rpartition("/")[2], now=NOON)
    assert (states(source), states(target)) == ([], ["refused"])


def test_an_objection_of_either_is_an_objection_until_they_are_parted(brand: Brand) -> None:
    source, target = make_member(), make_member()
    with db.system_transaction():
        objections.object_to_marketing(member_id=source.id, brand_id=brand.id, now=NOON)
    merged = merge(source, target)
    with db.system_transaction():
        assert len(db.all_of(consent.objections_of(target.id))) == 1
    split(merged)
    with db.system_transaction():
        left = [db.all_of(consent.objections_of(member.id)) for member in (source, target)]
    assert [len(one) for one in left] == [1, 0]


def test_who_had_asked_for_rest_goes_on_resting(brand: Brand) -> None:
    source, target = make_member(), make_member()
    give(target, brand)
    with db.system_transaction():
        restriction.restrict_processing(member_id=source.id, now=NOON)
    merged = merge(source, target)
    assert allows(target, brand) is Reason.RESTRICTED
    split(merged)
    assert allows(target, brand) is Reason.ALLOWED


def test_the_same_things_are_not_brought_twice(pair: Pair) -> None:
    """What a job looks for ten minutes later is what came meanwhile, not what came."""
    pair.source.earn(10)
    merged = pair.merge(now=NOON)
    with db.system_transaction():
        again = db.session().merge(merged)
        assert union.bring_wallet(again, now=NOON) == 0
