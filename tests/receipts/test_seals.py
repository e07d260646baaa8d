"""Every receipt is in the log once, in the order of transactions, whoever writes and seals at the same time."""

import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError

from app.accounts.models import Brand, Member
from app.config import Config
from app.consent.ledger.events import append_event
from app.consent.models import OWN, Actor, Level, PermissionEvent, ScopeKind, State
from app.ops.signs import OK
from app.receipts import jobs, merkle, on_permission, presentation, proofs, queries, seals, signatures
from app.receipts.models import LogCheckpoint, LogLeaf, LogNode, Receipt
from app.sql import db
from tests.consent.factories import CELL, give, say_no
from tests.factories import NOON, make_member
from tests.racing import at_once
from tests.receipts.factories import receipts, seal_all, seal_now, settle, shown
from tests.sizes import chosen

WRITERS, EVENTS = 16, chosen().sealed


def checkpoints() -> list[LogCheckpoint]:
    with db.transaction():
        return list(db.all_of(select(LogCheckpoint).order_by(LogCheckpoint.size)))


def leaves() -> list[LogLeaf]:
    with db.transaction():
        return list(db.all_of(select(LogLeaf).order_by(LogLeaf.leaf_index)))


def root_of(found: list[LogLeaf]) -> bytes:
    peaks: list[bytes] = []
    for leaf in found:
        merkle.grow(peaks, leaf.leaf_index, merkle.leaf_hash(leaf.commitment))
    return merkle.fold(peaks)


def test_an_event_has_its_receipt_from_the_same_transaction(member: Member, brand: Brand) -> None:
    give(member, brand)
    assert [receipt.leaf_index for receipt in receipts(member)] == [None]


def test_an_event_that_is_rolled_back_leaves_no_receipt(member: Member, brand: Brand) -> None:
    with pytest.raises(ZeroDivisionError):
        recording_then_failing(member, brand)
    assert receipts(member) == []


def recording_then_failing(member: Member, brand: Brand) -> None:
    with db.system_transaction():
        append_event(event_of(member, brand, 0))
        raise ZeroDivisionError


def test_what_waits_is_sealed(member: Member, brand: Brand) -> None:
    give(member, brand)
    seal_all()
    assert [receipt.leaf_index is not None for receipt in receipts(member)] == [True]


def test_sealing_twice_seals_once(member: Member, brand: Brand) -> None:
    give(member, brand)
    seal_all()
    assert seal_now() == 0


def test_nothing_new_needs_no_checkpoint(app: Any) -> None:
    seal_all()
    before = len(checkpoints())
    seal_now()
    assert len(checkpoints()) == before


def test_a_members_receipts_are_in_the_log_in_their_order(member: Member, brand: Brand) -> None:
    for _ in range(5):
        give(member, brand)
        say_no(member, brand)
    seal_all()
    places = [-1 if receipt.leaf_index is None else receipt.leaf_index for receipt in receipts(member)]
    assert places == sorted(places)
    assert len(set(places)) == 10


def test_at_most_so_many_are_sealed_at_once(member: Member, brand: Brand) -> None:
    seal_all()
    for _ in range(3):
        give(member, brand)
    settle()
    with db.system_transaction():
        assert seals.seal_log(now=NOON, most=2) == 2
    assert seal_all() == 1


def test_an_event_waits_for_older_transactions(member: Member, brand: Brand, settings: Config) -> None:
    """Somebody writes and has not ended: what was written after it must not take its place in the log."""
    seal_all()
    with db.engine().connect() as slow:
        slow.execute(text("SELECT pg_current_xact_id()"))
        give(member, brand)
        assert seal_now() == 0
        slow.rollback()
    settle()
    assert seal_now() == 1


def test_an_event_of_a_dump_from_a_busier_server_is_sealed(member: Member, brand: Brand) -> None:
    """The number of its transaction is one that this server will reach in years."""
    seal_all()
    give(member, brand)
    with db.system_transaction():
        db.execute(
            text(
                "WITH old AS (DELETE FROM receipt WHERE member_id = :m RETURNING *) INSERT INTO receipt"
                " (member_id, event_id, record, commitment, issued_at, recorded_xid)"
                " SELECT member_id, event_id, record, commitment, issued_at, 1000000000000 FROM old"
            ),
            {"m": member.id},
        )
    assert seal_now() == 1


def test_the_kept_nodes_are_those_of_the_leaves(member: Member, brand: Brand) -> None:
    for _ in range(7):
        give(member, brand)
        seal_all()
    found = leaves()
    with db.transaction():
        assert proofs.compute_root(len(found)) == root_of(found)


def test_every_checkpoint_is_signed_over_the_log_of_its_size(member: Member, brand: Brand) -> None:
    give(member, brand)
    seal_all()
    found = leaves()
    for one in checkpoints():
        assert one.root == root_of(found[: one.size])
    with db.transaction():
        stated = dict(presentation.published(one))
    signature = bytes.fromhex(stated.pop("signature"))
    assert signatures.is_signed(stated, signature, public_key=signatures.public_key())


def test_a_proof_is_found_by_primary_keys(member: Member, brand: Brand) -> None:
    give(member, brand)
    seal_all()
    wanted = {(level, 0) for level in range(20)} | {(level, 1) for level in range(20)}
    with db.transaction():
        db.execute(text("SET LOCAL enable_seqscan = off"))
        asked = queries.nodes(wanted).compile(db.engine(), compile_kwargs={"literal_binds": True})
        plan = "\n".join(db.execute(text(f"EXPLAIN {asked}")).scalars())
    assert "pk_log_node" in plan
    assert "Seq Scan" not in plan


