"""The report of an import as its reader sees it."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from app.languages import Language
from app.ops.imports.outcomes import JudgedRow, RowOutcome
from wallet.externals.card_import import Report


def report_card(report: Report, *, language: Language) -> dict[str, Any]:
    """The report with its sentences in `language`. It repeats nothing of what was dropped."""
    counted = Counter(judged.outcome for judged in report.rows)
    return {
        "format": report.format,
        "dry_run": report.dry_run,
        "counts": {str(outcome): counted[outcome] for outcome in RowOutcome},
        "rows": [_row(judged, language) for judged in report.rows],
        "dropped": _counted(report.dropped, language),
        "read_as": _counted(report.read_as, language),
    }


def _row(judged: JudgedRow, language: Language) -> dict[str, Any]:
    return {
        "row": judged.number,
        "outcome": str(judged.outcome),
        "programme": judged.name,
        "card_id": judged.id,
        "findings": [
            {"code": str(found.finding), "field": found.about, "text": found.say(language)} for found in judged.found
        ],
    }


def _counted(counted: Mapping[Any, int], language: Language) -> list[dict[str, Any]]:
    return [
        {"code": str(code), "count": count, "text": code.heading.say(language)}
        for code, count in sorted(counted.items())
    ]
