"""The uses of a brand's coupons and the sales with them, as CSV for whoever checks them.

Members see in their access log that staff looked. Texts that a spreadsheet would run are neutralised.
"""

import csv
import io
import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app import clock
from app.access_log.reads import note_reads
from app.accounts.models import Brand
from app.data_map import DataClass
from app.ops.imports.formulas import neutralise_text
from app.sql import db
from offers.learning.lessons import id_at
from offers.results import queries
from offers.results.errors import ExportTooLarge
from offers.results.outcome import OPEN_FOR, instants_of

MOST_ROWS = 50_000

COLUMNS = (
    *("redeemed_at", "undone_at", "store", "offer", "name", "coupon", "terminal", "receipt", "state", "currency"),
    *("payable_minor", "off_minor", "points", "money_given_minor"),
)


def write_redemptions(
    *, brand_id: uuid.UUID, first: date, last: date, offer_id: uuid.UUID | None, now: datetime
) -> str:
    """Every use of a coupon between two days of the brand's calendar, perhaps of one offer, in the order of their
    making; a use without a sale has no numbers. Raises `ResultsTooLong`, `ExportTooLarge`."""
    zone = str(db.first(select(Brand.time_zone).where(Brand.id == brand_id)))
    since, until = instants_of(first, last, zone)
    asked = {"brand": brand_id, "offer": offer_id, "since": since, "until": until}
    made = {"after": id_at(since - OPEN_FOR), "most": MOST_ROWS + 1}
    found = db.send_statement(queries.REDEMPTIONS, asked | made)
    if len(found) > MOST_ROWS:
        raise ExportTooLarge(most=MOST_ROWS)
    seen = (DataClass.COUPON, DataClass.PURCHASE)
    note_reads(member_ids=[row.member_id for row in found], classes=seen, now=now)
    written = io.StringIO(newline="")
    lines = csv.writer(written)
    lines.writerow(COLUMNS)
    lines.writerows([_cell(value) for value in row[1:]] for row in found)
    return written.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return clock.write_instant(value)
    return neutralise_text(value) if isinstance(value, str) else value
