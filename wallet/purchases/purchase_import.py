"""Purchases out of a file: judged receipt by receipt, written in batches, each a transaction of its own.

A receipt that is known already changes nothing, so a file can be run again, and a run that was cut off goes on where
it was. A faulty line refuses its receipt, and no other.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import islice
from typing import Any

from app.accounts.models import Brand
from app.ops.imports.outcomes import Found, JudgedRow, Report, RowOutcome, Summary
from app.sql import db
from wallet.cards.errors import NumberUnusable
from wallet.cards.models import NumberKind
from wallet.cards.numbers import kept_as
from wallet.passes.codes import read_code
from wallet.passes.errors import CodeMistyped
from wallet.purchases import bulk_records, queries
from wallet.purchases.bulk_records import Key, KnownReceipt, Outrun, Wanted
from wallet.purchases.findings import PurchaseFinding, RefusedReceipt
from wallet.purchases.records import content_of
from wallet.purchases.row_validation import KnownShop, Rules, TakenReceipt, judge_receipt
from wallet.purchases.rows import GivenReceipt

BATCH = 2000
"""Receipts of one transaction."""

Transaction = Callable[[], AbstractContextManager[Any]]


def import_purchases(
    *, brand_id: uuid.UUID, receipts: Iterable[GivenReceipt], now: datetime, report: Report, transaction: Transaction
) -> Summary:
    """Write the purchases of these receipts for a brand; `report` hears of each, in order.

    `transaction` opens one for each batch; one that rolls back makes a dry run. What the receipts raise passes.
    """
    summary = Summary()
    with transaction():
        rules = rules_of(brand_id, now=now)
    # The database writes one batch while the next is read and judged: neither waits for the other.
    with ThreadPoolExecutor(1) as writer:
        for written in _in_turn(
            writer, (_judged(some, rules) for some in _batches(receipts)), brand_id, rules, transaction
        ):
            for judged in written:
                summary.count(judged)
                report(judged)
    return summary


def _in_turn(
    writer: ThreadPoolExecutor,
    batches: Iterable[Sequence[TakenReceipt | JudgedRow]],
    brand_id: uuid.UUID,
    rules: Rules,
    transaction: Transaction,
) -> Iterator[list[JudgedRow]]:
    """What became of each batch, which is written while the one after it is judged."""
    writing: Future[list[JudgedRow]] | None = None
    for taken in batches:
        before, writing = writing, writer.submit(_write, brand_id, taken, rules, transaction)
        if before is not None:
            yield before.result()
    if writing is not None:
        yield writing.result()


def rules_of(brand_id: uuid.UUID, *, now: datetime) -> Rules:
    """What the files of a brand are read by."""
    brand = db.session().get_one(Brand, brand_id)
    stores = {row.reference: KnownShop(row.id, row.time_zone) for row in db.rows(queries.stores_of(brand_id))}
    return Rules(stores, brand.currency, brand.time_zone, now)


def _batches(receipts: Iterable[GivenReceipt]) -> Iterator[list[GivenReceipt]]:
    remaining = iter(receipts)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def _write(
    brand_id: uuid.UUID, taken: Sequence[TakenReceipt | JudgedRow], rules: Rules, transaction: Transaction
) -> list[JudgedRow]:
    while True:
        try:
            with transaction():
                batch = _Batch(brand_id, rules)
                judged = batch.judge(taken)
                bulk_records.record_many(brand_id=brand_id, wanted=batch.wanted, now=rules.now)
            return judged
        except Outrun:
            continue


def _judged(some: Sequence[GivenReceipt], rules: Rules) -> list[TakenReceipt | JudgedRow]:
    return [_one_judged(given, rules) for given in some]


def _one_judged(given: GivenReceipt, rules: Rules) -> TakenReceipt | JudgedRow:
    try:
        return judge_receipt(given, rules)
    except RefusedReceipt as refused:
        return _refused(given.row, given.cells[0][5].strip() or None, refused.found)


class _Batch:
    """Compares receipts with what is known of members and of receipts, and gathers what is to be written."""

    def __init__(self, brand_id: uuid.UUID, rules: Rules) -> None:
        self.brand_id, self.rules = brand_id, rules
        self.wanted: list[Wanted] = []
        self.seen: dict[Key, KnownReceipt] = {}

    def judge(self, taken: Sequence[TakenReceipt | JudgedRow]) -> list[JudgedRow]:
        sound = [one for one in taken if isinstance(one, TakenReceipt)]
        members = _members(self.brand_id, sound)
        owned = {one.row: members.get(one.card or one.member) for one in sound}
        keys = [_key(one) for one in sound]
        self.seen = dict(bulk_records.known_receipts(brand_id=self.brand_id, keys=keys))
        before = set(self.seen)
        said = {key: content_of(one.basket) for key, one in zip(keys, sound, strict=True) if key in before}
        self.seen |= bulk_records.read_contents({at: self.seen[at] for at in said if self.seen[at].content != said[at]})
        return [self._one(one, owned[one.row], before) if isinstance(one, TakenReceipt) else one for one in taken]

    def _one(self, one: TakenReceipt, member_id: uuid.UUID | None, before: set[Key]) -> JudgedRow:
        if member_id is None:
            return _refused(
                one.row, one.receipt, Found(PurchaseFinding.MEMBER_UNKNOWN, "card" if one.card else "member")
            )
        key, mine = _key(one), KnownReceipt(member_id, content_of(one.basket))
        known = self.seen.get(key)
        if known is None:
            self.seen[key] = mine
            self.wanted.append(Wanted(member_id, one.terminal, one.receipt, one.basket))
            outcome = RowOutcome.CORRECTED if one.found else RowOutcome.ACCEPTED
            return JudgedRow(one.row, outcome, one.found, one.receipt)
        if known[:2] == mine[:2]:
            return JudgedRow(one.row, RowOutcome.UNCHANGED, one.found, one.receipt, changed=())
        why = PurchaseFinding.RECEIPT_REUSED if key in before else PurchaseFinding.RECEIPT_SCATTERED
        return _refused(one.row, one.receipt, Found(why, "receipt"))


def _key(one: TakenReceipt) -> Key:
    return Wanted(uuid.UUID(int=0), one.terminal, one.receipt, one.basket).key


def _refused(row: int, receipt: str | None, found: Found) -> JudgedRow:
    return JudgedRow(row, RowOutcome.REFUSED, (found,), receipt)


def _members(brand_id: uuid.UUID, sound: Sequence[TakenReceipt]) -> Mapping[str, uuid.UUID]:
    """Whose each card code or member number of these receipts is, as the file writes it."""
    cards = {written: code for written in {one.card for one in sound if one.card} if (code := _code(written))}
    numbers = {one.member for one in sound if not one.card}
    kept = {written: number for written in numbers if (number := _number(brand_id, written))}
    by_code = dict(db.rows(queries.members_of_codes(brand_id, list(cards.values()))))
    by_number = dict(db.rows(queries.members_of_numbers(brand_id, list(kept.values()))))
    found = {written: by_code.get(code) for written, code in cards.items()}
    found |= {written: by_number.get(number) for written, number in kept.items()}
    return {written: member_id for written, member_id in found.items() if member_id is not None}


def _code(written: str) -> str | None:
    try:
        return read_code(written)
    except CodeMistyped:
        return None


def _number(brand_id: uuid.UUID, written: str) -> str | None:
    try:
        return kept_as(brand_id=brand_id, kind=NumberKind.BRAND_NUMBER, number=written)
    except NumberUnusable:
        return None
