"""Coupons on paper: codes made in batches, or brought from elsewhere, each for whoever types it first.

Codes that we make are computed from our secret and their place in the batch, so that a printer's file can be written
again although no table holds a code.
"""

import hashlib
import hmac
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert

from app import config
from app.access_log.reads import note_read
from app.accounts.addresses import keyed_hash
from app.accounts.errors import TooManyGuesses
from app.accounts.guess_limits import count_failure, lock_turn, require_few_guesses
from app.accounts.quotas import Quota, Spending, give_back, spend_quotas
from app.data_map import DataClass
from app.ops.imports.outcomes import Found, JudgedRow, Report, RowFault, RowOutcome, Summary
from app.ops.imports.tables import TableLine
from app.sql import db
from offers.coupons import queries
from offers.coupons.claims import claim_offer
from offers.coupons.errors import CouponCodeTaken, CouponCodeUnknown
from offers.coupons.findings import CouponFinding
from offers.coupons.models import Coupon, PrintedCode
from offers.coupons.paper import queries as paper_queries
from offers.planning.errors import OfferUnknown
from offers.planning.models import Offer
from wallet.passes.banned_words import is_banned
from wallet.passes.codes import code_of, read_printed
from wallet.passes.errors import CodeMistyped
from wallet.scanning.errors import ScanUnknown
from wallet.scanning.queries import scan_at_store

MOST_CODES = 10_000_000
"""Codes of one batch."""
AT_ONCE = 1000
UNKNOWN_AT_TILL = Quota("unknown-codes-at-till", 100, timedelta(hours=1), TooManyGuesses)

COLUMNS = {"code": ("code", "couponcode", "bon", "codebon", "voucher", "vouchercode")}
REQUIRED = ("code",)


def hash_of(code: str) -> bytes:
    """What the table keeps of a code."""
    return hmac.new(config.current().lasting_key("printed_code"), code.encode(), hashlib.sha256).digest()


def offer_of(*, brand_id: uuid.UUID, offer_id: uuid.UUID) -> Offer:
    """The brand's offer. Raises `OfferUnknown`, also for another brand's."""
    offer = db.get(Offer, offer_id)
    if offer is None or offer.brand_id != brand_id:
        raise OfferUnknown
    return offer


def print_codes(
    *, brand_id: uuid.UUID, offer_id: uuid.UUID, batch: str, count: int, groups: int, now: datetime
) -> Iterator[str]:
    """The first `count` codes of a batch, made as far as they are not. The same batch again is the same codes.

    Raises `OfferUnknown`.
    """
    offer = offer_of(brand_id=brand_id, offer_id=offer_id)
    key = config.current().lasting_key("printed_code_minting")
    for first in range(1, count + 1, AT_ONCE):
        places = range(first, min(first + AT_ONCE, count + 1))
        codes = [code_of(key, f"{offer.id}:{groups}:{batch}:{place}", groups=groups) for place in places]
        _keep(offer, batch, codes, now=now)
        yield from codes


def import_codes(
    *, brand_id: uuid.UUID, offer_id: uuid.UUID, batch: str, lines: Sequence[TableLine], now: datetime, report: Report
) -> Summary:
    """Take codes that somebody else made; `report` hears of each line, in order. Raises `OfferUnknown`."""
    offer = offer_of(brand_id=brand_id, offer_id=offer_id)
    read = [_read(line) for line in lines]
    codes = [code for code in read if isinstance(code, str)]
    known = set(db.all_of(paper_queries.printed_hashes([hash_of(code) for code in codes])))
    mine = set(db.all_of(paper_queries.printed_hashes_of_offer(offer.id, known)))
    summary, new = Summary(), dict.fromkeys(code for code in codes if hash_of(code) not in known)
    _keep(offer, batch, list(new), now=now)
    for line, code in zip(lines, read, strict=True):
        judged = _judged(line, code, new=new, mine=mine)
        summary.count(judged)
        report(judged)
    return summary


