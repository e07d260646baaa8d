"""A segment is a question with the permission inside: its answer is a number of now, and of nobody by name."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from app.accounts.models import Brand, ConsoleUser, Member
from app.consent.suppression import restriction
from app.sql.hot_statements import kept_connection
from offers.learning import scores
from offers.learning.segments import brand_segments, membership
from offers.learning.segments.rules import KINDS
from offers.planning.audiences import member_facts
from offers.planning.audiences.for_whom import ForWhom
from tests.factories import NOON, console_token, made, make_brand, make_console_user, make_member, make_store
from tests.learning.factories import A_DAY, BREAD, forbid, learn, make_segment, permit, rule
from tests.purchases.factories import MILK, buy, line
from tests.speaking import Speaker


class Crowd:
    """A brand where ten members came, the first once and ten months ago, the last ten times and today.

    The even ones buy milk, the odd ones bread; the last three by the web.
    """

    def __init__(self) -> None:
        with made():
            self.brand: Brand = make_brand()
            self.store = make_store(self.brand)
            self.user: ConsoleUser = make_console_user(self.brand)
            self.members: list[Member] = [make_member() for _ in range(10)]
            for place, member in enumerate(self.members):
                self.come(place, member)
                learn(member, self.brand)
            scores.cut_scores(now=NOON)

    def come(self, place: int, member: Member) -> None:
        permit(member, self.brand)
        articles = line(100 * (place + 1)) if place % 2 == 0 else line(50, gtin=BREAD, category="food/bread")
        for visit in range(place + 1):
            at = NOON - (9 - place) * 33 * A_DAY - visit * A_DAY
            buy(member, self.store, articles, bought_at=at, now=at)

    def inside(self, *rules: Any) -> list[int]:
        """The places of the members who fit the rules."""
        with made():
            segment = make_segment(self.brand, self.user, *rules).segment
            ids = [member.id for member in self.members]
            found = brand_segments.segments_of(brand_id=self.brand.id, member_ids=ids, now=NOON)
            brand_segments.end_segment(brand_id=self.brand.id, segment_id=segment.id, now=NOON)
        return [place for place, member_id in enumerate(ids) if segment.id in found.get(member_id, ())]

    def known_inside(self, *rules: Any, by_name: bool = False) -> list[int]:
        """The same by the question that audiences ask, in a transaction of the system or by names."""
        segment = make_segment(self.brand, self.user, *rules).segment
        ids = [member.id for member in self.members]
        asked: dict[str, Any] = {"wanted": [segment.id], "now": NOON}
        brands = [self.brand.id] * len(ids)
        if by_name:
            with kept_connection() as through:
                found = membership.segments_of_members(ids, brands, **asked, through=through)
        else:
            with made():
                found = membership.segments_of_members(ids, brands, **asked, through=None)
        with made():
            assert list(membership.known_segments(self.brand.id, [segment.id, uuid.uuid4()])) == [segment.id]
            brand_segments.end_segment(brand_id=self.brand.id, segment_id=segment.id, now=NOON)
        return [n for n, id in enumerate(ids) if segment.id in found.get((id, self.brand.id), ())]

    def size(self, *rules: Any) -> int | None:
        return make_segment(self.brand, self.user, *rules).members


@pytest.fixture(scope="module")
def crowd(app: object) -> Crowd:
    return Crowd()


RULES: dict[str, tuple[list[dict[str, Any]], list[int]]] = {
    "the tenth who come most": ([rule("percentile", score="frequency", above=90)], [9]),
    "the half who come least": ([rule("percentile", score="frequency", up_to=50)], [0, 1, 2, 3, 4]),
    "between": ([rule("percentile", score="frequency", above=20, up_to=40)], [2, 3]),
    "the fifth who came most lately": ([rule("percentile", score="recency", above=90)], [9]),
    "nobody takes more coupons than the others": ([rule("percentile", score="reaction", above=50)], []),
    "all bring as few": ([rule("percentile", score="social", up_to=1)], list(range(10))),
    "who still counts for five visits": ([rule("value", score="frequency", at_least=5)], [7, 8, 9]),
    "who spent something": ([rule("value", score="amount", at_least=2000)], [6, 8]),
    "milk": ([rule("bought", gtins=[MILK])], [0, 2, 4, 6, 8]),
    "milk by a number of fourteen digits": ([rule("bought", gtins=[f"0{MILK}"])], [0, 2, 4, 6, 8]),
    "the dairy": ([rule("bought", categories=["food/dairy"])], [0, 2, 4, 6, 8]),
    "no dairy": ([rule("not_bought", categories=["food/dairy"])], [1, 3, 5, 7, 9]),
    "within a month": ([rule("last_visit", at_most=30)], [9]),
    "half a year ago": ([rule("last_visit", at_least=180, at_most=240)], [2, 3]),
    "new": ([rule("new")], [9]),
    "lapsed": ([rule("lapsed")], [0, 1, 2, 3, 4, 5, 6, 7, 8]),
    "in the store": ([rule("channel", channel="store", above=50)], list(range(10))),
    "on the web": ([rule("channel", channel="web", above=50)], []),
    "all rules together": ([rule("bought", gtins=[MILK]), rule("last_visit", at_most=100)], [6, 8]),
}


@pytest.mark.parametrize(("rules", "members"), RULES.values(), ids=RULES)
def test_a_rule_finds_who_fits(crowd: Crowd, rules: list[dict[str, Any]], members: list[int]) -> None:
    assert crowd.inside(*rules) == members


@pytest.mark.parametrize(("rules", "members"), RULES.values(), ids=RULES)
def test_audiences_are_told_the_same(crowd: Crowd, rules: list[dict[str, Any]], members: list[int]) -> None:
    assert crowd.known_inside(*rules) == members


def test_a_connection_that_names_its_members_sees_the_same(crowd: Crowd) -> None:
    assert crowd.known_inside(*RULES["between"][0], by_name=True) == RULES["between"][1]


def test_an_offer_for_a_segment_is_for_its_members_and_nobody_else(crowd: Crowd) -> None:
    segment = make_segment(crowd.brand, crowd.user, *RULES["milk"][0]).segment
    ids = [member.id for member in crowd.members]
    asked = [ForWhom(segments=frozenset({segment.id}))]
    with made():
        facts = member_facts.facts_of_members(ids, [crowd.brand.id] * len(ids), NOON, asked=asked)
        brand_segments.end_segment(brand_id=crowd.brand.id, segment_id=segment.id, now=NOON)
    assert [n for n, id in enumerate(ids) if segment.id in facts[id, crowd.brand.id].segments] == RULES["milk"][1]


def test_every_kind_of_rule_is_tried() -> None:
    assert {rule["kind"] for rules, _ in RULES.values() for rule in rules} == set(KINDS)


def test_a_size_of_five_is_told_and_one_of_four_is_not(crowd: Crowd) -> None:
    assert crowd.size(rule("bought", gtins=[MILK])) == 5
    assert crowd.size(rule("value", score="frequency", at_least=5)) is None


def test_nobody_is_ever_in_one_without_the_permission() -> None:
    crowd = Crowd()
    everybody = rule("last_visit", at_least=0)
    assert crowd.size(everybody) == 10
    forbid(crowd.members[0], crowd.brand)
    with made():
        restriction.restrict_processing(member_id=crowd.members[1].id, now=NOON)
    assert crowd.inside(everybody) == crowd.known_inside(everybody) == list(range(2, 10))
    segment = make_segment(crowd.brand, crowd.user, everybody).segment
    with made():
        over = brand_segments.show_segment(brand_id=crowd.brand.id, segment_id=segment.id, now=NOON + 400 * A_DAY)
    assert over.members is None


def test_a_segment_is_never_frozen(crowd: Crowd) -> None:
    segment = make_segment(crowd.brand, crowd.user, rule("last_visit", at_most=100)).segment
    sizes = []
    for days in (0, 100, 200):
        with made():
            found = brand_segments.segments_of(
                brand_id=crowd.brand.id,
                member_ids=[member.id for member in crowd.members],
                now=NOON + timedelta(days=days),
            )
        sizes.append(sum(segment.id in ids for ids in found.values()))
    assert sizes == [4, 1, 0]


def test_fewer_than_five_members_are_not_cut() -> None:
    brand, member = make_brand(), make_member()
    permit(member, brand)
    buy(member, make_store(brand))
    learn(member, brand)
    with made():
        scores.cut_scores(now=NOON)
    user = make_console_user(brand)
    with made():
        make_segment(brand, user, rule("percentile", score="frequency", up_to=99))
        assert brand_segments.segments_of(brand_id=brand.id, member_ids=[member.id], now=NOON) == {}


def console(anyone: Speaker, user: ConsoleUser) -> Speaker:
    return anyone.with_token(console_token(user))


def test_the_console_makes_lists_shows_and_ends_one(anyone: Speaker) -> None:
    brand = make_brand()
    speaker = console(anyone, make_console_user(brand))
    asked = {"code": "regulars", "rules": [rule("percentile", score="frequency", above=80)]}
    made_one = speaker.post("/v1/segments", asked)
    assert made_one.status_code == 201
    told = made_one.get_json()
    assert (told["code"], told["rules"], told["members"]) == ("regulars", asked["rules"], None)
    assert speaker.get("/v1/segments").get_json()["items"] == [told]
    assert speaker.get(f"/v1/segments/{told['id']}").get_json() == told
    assert speaker.post("/v1/segments", asked).get_json()["code"] == "segment_name_taken"
    ended = speaker.post(f"/v1/segments/{told['id']}/end")
    assert ended.get_json()["ended_at"] is not None
    assert speaker.get("/v1/segments").get_json()["items"] == []
    assert speaker.post("/v1/segments", asked).status_code == 201


def test_another_brands_segment_is_unknown(anyone: Speaker) -> None:
    mine, theirs = make_brand(), make_brand()
    segment = make_segment(theirs, make_console_user(theirs)).segment
    speaker = console(anyone, make_console_user(mine))
    assert speaker.get(f"/v1/segments/{segment.id}").get_json()["code"] == "segment_unknown"
    assert speaker.post(f"/v1/segments/{uuid.uuid4()}/end").status_code == 404


def test_a_brand_keeps_a_hundred(monkeypatch: pytest.MonkeyPatch, anyone: Speaker) -> None:
    monkeypatch.setattr(brand_segments, "MOST_SEGMENTS", 1)
    speaker = console(anyone, make_console_user(make_brand()))
    codes = [speaker.post("/v1/segments", {"code": code, "rules": [rule("new")]}).status_code for code in ("aa", "bb")]
    assert codes == [201, 409]


@pytest.mark.parametrize(
    "wrong",
    [
        rule("percentile", score="frequency"),
        rule("percentile", above=80),
        rule("percentile", score="frequency", above=0),
        rule("percentile", score="frequency", above=80, at_least=3),
        rule("value", score="recency", at_least=3),
        rule("bought"),
        rule("bought", gtins=[]),
        rule("new", at_least=3),
        rule("channel", channel="web"),
        rule("names"),
    ],
    ids=str,
)
def test_a_rule_outside_the_language_is_refused(anyone: Speaker, wrong: dict[str, Any]) -> None:
    speaker = console(anyone, make_console_user(make_brand()))
    assert speaker.post("/v1/segments", {"code": "wrong", "rules": [wrong]}).status_code == 422
