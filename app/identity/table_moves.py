"""What most rooms do when two wallets become one, said as a value: the rows of one table come, and go back."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, true

from app.identity.moves import note_moves, noted_moves, rehome_rows
from app.sql import db


def _no_other(source_id: uuid.UUID, target_id: uuid.UUID) -> ColumnElement[bool]:
    """Every row of the source comes."""
    return true()


def _nothing_else(ids: Sequence[uuid.UUID], *, source_id: uuid.UUID, target_id: uuid.UUID) -> None:
    """Nothing goes along that does not hang on the rows by a foreign key."""


@dataclass(frozen=True)
class Moves:
    """What a room does for a merge that brings rows of one table, noting each, and for the split that gives them back.

    `kind` is what a row is called where it is noted, `counted` where rows are counted. `where` says which rows of the
    source come; `beside` does what must be done with them besides. Rows that are written once cannot be `locked`.
    """

    model: type[Any]
    kind: str
    counted: str
    where: Callable[[uuid.UUID, uuid.UUID], ColumnElement[bool]] = _no_other
    beside: Callable[..., None] = _nothing_else
    locked: bool = True

    def merge(
        self, *, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime
    ) -> dict[str, int]:
        """Bring every such row; how many."""
        ids = self._moved(self.where(source_id, target_id), giver=source_id, taker=target_id)
        things: list[tuple[object, dict[str, Any]]] = [(id, {}) for id in ids]
        note_moves(target_id=target_id, merge_id=merge_id, kind=self.kind, things=things, now=now)
        return {self.counted: len(ids)}

    def split(
        self, *, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime
    ) -> dict[str, int]:
        """Give back every row that came and is still there, with what came to hang on it meanwhile; how many."""
        came = [uuid.UUID(move.thing) for move in noted_moves(target_id=target_id, merge_id=merge_id, kind=self.kind)]
        return {self.counted: len(self._moved(self.model.id.in_(came), giver=target_id, taker=source_id))}

    def _moved(self, which: ColumnElement[bool], *, giver: uuid.UUID, taker: uuid.UUID) -> Sequence[uuid.UUID]:
        mine = select(self.model.id).where(self.model.member_id == giver, which).order_by(self.model.id)
        ids = db.all_of(db.locked(mine) if self.locked else mine)
        self.beside(ids, source_id=giver, target_id=taker)
        rehome_rows(self.model.__table__, self.model.id.in_(ids), source_id=giver, target_id=taker)
        return ids