class Sealer(threading.Thread):
    """Seals without a pause until it is told to stop, as several servers might do at once."""

    def __init__(self) -> None:
        super().__init__()
        self.stopping, self.sealed = threading.Event(), 0

    def run(self) -> None:
        while not self.stopping.is_set():
            self.sealed += seal_now()
            self.stopping.wait(0.1)  # it shares one Python with the writers


@pytest.mark.usefixtures("crowd")
def test_sixteen_writers_and_two_sealers_lose_nothing_and_double_nothing(brand: Brand) -> None:
    seal_all()
    before = len(leaves())
    members = [make_member() for _ in range(WRITERS)]
    sealers = [Sealer(), Sealer()]
    for sealer in sealers:
        sealer.start()
    at_once(WRITERS, lambda number: write(members[number], brand, number))
    for sealer in sealers:
        sealer.stopping.set()
        sealer.join()
    seal_all()
    with db.system_transaction():
        events = db.execute(count_of(PermissionEvent, members)).scalar_one()
        places = db.all_of(select(Receipt.leaf_index).where(Receipt.member_id.in_([one.id for one in members])))
    found = leaves()
    assert events == len(places) == EVENTS
    assert sorted(-1 if place is None else place for place in places) == list(range(before, before + EVENTS))
    assert len(found) == before + EVENTS
    assert all(one.leaf_index + 1 == other.leaf_index for one, other in pairwise(found))
    assert all(one.root == root_of(found[: one.size]) for one in checkpoints()[-3:])


def count_of(table: type[Any], members: list[Member]) -> Any:
    return select(func.count()).select_from(table).where(table.member_id.in_([member.id for member in members]))


def write(member: Member, brand: Brand, number: int) -> None:
    """A share of the events, in transactions of twenty, each with its receipt."""
    share = [turn for turn in range(EVENTS) if turn % WRITERS == number]
    for start in range(0, len(share), 20):
        with db.system_transaction():
            for event in db.add_all([event_of(member, brand, turn) for turn in share[start : start + 20]]):
                on_permission.follow(event, event.recorded_at)


def event_of(member: Member, brand: Brand, turn: int) -> PermissionEvent:
    """A no to a question, at another minute each turn."""
    return PermissionEvent(
        **CELL,
        member_id=member.id,
        brand_id=brand.id,
        scope_kind=ScopeKind.BRAND,
        scope_id=brand.id,
        recipient=OWN,
        level=Level.NONE,
        state=State.REFUSED,
        actor=Actor.DATA_SUBJECT,
        evidence={},
        recorded_at=NOON + timedelta(minutes=turn),
    )


@pytest.mark.parametrize(
    "rewrite",
    [
        "UPDATE log_leaf SET commitment = 'x'",
        "DELETE FROM log_leaf",
        "UPDATE log_node SET hash = 'x'",
        "DELETE FROM log_checkpoint",
        "UPDATE log_checkpoint SET size = 0",
        "DELETE FROM log_key",
        "UPDATE log SET id = gen_random_uuid()",
        "UPDATE receipt SET record = '{}'",
        "UPDATE receipt SET commitment = 'x'",
        "UPDATE leaf_salt SET salt = '\\x00'",
        "TRUNCATE receipt",
    ],
)
def test_the_application_cannot_rewrite_the_log(app: Any, rewrite: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), db.system_transaction():
        db.execute(text(rewrite))


def test_an_event_from_before_there_were_receipts_gets_one(member: Member, brand: Brand) -> None:
    give(member, brand)
    with db.system_transaction():
        db.execute(text("DELETE FROM leaf_salt WHERE member_id = :m"), {"m": member.id})
        db.execute(text("DELETE FROM receipt WHERE member_id = :m"), {"m": member.id})
    assert jobs.issue_missing(now=NOON) >= 1
    assert shown(member)["record"]["event"]["event_state"] == "given"


def test_the_alarm_is_silent_while_nothing_waits(app: Any) -> None:
    seal_all()
    with db.system_transaction():
        sign = jobs.sealing_delay(datetime.now(UTC))
    assert (sign.detail, sign.value) == (OK, 0.0)


def test_a_receipt_that_waits_longer_than_promised_raises_the_alarm(member: Member, brand: Brand) -> None:
    seal_all()
    give(member, brand, now=NOON)
    with db.system_transaction():
        sign = jobs.sealing_delay(NOON + timedelta(seconds=61))
    assert (sign.detail, sign.value, sign.gate) == ("a receipt has waited 61 s to be sealed", 61.0, False)


def test_a_receipt_that_waits_no_longer_than_promised_raises_none(member: Member, brand: Brand) -> None:
    seal_all()
    give(member, brand, now=NOON)
    with db.system_transaction():
        assert jobs.sealing_delay(NOON + timedelta(seconds=60)).detail == OK


def test_nodes_are_kept_once(app: Any) -> None:
    with db.transaction():
        size = db.all_of(queries.log_size())[0]
        complete = sum(size >> level for level in range(size.bit_length()))
        assert db.execute(select(func.count()).select_from(LogNode)).scalar_one() == complete
