"""Cards from a file of another wallet come in, with a report for each row. The same file twice changes nothing."""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from app.accounts.models import Member
from app.ops import deadlines
from app.ops.imports.outcomes import Found, JudgedRow, RowOutcome
from app.sql import db
from wallet.externals import queries, recognition, renewal, rows
from wallet.externals.errors import FileWithoutCards
from wallet.externals.findings import Dropped, ExternalFinding, FileReading
from wallet.externals.models import ExternalCard, Source
from wallet.externals.readers.detection import read_file
from wallet.externals.recognition import Held, load_held
from wallet.externals.row_validation import validate_card
from wallet.externals.rows import CardRow, CardWish, Holder

MOST_BYTES = 8 * 1024 * 1024
"""Of a file as it is sent: pictures fill one sooner than cards do."""
LONGEST_S = 10.0
"""An import that takes longer is stopped: a full wallet takes two seconds."""


@dataclass
class CardImportReport:
    format: str
    dry_run: bool
    rows: list[JudgedRow] = field(default_factory=list)
    dropped: Counter[Dropped] = field(default_factory=Counter)
    read_as: Counter[FileReading] = field(default_factory=Counter)


def import_cards(
    *, member_id: uuid.UUID, content: bytes, currency: str, holder: Holder, dry_run: bool, now: datetime
) -> CardImportReport:
    """Keep the cards of a file in the member's wallet, and bring those that are there to what it newly says.

    A dry run judges every row and writes nothing. `currency` (ISO 4217) is that of balances whose file names none;
    `holder` says in which language the words of a pass are read, and in which time zone its days. Raises a
    `FileRefused`, also when there is no card to be read, and what a deadline raises; then nothing is taken.
    """
    with deadlines.limit_work(seconds=LONGEST_S):
        return _take_cards(member_id, content, currency, holder, dry_run, now)


def _take_cards(
    member_id: uuid.UUID, content: bytes, currency: str, holder: Holder, dry_run: bool, now: datetime
) -> CardImportReport:
    read = read_file(content, holder=holder)
    if not read.rows:
        raise FileWithoutCards
    judged = [validate_card(raw, currency=currency) for raw in read.rows]
    # Two imports of one wallet at once: the second waits, and finds what the first brought.
    db.execute(select(Member.id).where(Member.id == member_id).with_for_update(key_share=True))
    taking = _Taking(member_id, load_held(member_id=member_id, rows=judged), Source(read.format), dry_run, now)
    report = CardImportReport(format=read.format, dry_run=dry_run, dropped=+read.dropped, read_as=+read.read_as)
    report.rows = [taking.judge(number, row) for number, row in enumerate(judged, start=1)]
    db.session().flush()
    return report


class _Taking:
    """Takes rows one by one into a wallet. In a dry run the cards are let go first, so that no change is written."""

    def __init__(self, member_id: uuid.UUID, held: Held, source: Source, dry_run: bool, now: datetime) -> None:
        self.member_id, self.held, self.source, self.dry_run, self.now = member_id, held, source, dry_run, now
        self.room = rows.MOST_CARDS - db.all_of(queries.external_card_count(member_id))[0]
        if dry_run:
            for card in held.cards:
                db.session().expunge(card)

    def judge(self, number: int, row: CardRow) -> JudgedRow:
        """What becomes of a row. Raises what a deadline raises."""
        deadlines.check_deadline()
        if row.wish is None:
            return JudgedRow(number, RowOutcome.REFUSED, row.found, name=row.programme)
        card = self.held.find(row, row.wish)
        return self._new(number, row, row.wish) if card is None else self._renewed(number, row, row.wish, card)

    def _new(self, number: int, row: CardRow, wish: CardWish) -> JudgedRow:
        if self.room < 1:
            full = Found(ExternalFinding.WALLET_FULL, "row", {"most": rows.MOST_CARDS})
            return JudgedRow(number, RowOutcome.REFUSED, [full], name=row.programme)
        if not self.held.has_room_for(row, wish):
            alike = Found(ExternalFinding.TOO_MANY_ALIKE, "code", {"most": recognition.MOST_ALIKE})
            return JudgedRow(number, RowOutcome.REFUSED, [alike], name=row.programme)
        self.room -= 1
        card = self.held.add(row, wish, member_id=self.member_id, source=self.source, now=self.now)
        if not self.dry_run:
            db.session().add(card)
        outcome = RowOutcome.CORRECTED if row.found else RowOutcome.ACCEPTED
        return JudgedRow(number, outcome, row.found, name=row.programme, id=None if self.dry_run else card.id)

    def _renewed(self, number: int, row: CardRow, wish: CardWish, card: ExternalCard) -> JudgedRow:
        renewed = renewal.renew_card(card, row, wish, now=self.now)
        if {"programme", "code"} & set(renewed.taken):
            card.identity = self.held.identity_of(row, wish, own=card)
        card.imported_as = wish.identity
        self.held.recognise(card, row)
        kept = [Found(ExternalFinding.KEPT_AS_WRITTEN, name) for name in renewed.kept]
        if not renewed.taken:
            return JudgedRow(number, RowOutcome.UNCHANGED, kept, name=row.programme)
        outcome = RowOutcome.CORRECTED if row.found or kept else RowOutcome.ACCEPTED
        made = None if self.dry_run else card.id
        return JudgedRow(number, outcome, [*row.found, *kept], name=row.programme, id=made, changed=renewed.taken)
