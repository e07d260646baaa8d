"""How often one member, one household or one phone may use an offer in a period."""

import re
import threading
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from app import clock
from app.accounts.models import Member, MemberSession
from app.errors import Problem
from app.sql import db
from offers.coupons import claims
from offers.coupons.errors import UseLimitReached
from offers.coupons.models import Coupon, OfferUse
from offers.coupons.uses import use_counts
from offers.planning.audiences.for_whom import EVERYBODY
from offers.planning.audiences.use_limits import (
    LimitedBy,
    LimitPeriod,
    UseLimit,
    reached_limit,
    read_use_limits,
    record_use_limits,
    starts_again,
)
from offers.planning.models import Offer
from tests.checkout.factories import Counter
from tests.coupons.factories import Shop, acting_as, claim, redeem, scan, undo
from tests.factories import NOON, make_member, make_terminal, member_token
from tests.households.factories import part, together
from tests.merges.factories import merge, split
from tests.planning.audience_factories import at_most, facts
from tests.planning.factories import make_offer, new_version
from tests.racing import at_once
from tests.speaking import Speaker
from tests.tracing import sent_statements

PARIS = "Europe/Paris"
DAY = timedelta(days=1)
MONDAY = datetime(2026, 5, 18, 10, tzinfo=UTC)
TILLS = 64
ROOT = Path(__file__).parents[2]
WRITES_REDEMPTIONS = re.compile(r'^(\w+) = db\.HotStatement\(f?"""(?:(?!""").)*INSERT INTO redemption ', re.M | re.S)


@pytest.fixture
def shop(anyone: Speaker) -> Shop:
    return Shop(anyone)


def limited(shop: Shop, *limits: UseLimit, **given: Any) -> Offer:
    return make_offer(shop.brand, use_limits=limits, member_limit=20, **given)


def refusal(coupon: Coupon, shop: Shop, *, now: datetime = MONDAY) -> UseLimitReached:
    with pytest.raises(UseLimitReached) as refused:
        redeem(coupon, shop.terminal, now=now)
    return refused.value


# periods


@given(st.lists(st.sampled_from([UseLimit(by, per, 3) for by in LimitedBy for per in LimitPeriod]), unique=True))
def test_limits_are_read_as_they_were_written(limits: list[UseLimit]) -> None:
    assert set(read_use_limits(record_use_limits(tuple(limits)))) == set(limits)


@pytest.mark.parametrize(
    ("period", "used", "now", "counts"),
    [
        (LimitPeriod.WEEK, "2026-05-17T21:59", "2026-05-17T22:00", False),  # Sunday 23:59, Monday 00:00 in Paris
        (LimitPeriod.WEEK, "2026-05-17T22:00", "2026-05-24T21:59", True),
        (LimitPeriod.MONTH, "2026-05-31T21:59", "2026-05-31T22:00", False),
        (LimitPeriod.MONTH, "2026-04-30T22:00", "2026-05-31T21:59", True),
        (LimitPeriod.MONTH, "2026-03-28T12:00", "2026-03-29T12:00", True),  # across the change of the clocks
        (LimitPeriod.EVER, "2020-01-01T00:00", "2026-05-31T21:59", True),
    ],
)
def test_a_period_is_of_the_calendar_of_the_brand(period: LimitPeriod, used: str, now: str, counts: bool) -> None:
    at, then = (datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (used, now))
    limits = at_most(1, LimitedBy.MEMBER, period)
    reached = reached_limit(limits, {LimitedBy.MEMBER: [at]}, now=then, zone=PARIS)
    assert (reached is not None) == counts


@given(
    st.integers(0, 2_000).map(lambda hours: MONDAY + timedelta(hours=hours)),
    st.sampled_from([LimitPeriod.WEEK, LimitPeriod.MONTH]),
    st.sampled_from([PARIS, "America/New_York", "Asia/Tokyo", "Pacific/Auckland"]),
)
def test_what_was_used_now_counts_until_it_starts_again_and_no_longer(
    now: datetime, period: LimitPeriod, zone: str
) -> None:
    again = starts_again(period, now=now, zone=zone)
    assert again is not None
    used = {LimitedBy.MEMBER: [now]}
    limits = at_most(1, LimitedBy.MEMBER, period)
    assert reached_limit(limits, used, now=again - timedelta(microseconds=1), zone=zone) is not None
    assert reached_limit(limits, used, now=again, zone=zone) is None
    assert again == clock.start_of(clock.day_of(again, zone), zone)


