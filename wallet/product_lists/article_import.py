"""Articles of a list out of a file: each row judged, and then one change of the list, so that no sale meets half of it.

The same file again changes nothing. The memory is that of the numbers, eight bytes of each in the database.
"""

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, NamedTuple

from app.characters import remove_spaces
from app.codes.article_numbers import is_gtin, mended_gtin, number_of, write_number
from app.languages import Language
from app.ops.imports.outcomes import Found, JudgedRow, Report, RowFault, RowOutcome, Summary
from app.ops.imports.tables import TableBroken, TableLine, read_table
from wallet.product_lists import lists
from wallet.product_lists.errors import ArticleFileUnreadable
from wallet.product_lists.findings import ListedArticleFinding
from wallet.product_lists.lists import Changes
from wallet.product_lists.models import ProductList

MOST_BYTES = 12 * 1024 * 1024
"""Of a file that is sent to the API: half a million numbers and a separator have less."""
MOST_TOLD = 200
"""Rows that a report of the API tells: the first that were refused or corrected."""
LONGEST_TOLD = 40
"""Characters of a wrong number that a report repeats."""

COLUMNS = {
    "gtin": (
        *("gtin", "ean", "eancode", "ean13", "gtin13", "gtin14", "upc", "barcode", "articlenumber", "code"),
        *("codebarres", "codebarre", "gencod", "gencode", "codeean", "codearticle", "article"),
    ),
}
REQUIRED = ("gtin",)


class ImportMode(StrEnum):
    """What a file does to a list: its articles come to it, are all that it has, or leave it."""

    ADD = "add"
    REPLACE = "replace"
    REMOVE = "remove"


class ReadArticle(NamedTuple):
    """What a row names, or why nothing."""

    number: int | None
    found: tuple[Found, ...] = ()


def import_articles(
    found: ProductList, lines: Iterable[TableLine], *, mode: ImportMode, report: Report, dry_run: bool, now: datetime
) -> tuple[Changes, Summary]:
    """Change what is on a list that is locked as a file says; `report` hears of each row, in order. A dry run judges
    every row and writes nothing. With `replace` nothing leaves the list where a row was refused: it may name an article
    that is on it.

    Raises `ProductListTooLong`; what the lines raise (a broken file) passes.
    """
    before, said, summary = lists.numbers_on(found), set[int](), Summary()
    for line in lines:
        judged = _judge(line, before, said, mode)
        summary.count(judged)
        summary.dropped.update(line.strange)
        report(judged)
    added = said - before if mode is not ImportMode.REMOVE else set[int]()
    removed = {ImportMode.ADD: set[int](), ImportMode.REPLACE: before - said, ImportMode.REMOVE: before & said}[mode]
    if mode is ImportMode.REPLACE and summary.outcomes[RowOutcome.REFUSED]:
        removed = set()
    if dry_run:
        return Changes(len(added), len(removed)), summary
    return lists.write_articles(found, added=added, removed=removed, now=now), summary


def import_file(
    *,
    brand_id: uuid.UUID,
    code: str,
    content: bytes,
    mode: ImportMode,
    dry_run: bool,
    by: uuid.UUID,
    language: Language,
    now: datetime,
) -> dict[str, Any]:
    """Change what is on a list of the brand's as a file that was sent says, with the report of it.

    Raises `ProductListUnknown`, `ArticleFileUnreadable`, `ProductListTooLong`.
    """
    found, told = lists.list_to_change(brand_id=brand_id, code=code), list[JudgedRow]()

    def report(judged: JudgedRow) -> None:
        if judged.outcome in (RowOutcome.REFUSED, RowOutcome.CORRECTED) and len(told) < MOST_TOLD:
            told.append(judged)

    changes, summary = import_articles(found, read_content(content), mode=mode, report=report, dry_run=dry_run, now=now)
    if not dry_run and any(changes):
        lists.note_change(found, changes, by=by, now=now)
    counts = {str(outcome): many for outcome, many in summary.outcomes.items()}
    rows = [_told(judged, language) for judged in told]
    return {"list": found, "dry_run": dry_run, "counts": counts, "rows": rows, **changes._asdict()}


def _told(judged: JudgedRow, language: Language) -> dict[str, Any]:
    return {
        "row": judged.number,
        "outcome": judged.outcome,
        "gtin": judged.reference,
        "code": judged.found[0].finding,
        "text": "; ".join(one.say(language) for one in judged.found),
    }


def read_content(content: bytes) -> Iterator[TableLine]:
    """The rows of a file that was sent. Raises `ArticleFileUnreadable`."""
    with NamedTemporaryFile(suffix=".csv") as file:
        file.write(content)
        file.flush()
        try:
            yield from read_table(Path(file.name), columns=COLUMNS, required=REQUIRED)
        except TableBroken as error:
            raise ArticleFileUnreadable from error


def read_article(line: TableLine) -> ReadArticle:
    """The article that a row names, with the zeros that a spreadsheet took from its beginning."""
    if not line.storable:
        return ReadArticle(None, (Found(RowFault.TEXT_UNSTORABLE, ""),))
    if line.overfull:
        facts = {"cells": line.cells, "width": line.width}
        return ReadArticle(None, (Found(ListedArticleFinding.ROW_SHIFTED, "", facts),))
    written = remove_spaces(line.get("gtin") or "").removeprefix("'").removeprefix("=").strip('"')
    if not written:
        return ReadArticle(None, (Found(ListedArticleFinding.GTIN_ABSENT, "gtin"),))
    if is_gtin(written):
        return ReadArticle(number_of(written))
    mended = mended_gtin(written)
    if mended is None:
        return ReadArticle(None, (Found(ListedArticleFinding.GTIN_WRONG, "gtin", {"gtin": written[:LONGEST_TOLD]}),))
    return ReadArticle(number_of(mended), (Found(ListedArticleFinding.ZEROS_GIVEN_BACK, "gtin"),))


def _judge(line: TableLine, before: set[int], said: set[int], mode: ImportMode) -> JudgedRow:
    number, found = read_article(line)
    if number is None:
        return JudgedRow(line.number, RowOutcome.REFUSED, found, line.get("gtin") if line.storable else None)
    name = write_number(number)
    if number in said:
        return JudgedRow(line.number, RowOutcome.UNCHANGED, (Found(ListedArticleFinding.SAID_BEFORE, "gtin"),), name)
    said.add(number)
    if (number in before) is (mode is not ImportMode.REMOVE):
        return JudgedRow(line.number, RowOutcome.UNCHANGED, found, name, changed=())
    return JudgedRow(line.number, RowOutcome.CORRECTED if found else RowOutcome.ACCEPTED, found, name)
