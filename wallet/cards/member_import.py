"""Members of a brand that come from elsewhere: a card each, known by the brand's own number. The same file twice
changes nothing.

An address of a file is what the brand was told, and proves nothing: it stands as unverified until somebody signs in
with it. Nobody hears from us because of an import, and no permission comes with it. Whoever has a wallet already keeps
it: what the file says only adds the number to their card.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, literal

from app.accounts import queries as accounts
from app.accounts.models import Brand, Member, MemberIdentifier
from app.languages import Language
from app.ops.imports.outcomes import Found, JudgedRow, Report, RowOutcome, Summary
from app.sql import db, locks
from wallet.cards import queries
from wallet.cards.enrolment import NAMELESS
from wallet.cards.findings import CardFinding
from wallet.cards.models import Card, CardNumber, CardStatus, NumberKind
from wallet.cards.numbers import MOST_NUMBERS
from wallet.cards.row_validation import CheckedMember
from wallet.passes.codes import new_code
from wallet.passes.models import CodeKind, PassCode

KIND = NumberKind.BRAND_NUMBER
LANGUAGE_OF_COUNTRY: dict[str, Language] = {"FR": "fr", "BE": "fr", "LU": "fr", "MC": "fr"}


def language_of(brand: Brand) -> Language:
    """What the members of a brand read, until they say otherwise."""
    return LANGUAGE_OF_COUNTRY.get(brand.countries[0] if brand.countries else "FR", "en")


def import_members(*, brand_id: uuid.UUID, rows: Sequence[CheckedMember], now: datetime, report: Report) -> Summary:
    """Write one batch of checked rows; `report` hears of each, in order."""
    locks.lock_name(f"import_members:{brand_id}")
    batch = _Batch(brand_id, rows, now)
    summary = Summary()
    for judged in [batch.judge(row) for row in rows]:
        summary.count(judged)
        report(judged)
    batch.write()
    return summary


class _Batch:
    """What is known of the people of these rows, and what is to be written."""

    def __init__(self, brand_id: uuid.UUID, rows: Sequence[CheckedMember], now: datetime) -> None:
        self.brand_id, self.now = brand_id, now
        numbers = [row.number for row in rows if row.number is not None]
        addresses = [(str(row.address.kind), row.address.value) for row in rows if row.address is not None]
        known = db.all_of(queries.numbers_like(brand_id, KIND, numbers))
        self.numbers = {number.value: number.member_id for number in known}
        owners = db.all_of(accounts.owners_of_addresses(addresses))
        self.owners = {(owner.kind, owner.value): owner.member_id for owner in owners}
        people = {*self.numbers.values(), *self.owners.values()}
        self.addressed = set(db.all_of(accounts.with_an_address(people)))
        self.cards = {card.member_id: card.id for card in db.all_of(queries.cards_with_brand(people, brand_id))}
        self.counts = dict(db.rows(queries.number_counts(people, brand_id=brand_id)))
        self.read: dict[str, int] = {}
        self.new: dict[type[Any], list[dict[str, Any]]] = {}

    def judge(self, row: CheckedMember) -> JudgedRow:
        """What becomes of a row; what is to be written is kept for `write`."""
        refused = self._refusal(row)
        if refused is not None or row.number is None:
            return self._told(row, RowOutcome.REFUSED, (*row.found, *([refused] if refused else [])))
        self.read[row.number] = row.row
        key = None if row.address is None else (str(row.address.kind), row.address.value)
        member_id = self.numbers.get(row.number)
        if member_id is not None:
            if key is None or key in self.owners or member_id in self.addressed:
                return self._told(row, RowOutcome.UNCHANGED, row.found)
            self._addressed(row, member_id)
            return self._told(row, RowOutcome.ACCEPTED, row.found, changed=key[:1])
        member_id = self.owners.get(key) if key is not None else None
        if member_id is None:
            member_id = db.new_id()
            self._new(Member, id=member_id, language=row.language, created_at=self.now)
            self._addressed(row, member_id)
        self._linked(row, member_id, self.cards.get(member_id) or self._card(row, member_id))
        return self._told(row, RowOutcome.CORRECTED if row.found else RowOutcome.ACCEPTED, row.found)

    def _refusal(self, row: CheckedMember) -> Found | None:
        if row.number is None:
            return None
        if row.number in self.read:
            return Found(CardFinding.NUMBER_TWICE, "number", {"row": self.read[row.number]})
        holder = self.numbers.get(row.number)
        owner = None if row.address is None else self.owners.get((str(row.address.kind), row.address.value))
        if holder is not None and owner is not None and holder != owner:
            return Found(CardFinding.NUMBER_OF_ANOTHER, "number")
        if holder is None and owner is not None and self.counts.get(owner, 0) >= MOST_NUMBERS:
            return Found(CardFinding.NUMBERS_TOO_MANY, "number", {"most": MOST_NUMBERS})
        return None

    def _told(self, row: CheckedMember, outcome: RowOutcome, found: Iterable[Found], **changed: Any) -> JudgedRow:
        # The number only, and only if it is one: a report lies about, and must name nobody.
        return JudgedRow(row.row, outcome, tuple(found), reference=row.number, **changed)

    def _new(self, model: type[Any], **values: Any) -> None:
        self.new.setdefault(model, []).append(values)

    def _addressed(self, row: CheckedMember, member_id: uuid.UUID) -> None:
        if row.address is not None:
            kind, value = str(row.address.kind), row.address.value
            self._new(MemberIdentifier, kind=kind, value=value, member_id=member_id, verified_at=None)
            self.owners[kind, value] = member_id
            self.addressed.add(member_id)

    def _card(self, row: CheckedMember, member_id: uuid.UUID) -> uuid.UUID:
        id, code = db.new_id(), new_code()
        whose = {"member_id": member_id, "brand_id": self.brand_id, "code": code}
        name = row.name or NAMELESS.say(row.language, {"ending": code[-4:]})
        joined_at = row.joined_at or self.now
        self._new(Card, **whose, id=id, display_name=name, status=CardStatus.ACTIVE, version=1, joined_at=joined_at)
        self._new(PassCode, **whose, kind=CodeKind.CARD, target_id=id, created_at=self.now)
        self.cards[member_id] = id
        return id

    def _linked(self, row: CheckedMember, member_id: uuid.UUID, card_id: uuid.UUID) -> None:
        whose = {"member_id": member_id, "card_id": card_id, "brand_id": self.brand_id}
        self._new(CardNumber, **whose, kind=KIND, value=row.number, id=db.new_id(), linked_at=self.now)
        self.numbers[str(row.number)] = member_id
        self.counts[member_id] = self.counts.get(member_id, 0) + 1

    def write(self) -> None:
        """Insert what is new, each table once, people before what is theirs."""
        for model in (Member, MemberIdentifier, Card, PassCode, CardNumber):
            if model in self.new:
                # Returning something makes SQLAlchemy send many rows in one statement.
                db.execute(insert(model).returning(literal(1)), self.new[model])