def test_of_several_limits_the_one_that_lasts_longest_is_told() -> None:
    limits = (*at_most(1, LimitedBy.MEMBER, LimitPeriod.WEEK), *at_most(2, LimitedBy.HOUSEHOLD))
    used = {LimitedBy.MEMBER: [MONDAY], LimitedBy.HOUSEHOLD: [MONDAY, MONDAY]}
    assert reached_limit(limits, used, now=MONDAY, zone=PARIS) == limits[1]


# at the till


def test_a_member_uses_an_offer_so_often_in_a_week(shop: Shop) -> None:
    offer = limited(shop, *at_most(1, LimitedBy.MEMBER, LimitPeriod.WEEK))
    first, second = claim(shop.member, offer), claim(shop.member, offer)
    redeem(first, shop.terminal, now=MONDAY)
    refused = refusal(second, shop)
    assert (refused.facts["by"], refused.facts["per"]) == ("member", "per_week")
    assert refused.body(language="fr", instance="")["title"].endswith("permis : 1 fois par membre et par semaine.")
    assert refused.body(language="fr", instance="")["remedy"] == "Prochaine utilisation possible : le 25 mai à 00:00."
    assert redeem(second, shop.terminal, now=MONDAY + 7 * DAY).undone_at is None


def test_a_use_that_is_undone_does_not_count(shop: Shop) -> None:
    offer = limited(shop, *at_most(1, LimitedBy.MEMBER))
    first, second = claim(shop.member, offer), claim(shop.member, offer)
    undo(redeem(first, shop.terminal, now=MONDAY), shop.terminal, now=MONDAY)
    redeem(second, shop.terminal, now=MONDAY)
    refusal(first, shop)


def test_a_household_uses_it_together(shop: Shop) -> None:
    other, stranger = make_member(), make_member()
    together(shop.member, other)
    offer = limited(shop, *at_most(1, LimitedBy.HOUSEHOLD))
    mine, theirs, anothers = (claim(member, offer) for member in (shop.member, other, stranger))
    redeem(mine, shop.terminal, now=MONDAY)
    refusal(theirs, shop)
    redeem(anothers, shop.terminal, now=MONDAY)


def test_leaving_a_household_gives_no_use_back(shop: Shop) -> None:
    other = make_member()
    together(shop.member, other)
    offer = limited(shop, *at_most(1, LimitedBy.HOUSEHOLD))
    mine, theirs = claim(shop.member, offer), claim(other, offer)
    redeem(theirs, shop.terminal, now=MONDAY)
    part(other, other)
    together(shop.member, make_member())
    refusal(mine, shop)


def test_whoever_joins_a_household_brings_their_uses_along(shop: Shop) -> None:
    other = make_member()
    offer = limited(shop, *at_most(1, LimitedBy.HOUSEHOLD))
    mine, theirs = claim(shop.member, offer), claim(other, offer)
    redeem(theirs, shop.terminal, now=MONDAY)
    together(shop.member, other)
    refusal(mine, shop)


def test_uses_before_there_was_a_limit_count_too(shop: Shop) -> None:
    offer = make_offer(shop.brand, member_limit=3)
    redeem(claim(shop.member, offer), shop.terminal, now=MONDAY)
    new_version(offer, shop.brand, member_limit=3, use_limits=at_most(1, LimitedBy.MEMBER))
    with pytest.raises(UseLimitReached):
        claim(shop.member, offer)


def test_nobody_claims_what_they_can_never_use(shop: Shop) -> None:
    offer = limited(shop, *at_most(1, LimitedBy.MEMBER))
    redeem(claim(shop.member, offer), shop.terminal)
    answer = shop.phone.post(f"/v1/offers/{offer.id}/coupons")
    assert (answer.status_code, answer.json["code"]) == (409, "use_limit_reached")


def on_phone(member: Member, installation_id: uuid.UUID | None) -> uuid.UUID:
    """A sign-in of this member, on this phone."""
    member_token(member)
    with db.system_transaction():
        session = db.all_of(select(MemberSession.id).where(MemberSession.member_id == member.id))[-1]
        mine = update(MemberSession).where(MemberSession.member_id == member.id, MemberSession.id == session)
        db.execute(mine.values(installation_id=installation_id))
    return session


def claim_on(member: Member, offer: Offer, installation_id: uuid.UUID | None) -> Coupon:
    session_id = on_phone(member, installation_id)
    with acting_as(member):
        return claims.claim_offer(member_id=member.id, offer_id=offer.id, now=NOON, session_id=session_id)


