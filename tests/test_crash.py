"""The database is killed under load: nothing that was acknowledged is lost, and a retry never does anything twice."""

import json
import random
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import func, select

from app import clock
from app.accounts.models import Brand, Member
from app.config import Config
from app.consent.models import PermissionEvent
from app.sql import db
from offers.coupons.models import Coupon
from offers.planning.models import BudgetSlot, Offer
from tests.consent.factories import body as answer_body
from tests.consent.factories import cell_address
from tests.factories import make_brand, make_member, make_store, member_token
from tests.planning.factories import make_offer, publish
from tests.serving import Served, served
from tests.speaking import Speaker

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]  # two crash recoveries on a busy machine

WRITERS = 8
TOTAL = 100_000
KILLS = 2
PAUSE_S = 0.2
"""Between two tries while the database is down: asking faster would not bring it back sooner."""


@dataclass
class Attempt:
    """One write: what was sent, and the bytes that acknowledged it, if any came."""

    path: str
    json: Any
    method: str
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    acknowledged: bytes | None = None
    broken: bool = False
    """At least one try ended without a definite answer."""

    def make(self, speaker: Speaker) -> None:
        """Send it once."""
        try:
            answer = speaker.send(self.method, self.path, json=self.json, key=self.key)
        except OSError:
            self.broken = True
            return
        assert answer.status_code in (200, 201, 409, 503), answer.get_data(as_text=True)
        if answer.status_code < 300:
            self.acknowledged = answer.get_data()
        else:
            self.broken = True

    def insist(self, speaker: Speaker) -> None:
        """Send it, always with the same key, until it is acknowledged."""
        until = time.monotonic() + 60
        while self.acknowledged is None:
            assert time.monotonic() < until, "no answer within a minute"
            self.make(speaker)
            if self.acknowledged is None:
                time.sleep(PAUSE_S)


class Writer:
    """A member who claims and answers until told to stop; whether a write was acknowledged does not stop the next."""

    def __init__(self, anyone: Speaker, brand: Brand, offer: Offer) -> None:
        self.member: Member = make_member()
        self.speaker = anyone.with_token(member_token(self.member))
        self.claim = {"method": "POST", "path": f"/v1/offers/{offer.id}/coupons", "json": None}
        self.answer = {"method": "PUT", "path": cell_address(brand), "json": answer_body()}
        self.attempts: list[Attempt] = []

    def write(self, stop: threading.Event) -> None:
        while not stop.is_set():
            attempt = Attempt(**random.choice((self.claim, self.answer)))
            self.attempts.append(attempt)
            attempt.make(self.speaker)
            if attempt.broken:
                time.sleep(PAUSE_S)

    def coupons(self) -> list[str]:
        with db.system_transaction():
            return [str(id) for id in db.all_of(select(Coupon.id).where(Coupon.member_id == self.member.id))]

    def events(self) -> list[str]:
        with db.system_transaction():
            mine = select(PermissionEvent.id).where(PermissionEvent.member_id == self.member.id)
            return [str(id) for id in db.all_of(mine)]

    def acknowledged(self, kind: str, name: str) -> list[str]:
        """The ids in the acknowledgements of these writes."""
        return [
            json.loads(a.acknowledged)[name] for a in self.attempts if kind in a.path and a.acknowledged is not None
        ]


@dataclass
class Aftermath:
    """The world after the crashes: before anything was sent again, what there was; then every write was insisted on."""

    server: Served
    offer: Offer
    writers: list[Writer]
    lost: list[str]


@pytest.fixture(scope="module")
def aftermath(tmp_path_factory: pytest.TempPathFactory, settings: Config) -> Iterator[Aftermath]:
    with served(tmp_path_factory.mktemp("crash"), settings, durable=True) as server:
        brand = make_brand()
        publish(make_store(brand), now=clock.now())
        offer = make_offer(brand, total_limit=TOTAL, member_limit=1000)
        writers = [Writer(server.anyone, brand, offer) for _ in range(WRITERS)]
        for _ in range(KILLS):
            crash_under_load(server, writers)
        lost = [id for writer in writers for id in missing(writer)]
        for writer in writers:
            for attempt in writer.attempts:
                attempt.insist(writer.speaker)
        yield Aftermath(server, offer, writers, lost)


def crash_under_load(server: Served, writers: list[Writer]) -> None:
    """Everybody writes; the postmaster gets SIGKILL in the middle; a while later the database comes back."""
    stop = threading.Event()
    threads = [threading.Thread(target=writer.write, args=(stop,)) for writer in writers]
    for thread in threads:
        thread.start()
    time.sleep(1.5)  # many writes are acknowledged and others on their way
    server.cluster.kill()
    time.sleep(0.5)  # the writers meet a database that is not there
    server.cluster.start()
    server.wait_until_ready()
    time.sleep(0.5)  # and the one that came back
    stop.set()
    for thread in threads:
        thread.join()
    db.engine().dispose()


def missing(writer: Writer) -> list[str]:
    """What was acknowledged and is not there."""
    coupons = set(writer.acknowledged("coupons", "id")) - set(writer.coupons())
    return [*coupons, *(set(writer.acknowledged("permissions", "event_id")) - set(writer.events()))]


def test_there_was_load(aftermath: Aftermath) -> None:
    assert sum(len(writer.coupons()) for writer in aftermath.writers) > 20
    assert sum(len(writer.events()) for writer in aftermath.writers) > 20


def test_some_writes_were_cut_off(aftermath: Aftermath) -> None:
    assert any(attempt.broken for writer in aftermath.writers for attempt in writer.attempts)


def test_nothing_that_was_acknowledged_is_lost(aftermath: Aftermath) -> None:
    assert aftermath.lost == []


def test_whatever_was_cut_off_and_sent_again_was_done_once(aftermath: Aftermath) -> None:
    for writer in aftermath.writers:
        assert sorted(writer.coupons()) == sorted(writer.acknowledged("coupons", "id"))
        assert sorted(writer.events()) == sorted(writer.acknowledged("permissions", "event_id"))


def test_the_counters_agree_with_the_coupons(aftermath: Aftermath) -> None:
    with db.system_transaction():
        given = db.execute(select(func.count()).where(Coupon.offer_id == aftermath.offer.id)).scalar_one()
        left = select(func.sum(BudgetSlot.remaining)).where(BudgetSlot.offer_id == aftermath.offer.id)
        assert db.execute(left).scalar_one() == TOTAL - given


def test_a_repeated_answer_is_the_same_after_a_crash(aftermath: Aftermath) -> None:
    for writer in aftermath.writers:
        attempt = writer.attempts[0]
        again = writer.speaker.send(attempt.method, attempt.path, json=attempt.json, key=attempt.key)
        assert (again.get_data(), again.headers["Idempotency-Replayed"]) == (attempt.acknowledged, "true")


def test_the_server_went_on_without_being_started_again(aftermath: Aftermath) -> None:
    assert aftermath.server.process.poll() is None
    assert aftermath.writers[0].speaker.get("/v1/me").status_code == 200


def test_near_me_works_again(aftermath: Aftermath) -> None:
    answer = aftermath.writers[0].speaker.post("/v1/nearby-offers", {"lat": 48.8566, "lon": 2.3522, "accuracy_m": 10})
    assert [found["offer"]["id"] for found in answer.get_json()["offers"]] == [str(aftermath.offer.id)]
