"""Two wallets turn out to be one person's: what every room needs to bring them together and to part them again.

A room that holds a member's things says how in its `on_merge.py`, by `merge(source_id=…, target_id=…, merge_id=…,
now=…)` and `split(…)`; `app.factory` finds it there at the start. Both return how many things of each kind they
brought; calling them again brings what came meanwhile. They run with every row in sight, the highest room first, so
that locks are taken in the order of the house: coupons before purchases before points.

A row moves by being written under the other member and deleted here: a member is part of its key.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, Protocol

from sqlalchemy import (
    Column,
    ColumnElement,
    Table,
    and_,
    delete,
    insert,
    literal,
    select,
    text,
    tuple_,
    update,
)

from app.identity.models import MemberMerge, MergedMember, MergeMove
from app.sql import db


class Merging(Protocol):
    """One direction of what a room does; returns how many things of each kind it brought."""

    def __call__(
        self, *, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime
    ) -> dict[str, int]: ...


class Merger(NamedTuple):
    """What a room does for a merge and for its undoing. In both, `target_id` is who the source became part of."""

    merge: Merging
    split: Merging


MERGERS: list[Merger] = []


def note_move(
    *, target_id: uuid.UUID, merge_id: uuid.UUID, kind: str, thing: object, now: datetime, was: dict[str, Any]
) -> None:
    """Write down that a thing came by this merge, and what of it was otherwise before."""
    note_moves(target_id=target_id, merge_id=merge_id, kind=kind, things=[(thing, was)], now=now)


def note_moves(
    *,
    target_id: uuid.UUID,
    merge_id: uuid.UUID,
    kind: str,
    things: Iterable[tuple[object, dict[str, Any]]],
    now: datetime,
) -> None:
    """Note that many things were moved by a merge, at once."""
    common = {"member_id": target_id, "merge_id": merge_id, "kind": kind, "moved_at": now}
    rows = [common | {"id": db.new_id(), "thing": str(thing), "was": was} for thing, was in things]
    if rows:
        db.execute(insert(MergeMove), rows)


def noted_moves(*, target_id: uuid.UUID, merge_id: uuid.UUID, kind: str) -> Sequence[MergeMove]:
    """What came by this merge, of one kind, the last first."""
    mine = (MergeMove.member_id == target_id, MergeMove.merge_id == merge_id, MergeMove.kind == kind)
    return db.all_of(select(MergeMove).where(*mine).order_by(MergeMove.moved_at.desc(), MergeMove.id.desc()))


def who_is_now(member_id: uuid.UUID) -> uuid.UUID:
    """The member that this one became part of, or the same."""
    while (known := db.get(MergedMember, member_id)) is not None:
        member_id = known.principal_id
    return member_id


def parts_of(member_id: uuid.UUID) -> list[uuid.UUID]:
    """The members who are part of this one, also those who are part of them. Asked by the member themself."""
    standing = select(MemberMerge.source_id).where(MemberMerge.member_id == member_id, MemberMerge.split_at.is_(None))
    found: list[uuid.UUID] = []
    for source_id in db.all_of(standing.order_by(MemberMerge.id)):
        with seeing(source_id):
            found += [source_id, *parts_of(source_id)]
    return found


@contextmanager
def seeing(member_id: uuid.UUID) -> Iterator[None]:
    """Within this block the running transaction sees what is this member's: of somebody who is part of who asks."""
    swap = text("SELECT current_setting('ici.member_id', true), set_config('ici.member_id', :member, true)")
    before = db.execute(swap, {"member": str(member_id)}).one()[0]
    yield
    db.session().flush()
    db.execute(swap, {"member": before or ""})


def rehome_rows(
    table: Table, which: ColumnElement[bool], *, source_id: uuid.UUID, target_id: uuid.UUID, **changed: Any
) -> None:
    """Give the source's rows of a table to the target, with all that hangs on them by foreign keys of one member.

    `which` says which rows; `changed` are columns that are otherwise under the target.
    """
    mine = and_(table.c.member_id == source_id, which)
    values = {"member_id": literal(target_id, table.c.member_id.type)} | {
        name: literal(value, table.c[name].type) for name, value in changed.items()
    }
    kept = [column for column in table.columns if column.computed is None]
    copies = [values.get(column.name, column) for column in kept]
    children = list(_hanging_on(table, mine))
    if not children:
        _replace_rows(table, mine, kept, values)
        return
    db.execute(insert(table).from_select([column.name for column in kept], select(*copies).where(mine)))
    for child, condition in children:
        if "member_id" in child.primary_key.columns:
            rehome_rows(child, condition, source_id=source_id, target_id=target_id)
        else:  # a directory, whose rows are keyed by what they are found by
            hanging = and_(child.c.member_id == source_id, condition)
            db.execute(update(child).where(hanging).values(member_id=target_id))
    db.execute(delete(table).where(mine))


def _replace_rows(
    table: Table, mine: ColumnElement[bool], kept: Sequence[Column[Any]], values: Mapping[str, ColumnElement[Any]]
) -> None:
    """One statement, in which each row goes before it comes: what only one row of all may have, it has again."""
    gone = delete(table).where(mine).returning(*kept).cte("gone")
    came = [values.get(column.name, gone.c[column.name]) for column in kept]
    db.execute(
        insert(table).from_select([column.name for column in kept], select(*came).select_from(gone)).add_cte(gone)
    )


def _hanging_on(table: Table, mine: ColumnElement[bool]) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """The tables whose rows point at these rows as the same member's, and which rows do."""
    for child, pairs in _children_of(table, known=len(db.Base.metadata.tables)):
        there = select(*(column for _, column in pairs)).where(mine)
        yield child, tuple_(*(column for column, _ in pairs)).in_(there)


@cache
def _children_of(table: Table, *, known: int) -> tuple[tuple[Table, list[tuple[Column[Any], Column[Any]]]], ...]:
    """The tables, among so many, that refer to this one by member: each with its columns and what they refer to."""
    return tuple(
        (child, [(one.parent, one.column) for one in key.elements])
        for child in db.Base.metadata.sorted_tables
        for key in child.foreign_key_constraints
        if key.referred_table is table and "member_id" in key.column_keys and child is not table
    )
