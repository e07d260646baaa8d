"""The report of an import as its reader sees it."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from app.languages import Language
from app.ops.imports.outcomes import JudgedRow, RowOutcome
from wallet.externals.card_import import CardImportReport

UPDATED = "updated"


def report_card(report: CardImportReport, *, language: Language) -> dict[str, Any]:
    """The report with its sentences in `language`. It repeats nothing of what was dropped."""
    counted = Counter(_outcome(judged) for judged in report.rows)
    return {
        "format": report.format,
        "dry_run": report.dry_run,
        "counts": {outcome: counted[outcome] for outcome in (*map(str, RowOutcome), UPDATED)},
        "rows": [_row(judged, language) for judged in report.rows],
        "dropped": _counted(report.dropped, language),
        "read_as": _counted(report.read_as, language),
    }


def _outcome(judged: JudgedRow) -> str:
    """A card that was there and took something is told apart from a new one."""
    return UPDATED if judged.changed else str(judged.outcome)


def _row(judged: JudgedRow, language: Language) -> dict[str, Any]:
    return {
        "row": judged.number,
        "outcome": _outcome(judged),
        "programme": judged.name,
        "card_id": judged.id,
        "changed": list(judged.changed or ()),
        "findings": [
            {"code": str(found.finding), "field": found.about, "text": found.say(language)} for found in judged.found
        ],
    }


def _counted(counted: Mapping[Any, int], language: Language) -> list[dict[str, Any]]:
    return [
        {"code": str(code), "count": count, "text": code.heading.say(language)}
        for code, count in sorted(counted.items())
    ]