def _read(line: TableLine) -> str | Found:
    given = line.get("code")
    if not line.storable:
        return Found(RowFault.TEXT_UNSTORABLE, "")
    if given is None or line.overfull:
        return Found(CouponFinding.CODE_MISSING, "code")
    try:
        code = read_printed(given)
    except CodeMistyped as mistyped:
        return Found(CouponFinding.CODE_MISTYPED, "code", {"group": mistyped.facts.get("group", 1)})
    return Found(CouponFinding.CODE_BANNED, "code") if is_banned(code.replace("-", "")) else code


def _judged(line: TableLine, code: str | Found, *, new: dict[str, None], mine: set[bytes]) -> JudgedRow:
    # Not the code: a report lies about, and whoever reads it could use what is in it.
    if isinstance(code, Found):
        return JudgedRow(line.number, RowOutcome.REFUSED, (code,))
    if code in new:
        del new[code]  # the same code further down is not new any more
        mine.add(hash_of(code))
        return JudgedRow(line.number, RowOutcome.ACCEPTED)
    if hash_of(code) in mine:
        return JudgedRow(line.number, RowOutcome.UNCHANGED)
    return JudgedRow(line.number, RowOutcome.REFUSED, (Found(CouponFinding.CODE_OF_ANOTHER, "code"),))


def _keep(offer: Offer, batch: str, codes: Sequence[str], *, now: datetime) -> None:
    shared = {"brand_id": offer.brand_id, "offer_id": offer.id, "batch": batch, "made_at": now}
    rows = [{"code_hash": hash_of(code)} | shared for code in codes]
    if rows:
        db.execute(insert(PrintedCode).values(rows).on_conflict_do_nothing())


def take_code(*, member_id: uuid.UUID, code: str, now: datetime) -> Coupon:
    """The coupon that this code on paper becomes: the member's, with a code of its own. Typing it twice is once.

    Raises `CodeMistyped`; `TooManyGuesses` after 20 unknown codes within a day; `CouponCodeUnknown`,
    `CouponCodeTaken`; and what `claim_offer` raises.
    """
    return _take(member_id=member_id, code=code, brand_id=None, now=now)


def take_code_at_till(
    *, scan_id: uuid.UUID, brand_id: uuid.UUID, store_id: uuid.UUID, terminal_id: uuid.UUID, code: str, now: datetime
) -> Coupon:
    """Make a printed code the coupon of the member whose pass was scanned at this store.

    Raises as `take_code`, and `ScanUnknown`; `TooManyGuesses` also after 100 unknown codes an hour at this terminal.
    """
    scan = db.first(scan_at_store(scan_id, brand_id=brand_id, store_id=store_id))
    if scan is None:
        raise ScanUnknown
    note_read(member_id=scan.member_id, classes=[DataClass.COUPON], now=now)
    # What a customer brings counts for that customer; the till is closed only by what nobody brings to one in an hour.
    tried = [Spending(UNKNOWN_AT_TILL, str(terminal_id))]
    coupon = _take(member_id=scan.member_id, code=code, brand_id=brand_id, tried=tried, now=now)
    give_back(tried, now=now)
    return coupon


def _take(
    *, member_id: uuid.UUID, code: str, brand_id: uuid.UUID | None, now: datetime, tried: Sequence[Spending] = ()
) -> Coupon:
    plain, guesser = read_printed(code), keyed_hash(f"printed_code:by:{member_id}")
    lock_turn(guesser)
    require_few_guesses(guesser, now=now)
    if tried:
        spend_quotas(tried, now=now)
    printed = db.first(db.locked(paper_queries.printed_code(hash_of(plain))))
    if printed is None or brand_id not in (None, printed.brand_id):
        count_failure(guesser, now=now)
        raise CouponCodeUnknown
    if printed.coupon_id is not None:
        known = db.first(queries.coupons_of(member_id).where(Coupon.id == printed.coupon_id))
        if known is None:
            raise CouponCodeTaken
        return known
    coupon = claim_offer(member_id=member_id, offer_id=printed.offer_id, now=now, by_code=True)
    printed.coupon_id, printed.taken_at = coupon.id, now
    db.session().flush()
    return coupon
