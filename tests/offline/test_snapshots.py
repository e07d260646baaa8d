"""What a till is told: whole, or what changed and what is gone."""

import base64
import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.sql import db
from offers.offline import queries
from offers.offline.snapshots import forget_endings
from offers.planning.drafts import InASale
from offers.planning.models import AppliesBy
from offers.planning.purchase_bounds import CountedTax
from tests.factories import NOON, made, make_brand, make_member
from tests.offline.factories import DarkShop, digest_of, lease, read_snapshot, set_policy
from tests.planning.factories import make_offer, pause
from tests.planning.test_firings import happy_hour
from tests.racing import at_once
from tests.wallet.factories import make_card
from wallet.cards import replacement
from wallet.cards.models import Card, CardStatus

A_MINUTE = timedelta(minutes=1)
MANY_ENDINGS = """
INSERT INTO code_ending SELECT :brand, sha256(n::text::bytea), n, true, now() FROM generate_series(1, 20000) AS n
"""


@pytest.fixture
def shop(anyone) -> DarkShop:
    return DarkShop(anyone, total_limit=10)


def told(codes: str) -> list[bytes]:
    return [base64.b64decode(codes[place : place + 8]) for place in range(0, len(codes), 8)]


def lose(card: Card) -> None:
    with made():
        replacement.replace_lost(member_id=card.member_id, card_id=card.id, now=NOON)


def turn(card: Card, status: CardStatus) -> None:
    with made():
        known = db.get(Card, (card.member_id, card.id))
        assert known is not None
        known.status = status


def test_a_first_snapshot_is_whole(shop):
    found = read_snapshot(shop.terminal)
    assert (found.version, found.since, found.is_complete, found.time_zone) == (1, None, True, "Europe/Paris")
    assert [rule.offer_id for rule in found.offers] == [shop.offer.id]
    assert found.offers[0].is_limited
    assert found.policy.may_earn


def test_a_till_knows_which_offers_need_no_coupon(shop):
    by_itself = make_offer(shop.brand, applies=AppliesBy.AUTOMATIC)
    found = {rule.offer_id: rule.by_itself for rule in read_snapshot(shop.terminal).offers}
    assert found == {shop.offer.id: False, by_itself.id: True}


def test_a_till_knows_what_a_purchase_must_come_to(shop):
    rules = InASale(minimum_minor=1_000, maximum_minor=9_000, counted_tax=CountedTax.EXCLUDED)
    bound = make_offer(shop.brand, in_a_sale=rules)
    found = {
        rule.offer_id: (rule.minimum_minor, rule.maximum_minor, rule.counted_tax)
        for rule in read_snapshot(shop.terminal).offers
    }
    assert found == {shop.offer.id: (0, None, "included"), bound.id: (1_000, 9_000, "excluded")}


def test_nothing_new_is_the_same_number_and_says_nothing(shop):
    first = read_snapshot(shop.terminal)
    again = read_snapshot(shop.terminal, since=first.version, now=NOON + A_MINUTE)
    assert again.version == first.version
    assert (again.offers, again.policy, again.leases, again.ended) == (None, None, None, "")


def test_the_code_of_a_lost_card_is_told(shop):
    before = read_snapshot(shop.terminal)
    lose(shop.card)
    found = read_snapshot(shop.terminal, since=before.version)
    assert (found.version, told(found.ended)) == (before.version + 1, [digest_of(shop.card.code)])


def test_a_blocked_card_is_told_and_told_again_when_it_stands(shop):
    turn(shop.card, CardStatus.BLOCKED)
    blocked = read_snapshot(shop.terminal)
    assert told(blocked.ended) == [digest_of(shop.card.code)]
    turn(shop.card, CardStatus.ACTIVE)
    found = read_snapshot(shop.terminal, since=blocked.version)
    assert (told(found.ended), told(found.stands_again)) == ([], [digest_of(shop.card.code)])
    assert read_snapshot(shop.terminal).ended == ""


def test_the_code_of_an_erased_wallet_is_told(shop):
    with made():
        db.execute(text("DELETE FROM pass_code WHERE code = :code"), {"code": shop.card.code})
    assert told(read_snapshot(shop.terminal).ended) == [digest_of(shop.card.code)]


def test_another_brands_codes_are_not_told(shop):
    lose(make_card(make_member(), make_brand()))
    assert read_snapshot(shop.terminal).ended == ""


