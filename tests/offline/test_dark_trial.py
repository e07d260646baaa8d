"""The trial: five tills lose their network, do what they may, and bring it late, twice and in any order."""

import random
import uuid
from collections import Counter as Tally
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts import terminals
from app.accounts.models import Member
from app.sql import db
from offers.coupons.models import Coupon, Redemption
from offers.offline.exposure import worst_loss
from offers.tills.models import TillScan
from tests.coupons.factories import acting_at, claim
from tests.factories import made, make_member, make_terminal
from tests.offline.dark_till import DarkTill
from tests.offline.factories import DarkShop, set_policy
from tests.planning.factories import make_offer, publish
from tests.sizes import chosen
from tests.speaking import Speaker
from tests.wallet.factories import make_card
from wallet.authenticity import voucher_keys
from wallet.cards.models import Card
from wallet.ledger.models import PointsBalance
from wallet.ledger.proof import replay
from wallet.points import earning, spending

pytestmark = pytest.mark.slow

LIMITS = {
    "points_per_use": 60,
    "points_per_terminal": 900,
    "minor_per_use": 300,
    "minor_per_terminal": 3_000,
    "coupons_per_terminal": 9,
}
A_DAY = timedelta(days=1)
TILLS, MEMBERS = 5, 6


class Trial:
    """A shop with five tills and six members with points, coupons and vouchers, and a network that fails."""

    def __init__(self, anyone: Speaker, chance: random.Random) -> None:
        self.chance, self.anyone, self.now = chance, anyone, datetime.now(UTC)
        self.shop = DarkShop(anyone)
        set_policy(self.shop.brand, LIMITS, now=self.now)
        with made():
            publish(self.shop.store, now=self.now)
            self.offer = make_offer(self.shop.brand, now=self.now, member_limit=50)
            pairs = [make_terminal(self.shop.store, name=f"Caisse {number}") for number in range(TILLS)]
            self.members: list[Member] = [make_member() for _ in range(MEMBERS)]
            self.cards: list[Card] = [make_card(one, self.shop.brand, now=self.now) for one in self.members]
        for member in self.members:
            self.earn(member, 200)
        self.coupons = [claim(member, self.offer, now=self.now) for member in self.members for _ in range(2)]
        self.vouchers = [self._voucher(coupon) for coupon in self.coupons]
        self.tills = [
            DarkTill(anyone.with_token(key), self.shop.brand.id, terminal.id, network=self.send)
            for terminal, key in pairs
        ]

    def _voucher(self, coupon: Coupon) -> str:
        said = {"brand_id": coupon.brand_id, "offer_id": coupon.offer_id, "code": coupon.code, "value_minor": 250}
        return voucher_keys.sign_voucher(**said, expires_at=self.now + 2 * A_DAY, now=self.now)

    def send(self, request: Callable[[], Any]) -> Any:
        """Every request arrives, one in three twice; of three answers one is lost."""
        answer = request()
        if self.chance.random() < 0.3:
            answer = request()
        return None if self.chance.random() < 0.3 else answer

    def earn(self, member: Member, points: int) -> None:
        with made():
            whose = {"member_id": member.id, "currency_id": self.shop.currency.id, "now": self.now}
            earning.earn_points(**whose, points=points, source="start", reason="test")

    def spend_at_home(self, member: Member, points: int) -> None:
        """What a member does in the app meanwhile, which no dark till hears of."""
        with made():
            whose = {"member_id": member.id, "currency_id": self.shop.currency.id, "now": datetime.now(UTC)}
            spending.spend_points(**whose, points=points, source=uuid.uuid4().hex, reason="test")

    def act(self, till: DarkTill) -> dict[str, Any]:
        """One scan at a till without a network."""
        place = self.chance.randrange(MEMBERS)
        kind = self.chance.random()
        if kind < 0.4:
            currency_id = self.shop.currency.id
            return till.burn(self.cards[place].code, currency_id=currency_id, points=self.chance.randint(5, 80))
        if kind < 0.8:
            shown = self.chance.choice(self.vouchers if self.chance.random() < 0.8 else [self.coupons[0].code])
            return till.redeem(shown, minor=self.chance.choice((100, 250, 260)))
        return till.identify(self.cards[place].code)

    def revoke(self, till: DarkTill) -> None:
        with made():
            whose = {"brand_id": self.shop.brand.id, "terminal_id": till.terminal_id}
            terminals.revoke_terminal(**whose, now=datetime.now(UTC))

    def recorded(self) -> list[TillScan]:
        with db.system_transaction():
            return list(db.all_of(select(TillScan).where(TillScan.brand_id == self.shop.brand.id)))


