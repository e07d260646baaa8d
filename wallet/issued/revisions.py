"""Passes that changed get their next revision: noted changes become numbers that wallets ask by.

Notes and passes are taken in batches, each a transaction: what a pass says is read, and if it is not what it said
before, the pass gets the next number, and the wallets are told. Ten changes before the job comes are one revision.

Numbers are taken under one lock that is held until the commit, so they are seen in their order: whoever was told "up to
40" misses no 39 that came later. A change that began before its pass was issued, and so noted nothing, is found by
looking at the pass once more when every transaction that ran then has ended.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy.orm.attributes import set_committed_value

from app.logs import log
from app.sql import db, locks
from wallet.issued import listeners, queries
from wallet.issued.contents import PassContents, digest_of, read_contents
from wallet.issued.issuance import JUST_ISSUED
from wallet.issued.models import IssuedPass

BATCH = 500
"""Passes that are looked at in one transaction."""
NUMBERS = "pass_revisions"
"""The lock under which numbers of revisions are taken."""
SETTLING = timedelta(seconds=2)
"""How often it is looked whether what ran when a pass was issued has ended."""
LATER = timedelta(minutes=5)
"""When a pass that could not be looked at is tried again."""


class Waiting(NamedTuple):
    """What waited in one place: passes to look at, perhaps none. `anew`: each gets a new revision, whatever it says."""

    ids: Sequence[uuid.UUID]
    anew: bool = False


Find = Callable[[datetime], Waiting | None]
"""Takes so much of what waits in one place; None if nothing does."""


def refresh_passes(*, now: datetime) -> int:
    """Look at every pass that may have changed; return how many did. Whoever calls holds no transaction.

    Two at once share the work. A batch that fails is undone, and its passes are looked at one by one: what fails alone
    is tried again later, and keeps nothing else waiting.
    """
    return sum(_refresh_all(find, now=now) for find in (_take_due, _take_noted, _take_of_brand))


def refresh_some(ids: Sequence[uuid.UUID], *, now: datetime, anew: bool = False) -> list[IssuedPass]:
    """Look at these passes, and give those that say something else than before, or all if `anew`, their next revision.

    Returns those. What somebody else works on is waited for: they may have read what was true before.
    """
    held = db.all_of(db.locked(queries.passes_with_ids(ids))) if ids else ()
    if not held:
        return []
    [(oldest, next_one)] = db.fetch(queries.TRANSACTIONS)
    said = read_contents(held, now=now)
    digests = {one.id: digest_of(contents) for one, contents in zip(held, said, strict=True)}
    changed = [one for one in held if anew or digests[one.id] != one.digest]
    _write_looks(held, said, oldest=oldest, next_one=next_one, now=now)
    if changed:
        _revise(changed, digests, now=now)
        for tell in listeners.AFTER_PASS_CHANGED:
            tell(changed, now)
    return changed


def _refresh_all(find: Find, *, now: datetime) -> int:
    changed = 0
    while True:
        found: Waiting | None = None
        try:
            with db.system_transaction():
                found = find(now)
                some = 0 if found is None else len(refresh_some(found.ids, now=now, anew=found.anew))
        except Exception as error:
            if found is None:
                raise
            # Which pass it is, looking at each finds out and tells.
            log.warning("passes_refreshed_singly", error=type(error).__name__)
            some = _refresh_singly(find, now=now)
        if found is None:
            return changed
        changed += some


def _refresh_singly(find: Find, *, now: datetime) -> int:
    """Take what waits without looking at it, so that it is due by itself, then look at each."""
    with db.system_transaction():
        found = find(now) or Waiting(())
        db.fetch(queries.PUT_OFF, [list(found.ids), now + LATER, found.anew])
    changed = 0
    for pass_id in found.ids:
        try:
            with db.system_transaction():
                changed += len(refresh_some([pass_id], now=now, anew=found.anew))
        except Exception as error:  # told here, and tried again by its time; the others go on
            log.error("pass_not_refreshed", pass_id=str(pass_id), error=type(error).__name__)
    return changed


def _take_due(now: datetime) -> Waiting | None:
    ids = [pass_id for (pass_id,) in db.fetch(queries.DUE, [now, BATCH])]
    return Waiting(ids) if ids else None


def _take_noted(now: datetime) -> Waiting | None:
    notes = db.fetch(queries.TAKE_NOTES, [BATCH])
    if not notes:
        return None
    whose = list(zip(*set(notes), strict=True))
    return Waiting([pass_id for (pass_id,) in db.fetch(queries.NOTED, [list(one) for one in whose])])


def _take_of_brand(now: datetime) -> Waiting | None:
    db.fetch(queries.COALESCE_BRANDS)
    taken = db.fetch(queries.TAKE_BRAND)
    if not taken:
        return None
    [(note_id, brand_id, anew, after_id)] = taken
    ids = [pass_id for (pass_id,) in db.fetch(queries.OF_BRAND, [brand_id, after_id, BATCH])]
    if len(ids) < BATCH:
        db.fetch(queries.BRAND_DONE, [note_id])
    else:
        db.fetch(queries.BRAND_GONE_ON, [note_id, ids[-1]])
    return Waiting(ids, anew)


def _write_looks(
    held: Sequence[IssuedPass], said: Sequence[PassContents], *, oldest: int, next_one: int, now: datetime
) -> None:
    """Write when each pass is to be looked at next."""
    looks = []
    for one, contents in zip(held, said, strict=True):
        settling = _settling(one, oldest=oldest, next_one=next_one)
        due = [] if contents.changes_at is None or one.ended_at is not None else [contents.changes_at]
        if settling is not None:
            due.append(now + min(max(SETTLING, (now - one.made_at) / 2), LATER))
        due_at = min((at for at in due if at > now), default=None)
        if (due_at, settling) != (one.due_at, one.settling):
            looks.append((one.id, due_at, settling))
            set_committed_value(one, "due_at", due_at)
            set_committed_value(one, "settling", settling)
    if looks:
        db.fetch(queries.LOOKED_AT, [list(column) for column in zip(*looks, strict=True)])


def _settling(held: IssuedPass, *, oldest: int, next_one: int) -> int | None:
    if held.settling == JUST_ISSUED:
        return next_one
    return None if held.settling is None or oldest >= held.settling else held.settling


def _revise(changed: Sequence[IssuedPass], digests: Mapping[uuid.UUID, bytes], *, now: datetime) -> None:
    """Give these passes their next revisions, in the rows and here."""
    locks.lock_name(NUMBERS)
    ids = [one.id for one in changed]
    given = {
        pass_id: (revision, changed_at)
        for pass_id, revision, changed_at in db.fetch(queries.REVISE, [ids, [digests[one] for one in ids], now])
    }
    for one in changed:
        revision, changed_at = given[one.id]
        for name, value in (("revision", revision), ("changed_at", changed_at), ("digest", digests[one.id])):
            set_committed_value(one, name, value)
