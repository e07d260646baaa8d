"""Pages by opaque, signed cursor over (sort key, id): no offsets, no totals, no skipped or repeated rows.

A list view returns a question and the column it is sorted by; `page_of` asks it.
"""

import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

import marshmallow as ma
from flask import request
from sqlalchemy import Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from app import complaints
from app.codes import sealed
from app.errors import Malformed, Pointer
from app.http.api import In, Out
from app.sql import db

T = TypeVar("T")

LARGEST_PAGE = 100


class PageIn(In):
    """How much of a list, and from where."""

    limit = ma.fields.Integer(load_default=20, validate=ma.validate.Range(1, LARGEST_PAGE))
    cursor = ma.fields.String(load_default=None, validate=ma.validate.Length(1, 400))


class PageOut(Out):
    """One page; `next` is the address of the following one, null on the last."""

    next = ma.fields.String(required=True, allow_none=True, metadata={"format": "uri-reference"})


@dataclass(frozen=True)
class Page(Generic[T]):
    items: Sequence[T]
    next: str | None


def page_of(
    select: Select[T],
    *,
    sort: InstrumentedAttribute[datetime] | InstrumentedAttribute[date],
    id: InstrumentedAttribute[uuid.UUID],
    limit: int,
    cursor: str | None,
) -> Page[T]:
    """Newest first; the address of the next page keeps the filters of this one.

    Raises `Malformed` for a cursor that this list did not give out.
    """
    ordered = select.order_by(sort.desc(), id.desc()).limit(limit + 1)
    if cursor is not None:
        ordered = ordered.where(tuple_(sort, id) < _read(cursor))
    found = db.all_of(ordered)
    more = len(found) > limit
    items = found[:limit]
    last = items[-1] if more else None
    return Page(items, _write(getattr(last, sort.key), getattr(last, id.key), limit) if last is not None else None)


def read_page(
    statement: str,
    values: Sequence[Any],
    *,
    shape: Callable[[Sequence[Any]], T],
    limit: int,
    cursor: str | None,
) -> Page[T]:
    """A page by a constant statement, whose rows begin with what they are sorted by: an instant, then an id.

    It ends the running transaction.

    After `values` it is given the place to go on from, that instant and that id or two nulls, and how many rows to
    find. Raises `Malformed` for a cursor that this list did not give out.
    """
    after = (None, None) if cursor is None else _read(cursor)
    found = db.fetch_last(statement, [*values, *after, limit + 1])
    items = [shape(row) for row in found[:limit]]
    if len(found) <= limit:
        return Page(items, None)
    sort, id, *_ = found[limit - 1]
    return Page(items, _write(sort, id, limit))


def _write(sort: datetime, id: uuid.UUID, limit: int) -> str:
    payload = json.dumps([request.path, sort.isoformat(), str(id)]).encode()
    cursor = sealed.seal_text(sealed.CURSOR, payload)
    filters = [(name, value) for name, value in request.args.items(multi=True) if name not in ("limit", "cursor")]
    return f"{quote(request.path)}?{urlencode([*filters, ('limit', limit), ('cursor', cursor)])}"


def _read(cursor: str) -> tuple[datetime, uuid.UUID]:
    refusal = Malformed(errors=[Pointer("#query/cursor", complaints.NOT_A_CURSOR)])
    payload = sealed.open_text(sealed.CURSOR, cursor)
    if payload is None:
        raise refusal
    path, sort, id = json.loads(payload)
    if path != request.path:
        raise refusal
    return datetime.fromisoformat(sort), uuid.UUID(id)


def link_header(page: Page[Any]) -> dict[str, str]:
    """The `Link` header (RFC 8288) of a page."""
    return {"Link": f'<{page.next}>; rel="next"'} if page.next else {}
