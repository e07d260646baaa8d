"""What an offer may still give: in total, and per day of the brand's zone.

A budget is a group of up to 64 slots (rows of `budget_slot`), so that 64 claims at once need not wait for each other.
A claim takes one unit in one of two ways:

1. from the first slot that nobody holds, looking from a random one on (`SKIP LOCKED`);
2. when there is none, it waits for every slot of the group, in slot order, and looks again. Only this may say that
   nothing is left: a slot that somebody holds may yet come back when their transaction fails.

A slot that becomes empty is deleted. Were it kept with 0, step 1 could lock it, see only then that it is empty, and go
to step 2 with a lock out of order: two such claims would wait for each other. The group's own row (`GROUP`) says that
the group exists, and is the first lock of step 2.

The total is taken before the day, always. Whoever changes a limit locks the offer (`offer_locks`), so no unit is in
flight meanwhile. Several units at once, for a till, leave and come back while every slot of the group is held.
"""

import random
import uuid
from datetime import date

from sqlalchemy import delete, func, select

from app.sql import db
from offers.planning.models import BudgetSlot, OfferVersion

SLOTS = 64
TOTAL = date(1, 1, 1)
"""The `day` of the total budget."""

GROUP = -1
"""The `slot` of the row that stands for the whole group; its `remaining` is 0."""

TAKE_FROM_A_FREE_SLOT = db.HotStatement(
    """
    WITH free AS MATERIALIZED (
        SELECT slot, remaining FROM budget_slot
        WHERE offer_id = %(offer_id)s AND day = %(day)s AND remaining > 0
        ORDER BY slot < %(start)s, slot
        LIMIT 1
        FOR UPDATE SKIP LOCKED
    ), taken AS (
        UPDATE budget_slot AS kept SET remaining = kept.remaining - 1 FROM free
        WHERE kept.offer_id = %(offer_id)s AND kept.day = %(day)s AND kept.slot = free.slot AND free.remaining > 1
    ), emptied AS (
        DELETE FROM budget_slot AS gone USING free
        WHERE gone.offer_id = %(offer_id)s AND gone.day = %(day)s AND gone.slot = free.slot AND free.remaining = 1
    )
    SELECT (SELECT sum(remaining) FROM budget_slot WHERE offer_id = %(offer_id)s AND day = %(day)s) - 1 AS units
    FROM free
    """
)
LOCK_EVERY_SLOT = db.HotStatement(
    "SELECT slot, remaining FROM budget_slot WHERE offer_id = %(offer_id)s AND day = %(day)s ORDER BY slot FOR UPDATE"
)
MAKE_GROUP = db.HotStatement(
    """
    WITH made AS (
        INSERT INTO budget_slot (offer_id, day, slot, remaining) VALUES (%(offer_id)s, %(day)s, -1, 0)
        ON CONFLICT DO NOTHING RETURNING slot
    )
    INSERT INTO budget_slot (offer_id, day, slot, remaining)
    SELECT %(offer_id)s, %(day)s, share.place - 1, share.units
    FROM made CROSS JOIN unnest(CAST(%(shares)s AS integer[])) WITH ORDINALITY AS share(units, place)
    """
)
"""The group's own row decides who makes the slots; others wait for it, and find them made."""

TAKE_FROM_SLOTS = db.HotStatement(
    """
    WITH taken AS (
        SELECT slot, units FROM unnest(CAST(%(slots)s AS integer[]), CAST(%(units)s AS integer[])) AS one(slot, units)
    ), emptied AS (
        DELETE FROM budget_slot AS gone USING taken
        WHERE gone.offer_id = %(offer_id)s AND gone.day = %(day)s AND gone.slot = taken.slot
            AND gone.remaining = taken.units
    )
    UPDATE budget_slot AS kept SET remaining = kept.remaining - taken.units FROM taken
    WHERE kept.offer_id = %(offer_id)s AND kept.day = %(day)s AND kept.slot = taken.slot
        AND kept.remaining > taken.units
    """
)
GIVE_BACK = db.HotStatement(
    """
    INSERT INTO budget_slot AS kept (offer_id, day, slot, remaining)
    VALUES (%(offer_id)s, %(day)s, %(slot)s, %(units)s)
    ON CONFLICT (offer_id, day, slot) DO UPDATE SET remaining = kept.remaining + excluded.remaining
    """
)


