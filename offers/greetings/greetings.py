"""What staff are told of whoever shows a pass, in one trip: tier, points and their worth, coupons that work here,
rewards within reach, orders to hand over, a birthday for which a gesture is possible."""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from app import clock
from app.access_log.reads import note_read
from app.consent.noes import rest
from app.data_map import DataClass
from app.languages import Language, Moment, Money
from app.sql import db
from offers.coupons import eligibility, own_coupons
from offers.coupons.models import Coupon
from offers.coupons.uses import use_counts
from offers.greetings import queries, wording
from offers.planning.audiences.judgement import birthday_in
from offers.planning.description import tell_end
from wallet.cards.models import NumberKind
from wallet.cards.resolution import Question
from wallet.ledger.currency_kinds import said_amount
from wallet.ledger.models import Account
from wallet.points import statements
from wallet.programmes import versions
from wallet.programmes.models import OrderState, Reward
from wallet.programmes.rewards import catalogue
from wallet.scanning import scans
from wallet.scanning.scans import PassReading
from wallet.stamps import cells
from wallet.stamps.cards import describe_cells
from wallet.stamps.cells import StampCells

SOON = timedelta(days=30)
"""Points that expire within so long are told."""
BIRTHDAY_BEFORE, BIRTHDAY_AFTER = timedelta(days=3), timedelta(days=7)
"""A gesture for a birthday is possible from so long before until so long after."""
REWARDS = 5
"""Of the rewards within reach the dearest are told."""
INSTANTS = ("starts_at", "ends_at")


class Greeted(NamedTuple):
    """A pass that was read, and what staff are told of its member."""

    reading: PassReading
    member: Mapping[str, Any]


class StoredBalance(NamedTuple):
    """A balance as `queries.GREETING` reads it. `card` is the size of a stamp card, what is owed, how many were used;
    `expires` says when (seconds since 1970) how many do."""

    id: str
    name_fr: str
    name_en: str
    worth_points: int | None
    worth_minor: int | None
    available: int
    pending: int
    is_due: bool
    is_money: bool
    usable_from: int
    expires: tuple[float, int] | None
    card: tuple[int, int, int] | None


class KnownBalance(NamedTuple):
    """What a member has in a currency; `expires` says when how many expire soon, `cells` what they are on a card."""

    currency_id: uuid.UUID
    name: str
    worth_points: int | None
    worth_minor: int | None
    available: int
    pending: int
    expires: tuple[datetime, int] | None
    cells: StampCells | None
    money: str | None
    """The ISO 4217 currency of which it counts minor units, if it is money."""
    usable_from: int

    @property
    def spendable(self) -> int:
        """What can be spent: nothing of a balance below the threshold of use."""
        return self.available if self.available >= self.usable_from else 0

    @property
    def worth(self) -> int | None:
        """In minor units of the brand's money; null where points do not pay."""
        if not self.worth_points or self.worth_minor is None:
            return None
        return self.available * self.worth_minor // self.worth_points


def greet_member(reading: PassReading, *, language: Language, now: datetime) -> Greeted:
    """A pass that was read, with what staff are told of its member."""
    whose = _whose(reading)
    rows = db.send_statement(*_question(**whose, now=now))
    return Greeted(reading, _tell_member(rows, **whose, language=language, now=now))


def read_and_greet(
    *,
    code: str,
    kind: NumberKind | None,
    brand_id: uuid.UUID,
    store_id: uuid.UUID,
    terminal_id: uuid.UUID,
    language: Language,
    now: datetime,
) -> Greeted:
    """Record that a terminal read a pass, and say what staff are told of its member: of a code all of it is asked in
    one trip, and the scan is written in that of the COMMIT. Raises as `scans.recognise_pass`."""
    at_store = {"brand_id": brand_id, "store_id": store_id}

    def alongside(code: str) -> Question:
        return queries.GREETING_OF_CODE, {"code": code} | at_store | _when(now)

    said: dict[str, Any] = {"code": code, "kind": kind, "terminal_id": terminal_id} | at_store
    read = scans.recognise_pass(**said, now=now, alongside=alongside)
    statement, values = read.writing
    db.send_with_commit(*statement.call(values))
    whose = _whose(read.reading)
    rows = read.found or db.send_statement(*_question(**whose, now=now))
    return Greeted(read.reading, _tell_member(rows, **whose, language=language, now=now))


