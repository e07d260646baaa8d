"""Amounts are taken from what a budget has left in a period, kept for a sale that is open, and given back.

A group (a budget, a period, perhaps a store) is spread over up to 64 slots, so that tills need not wait for each other.
An amount is taken in one of two ways:

1. from a slot that nobody holds and that has enough (`SKIP LOCKED`);
2. when there is none, alone: the group's own row first, then every slot in their order, waiting for each. Only this may
   say that too little is left, and only once it holds every slot that it sees: a slot that went meanwhile has another
   in its place. What is left is then spread anew, over so many slots that each still has some such amounts.

A slot is never changed: whoever takes from it deletes it and writes another. Were it changed in its place, a till could
lock it, see only then that it has too little, and go on to the second way with a lock out of order: two such tills
would wait for each other. What is deleted cannot be locked.

Of several groups a sale takes in the order of their keys, and from a later one only when it has the earlier ones. What
an open sale keeps is nobody else's until its time is over; others take it some seconds later only, since clocks differ.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from app.sql import db
from offers.planning.spending.models import GROUP

SLOTS = 64
USES_PER_SLOT = 8
"""How often an amount like the last one is in a slot, at least, when a group is spread."""

LATE = timedelta(seconds=10)
"""How long after its end what a sale kept is left alone."""

NEARLY = 64
"""From so many uses like this one on, it is worth a look after the commit whether the budget is spent."""


class GroupKey(NamedTuple):
    """What is counted together: a budget in the period that begins on `since`, at a store or `EVERYWHERE`."""

    budget_id: uuid.UUID
    since: date
    store_id: uuid.UUID


class Charge(NamedTuple):
    """An amount that a group is to bear."""

    key: GroupKey
    amount_minor: int


class ToKeep(NamedTuple):
    """For which open sale amounts are kept, and until when."""

    sale_id: uuid.UUID
    until: datetime


_KEY = "budget_id = %(budget{n})s AND since = %(since{n})s AND store_id = %(store{n})s"
_VALUES = "%(budget{n})s, %(since{n})s, %(store{n})s"
_FREE = "(held_until IS NULL OR held_until <= %(past)s)"

_TAKE = """
free{n} AS MATERIALIZED (
    SELECT slot, left_minor, uses FROM money_slot
    WHERE {key} AND slot > 0 AND left_minor >= %(amount{n})s AND {free} AND {before}
        AND NOT EXISTS (SELECT FROM money_slot WHERE {key} AND slot = 0 AND left_minor < 0)
    ORDER BY left_minor = %(amount{n})s DESC, random()
    LIMIT 1
    FOR UPDATE SKIP LOCKED
), gone{n} AS (
    DELETE FROM money_slot AS gone USING free{n} AS free WHERE {key} AND gone.slot = free.slot
), rest{n} AS (
    INSERT INTO money_slot (budget_id, since, store_id, left_minor, uses)
    SELECT {values}, left_minor - %(amount{n})s, uses + 1 FROM free{n}
    WHERE left_minor > %(amount{n})s OR uses <> -1
), kept{n} AS (
    INSERT INTO money_slot (budget_id, since, store_id, left_minor, uses, held_for, held_until)
    SELECT {values}, %(amount{n})s, -1, %(sale)s::uuid, %(until)s::timestamptz FROM free{n}
    WHERE %(sale)s::uuid IS NOT NULL
)"""
"""The use is counted where the rest is; what is kept counts one less, for whoever takes it when its time is over."""

_ALONE = """
WITH own AS MATERIALIZED (
    SELECT left_minor FROM money_slot WHERE {key} AND slot = 0 FOR UPDATE
), every AS MATERIALIZED (
    SELECT slot, left_minor, uses FROM money_slot
    WHERE {key} AND slot > 0 AND {free} AND EXISTS (SELECT FROM own)
    ORDER BY slot FOR UPDATE
), seen AS (
    SELECT count(*) AS slots FROM money_slot WHERE {key} AND slot > 0 AND {free}
), total AS (
    SELECT own.left_minor + held.left_minor + %(change)s::bigint AS left_minor, held.uses,
        held.slots = seen.slots AS is_whole
    FROM own, seen, (
        SELECT coalesce(sum(left_minor), 0)::bigint AS left_minor, coalesce(sum(uses), 0)::int AS uses,
            count(*) AS slots FROM every
    ) AS held
), done AS (
    SELECT left_minor, uses, greatest(1, least({slots}, left_minor / greatest(%(per)s::bigint, 1)))::int AS many
    FROM total WHERE {may}
), gone AS (
    DELETE FROM money_slot AS gone USING every, done WHERE {key} AND gone.slot = every.slot
), noted AS (
    UPDATE money_slot AS noted SET left_minor = least(done.left_minor, 0), uses = noted.uses + done.uses + %(use)s
    FROM done WHERE {key} AND slot = 0
), spread AS (
    INSERT INTO money_slot (budget_id, since, store_id, left_minor)
    SELECT {values}, left_minor / many + (place < left_minor %% many)::int
    FROM done, generate_series(0, many - 1) AS place WHERE left_minor > 0
), kept AS (
    INSERT INTO money_slot (budget_id, since, store_id, left_minor, uses, held_for, held_until)
    SELECT {values}, -%(change)s::bigint, -1, %(sale)s::uuid, %(until)s::timestamptz FROM done
    WHERE %(sale)s::uuid IS NOT NULL
)
SELECT EXISTS (SELECT FROM own) AS exists, EXISTS (SELECT FROM done) AS done,
    coalesce((SELECT is_whole FROM total), false) AS is_whole