@pytest.fixture
def trial(anyone) -> Trial:
    return Trial(anyone, random.Random(18))


def test_five_dark_tills_lose_no_more_than_was_said_and_every_scan_ends_in_one_state(trial):
    leased = trial.coupons[0]
    first = trial.tills[0]
    first.calls.post("/v1/terminal/leases", {"code": leased.code, "lasts_s": 3600})
    for till in trial.tills:
        while not till.read():
            pass
    with acting_at(trial.shop.terminal):
        bound = worst_loss(brand_id=trial.shop.brand.id, now=datetime.now(UTC)).worst
    for till in trial.tills:
        till.is_dark = True
    late, revoked = trial.tills[3], trial.tills[4]
    scans: list[dict[str, Any]] = []
    count = max(100, chosen().acts)
    for number in range(count):
        if number == count // 8:
            late.ahead = -A_DAY  # after it read the snapshot, so that it cannot know
        if number == count // 4:
            trial.revoke(revoked)
            for member in trial.members[:3]:
                trial.spend_at_home(member, 150)
        scans.append(trial.act(trial.tills[number % TILLS]))
    _come_back(trial, revoked)
    rows = trial.recorded()
    wrong = {(row.terminal_id, row.reason) for row in rows if row.result == "accepted_with_conflict"}
    assert {(late.terminal_id, "offline_limit"), (revoked.terminal_id, "revoked")} <= wrong
    _every_scan_ended_in_one_state(trial, scans, rows)
    _no_more_was_lost_than_was_said(rows, bound)
    _nothing_was_used_twice(trial, leased)
    _the_ledger_is_whole(trial)


def _come_back(trial: Trial, revoked: DarkTill) -> None:
    """All come back, in turn, and their queues in any order; the revoked one is paired anew."""
    for till in trial.tills:
        till.is_dark = False
        till.report()
        waiting = list(till.queue.items())
        trial.chance.shuffle(waiting)
        till.queue = dict(waiting)
    assert not revoked.bring()
    revoked.pair_again(trial.anyone.with_token(make_terminal(trial.shop.store)[1]))
    while any(till.queue for till in trial.tills):
        trial.chance.choice(trial.tills).bring()
    for till in trial.tills:
        assert till.parked == {}
        while not till.read():
            pass


def _every_scan_ended_in_one_state(trial: Trial, scans: list[dict[str, Any]], rows: list[TillScan]) -> None:
    assert Tally(str(row.scan_id) for row in rows) == Tally(scan["scan_id"] for scan in scans)
    told = {name: answer["result"] for till in trial.tills for name, answer in till.told.items()}
    assert told == {str(row.scan_id): row.result for row in rows}
    assert {row.result for row in rows} == {"ok", "refused", "accepted_with_conflict"}
    refused_there = {scan["scan_id"] for scan in scans if scan["local_result"] == "refused"}
    assert {str(row.scan_id) for row in rows if row.result == "refused"} >= refused_there


def _no_more_was_lost_than_was_said(rows: list[TillScan], bound: Any) -> None:
    doubled = [row for row in rows if row.action == "redeem" and row.result == "accepted_with_conflict"]
    assert 0 < sum(row.loss_points for row in rows) <= bound.points
    assert 0 < sum(row.loss_minor for row in rows) <= bound.minor
    assert 0 < len(doubled) <= bound.coupons


def _nothing_was_used_twice(trial: Trial, leased: Coupon) -> None:
    with db.system_transaction():
        mine = select(Redemption).where(Redemption.brand_id == trial.shop.brand.id, Redemption.undone_at.is_(None))
        used = Tally(one.coupon_id for one in db.all_of(mine))
    assert set(used.values()) == {1}


def _the_ledger_is_whole(trial: Trial) -> None:
    with made():
        assert list(replay.verify_some(currency_id=trial.shop.currency.id).faults) == []
        balances = db.all_of(select(PointsBalance).where(PointsBalance.currency_id == trial.shop.currency.id))
        assert all(one.available >= 0 and one.held == 0 for one in balances)