def know_member(
    *,
    member_id: uuid.UUID,
    brand_id: uuid.UUID,
    store_id: uuid.UUID,
    language: Language,
    now: datetime,
    with_birthday: bool = True,
) -> dict[str, Any]:
    """What staff of a store are told of a member of their brand, each with a sentence. Whoever calls leaves the trace
    that they looked; that a birthday is near leaves its own, where that is to be told."""
    whose = {"member_id": member_id, "brand_id": brand_id, "store_id": store_id}
    rows = db.send_statement(*_question(**whose, now=now))
    return _tell_member(rows, **whose, language=language, now=now, with_birthday=with_birthday)


def _whose(reading: PassReading) -> dict[str, Any]:
    scan = reading.scan
    return {"member_id": scan.member_id, "brand_id": scan.brand_id, "store_id": scan.store_id}


def _question(*, now: datetime, **whose: Any) -> Question:
    return queries.GREETING, whose | _when(now)


def _when(now: datetime) -> dict[str, Any]:
    return {"now": now, "soon": now + SOON, "all_rest": rest.rests()}


def _tell_member(
    rows: Sequence[Any],
    *,
    member_id: uuid.UUID,
    brand_id: uuid.UUID,
    store_id: uuid.UUID,
    language: Language,
    now: datetime,
    with_birthday: bool = True,
) -> dict[str, Any]:
    asked = {"member_id": member_id, "brand_id": brand_id, "store_id": store_id}
    told = rows[0]
    balances = _read_balances(told, member_id, language=language, now=now)
    available = {one.currency_id: one.spendable for one in balances}
    known = {one.currency_id: one for one in balances}
    coupons = _usable_coupons([row for row in rows if row.id is not None], told, now=now, **asked)
    is_birthday = with_birthday and _is_birthday_near(told, now=now)
    if is_birthday:
        note_read(member_id=member_id, classes=[DataClass.BIRTHDAY], now=now)
    return {
        "tier": _tier(brand_id, told.tier, told.programme, language),
        "balances": [_balance(one, told, language) for one in balances],
        "coupons": [_coupon(one, language) for one in coupons],
        "rewards": _rewards_in_reach(told, available, known, language=language, now=now),
        "orders": [_order(one, language) for one in json.loads(told.orders or "[]")],
        "gesture": {"kind": "birthday", "text": wording.BIRTHDAY.say(language)} if is_birthday else None,
    }


def _read_balances(told: Any, member_id: uuid.UUID, *, language: Language, now: datetime) -> list[KnownBalance]:
    """As stored; where something is due that nobody has written down yet, as it comes to."""
    stored = [StoredBalance._make(one) for one in json.loads(told.balances or "[]")]
    due = any(one.is_due for one in stored)
    settled = {
        one.row.currency_id: one for one in (statements.read_balances(member_id=member_id, now=now) if due else ())
    }
    found = []
    for one in stored:
        available, pending = one.available, one.pending
        next_expiry = (datetime.fromtimestamp(one.expires[0], UTC), int(one.expires[1])) if one.expires else None
        known = settled.get(uuid.UUID(one.id))
        if known is not None:
            available, pending = known.book.available, known.book.sums[Account.PENDING]
            next_expiry = next(((at.at, at.points) for at in known.expiries if at.at <= now + SOON), None)
        found.append(
            KnownBalance(
                currency_id=uuid.UUID(one.id),
                name=one.name_fr if language == "fr" else one.name_en,
                worth_points=one.worth_points,
                worth_minor=one.worth_minor,
                available=available,
                pending=pending,
                expires=next_expiry,
                cells=None if one.card is None else _read_cells(one.card, available, known),
                money=told.money if one.is_money else None,
                usable_from=one.usable_from,
            )
        )
    return found


def _read_cells(card: Sequence[int], available: int, known: statements.Balance | None) -> StampCells:
    """Stamps as cards, where `card` is its size, what is owed as it is stored, and how many were used."""
    size, owed, used = card
    return cells.read_cells(size=size, available=available, used=used, owed=owed if known is None else known.book.debt)


def _tier(brand_id: uuid.UUID, code: str | None, programme: int | None, language: Language) -> dict[str, Any] | None:
    if code is None or programme is None:
        return None
    ladder = versions.read_approved(brand_id, programme).ladder
    names = {tier.code: getattr(tier.name, language) for tier in ladder.tiers} if ladder is not None else {}
    name = names.get(code, code)
    return {"code": code, "name": name, "text": wording.TIER.say(language, {"tier": name})}


