"""How the rows of a table about people come to their end: said beside its model, executed by the jobs of retention.

`app.data_map.RETENTION` says how long a class of data is kept; here a table says since when, or with what, or by whose
job its rows go. An erasure is besides: it takes the rows of a member whatever stands here. Knows no table.
"""

from typing import NamedTuple

from app.data_map import DataClass


class Since(NamedTuple):
    """Rows go once this column is older than the class is kept, as far as `only` (a condition in SQL) holds."""

    data_class: DataClass
    column: str
    only: str = "true"


class With(NamedTuple):
    """Rows go with those of another table that they point at."""

    table: str


class By(NamedTuple):
    """A job of its own rules ends the rows, by its name; its runs are watched where it ends a whole class."""

    job: str
    data_class: DataClass | None = None


Lifetime = Since | With | By

WITH_THE_WALLET = With("member")
"""Rows that stay as long as the wallet: its end is an erasure, asked for or after three years without an act."""
