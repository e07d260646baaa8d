"""For whom an offer is: conditions, what they look at, and what nobody may find out by them."""

import dataclasses
import uuid
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.models import Brand, Member
from app.consent.decision.verdicts import decide_permission
from app.consent.models import Level, State
from app.sql import db, hot_statements
from geo.places.models import Store
from offers.coupons import claims
from offers.coupons.errors import OfferNotForYou
from offers.planning.audiences import jobs, segments
from offers.planning.audiences.errors import AudienceUnknown
from offers.planning.audiences.for_whom import (
    EVERYBODY,
    BirthdayWindow,
    DaysAfter,
    ForWhom,
    MemberEvent,
    RecentArticles,
    read_for_whom,
)
from offers.planning.audiences.judgement import (
    CONDITIONS,
    EVENT_GROUNDS,
    AudienceReason,
    Ground,
    birthday_in,
    judge_audience,
)
from offers.planning.audiences.member_facts import ArticleBought, MemberFacts, facts_of_members
from offers.planning.audiences.wording import WORDS
from offers.planning.models import Offer
from tests.consent.factories import say_no
from tests.coupons.factories import Shop, acting_as, claim, paper_codes
from tests.coupons.factories import scan as show_pass
from tests.factories import NOON, make_brand, make_member, make_store, make_terminal, member_token, save
from tests.households.factories import together
from tests.planning.audience_factories import facts, permit
from tests.planning.factories import Desk, body, make_offer, match
from tests.purchases.factories import MILK, buy, line, take_back
from tests.speaking import Speaker
from tests.tracing import sent_statements
from tests.wallet.factories import make_card
from wallet.programmes.models import MemberTier
from wallet.purchases.basket import Products

PARIS = "Europe/Paris"
OTHER_MILK = "3270190022541"
MILK_LATELY = RecentArticles(Products(gtins=frozenset({MILK})), 30)
DAIRY_LATELY = RecentArticles(Products(categories=frozenset({"food/dairy"})), 30)


@pytest.fixture
def brand() -> Brand:
    return make_brand()


@pytest.fixture
def store(brand: Brand) -> Store:
    return make_store(brand)


def why(for_whom: ForWhom, member: Member, brand: Brand, *, now: datetime = NOON) -> AudienceReason | None:
    return judge_audience(for_whom, facts(member, brand, for_whom, now=now), now=now, zone=PARIS)


def known(**given: Any) -> MemberFacts:
    return MemberFacts(**{"joined_at": NOON - timedelta(days=400), "profiled": True} | given)


def judged(for_whom: ForWhom, *, now: datetime = NOON, **given: Any) -> AudienceReason | None:
    return judge_audience(for_whom, known(**given), now=now, zone=PARIS)


# the language


@pytest.mark.parametrize(
    "for_whom",
    [
        EVERYBODY,
        ForWhom(tiers=frozenset({"gold", "silver"}), household=True, new_member_days=30),
        ForWhom(employees=True),
        ForWhom(birthday=BirthdayWindow(3, 7), days_after=(DaysAfter(MemberEvent.PURCHASE, 3, 9),)),
        ForWhom(segments=frozenset({uuid.uuid4()}), home_stores=frozenset({uuid.uuid4()}), first_visit=True),
        ForWhom(lapsed_days=90, bought=MILK_LATELY, not_bought=DAIRY_LATELY),
    ],
)
def test_an_audience_is_read_as_it_was_written(for_whom: ForWhom) -> None:
    assert read_for_whom(for_whom.record()) == for_whom


def test_everybody_is_an_empty_object() -> None:
    assert EVERYBODY.record() == {}


def test_a_condition_of_a_later_release_is_never_taken_for_everybody() -> None:
    with pytest.raises(TypeError):
        read_for_whom({"astrological_sign": ["leo"]})


def test_every_condition_says_by_what_right_it_looks_at_a_member() -> None:
    assert set(CONDITIONS) == {field.name for field in dataclasses.fields(ForWhom)}
    assert set(EVENT_GROUNDS) == set(MemberEvent)


def test_every_reason_has_words_and_only_segments_are_not_told() -> None:
    assert set(WORDS) == set(AudienceReason)
    assert {condition.reason for condition in CONDITIONS.values()} < set(WORDS)


# one condition at a time