def test_a_second_wallet_on_the_same_phone_gets_no_second_use(shop: Shop) -> None:
    phone, other = uuid.uuid4(), make_member()
    offer = limited(shop, *at_most(1, LimitedBy.INSTALLATION))
    mine, theirs = claim_on(shop.member, offer, phone), claim_on(other, offer, phone)
    elsewhere = claim_on(make_member(), offer, uuid.uuid4())
    redeem(mine, shop.terminal, now=MONDAY)
    refusal(theirs, shop)
    redeem(elsewhere, shop.terminal, now=MONDAY)


def test_without_a_phone_the_member_counts(shop: Shop) -> None:
    offer = limited(shop, *at_most(1, LimitedBy.INSTALLATION))
    mine, again = claim_on(shop.member, offer, None), claim_on(shop.member, offer, None)
    theirs = claim_on(make_member(), offer, None)
    redeem(mine, shop.terminal, now=MONDAY)
    refusal(again, shop)
    redeem(theirs, shop.terminal, now=MONDAY)


def test_the_phone_is_kept_only_where_it_is_counted(shop: Shop) -> None:
    offer = limited(shop, *at_most(1, LimitedBy.MEMBER))
    assert claim_on(shop.member, offer, uuid.uuid4()).installation_id is None


def test_the_list_at_the_till_says_what_the_use_would_be_answered(shop: Shop) -> None:
    offer = limited(shop, *at_most(1, LimitedBy.MEMBER, LimitPeriod.WEEK))
    first, second = (claim(shop.member, offer, now=clock.now()) for _ in range(2))

    def usable() -> list[bool]:
        shown = scan(second, shop.terminal, now=clock.now())
        return [one["usable_here"] for one in shop.till.get(f"/v1/scans/{shown.id}/coupons").json["items"]]

    assert usable() == [True, True]
    redeem(first, shop.terminal, now=clock.now())
    assert usable() == [False]


def test_two_wallets_that_become_one_have_used_it_together(shop: Shop) -> None:
    other = make_member()
    offer = limited(shop, *at_most(1, LimitedBy.MEMBER), *at_most(1, LimitedBy.HOUSEHOLD))
    mine, theirs = claim(shop.member, offer), claim(other, offer)
    redeem(theirs, shop.terminal, now=MONDAY)
    merged = merge(other, shop.member)
    refusal(mine, shop)
    split(merged)
    redeem(mine, shop.terminal, now=MONDAY)


def test_what_a_member_used_is_known_to_who_chooses_offers(shop: Shop) -> None:
    offer = limited(shop, *at_most(2, LimitedBy.MEMBER))
    redeem(claim(shop.member, offer), shop.terminal, now=MONDAY)
    undo(redeem(claim(shop.member, offer), shop.terminal, now=MONDAY), shop.terminal, now=MONDAY)
    found = facts(shop.member, shop.brand, EVERYBODY, now=MONDAY, limited=[offer.id])
    assert found.used_at == {offer.id: [MONDAY]}


# in a sale


@pytest.fixture
def counter() -> Counter:
    return Counter()


def weekly(counter: Counter, **given: Any) -> Sequence[Coupon]:
    offer = make_offer(
        counter.brand, use_limits=at_most(1, LimitedBy.MEMBER, LimitPeriod.WEEK), member_limit=5, **given
    )
    return [claim(counter.member, offer) for _ in range(2)]


def test_a_sale_uses_it_and_the_next_is_refused(counter: Counter) -> None:
    first, second = weekly(counter)
    counter.sells(1_000, coupons=[first])
    with pytest.raises(UseLimitReached):
        counter.sells(1_000, coupons=[second])


def test_two_coupons_in_one_sale_are_two_uses(counter: Counter) -> None:
    first, second = weekly(counter)
    quoted = counter.quotes(1_000, coupons=[first, second])
    assert [type(one) for one in quoted.refusals.values()] == [UseLimitReached]


def test_a_sale_that_is_cancelled_gives_the_use_back(counter: Counter) -> None:
    first, second = weekly(counter)
    counter.cancels(counter.sells(1_000, coupons=[first]))
    assert counter.sells(1_000, coupons=[second]).closed_at == NOON


def test_what_came_back_in_parts_gives_the_use_back_with_the_last(counter: Counter) -> None:
    first, second = weekly(counter)
    sale = counter.sells(1_000, 1_000, coupons=[first])
    counter.returns(sale, {1: 1})
    with pytest.raises(UseLimitReached):
        counter.sells(1_000, coupons=[second])
    counter.returns(sale, {2: 1})
    counter.sells(1_000, coupons=[second])