def test_an_offer_that_is_paused_is_gone(shop):
    before = read_snapshot(shop.terminal)
    pause(shop.offer, shop.brand)
    assert list(read_snapshot(shop.terminal, since=before.version).offers) == []


def test_an_offer_that_fires_now_and_then_says_when(shop):
    make_offer(shop.brand, schedule=happy_hour())
    firing = [rule for rule in read_snapshot(shop.terminal).offers if rule.firings is not None]
    assert len(firing) == 1
    assert json.dumps(firing[0].firings)


def test_a_new_policy_is_told(shop):
    before = read_snapshot(shop.terminal)
    set_policy(shop.brand, {"points_per_use": 7})
    found = read_snapshot(shop.terminal, since=before.version)
    assert (found.policy.points_per_use, found.offers) == (7, None)


def test_leases_are_told(shop):
    before = read_snapshot(shop.terminal)
    held = lease(shop.terminal, offer_id=shop.offer.id, units=3)
    assert [one.id for one in read_snapshot(shop.terminal, since=before.version).leases] == [held.id]


def test_a_number_that_nobody_gave_is_answered_whole(shop):
    assert read_snapshot(shop.terminal, since=99).since is None


def test_who_was_away_too_long_is_told_everything(shop):
    turn(shop.card, CardStatus.BLOCKED)
    before = read_snapshot(shop.terminal)
    turn(shop.card, CardStatus.ACTIVE)
    with db.system_transaction():
        assert forget_endings(now=NOON + timedelta(days=20_000)) >= 1
    found = read_snapshot(shop.terminal, since=before.version)
    assert (found.since, found.ended) == (None, "")


def test_a_long_list_comes_in_pages(shop, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)
    monkeypatch.setattr(queries, "ENDINGS", queries.ENDINGS.replace("LIMIT 100000", "LIMIT 2"))
    cards = [make_card(make_member(), shop.brand) for _ in range(5)]
    for card in cards:
        lose(card)
    pages = [read_snapshot(shop.terminal)]
    while not pages[-1].is_complete:
        pages.append(read_snapshot(shop.terminal, since=pages[-1].version))
    assert len(pages) == 3
    assert {one for page in pages for one in told(page.ended)} == {digest_of(card.code) for card in cards}


def test_codes_that_end_at_once_are_numbered_in_the_order_of_their_commits(shop, crowd):
    """Whoever reads meanwhile and asks on with what they have misses none."""
    cards = [make_card(make_member(), shop.brand) for _ in range(16)]
    seen: set[bytes] = set()

    def act(number: int) -> None:
        if number < 16:
            lose(cards[number])
            return
        version = None
        for _ in range(12):
            found = read_snapshot(shop.terminal, since=version)
            seen.update(told(found.ended))
            version = found.version
        reader.append(version)

    reader: list[int | None] = []
    at_once(17, act)
    seen.update(told(read_snapshot(shop.terminal, since=reader[0]).ended))
    assert seen == {digest_of(card.code) for card in cards}


def test_two_who_end_codes_of_two_brands_never_wait_in_a_circle(shop, crowd):
    other = DarkShop.__new__(DarkShop)
    other.brand = make_brand()
    pairs = [
        [make_card(make_member(), brand) for brand in brands]
        for brands in ([shop.brand, other.brand], [other.brand, shop.brand]) * 8
    ]

    def act(number: int) -> None:
        with made():
            for card in pairs[number]:
                replacement.replace_lost(member_id=card.member_id, card_id=card.id, now=NOON)

    at_once(16, act)


def test_the_difference_is_read_by_its_index_however_many_codes_ended(shop):
    with db.system_transaction():
        db.execute(text(MANY_ENDINGS), {"brand": shop.brand.id})
        db.execute(text("ANALYZE code_ending"))
        values = {"$1::uuid": f"'{shop.brand.id}'", "$2::bigint": "19990", "$3::bigint": "20000"}
        asked = queries.ENDINGS_PAGE
        for place, value in values.items():
            asked = asked.replace(place, value)
        plan = db.fetch(f"EXPLAIN {asked}")
    steps = "\n".join(row[0] for row in plan)
    assert "ix_code_ending_version" in steps
    assert "Seq Scan" not in steps


def test_each_till_has_its_own_numbers(shop):
    read_snapshot(shop.terminal)
    lose(shop.card)
    read_snapshot(shop.terminal)
    [terminal] = shop.more_tills(1)
    assert read_snapshot(terminal).version == 1
