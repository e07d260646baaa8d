"""Opening balances: points that members earned elsewhere come in as lots with their own age and their own end.

A row is known again by its `reference`, or by its member, currency, age and end where it has none; so the same file
twice changes nothing. A row is taken as it is or refused: nobody could say what a wrong balance was meant to be.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.accounts.models import Brand
from app.characters import remove_spaces
from app.ops.imports.instants import end_of, read_instant
from app.ops.imports.outcomes import Found, JudgedRow, Report, RowFault, RowOutcome, Said, Summary
from app.ops.imports.tables import TableLine
from app.sql import db, locks
from wallet.cards import queries as cards
from wallet.cards.errors import NumberUnusable
from wallet.cards.models import NumberKind
from wallet.cards.numbers import spelled
from wallet.ledger import durations, queries
from wallet.ledger.errors import SourceReused
from wallet.ledger.models import PointsCurrency
from wallet.passes.codes import read_code
from wallet.passes.errors import CodeMistyped
from wallet.points.earning import Credit, earn_credits
from wallet.points.findings import PointsFinding

COLUMNS = {
    "number": ("number", "membernumber", "cardnumber", "numero", "numeroclient", "numerocarte"),
    "card": ("card", "cardcode", "carte"),
    "currency": ("currency", "monnaie", "unit", "unite"),
    "points": ("points", "balance", "amount", "solde"),
    "earned": ("earned", "earnedon", "earnedat", "gagnes", "gagnesle", "date"),
    "expires": ("expires", "expireson", "expiresat", "expiry", "expiration", "fin"),
    "reference": ("reference", "ref", "id"),
}
REQUIRED = ("points",)
MOST_POINTS = 10**9
"""Points of one row: more is a mistake in a spreadsheet."""


@dataclass(frozen=True)
class Opening:
    """One row that can be taken."""

    member_id: uuid.UUID
    currency_id: uuid.UUID
    credit: Credit


class RefusedBalance(Exception):
    """A row that cannot be taken, and why."""

    def __init__(self, finding: Said, about: str, **facts: object) -> None:
        super().__init__(finding)
        self.found = Found(finding, about, facts)


def import_balances(*, brand: Brand, lines: Sequence[TableLine], now: datetime, report: Report) -> Summary:
    """Write one batch of a file; `report` hears of each line, in order. The members' balances are locked by id."""
    locks.lock_name(f"import_balances:{brand.id}")
    desk = _Desk(brand, lines, now)
    read: list[tuple[TableLine, Opening | Found]] = []
    for line in lines:
        try:
            read.append((line, desk.read(line)))
        except RefusedBalance as refused:
            read.append((line, refused.found))
    outcomes = _given([opening for _, opening in read if isinstance(opening, Opening)], now=now)
    summary = Summary()
    for line, result in read:
        found = result if isinstance(result, Found) else outcomes[id(result)]
        judged = JudgedRow(
            line.number,
            found if isinstance(found, RowOutcome) else RowOutcome.REFUSED,
            () if isinstance(found, RowOutcome) else (found,),
            reference=line.get("reference") or _number(line.get("number")),  # never a card's code, which opens it
        )
        summary.count(judged)
        report(judged)
    return summary


def _given(openings: Sequence[Opening], *, now: datetime) -> Mapping[int, RowOutcome | Found]:
    """What became of each, by its identity."""
    told: dict[int, RowOutcome | Found] = {}
    books: dict[tuple[uuid.UUID, uuid.UUID], list[Opening]] = {}
    for opening in openings:
        books.setdefault((opening.member_id, opening.currency_id), []).append(opening)
    for (member_id, currency_id), some in sorted(books.items(), key=lambda book: book[0]):
        whose = {"member_id": member_id, "currency_id": currency_id}
        try:
            done = earn_credits(**whose, credits=[opening.credit for opening in some], now=now)
            told |= {id(one): _outcome(did.again) for one, did in zip(some, done, strict=True)}
        except SourceReused:  # nothing of them was given: one by one, to find out which
            for one in some:
                try:
                    (alone,) = earn_credits(**whose, credits=[one.credit], now=now)
                    told[id(one)] = _outcome(alone.again)
                except SourceReused:
                    told[id(one)] = Found(PointsFinding.REFERENCE_REUSED, "reference")
    return told