@pytest.mark.parametrize(
    ("for_whom", "given", "reason"),
    [
        (ForWhom(tiers=frozenset({"gold"})), {"tier": "gold"}, None),
        (ForWhom(tiers=frozenset({"gold", "silver"})), {"tier": "silver"}, None),
        (ForWhom(tiers=frozenset({"gold"})), {"tier": None}, AudienceReason.OTHER_TIER),
        (ForWhom(household=True), {"in_household": True}, None),
        (ForWhom(household=True), {}, AudienceReason.NO_HOUSEHOLD),
        (ForWhom(employees=True), {}, AudienceReason.NOT_EMPLOYED),
        (ForWhom(employees=True), {"employed_since": NOON}, None),
        (ForWhom(employees=True), {"employed_since": NOON + timedelta(hours=6)}, None),
        (ForWhom(employees=True), {"employed_since": NOON + timedelta(days=1)}, AudienceReason.NOT_EMPLOYED),
        (ForWhom(employees=True), {"employed_since": NOON, "employed_until": NOON.date()}, None),
        (
            ForWhom(employees=True),
            {"employed_since": NOON - timedelta(days=9), "employed_until": NOON.date() - timedelta(days=1)},
            AudienceReason.NOT_EMPLOYED,
        ),
        (ForWhom(new_member_days=1), {"joined_at": NOON - timedelta(hours=11)}, None),
        (ForWhom(new_member_days=1), {"joined_at": NOON - timedelta(hours=13)}, AudienceReason.NOT_NEW),
        (ForWhom(new_member_days=30), {"joined_at": None}, AudienceReason.NOT_NEW),
        (ForWhom(first_visit=True), {}, None),
        (ForWhom(first_visit=True), {"seen_before": True}, AudienceReason.VISITED_BEFORE),
        (ForWhom(first_visit=True), {"last_bought_at": NOON}, AudienceReason.VISITED_BEFORE),
        (ForWhom(lapsed_days=90), {"last_bought_at": NOON - timedelta(days=90)}, None),
        (ForWhom(lapsed_days=90), {"last_bought_at": NOON - timedelta(days=89)}, AudienceReason.NOT_LAPSED),
        (ForWhom(lapsed_days=90), {"last_bought_at": None}, AudienceReason.NOT_LAPSED),
        (ForWhom(bought=MILK_LATELY), {}, AudienceReason.NOT_BOUGHT),
        (ForWhom(not_bought=MILK_LATELY), {}, None),
    ],
)
def test_a_condition_holds_or_says_why_not(
    for_whom: ForWhom, given: dict[str, Any], reason: AudienceReason | None
) -> None:
    assert judged(for_whom, **given) == reason


def milk(days_ago: int) -> tuple[ArticleBought, ...]:
    return (ArticleBought(line(), NOON - timedelta(days=days_ago)),)


@pytest.mark.parametrize(("days_ago", "is_in"), [(0, True), (30, True), (31, False)])
def test_what_was_bought_counts_for_so_many_days(days_ago: int, is_in: bool) -> None:
    assert (judged(ForWhom(bought=DAIRY_LATELY), bought=milk(days_ago)) is None) == is_in
    assert (judged(ForWhom(not_bought=DAIRY_LATELY), bought=milk(days_ago)) is None) != is_in


def test_all_conditions_must_hold() -> None:
    both = ForWhom(tiers=frozenset({"gold"}), household=True)
    assert judged(both, tier="gold", in_household=True) is None
    assert judged(both, tier="gold") is AudienceReason.NO_HOUSEHOLD


@pytest.mark.parametrize(
    ("today", "birthday", "is_near"),
    [
        (date(2026, 5, 15), (18, 5), True),
        (date(2026, 5, 14), (18, 5), False),
        (date(2026, 5, 25), (18, 5), True),
        (date(2026, 5, 26), (18, 5), False),
        (date(2025, 12, 30), (1, 1), True),
        (date(2026, 1, 5), (30, 12), True),
        (date(2026, 2, 28), (29, 2), True),
        (date(2026, 2, 24), (29, 2), False),
        (date(2028, 2, 26), (29, 2), True),
    ],
)
def test_a_birthday_is_near_across_the_year_and_on_29_february(
    today: date, birthday: tuple[int, int], is_near: bool
) -> None:
    noon = datetime(today.year, today.month, today.day, 11, tzinfo=UTC)
    asked = ForWhom(birthday=BirthdayWindow(days_before=3, days_after=7))
    assert (judged(asked, now=noon, birthday=birthday) is None) == is_near


