"""Cards from a file of another wallet come in, with a report for each row. The same file twice changes nothing."""

import uuid
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from app.accounts.models import Member
from app.ops.imports.outcomes import Found, JudgedRow, RowOutcome
from app.sql import db
from wallet.externals import external_cards, queries
from wallet.externals.errors import TooManyRows
from wallet.externals.findings import Dropped, ExternalFinding, FileReading
from wallet.externals.models import Source
from wallet.externals.readers.detection import read_file
from wallet.externals.row_validation import validate_card
from wallet.externals.rows import CardRow, CardWish

MOST_BYTES = 8 * 1024 * 1024
"""Of a file as it is sent: pictures fill one sooner than cards do."""


@dataclass
class Report:
    format: str
    dry_run: bool
    rows: list[JudgedRow] = field(default_factory=list)
    dropped: Counter[Dropped] = field(default_factory=Counter)
    read_as: Counter[FileReading] = field(default_factory=Counter)


def import_cards(*, member_id: uuid.UUID, content: bytes, currency: str, dry_run: bool, now: datetime) -> Report:
    """Keep the cards of a file in the member's wallet. A dry run judges every row and writes nothing.

    `currency` (ISO 4217) is that of balances whose file names none. Raises a `FileRefused`; then nothing is taken.
    """
    read = read_file(content)
    if len(read.rows) > external_cards.MOST_CARDS:
        raise TooManyRows(most=external_cards.MOST_CARDS)
    rows = [validate_card(raw, currency=currency) for raw in read.rows]
    # Two imports of one wallet at once: the second waits, and finds what the first brought.
    db.execute(select(Member.id).where(Member.id == member_id).with_for_update(key_share=True))
    wishes = [row.wish.identity for row in rows if row.wish is not None]
    held = {one for pair in db.rows(queries.external_cards_like(member_id, wishes)) for one in pair}
    room = external_cards.MOST_CARDS - db.all_of(queries.external_card_count(member_id))[0]
    report = Report(format=read.format, dry_run=dry_run, dropped=+read.dropped, read_as=+read.read_as)
    for number, row in enumerate(rows, start=1):
        outcome, found = _outcome(row, held, room=room)
        made = None
        if row.wish is not None and outcome in (RowOutcome.ACCEPTED, RowOutcome.CORRECTED):
            held.add(row.wish.identity)
            room -= 1
            made = None if dry_run else _kept(row, row.wish, member_id=member_id, source=Source(read.format), now=now)
        report.rows.append(JudgedRow(number, outcome, found, name=row.programme, id=made))
    db.session().flush()
    return report


def _outcome(row: CardRow, held: Set[bytes | None], *, room: int) -> tuple[RowOutcome, Sequence[Found]]:
    if row.wish is None:
        return RowOutcome.REFUSED, row.found
    if row.wish.identity in held:
        return RowOutcome.UNCHANGED, ()
    if room < 1:
        return RowOutcome.REFUSED, [Found(ExternalFinding.WALLET_FULL, "row", {"most": external_cards.MOST_CARDS})]
    return (RowOutcome.CORRECTED if row.found else RowOutcome.ACCEPTED), row.found


def _kept(row: CardRow, wish: CardWish, *, member_id: uuid.UUID, source: Source, now: datetime) -> uuid.UUID:
    """The id of the card that this row becomes."""
    archived_at = now if row.archived else None
    card = external_cards.card_from(wish, member_id=member_id, source=source, now=now, archived_at=archived_at)
    db.session().add(card)
    return card.id
