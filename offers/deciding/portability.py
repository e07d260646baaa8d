"""What an access export tells of decisions: their numbers mean nothing to a person, so they are said in words."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace

from app.languages import Language
from app.rights.export.collection import Row, plain
from offers.deciding.explanation import explain_candidates


def speak_rows(tables: Mapping[str, Sequence[Row]], *, language: Language) -> None:
    """Put what was considered in words, in the rows of decisions; shape of each: `schemas.ConsideredOut`."""
    decisions = tables.get("decision", ())
    explained = (
        explain_candidates([SimpleNamespace(**row) for row in decisions], language=language) if decisions else []
    )
    for row, considered in zip(decisions, explained, strict=True):
        row["considered"] = [plain(one) for one in considered]