@given(st.dates(date(2000, 1, 1), date(2000, 12, 31)), st.integers(1990, 2100))
def test_everybody_has_a_birthday_each_year_in_the_month_of_their_birth(born: date, year: int) -> None:
    assert birthday_in(year, (born.day, born.month)).month == born.month


def test_days_after_an_event_are_days_of_the_calendar() -> None:
    late = datetime(2026, 5, 17, 21, 59, tzinfo=UTC)  # 23:59 in Paris
    asked = ForWhom(days_after=(DaysAfter(MemberEvent.JOINED, 1, 1),))
    assert judged(asked, joined_at=late, now=late + timedelta(minutes=2)) is None
    assert judged(asked, joined_at=late, now=late + timedelta(days=1, minutes=2)) is AudienceReason.NOT_THE_DAYS


def test_the_spring_change_of_the_clocks_makes_no_day_longer() -> None:
    joined = datetime(2026, 3, 28, 12, tzinfo=UTC)
    asked = ForWhom(days_after=(DaysAfter(MemberEvent.JOINED, 1, 1),))
    last_minute = datetime(2026, 3, 29, 21, 59, tzinfo=UTC)  # the day of 23 hours
    assert judged(asked, joined_at=joined, now=last_minute) is None
    assert judged(asked, joined_at=joined, now=last_minute + timedelta(minutes=1)) is AudienceReason.NOT_THE_DAYS


def test_any_of_several_events_is_enough() -> None:
    asked = ForWhom(days_after=(DaysAfter(MemberEvent.TIER, 0, 3), DaysAfter(MemberEvent.BIRTHDAY, 0, 0)))
    assert judged(asked, tier="gold", tier_since=NOON - timedelta(days=2)) is None
    assert judged(asked, birthday=(NOON.day, NOON.month)) is None
    assert judged(asked) is AudienceReason.NOT_THE_DAYS


# whoever refuses profiling

instants = st.integers(0, 400).map(lambda days: NOON - timedelta(days=days))
articles = st.builds(
    ArticleBought,
    st.builds(line, gtin=st.sampled_from([MILK, None]), category=st.sampled_from(["food/dairy/milk", "toys"])),
    instants,
)
STORES = [uuid.UUID(int=1), uuid.UUID(int=2)]
histories = st.fixed_dictionaries(
    {
        "last_bought_at": st.none() | instants,
        "seen_before": st.booleans(),
        "home_store_id": st.none() | st.sampled_from(STORES),
        "bought": st.lists(articles, max_size=3).map(tuple),
        "segments": st.sets(st.sampled_from(STORES)).map(frozenset),
    }
)
within = st.builds(
    RecentArticles,
    st.sampled_from([Products(), MILK_LATELY.products, DAIRY_LATELY.products]),
    st.integers(1, 200),
)
audiences = st.builds(
    ForWhom,
    tiers=st.sampled_from([frozenset(), frozenset({"gold"})]),
    household=st.booleans(),
    employees=st.booleans(),
    new_member_days=st.sampled_from([0, 30]),
    days_after=st.lists(st.builds(DaysAfter, st.sampled_from(MemberEvent), st.just(0), st.integers(0, 400))).map(tuple),
    birthday=st.none() | st.builds(BirthdayWindow, st.integers(0, 60), st.integers(0, 60)),
    segments=st.sets(st.sampled_from(STORES)).map(frozenset),
    first_visit=st.booleans(),
    lapsed_days=st.integers(0, 100),
    home_stores=st.sets(st.sampled_from(STORES)).map(frozenset),
    bought=st.none() | within,
    not_bought=st.none() | within,
)
contracts = st.fixed_dictionaries(
    {
        "joined_at": st.none() | st.just(NOON - timedelta(days=3)),
        "tier": st.none() | st.just("gold"),
        "in_household": st.booleans(),
        "employed_since": st.none() | st.just(NOON - timedelta(days=3)),
        "birthday": st.none() | st.just((18, 5)),
    }
)


@given(audiences, contracts, histories, histories)
def test_who_refuses_profiling_is_answered_the_same_whatever_they_bought(
    for_whom: ForWhom, contract: dict[str, Any], one: dict[str, Any], other: dict[str, Any]
) -> None:
    answers = {
        judge_audience(for_whom, MemberFacts(**contract, **bought), now=NOON, zone=PARIS) for bought in (one, other)
    }
    assert len(answers) == 1


