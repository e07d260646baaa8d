"""Constant statements that are sent again and again: put together once, prepared once on each connection."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from psycopg.pq.abc import PGresult
from sqlalchemy import ClauseElement
from sqlalchemy.dialects.postgresql import psycopg as driver

from app.sql import trips
from app.sql.trips import Call

PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%")
"""What the driver reads as a value, and how it reads a percent sign."""


class HotStatement:
    """A constant statement with `%(name)s` for each value, and the values that are always the same.

    It is sent with `$1`…; a percent sign of its own is written twice.
    """

    def __init__(self, text: str, constants: Mapping[str, Any] | None = None) -> None:
        names: dict[str, str] = {}

        def number(found: re.Match[str]) -> str:
            return names.setdefault(found[1], f"${len(names) + 1}") if found[1] else "%"

        self.text = PLACEHOLDER.sub(number, text)
        self.names = tuple(names)
        self.constants = constants or {}
        self.shape: Callable[[Sequence[Any]], Any] | None = None  # how a row is made, once its columns are known

    def call(self, values: Mapping[str, Any]) -> Call:
        """The statement as it is sent with these values."""
        known = {**self.constants, **values}
        return Call(self.text, [known[name] for name in self.names])

    def read(self, result: PGresult, *, context: Any) -> "FoundRows":
        """What it found; `context` is the connection that brought it."""
        if not result.nfields:
            return FoundRows()
        if self.shape is None:
            self.shape = trips.names_in(result)
        return FoundRows(trips.rows_of(result, context=context, shape=self.shape))


class FoundRows(list[Any]):
    """The rows that a hot statement found, each with its columns by name."""

    def one(self) -> Any:
        """The only row. Raises `ValueError` if there is none, or more."""
        [row] = self
        return row

    def one_or_none(self) -> Any:
        """The only row, or None. Raises `ValueError` if there are more."""
        return self.one() if self else None


def put_together(statement: ClauseElement, within: str = "{statement}") -> HotStatement:
    """Put a hot statement together once, as a constant of its module, and not per call. Its values are `bindparam`s.

    `within` is a greater statement in the words of `HotStatement`, which has it where it says `{statement}`.
    """
    made = statement.compile(dialect=driver.dialect())  # type: ignore[no-untyped-call]
    whole = within.replace("{statement}", str(made))
    return HotStatement(whole, {name: value for name, value in made.params.items() if value is not None})
