"""How many statements a till's way with a coupon takes: what it needs is read once, and written once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from app.accounts.models import Terminal
from app.sql import db
from offers.coupons import claims, own_coupons
from offers.coupons.redemption import redeem_coupon, undo_redemption
from tests.coupons.factories import Shop, acting_as, claim, redeem, scan
from tests.factories import NOON, make_member, make_store
from tests.planning.factories import make_offer, stores_and_areas
from tests.speaking import Speaker
from tests.tracing import sent_statements
from tests.wallet.factories import make_card
from wallet.scanning import scans

SCAN, SCAN_READ_AGAIN, COUPONS_OF_SCAN, REDEMPTION, UNDO = 2, 2, 2, 4, 2
CLAIM, UNIT = 3, 1
"""Statements of each verb, without those of the request; a claim takes a `UNIT` for each limit besides."""


@contextmanager
def counted_at(terminal: Terminal) -> Iterator[list[str]]:
    """The same in a transaction of this terminal, whose reads leave a trace."""
    with db.transaction():
        staff = db.Staff("terminal", terminal.brand_id, terminal.store_id)
        db.become(brand_id=terminal.brand_id, principal_id=terminal.id, staff=staff)
        with sent_statements() as sent:
            yield sent


@pytest.fixture
def shop(anyone: Speaker) -> Shop:
    return Shop(anyone)


def at(shop: Shop) -> dict[str, Any]:
    return {"brand_id": shop.brand.id, "store_id": shop.store.id, "now": NOON}


def test_a_scan_finds_and_writes(shop: Shop) -> None:
    code = make_card(shop.member, shop.brand).code
    with counted_at(shop.terminal) as sent:
        scans.read_pass(code=code, terminal_id=shop.terminal.id, **at(shop))
    assert len(sent) == SCAN


def test_a_scan_is_read_again_by_one_question(shop: Shop) -> None:
    made = scan(make_card(shop.member, shop.brand), shop.terminal)
    with counted_at(shop.terminal) as sent:
        scans.look_again(scan_id=made.id, **at(shop))
    assert len(sent) == SCAN_READ_AGAIN


def test_the_coupons_of_a_scan_are_one_question_however_many_they_are(shop: Shop) -> None:
    coupons = [claim(shop.member, make_offer(shop.brand)) for _ in range(3)]
    made = scan(coupons[0], shop.terminal)
    with counted_at(shop.terminal) as sent:
        assert len(own_coupons.coupons_for_scan(scan_id=made.id, **at(shop))) == 3
    assert len(sent) == COUPONS_OF_SCAN


def test_a_redemption_finds_locks_and_writes(shop: Shop) -> None:
    coupon = claim(shop.member, shop.offer)
    with counted_at(shop.terminal) as sent:
        redeem_coupon(code=coupon.code, terminal_id=shop.terminal.id, **at(shop))
    assert len(sent) == REDEMPTION


def test_undoing_locks_and_writes(shop: Shop) -> None:
    redemption = redeem(claim(shop.member, shop.offer), shop.terminal)
    with counted_at(shop.terminal) as sent:
        undo_redemption(redemption_id=redemption.id, **at(shop))
    assert len(sent) == UNDO


@pytest.mark.parametrize("limits", [(), ("total_limit",), ("total_limit", "daily_limit")])
def test_a_claim_locks_reads_and_writes_and_takes_a_unit_for_each_limit(shop: Shop, limits: Sequence[str]) -> None:
    offer = make_offer(shop.brand, **dict.fromkeys(limits, 1_000))
    claim(make_member(), offer)
    with acting_as(shop.member), sent_statements() as sent:
        claims.claim_offer(member_id=shop.member.id, offer_id=offer.id, now=NOON)
    assert len(sent) == CLAIM + UNIT * len(limits)


def test_stores_where_coupons_hold_instead_are_named_by_one_question(shop: Shop) -> None:
    others = [make_store(shop.brand, name=name) for name in ("Alésia", "Bastille", "Nation", "Zola")]
    targets = (stores_and_areas(*others), stores_and_areas(others[3]))
    coupons = [claim(shop.member, make_offer(shop.brand, targets=one)) for one in targets]
    made = scan(coupons[0], shop.terminal)
    with counted_at(shop.terminal) as sent:
        judged = own_coupons.coupons_for_scan(scan_id=made.id, **at(shop))
    named = [refusal and refusal.facts["stores"] for _, refusal in judged]
    assert (named, len(sent)) == (["Alésia, Bastille, Nation", "Zola"], COUPONS_OF_SCAN + 1)