@pytest.mark.parametrize("name", [name for name, one in CONDITIONS.items() if one.ground is Ground.PROFILING])
def test_no_condition_of_profiling_holds_for_who_refuses_it(name: str) -> None:
    some = {"segments": frozenset(STORES), "first_visit": True, "lapsed_days": 1, "home_stores": frozenset(STORES)}
    asked = ForWhom(**{name: some.get(name, MILK_LATELY)})
    assert judge_audience(asked, MemberFacts(), now=NOON, zone=PARIS) is AudienceReason.PROFILING_REFUSED


ALL_OF_IT = ForWhom(bought=MILK_LATELY, first_visit=True, home_stores=frozenset(STORES))


def test_nothing_of_what_a_refuser_bought_is_even_read(brand: Brand, store: Store) -> None:
    bought_much, bought_nothing = make_member(), make_member()
    for member in (bought_much, bought_nothing):
        make_card(member, brand)
    for _ in range(3):
        buy(bought_much, store, bought_at=NOON - timedelta(days=2))
    one, other = (facts(member, brand, ALL_OF_IT) for member in (bought_much, bought_nothing))
    assert one._replace(joined_at=None) == other._replace(joined_at=None)
    assert not one.profiled


# what is known, from the tables


def test_what_somebody_bought_is_known_where_they_permit_it(brand: Brand, store: Store) -> None:
    member = make_member()
    permit(member, brand)
    purchase = buy(member, store, line(), line(position=2, gtin=OTHER_MILK, category="toys"), bought_at=NOON)
    take_back(purchase, {2: 1})
    found = facts(member, brand, ForWhom(bought=MILK_LATELY))
    assert (found.last_bought_at, found.home_store_id) == (NOON, store.id)
    assert [(one.line.gtin, one.line.category, one.bought_at) for one in found.bought] == [
        (MILK, "food/dairy/milk", NOON)
    ]


def test_articles_are_read_only_where_somebody_asks_for_them(brand: Brand, store: Store) -> None:
    member = make_member()
    permit(member, brand)
    buy(member, store)
    assert facts(member, brand, ForWhom(lapsed_days=3)).bought == ()


def test_home_is_where_somebody_bought_most_often_and_then_last(brand: Brand, store: Store) -> None:
    member, other = make_member(), make_store(brand)
    permit(member, brand)
    for days, where in ((400, store), (399, store), (5, other), (4, store), (3, other), (2, store)):
        buy(member, where, bought_at=NOON - timedelta(days=days))
    assert facts(member, brand).home_store_id == store.id


def test_a_pass_that_was_shown_today_is_still_the_first_visit(brand: Brand, store: Store) -> None:
    member = make_member()
    permit(member, brand)
    terminal, _ = make_terminal(store)
    show_pass(make_card(member, brand), terminal, now=NOON)
    assert why(ForWhom(first_visit=True), member, brand) is None
    tomorrow = NOON + timedelta(days=1)
    assert why(ForWhom(first_visit=True), member, brand, now=tomorrow) is AudienceReason.VISITED_BEFORE


def test_tier_card_and_household_are_of_the_contract(brand: Brand) -> None:
    member = make_member()
    make_card(member, brand)
    save(MemberTier(member_id=member.id, brand_id=brand.id, tier="gold", since=NOON, changed_at=NOON))
    together(member, make_member())
    found = facts(member, brand)
    assert (found.tier, found.tier_since, found.in_household, found.joined_at is None) == ("gold", NOON, True, False)


REFUSED = [
    {"state": State.WITHDRAWN},
    {"state": State.REFUSED},
    {"expires_at": NOON},
    {"uses_left": 0},
    {"level": Level.NONE},
    {"objected": True},
    {"with_parent": True},
    {"notice_until": NOON},
]


@pytest.mark.parametrize("said", [{}, {"expires_at": NOON + timedelta(seconds=1)}, {"uses_left": 1}, *REFUSED])
def test_profiling_is_permitted_as_every_other_decision_says(brand: Brand, said: dict[str, Any]) -> None:
    member = make_member()
    cell = permit(member, brand, **said)
    asked = {"member_id": member.id, "brand_id": brand.id, "purpose": cell.purpose, "touchpoint": cell.touchpoint}
    with db.system_transaction():
        verdict = decide_permission(**asked, now=NOON)
    assert facts(member, brand).profiled == verdict.allowed == (said not in REFUSED)