def _outcome(again: bool) -> RowOutcome:
    return RowOutcome.UNCHANGED if again else RowOutcome.ACCEPTED


class _Desk:
    """What the rows of a batch are read with: the brand's currencies, and whose the numbers and cards are."""

    def __init__(self, brand: Brand, lines: Sequence[TableLine], now: datetime) -> None:
        self.brand, self.now = brand, now
        self.currencies = {known.code: known for known in db.all_of(queries.currencies_of(brand.id))}
        numbers = {_number(line.get("number")) for line in lines} - {None}
        codes = {_code(line.get("card")) for line in lines} - {None}
        kind = NumberKind.BRAND_NUMBER
        known = db.all_of(cards.numbers_like(brand.id, kind, [one for one in numbers if one]))
        self.members = {f"number {one.value}": one.member_id for one in known}
        shown = db.all_of(cards.cards_with_codes(brand.id, [one for one in codes if one]))
        self.members |= {f"card {card.code}": card.member_id for card in shown}

    def read(self, line: TableLine) -> Opening:
        """What this line asks for. Raises `RefusedBalance`."""
        if not line.storable:
            raise RefusedBalance(RowFault.TEXT_UNSTORABLE, "")
        if line.overfull:
            raise RefusedBalance(PointsFinding.TOO_MANY_CELLS, "", cells=line.cells, columns=line.width)
        member_id, currency, points = self._member(line), self._currency(line), _points(line)
        earned_at = self._earned(line)
        age = earned_at or self.now
        ends = self._end(line)
        lasts = ends or currency.lasts
        ends_at = durations.end(lasts, since=age, zone=self.brand.time_zone)
        if ends_at is not None and ends_at <= max(self.now, age):
            raise RefusedBalance(PointsFinding.EXPIRED_ALREADY, "expires")
        # Made of what the row says, and of nothing that another day or another rule would change.
        dates = f"{earned_at.isoformat() if earned_at else '-'} {ends or '-'}"
        source = f"opening:{line.get('reference') or dates}"
        credit = Credit(points, source, "opening", earned_at=age, waits=durations.IMMEDIATE, lasts=lasts)
        return Opening(member_id, currency.id, credit)

    def _member(self, line: TableLine) -> uuid.UUID:
        number, code = line.get("number"), line.get("card")
        if number is None and code is None:
            raise RefusedBalance(PointsFinding.NUMBER_MISSING, "number")
        member_id = self.members.get(f"number {_number(number)}") if number else None
        member_id = member_id or self.members.get(f"card {_code(code)}")
        if member_id is None:
            raise RefusedBalance(PointsFinding.NUMBER_UNKNOWN, "number" if number else "card")
        return member_id

    def _currency(self, line: TableLine) -> PointsCurrency:
        given = line.get("currency")
        if given is None and len(self.currencies) == 1:
            return next(iter(self.currencies.values()))
        currency = self.currencies.get((given or "").lower())
        if currency is None:
            raise RefusedBalance(PointsFinding.CURRENCY_UNKNOWN, "currency", given=(given or "")[:40])
        return currency

    def _earned(self, line: TableLine) -> datetime | None:
        given = line.get("earned")
        try:
            earned_at = None if given is None else read_instant(given, self.brand.time_zone)
        except ValueError:
            raise RefusedBalance(PointsFinding.EARNED_UNREADABLE, "earned") from None
        if earned_at is not None and earned_at > self.now:
            raise RefusedBalance(PointsFinding.EARNED_AHEAD, "earned")
        return earned_at

    def _end(self, line: TableLine) -> str | None:
        given = line.get("expires")
        try:
            return None if given is None else durations.at(end_of(given, self.brand.time_zone))
        except ValueError:
            raise RefusedBalance(PointsFinding.EXPIRES_UNREADABLE, "expires") from None


def _points(line: TableLine) -> int:
    given = line.get("points") or ""
    plain = remove_spaces(given)
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 12 and 1 <= int(plain) <= MOST_POINTS):
        raise RefusedBalance(PointsFinding.POINTS_UNREADABLE, "points", most=MOST_POINTS)
    return int(plain)


def _number(given: str | None) -> str | None:
    try:
        return None if given is None else spelled(kind=NumberKind.BRAND_NUMBER, number=given)
    except NumberUnusable:
        return None


def _code(given: str | None) -> str | None:
    try:
        return None if given is None else read_code(given)
    except CodeMistyped:
        return None