def shares(units: int) -> list[int]:
    """`units` spread over min(64, units) slots, as evenly as can be."""
    slots = min(SLOTS, units)
    return [units // slots + (slot < units % slots) for slot in range(slots)]


def take_unit(*, offer_id: uuid.UUID, day: date, limit: int) -> int | None:
    """Take one unit of the group of `day`, or `TOTAL`; None when nothing is left, which is certain then.

    A day's group is made by its first claim, with `limit` units. The answer is how many units are left, as far as can
    be seen without waiting for others.
    """
    left = _from_a_free_slot(offer_id, day)
    if left is not None:
        return left
    slots = _every_slot(offer_id, day)
    if not slots:
        # Of several first claims of a day, one makes the group and the others wait for it here.
        _make(offer_id, day, limit)
        left = _from_a_free_slot(offer_id, day)
        if left is not None:
            return left
        slots = _every_slot(offer_id, day)
    # Whatever is left is ours to take: we hold every slot.
    return _from_a_free_slot(offer_id, day) if any(remaining for _, remaining in slots) else None


def take_units(*, offer_id: uuid.UUID, day: date, limit: int, units: int) -> int:
    """Take so many units of the group of `day`, or `TOTAL`, or all that are left; how many, which is certain.

    A day's group is made by whoever takes first, with `limit` units.
    """
    slots = _every_slot(offer_id, day)
    if not slots:
        _make(offer_id, day, limit)
        slots = _every_slot(offer_id, day)
    taken: list[tuple[int, int]] = []
    for slot, remaining in slots:
        part = min(remaining, units - sum(already for _, already in taken))
        if part > 0:
            taken.append((slot, part))
    if taken:
        numbers, parts = zip(*taken, strict=True)
        which = {"offer_id": offer_id, "day": day, "slots": list(numbers), "units": list(parts)}
        db.send_statement(TAKE_FROM_SLOTS, which)
    return sum(part for _, part in taken)


def give_units_back(*, offer_id: uuid.UUID, day: date, units: int, most: int | None) -> int:
    """Let a group have units again that were taken from it and not used, `most` in all if that is said; how many.

    A group that was taken away meanwhile has no limit, and so needs none.
    """
    slots = _every_slot(offer_id, day)
    if not slots:
        return 0
    room = units if most is None else min(units, most - sum(remaining for _, remaining in slots))
    if room > 0:
        slot = random.randrange(SLOTS)  # noqa: S311 (spreads units over slots; guards nothing)
        db.send_statement(GIVE_BACK, {"offer_id": offer_id, "day": day, "slot": slot, "units": room})
    return max(0, room)


def _from_a_free_slot(offer_id: uuid.UUID, day: date) -> int | None:
    start = random.randrange(SLOTS)  # noqa: S311 (spreads claims over slots; guards nothing)
    found = db.send_statement(TAKE_FROM_A_FREE_SLOT, {"offer_id": offer_id, "day": day, "start": start})
    return int(found.one().units) if found else None


def _every_slot(offer_id: uuid.UUID, day: date) -> list[tuple[int, int]]:
    return [(row.slot, row.remaining) for row in db.send_statement(LOCK_EVERY_SLOT, {"offer_id": offer_id, "day": day})]


def _make(offer_id: uuid.UUID, day: date, units: int) -> None:
    db.send_statement(MAKE_GROUP, {"offer_id": offer_id, "day": day, "shares": shares(units)})


def set_limits(
    *, before: OfferVersion | None, after: OfferVersion, claimed: int, claimed_today: int, today: date
) -> None:
    """Make the budgets say what version `after` allows, less what was given; the caller holds the offer.

    `claimed` counts the coupons that exist. An erased member takes theirs along, so what the old budget gave counts
    when it is more. A limit below what was given leaves nothing; days to come are made by their first claim.
    """
    groups = (
        (TOTAL, before.total_limit if before else None, after.total_limit, claimed),
        (today, before.daily_limit if before else None, after.daily_limit, claimed_today),
    )
    for day, old_limit, new_limit, coupons in groups:
        left = remaining(after.offer_id, day)
        given = max(coupons, 0 if old_limit is None or left is None else old_limit - left)
        db.execute(delete(BudgetSlot).where(BudgetSlot.offer_id == after.offer_id, BudgetSlot.day == day))
        if new_limit is not None:
            _make(after.offer_id, day, max(0, new_limit - given))


def remaining(offer_id: uuid.UUID, day: date) -> int | None:
    """What a group has left; None when the group does not exist."""
    asked = select(func.sum(BudgetSlot.remaining)).where(BudgetSlot.offer_id == offer_id, BudgetSlot.day == day)
    left = db.execute(asked).scalar()
    return None if left is None else int(left)
