"""Proofs out of the kept nodes of the log: a proof reads about twice as many rows as the tree is high."""

from app.receipts import merkle, queries
from app.receipts.merkle import Span
from app.sql import db


def prove_inclusion(*, index: int, size: int) -> list[bytes]:
    """What proves that a leaf is in the log as it was with `size` leaves."""
    return _roots(merkle.inclusion_spans(index, size))


def prove_consistency(*, first: int, second: int) -> list[bytes]:
    """What proves that the log with `second` leaves begins with the log of `first` leaves."""
    return _roots(merkle.consistency_spans(first, second))


def compute_root(size: int) -> bytes:
    """The root of the log as it was with `size` leaves."""
    return _roots([(0, size)])[0]


def _roots(spans: list[Span]) -> list[bytes]:
    wanted = {node for span in spans for node in merkle.cover(*span)}
    found = {(level, position): hashed for level, position, hashed in db.rows(queries.nodes(wanted))} if wanted else {}
    return merkle.roots(spans, found.__getitem__)