def _balance(one: KnownBalance, told: Any, language: Language) -> dict[str, Any]:
    facts: dict[str, Any] = {"name": one.name, "points": said_amount(one.available, one.money)}
    said = wording.BALANCE.say(language, facts)
    if one.worth is not None and one.money is None:
        said = wording.BALANCE_WORTH.say(language, facts | {"money": Money(one.worth, told.money)})
    if one.cells is not None:
        said = wording.STAMPS.say(language, {"name": one.name, "cells": cells.tell_cells(one.cells, language)})
    return {
        "currency_id": one.currency_id,
        "name": one.name,
        "stamp_card": None if one.cells is None else describe_cells(one.cells, language),
        "available": one.available,
        "pending": one.pending,
        "worth_minor": one.worth,
        "text": said,
        "expiring": None if one.expires is None else _expiring(one, *one.expires, told.store_zone, language),
    }


def _expiring(one: KnownBalance, at: datetime, points: int, zone: str, language: Language) -> dict[str, Any]:
    facts = {"name": one.name, "points": said_amount(points, one.money), "moment": Moment(at, zone)}
    text = wording.EXPIRING if one.money is None else wording.MONEY_EXPIRING
    return {"at": at, "points": points, "text": text.say(language, facts)}


def _usable_coupons(
    rows: Sequence[Any], told: Any, *, member_id: uuid.UUID, brand_id: uuid.UUID, store_id: uuid.UUID, now: datetime
) -> list[Coupon]:
    if not rows:
        return []
    coupons, here = own_coupons.coupons_in(rows)
    # One that holds elsewhere is not told, and so nobody asks where.
    mine = [one for one in coupons if (one.offer_id, one.offer_version) in here]
    spent = {row.offer_id for row in rows if row.spent}
    judged = eligibility.judge_coupon(mine, store_id=store_id, zone=told.store_zone, now=now, here=here, spent=spent)
    counted = use_counts.refuse_each(judged, member_id=member_id, brand_id=brand_id, now=now)
    return [coupon for coupon, refusal in counted if refusal is None]


def _coupon(coupon: Coupon, language: Language) -> dict[str, Any]:
    title = coupon.version.title_fr if language == "fr" else coupon.version.title_en
    whenever = tell_end(coupon.ends_local, language)["until"]
    said = wording.COUPON.say(language, {"title": title, "whenever": whenever})
    return {"code": coupon.code, "offer_id": coupon.offer_id, "title": title, "text": said}


def _rewards_in_reach(
    told: Any,
    available: Mapping[uuid.UUID, int],
    known: Mapping[uuid.UUID, KnownBalance],
    *,
    language: Language,
    now: datetime,
) -> list[dict[str, Any]]:
    read = json.loads(told.rewards or "[]")
    ordered = {uuid.UUID(one["id"]): one.pop("ordered") for one in read}
    shown = catalogue.shown(
        [_reward(one) for one in read], available=available, ordered=ordered, tier=told.tier, now=now
    )
    reachable = sorted((one for one in shown if not one.obstacles), key=lambda one: -one.price)[:REWARDS]
    said = []
    for one in reachable:
        title, paid_in = _title(one.reward, language), known[one.reward.currency_id]
        price = said_amount(one.price, paid_in.money)
        text = wording.REWARD.say(language, {"title": title, "points": price, "name": paid_in.name})
        said.append({"id": one.reward.id, "title": title, "price": one.price, "text": text})
    return said


def _reward(read: Mapping[str, Any]) -> Reward:
    ids = {name: uuid.UUID(read[name]) for name in ("id", "currency_id")}
    instants = {name: read[name] and datetime.fromtimestamp(read[name], UTC) for name in INSTANTS}
    return db.as_read(Reward, {**read, **ids, **instants})


def _title(reward: Reward, language: Language) -> str:
    return reward.title_fr if language == "fr" else reward.title_en


def _order(waiting: Mapping[str, Any], language: Language) -> dict[str, Any]:
    title, code = waiting[f"title_{language}"], waiting["code"]
    state = OrderState(waiting["state"])
    said = wording.ORDERED
    if state is OrderState.READY:
        said = wording.READY_CODE if code else wording.READY
    facts = {"title": title, "code": code or ""}
    return {"id": waiting["id"], "code": code, "state": state, "title": title, "text": said.say(language, facts)}


def _is_birthday_near(told: Any, *, now: datetime) -> bool:
    """Whether it is, on the brand's calendar, and the store has something left to give. The statement brings a birthday
    only where the member permits a treat for it."""
    if told.birth_day is None or not told.may_give:
        return False
    today = clock.day_of(now, told.brand_zone)
    return any(_is_within(birthday_in(year, (told.birth_day, told.birth_month)), today) for year in _years(today))


def _years(today: date) -> tuple[int, ...]:
    return (today.year - 1, today.year, today.year + 1)


def _is_within(birthday: date, today: date) -> bool:
    return birthday - BIRTHDAY_BEFORE <= today <= birthday + BIRTHDAY_AFTER