def test_a_restricted_member_is_not_profiled(brand: Brand) -> None:
    member = make_member(restricted_at=NOON)
    permit(member, brand)
    assert not facts(member, brand).profiled


def test_many_members_are_known_by_one_statement_which_names_each(brand: Brand, store: Store) -> None:
    members = [make_member() for _ in range(4)]
    for number, member in enumerate(members):
        permit(member, brand)
        for _ in range(number):
            buy(member, store, bought_at=NOON - timedelta(days=number))
    pairs = ([member.id for member in members], [brand.id] * len(members))
    asked = [ForWhom(bought=MILK_LATELY)]
    with db.system_transaction(), sent_statements() as sent:
        seen = facts_of_members(*pairs, NOON, asked=asked)
    assert len(sent) == 1
    with hot_statements.kept_connection() as alone:
        assert facts_of_members(*pairs, NOON, asked=asked, through=alone) == seen
    assert [len(facts.bought) for facts in seen.values()] == [0, 1, 1, 1]


class Tea:
    """A source of one segment, that of who likes tea: everybody it is asked about."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, likes: bool = True) -> None:
        self.id, self.likes, self.asked_of = uuid.uuid4(), likes, list[uuid.UUID]()
        monkeypatch.setattr(segments, "SOURCES", [segments.SegmentSource(self.known, self.of_members)])

    def known(self, brand_id: uuid.UUID, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
        return {self.id} & set(ids)

    def of_members(self, member_ids: Sequence[uuid.UUID], brand_ids: Sequence[uuid.UUID], **_: Any) -> Any:
        self.asked_of.extend(member_ids)
        return {whose: {self.id} for whose in zip(member_ids, brand_ids, strict=True)} if self.likes else {}


def test_segments_come_from_whoever_knows_them_and_of_nobody_who_refuses(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    tea, refuser, drinker = Tea(monkeypatch), make_member(), make_member()
    permit(drinker, brand)
    asked = ForWhom(segments=frozenset({tea.id}))
    assert why(asked, drinker, brand) is None
    assert why(asked, refuser, brand) is AudienceReason.PROFILING_REFUSED
    with hot_statements.kept_connection() as alone:
        found = facts_of_members([drinker.id], [brand.id], NOON, asked=[asked], through=alone)
    assert [known.segments for known in found.values()] == [{tea.id}]
    assert tea.asked_of == [drinker.id] * 2


def test_a_draft_names_only_segments_that_somebody_knows(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    make_store(brand)
    tea = Tea(monkeypatch)
    make_offer(brand, for_whom=ForWhom(segments=frozenset({tea.id})))
    with pytest.raises(AudienceUnknown):
        make_offer(brand, for_whom=ForWhom(segments=frozenset({tea.id, uuid.uuid4()})))


# claiming


@pytest.fixture
def shop(anyone: Speaker) -> Shop:
    return Shop(anyone)


def refusal_of(member: Member, offer: Offer) -> OfferNotForYou:
    with pytest.raises(OfferNotForYou) as refused:
        claim(member, offer)
    return refused.value


def test_only_those_whom_an_offer_is_for_can_claim_it(shop: Shop) -> None:
    for_new = make_offer(shop.brand, for_whom=ForWhom(new_member_days=30))
    make_card(shop.member, shop.brand, now=NOON)
    assert claim(shop.member, for_new).status == "active"


def test_a_member_is_told_why_and_a_stranger_hears_of_every_offer_the_same(anyone: Speaker, shop: Shop) -> None:
    offers = [
        make_offer(shop.brand, for_whom=asked)
        for asked in (ForWhom(household=True), ForWhom(lapsed_days=30), ForWhom(birthday=BirthdayWindow()))
    ]
    stranger, cardholder = make_member(), make_member()
    make_card(cardholder, shop.brand)
    said = [refusal_of(stranger, offer).body(language="fr", instance="") for offer in offers]
    assert all(one == said[0] for one in said)
    assert "facts" not in said[0]
    told = [refusal_of(cardholder, offer).facts["reason"] for offer in offers]
    assert told == ["no_household", "profiling_refused", "birthday_unsaid"]


def test_a_segment_is_told_to_nobody(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    tea = Tea(monkeypatch, likes=False)
    offer = make_offer(shop.brand, for_whom=ForWhom(segments=frozenset({tea.id})))
    make_card(shop.member, shop.brand)
    permit(shop.member, shop.brand)
    assert "reason" not in refusal_of(shop.member, offer).facts


def test_a_till_is_not_told_what_a_member_permits_or_buys(shop: Shop) -> None:
    refusals = {}
    card = make_card(shop.member, shop.brand)
    shown = show_pass(card, shop.terminal, now=datetime.now(UTC))
    for name, asked in (("lapsed", ForWhom(lapsed_days=3)), ("tier", ForWhom(new_member_days=1))):
        offer = make_offer(shop.brand, for_whom=asked)
        typed = {"code": paper_codes(offer, batch=name)[0]}
        at_till = shop.till.post(f"/v1/scans/{shown.id}/coupon-codes", json=typed, headers={"Accept-Language": "fr"})
        refusals[name] = at_till.json
    assert refusals["lapsed"]["title"] == "Cette offre ne s'adresse pas à ce membre."
    assert (refusals["lapsed"]["code"], "facts" in refusals["lapsed"]) == ("offer_not_for_you", False)
    assert refusals["tier"]["facts"] == {"reason": "not_new"}


def test_an_offer_for_everybody_asks_nothing_about_its_member(shop: Shop) -> None:
    offer = make_offer(shop.brand)
    with acting_as(shop.member), sent_statements() as sent:
        claims.claim_offer(member_id=shop.member.id, offer_id=offer.id, now=NOON)
    assert not [one for one in sent if "permission_state" in one]


def test_an_audience_costs_a_claim_one_question_asked_as_who_sees_everybody(shop: Shop) -> None:
    asked = ForWhom(new_member_days=30)
    make_card(shop.member, shop.brand, now=NOON)
    counts = []
    for offer in (make_offer(shop.brand), make_offer(shop.brand, for_whom=asked)):
        with acting_as(shop.member), sent_statements() as sent:
            claims.claim_offer(member_id=shop.member.id, offer_id=offer.id, now=NOON)
        counts.append(len(sent))
    assert counts[1] - counts[0] == 3


def test_the_claim_over_http_says_it_in_words(shop: Shop) -> None:
    offer = make_offer(shop.brand, for_whom=ForWhom(household=True))
    make_card(shop.member, shop.brand)
    answer = shop.phone.post(f"/v1/offers/{offer.id}/coupons", headers={"Accept-Language": "fr"})
    assert (answer.status_code, answer.json["code"]) == (403, "offer_not_for_you")
    assert answer.json["remedy"].startswith("Elle est réservée aux membres qui ont formé un foyer")
    assert answer.json["facts"] == {"reason": "no_household"}


# planning


def test_the_audience_travels_there_and_back(anyone: Speaker) -> None:
    desk = Desk(anyone)
    asked = {
        "employees": True,
        "new_member_days": 30,
        "birthday": {"days_before": 3, "days_after": 7},
        "home_stores": [str(desk.store.id)],
        "bought": {"within_days": 60, "categories": ["food/dairy"], "gtins": [MILK]},
        "days_after": [{"event": "joined", "from_day": 7, "until_day": 14}],
    }
    limits = {"member": {"per_week": 1}, "household": {"ever": 3}}
    made = desk.merchandiser.post("/v1/offers", json=body(for_whom=asked, use_limits=limits))
    assert made.status_code == 201, made.json
    draft = made.json["draft"]
    assert (draft["for_whom"], draft["use_limits"]) == (asked, limits)
    again = body(for_whom=draft["for_whom"], use_limits=draft["use_limits"])
    changed = desk.merchandiser.put(f"/v1/offers/{made.json['id']}", json=again, headers=match(made))
    assert changed.json["draft"]["for_whom"] == asked


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"tiers": ["platinum"]}, "/for_whom/tiers"),
        ({"segments": [str(uuid.uuid4())]}, "/for_whom/segments"),
        ({"home_stores": [str(uuid.uuid4())]}, "/for_whom/home_stores"),
        ({"bought": {"within_days": 3, "gtins": ["3270190022535"]}}, "/for_whom/bought/gtins"),
        ({"days_after": [{"event": "joined", "from_day": 3, "until_day": 2}]}, "/for_whom/days_after/0/until_day"),
        ({"new_member_days": 0}, "/for_whom/new_member_days"),
        ({"astrological_sign": ["leo"]}, "/for_whom/astrological_sign"),
    ],
)
def test_an_audience_that_cannot_be_is_refused_when_it_is_drafted(
    anyone: Speaker, asked: dict[str, Any], pointer: str
) -> None:
    answer = Desk(anyone).merchandiser.post("/v1/offers", json=body(for_whom=asked))
    assert (answer.status_code, [one["pointer"] for one in answer.json["errors"]]) == (422, [pointer])


def test_a_tier_that_is_no_more_is_refused_when_the_offer_is_approved(brand: Brand, store: Store) -> None:
    with pytest.raises(AudienceUnknown):
        make_offer(brand, for_whom=ForWhom(tiers=frozenset({"gold"})))


# the birthday


@pytest.fixture
def treated(anyone: Speaker, brand: Brand) -> tuple[Member, Speaker]:
    member = make_member()
    permit(member, brand, "birthday_treat")
    return member, anyone.with_token(member_token(member))


def test_a_birthday_is_asked_only_under_its_permission(anyone: Speaker) -> None:
    answer = anyone.with_token(member_token(make_member())).put("/v1/me/birthday", json={"day": 18, "month": 5})
    assert (answer.status_code, answer.json["code"]) == (403, "birthday_not_asked")


def test_a_birthday_is_said_read_replaced_and_taken_back(treated: tuple[Member, Speaker]) -> None:
    _, phone = treated
    assert phone.get("/v1/me/birthday").status_code == 404
    for day in (18, 19):
        said = phone.put("/v1/me/birthday", json={"day": day, "month": 5})
        assert (said.status_code, said.json["day"]) == (200, day)
    assert phone.get("/v1/me/birthday").json["day"] == 19
    assert phone.delete("/v1/me/birthday").status_code == 204
    assert phone.get("/v1/me/birthday").status_code == 404


@pytest.mark.parametrize("wrong", [{"day": 31, "month": 2}, {"day": 30, "month": 2}, {"day": 31, "month": 4}])
def test_a_day_that_no_month_has_is_refused(treated: tuple[Member, Speaker], wrong: dict[str, int]) -> None:
    answer = treated[1].put("/v1/me/birthday", json=wrong)
    assert [one["pointer"] for one in answer.json["errors"]] == ["/day"]
    assert treated[1].put("/v1/me/birthday", json={"day": 29, "month": 2}).status_code == 200


def test_a_birthday_near_opens_the_offer(treated: tuple[Member, Speaker], brand: Brand) -> None:
    member, phone = treated
    phone.put("/v1/me/birthday", json={"day": NOON.day, "month": NOON.month})
    assert why(ForWhom(birthday=BirthdayWindow()), member, brand) is None
    assert why(ForWhom(birthday=BirthdayWindow()), member, make_brand()) is AudienceReason.BIRTHDAY_UNSAID


def test_a_birthday_goes_with_the_last_permission_for_it(anyone: Speaker) -> None:
    member, one, other = make_member(), make_brand(), make_brand()
    now = datetime.now(UTC)
    for brand in (one, other):
        permit(member, brand, "birthday_treat", changed_at=now)
    phone = anyone.with_token(member_token(member))
    phone.put("/v1/me/birthday", json={"day": 18, "month": 5})
    say_no(member, one, touchpoint="email", purpose="birthday_treat", now=now)
    assert phone.get("/v1/me/birthday").status_code == 200
    say_no(member, other, touchpoint="email", purpose="birthday_treat", now=now)
    assert phone.get("/v1/me/birthday").status_code == 404


def test_a_birthday_goes_when_its_permission_runs_out(anyone: Speaker, brand: Brand) -> None:
    member, soon = make_member(), datetime.now(UTC) + timedelta(days=1)
    permit(member, brand, "birthday_treat", expires_at=soon)
    phone = anyone.with_token(member_token(member))
    phone.put("/v1/me/birthday", json={"day": 18, "month": 5})
    for now, status in ((soon - timedelta(hours=1), 200), (soon, 404)):
        with db.system_transaction():
            jobs.forget_birthdays(now=now)
        assert phone.get("/v1/me/birthday").status_code == status