"""


def _alone(may: str) -> db.HotStatement:
    parts = {"key": _KEY.format(n=0), "values": _VALUES.format(n=0), "free": _FREE, "slots": SLOTS, "may": may}
    return db.HotStatement(_ALONE.format(**parts))


TAKE_ALONE = _alone("left_minor >= 0")
"""Takes (`change` below zero) if what it could lock is enough."""

RESIZE_ALONE = _alone("is_whole")
"""Changes what a group has, also to less than nothing, once it holds all of it."""

MAKE_GROUP = db.HotStatement(
    f"""
    WITH budget AS MATERIALIZED (
        SELECT amount_minor FROM money_budget WHERE id = %(budget0)s FOR SHARE
    ), made AS (
        INSERT INTO money_slot (budget_id, since, store_id, slot, left_minor)
        SELECT {_VALUES.format(n=0)}, {GROUP}, 0 FROM budget ON CONFLICT DO NOTHING RETURNING slot
    ), size AS (
        SELECT amount_minor, greatest(1, least({SLOTS}, amount_minor / greatest(%(per)s::bigint, 1)))::int AS many
        FROM made, budget
    )
    INSERT INTO money_slot (budget_id, since, store_id, left_minor)
    SELECT {_VALUES.format(n=0)}, amount_minor / many + (place < amount_minor %% many)::int
    FROM size, generate_series(0, many - 1) AS place WHERE amount_minor > 0
    """  # noqa: S608 (our own constants)
)
"""The group's own row decides who makes the slots; others wait for it, and find them made. The amount is the one that
stands: a change of it under way is waited for, and waits for this."""

CAPTURE = db.HotStatement(
    """
    WITH mine AS MATERIALIZED (
        SELECT budget_id, since, store_id, slot, left_minor, uses FROM money_slot
        WHERE held_for = %(sale)s AND held_until > %(now)s
        ORDER BY budget_id, since, store_id, slot FOR UPDATE
    ), used AS MATERIALIZED (
        SELECT DISTINCT ON (budget_id, since, store_id) mine.*
        FROM mine JOIN unnest(
            %(budgets)s::uuid[], %(periods)s::date[], %(stores)s::uuid[], %(amounts)s::bigint[]
        ) AS wanted (budget_id, since, store_id, left_minor) USING (budget_id, since, store_id, left_minor)
    ), gone AS (
        DELETE FROM money_slot AS gone USING mine
        WHERE (gone.budget_id, gone.since, gone.store_id, gone.slot)
            = (mine.budget_id, mine.since, mine.store_id, mine.slot)
    ), freed AS (
        INSERT INTO money_slot (budget_id, since, store_id, left_minor, uses)
        SELECT budget_id, since, store_id, left_minor, uses FROM mine WHERE slot NOT IN (SELECT slot FROM used)
    )
    SELECT budget_id, since, store_id FROM used
    """
)
"""What a sale kept is spent where it is the amount that is wanted, and free where it is not."""

GIVE_BACK = db.HotStatement(
    f"INSERT INTO money_slot (budget_id, since, store_id, left_minor, uses) VALUES ({_VALUES.format(n=0)}, "  # noqa: S608
    "%(amount)s, %(uses)s)"
)


MOST_GROUPS = 32
"""For so many different numbers of budgets a process remembers the statement."""


@lru_cache(maxsize=MOST_GROUPS)
def _take_from(groups: int) -> db.HotStatement:
    """Takes from so many groups, of each only when it has those before."""
    names = {"free": _FREE}
    taken = [
        _TAKE.format(
            n=n,
            key=_KEY.format(n=n),
            values=_VALUES.format(n=n),
            before="true" if n == 0 else f"EXISTS (SELECT FROM free{n - 1})",
            **names,
        )
        for n in range(groups)
    ]
    told = [
        f"(SELECT count(*) FROM free{n}) AS took{n}, "  # noqa: S608 (our own constants)
        f"(SELECT sum(left_minor) FROM money_slot WHERE {_KEY.format(n=n)}) AS left{n}"
        for n in range(groups)
    ]
    return db.HotStatement(f"WITH {','.join(taken)} SELECT {', '.join(told)}")


def take_amounts(
    charges: Collection[Charge], *, now: datetime, keep: ToKeep | None = None
) -> tuple[Charge | None, bool]:
    """Take these amounts, each of its group (`keep`: only keep them for a sale that is open).

    Returns the first one for which too little is left, which is certain then, and whether any group is nearly spent.
    Whoever is told that too little is left rolls back.
    """
    waiting, nearly = sorted(charges), False
    while waiting:
        [row] = db.send_statement(_take_from(len(waiting)), _values(waiting, now=now, keep=keep))
        took = sum(row[0::2])
        for charge, left in zip(waiting[:took], row[1::2], strict=False):
            nearly = nearly or left < charge.amount_minor * NEARLY
        waiting = waiting[took:]
        if waiting:
            if not _take_alone(waiting[0], now=now, keep=keep):
                return waiting[0], True
            waiting, nearly = waiting[1:], True
    return None, nearly


def capture_amounts(charges: Collection[Charge], *, sale_id: uuid.UUID, now: datetime) -> list[Charge]:
    """Spend what a sale kept of these amounts, free the rest of what it kept; returns those that it did not keep."""
    wanted = {"budgets": [one.key.budget_id for one in charges], "periods": [one.key.since for one in charges]}
    wanted["stores"] = [one.key.store_id for one in charges]
    said = wanted | {"amounts": [one.amount_minor for one in charges], "sale": sale_id, "now": now}
    used = {GroupKey(*row) for row in db.send_statement(CAPTURE, said)}
    return [one for one in charges if one.key not in used]


def give_amount_back(charge: Charge, *, is_whole: bool) -> None:
    """Give an amount back to the group that bore it; `is_whole`: nothing of that use is left."""
    db.send_statement(GIVE_BACK, _key(charge.key) | {"amount": charge.amount_minor, "uses": -is_whole})


def resize_group(key: GroupKey, *, change: int, per: int, now: datetime) -> None:
    """Let a group have `change` more, or less, and spread it for uses that cost so much, after waiting for all that is
    under way. One that has less than nothing gives nothing."""
    values = _key(key) | {"past": now - LATE, "change": change, "per": per * USES_PER_SLOT, "use": 0}
    values |= {"sale": None, "until": None}
    while not db.send_statement(RESIZE_ALONE, values).one().done:
        continue  # slots came while we waited for others, which are ours now


def _take_alone(charge: Charge, *, now: datetime, keep: ToKeep | None) -> bool:
    values = _values([charge], now=now, keep=keep)
    values |= {"change": -charge.amount_minor, "per": charge.amount_minor * USES_PER_SLOT, "use": 1}
    found = db.send_statement(TAKE_ALONE, values).one()
    if not found.exists:
        # Of several first uses of a period, one makes the group and the others wait for it here.
        db.send_statement(MAKE_GROUP, values)
        [took, _] = db.send_statement(_take_from(1), values).one()
        if took:
            return True
    while not (found.done or found.is_whole):  # slots came while we waited for others, which are ours now
        found = db.send_statement(TAKE_ALONE, values).one()
    return bool(found.done)


def _values(charges: Sequence[Charge], *, now: datetime, keep: ToKeep | None) -> dict[str, Any]:
    values: dict[str, Any] = {"past": now - LATE}
    values["sale"], values["until"] = keep or (None, None)
    for n, charge in enumerate(charges):
        values |= _key(charge.key, n) | {f"amount{n}": charge.amount_minor}
    return values


def _key(key: GroupKey, n: int = 0) -> dict[str, Any]:
    return {f"budget{n}": key.budget_id, f"since{n}": key.since, f"store{n}": key.store_id}