def test_what_an_open_sale_keeps_was_promised_to_it(counter: Counter) -> None:
    first, second = weekly(counter)
    asked = counter.asks(1_000, coupons=[first])
    counter.opens(asked)
    with pytest.raises(UseLimitReached):
        counter.sells(1_000, coupons=[second])
    assert counter.commits(asked).closed_at == NOON


def test_a_sale_that_was_left_open_keeps_it_for_a_while(counter: Counter) -> None:
    first, second = weekly(counter)
    counter.opens(counter.asks(1_000, coupons=[first]))
    later = NOON + timedelta(minutes=10)
    assert counter.sells(1_000, coupons=[second], now=later).closed_at == later


def test_a_sale_whose_coupons_have_no_such_limit_asks_nothing_more(counter: Counter) -> None:
    with_limit, _ = weekly(counter)
    without = counter.percent(10)
    counts = []
    for coupon in (without, with_limit):
        with sent_statements() as sent:
            counter.sells(1_000, coupons=[coupon])
        counts.append(len([one for one in sent if "household_tie" in one or "offer_use" in one]))
    assert counts == [0, 4]


# races


def tills(shop: Shop, count: int = TILLS) -> list[Any]:
    terminal, _ = make_terminal(shop.store)
    return [terminal] * count


def test_of_64_tills_one_uses_what_a_household_may_use_once(shop: Shop) -> None:
    members = [shop.member, *(make_member() for _ in range(3))]
    together(*members)
    offer = make_offer(shop.brand, use_limits=at_most(1, LimitedBy.HOUSEHOLD), member_limit=TILLS)
    coupons = [claim(members[number % len(members)], offer) for number in range(TILLS)]
    terminals = tills(shop)

    def use(number: int) -> str:
        try:
            redeem(coupons[number], terminals[number], now=MONDAY)
            return "used"
        except Problem as refused:
            return refused.code()

    outcomes = at_once(TILLS, use)
    assert (outcomes.count("used"), outcomes.count("use_limit_reached")) == (1, TILLS - 1)


def test_of_many_sales_at_once_as_many_use_it_as_may(counter: Counter) -> None:
    offer = make_offer(counter.brand, use_limits=at_most(3, LimitedBy.MEMBER, LimitPeriod.MONTH), member_limit=16)
    coupons = [claim(counter.member, offer) for _ in range(16)]

    def sell(number: int) -> str:
        try:
            counter.sells(1_000, coupons=[coupons[number]])
            return "sold"
        except Problem as refused:
            return refused.code()

    outcomes = at_once(16, sell)
    assert (outcomes.count("sold"), outcomes.count("use_limit_reached")) == (3, 13)


def test_without_the_lock_the_key_of_a_use_is_the_second(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    other = make_member()
    together(shop.member, other)
    offer = limited(shop, *at_most(1, LimitedBy.HOUSEHOLD))
    coupons = [claim(member, offer) for member in (shop.member, other)]
    counted = []
    everybody_counted = threading.Barrier(2)
    count = use_counts.judge_uses

    def count_and_wait(*asked: Any, **given: Any) -> Any:
        found = count(*asked, **given)
        counted.append(found)
        everybody_counted.wait(timeout=10)
        return found

    monkeypatch.setattr(use_counts, "_lock", lambda *_: None)
    monkeypatch.setattr(use_counts, "judge_uses", count_and_wait)

    def use(number: int) -> str:
        try:
            redeem(coupons[number], shop.terminal, now=MONDAY)
            return "used"
        except Exception as refused:
            return str(refused)

    outcomes = at_once(2, use)
    assert counted == [{}, {}]
    assert outcomes.count("used") == 1
    with db.system_transaction():
        assert len(db.all_of(select(OfferUse.ordinal).where(OfferUse.offer_id == offer.id))) == 1


def test_whoever_writes_a_redemption_notes_what_it_counts_for() -> None:
    sources = [(file, file.read_text()) for file in (ROOT / "offers").rglob("*.py")]
    statements = [name for _, text in sources for name in WRITES_REDEMPTIONS.findall(text)]
    assert sorted(statements) == ["REDEEM", "USE"]
    users = {file.stem: text for file, text in sources if re.search(r"queries\.(REDEEM|USE)\b", text)}
    assert {name for name, text in users.items() if "note_uses(" in text} == set(users) == {"redemption", "sale_use"}
