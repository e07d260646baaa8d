"""A brand makes lists of articles, changes what is on them, and ends them.

A change holds from its instant on: what was bought before is judged by what stood on the list then. Locks, in this
order: the code of the list, its row.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from app.codes import article_numbers
from app.errors import Pointer, PreconditionFailed
from app.languages import Language
from app.logs import log
from app.sql import db
from wallet.product_lists import queries, usage
from wallet.product_lists.errors import (
    ListedNumberWrong,
    ProductListCodeTaken,
    ProductListInUse,
    ProductListTooLong,
    ProductListUnknown,
    TooManyProductLists,
)
from wallet.product_lists.models import ProductList
from wallet.purchases.errors import GTIN_WRONG

MOST_LISTS = 1_000
MOST_LISTED = 500_000
"""Articles of one list: more than any shop has."""
MOST_NAMED = 3
"""Uses of a list that a refusal names."""


class Changes(NamedTuple):
    """How many articles came and went."""

    added: int
    removed: int


def find_list(*, brand_id: uuid.UUID, code: str) -> ProductList:
    """A list of the brand's that has not ended. Raises `ProductListUnknown`."""
    found = db.first(queries.list_called(brand_id, code))
    if found is None or found.ended_at is not None:
        raise ProductListUnknown
    return found


def make_list(
    *, brand_id: uuid.UUID, code: str, name: str, gtins: Collection[str], by: uuid.UUID, now: datetime
) -> ProductList:
    """A new list with these articles; one that has ended begins anew under its code.

    Raises `ProductListCodeTaken`, `ListedNumberWrong`, `TooManyProductLists`, `ProductListTooLong`.
    """
    usage.lock_codes(brand_id, [code])
    numbers = read_numbers(gtins)
    found = db.first(db.locked(queries.list_called(brand_id, code)))
    if found is not None and found.ended_at is None:
        raise ProductListCodeTaken
    if db.all_of(queries.count_of_lists(brand_id))[0] >= MOST_LISTS:
        raise TooManyProductLists(most=MOST_LISTS)
    made = found or ProductList(
        brand_id=brand_id, code=code, articles=0, revision=0, created_by=by, created_at=now, changed_at=now
    )
    made.name, made.ended_at = name, None
    if found is None:
        db.add(made)
    return note_change(made, set_articles(made, keep=numbers, now=now), by=by, now=now)


def change_list(
    *,
    brand_id: uuid.UUID,
    code: str,
    revision: int,
    name: str,
    gtins: Collection[str] | None,
    by: uuid.UUID,
    now: datetime,
) -> ProductList:
    """Call a list otherwise, and make these its articles; those that it has, where none are given.

    Raises `ProductListUnknown`, `PreconditionFailed`, `ListedNumberWrong`, `ProductListTooLong`.
    """
    found = list_to_change(brand_id=brand_id, code=code)
    if found.revision != revision:
        raise PreconditionFailed
    found.name = name
    changes = None if gtins is None else set_articles(found, keep=read_numbers(gtins), now=now)
    return note_change(found, changes or Changes(0, 0), by=by, now=now)


def end_list(*, brand_id: uuid.UUID, code: str, by: uuid.UUID, language: Language, now: datetime) -> None:
    """End a list: nothing is on it from now on. Twice is once. Raises `ProductListUnknown`, `ProductListInUse`."""
    usage.lock_codes(brand_id, [code])
    found = db.first(db.locked(queries.list_called(brand_id, code)))
    if found is None:
        raise ProductListUnknown
    if found.ended_at is not None:
        return
    uses = usage.name_uses(brand_id=brand_id, code=code, now=now)
    if uses:
        raise ProductListInUse(used_by=_enumerate([use.spoken(language) for use in uses]))
    found.ended_at = now
    note_change(found, set_articles(found, keep=(), now=now), by=by, now=now)


def list_to_change(*, brand_id: uuid.UUID, code: str) -> ProductList:
    """A list of the brand's, locked. Raises `ProductListUnknown`."""
    found = db.first(db.locked(queries.list_called(brand_id, code)))
    if found is None or found.ended_at is not None:
        raise ProductListUnknown
    return found


def read_numbers(gtins: Collection[str]) -> set[int]:
    """These articles, each once. Raises `ListedNumberWrong`."""
    wrong = [Pointer("/gtins", GTIN_WRONG.with_facts(number=one)) for one in article_numbers.impossible_gtins(gtins)]
    if wrong:
        raise ListedNumberWrong(errors=wrong)
    return {article_numbers.number_of(one) for one in gtins}


def numbers_on(found: ProductList) -> set[int]:
    """The articles that are on a list now."""
    return set(db.all_of(queries.gtins_on(found.id)))


def set_articles(found: ProductList, *, keep: Collection[int], now: datetime) -> Changes:
    """Make these the articles of a list that is locked. Raises `ProductListTooLong`."""
    before, after = numbers_on(found), set(keep)
    return write_articles(found, added=after - before, removed=before - after, now=now)


def write_articles(found: ProductList, *, added: Collection[int], removed: Collection[int], now: datetime) -> Changes:
    """Put articles on a list that is locked which were not on it, and take others off. Raises `ProductListTooLong`."""
    wanted = found.articles + len(added) - len(removed)
    if wanted > MOST_LISTED:
        raise ProductListTooLong(most=MOST_LISTED, wanted=wanted)
    whose = {"brand": found.brand_id, "list": found.id, "now": now}
    if removed:
        db.send_statement(queries.UNLIST_ARTICLES, whose | {"gtins": _joined(removed)})
    if added:
        db.send_statement(queries.LIST_ARTICLES, whose | {"gtins": _joined(added)})
    found.articles = wanted
    return Changes(len(added), len(removed))


def note_change(found: ProductList, changes: Changes, *, by: uuid.UUID | None, now: datetime) -> ProductList:
    """Count a change of a list, and log who made it (nobody: a command)."""
    found.revision, found.changed_at = found.revision + 1, now
    db.session().flush()
    by_whom = str(by) if by else "command"
    log.info("product_list_changed", list_id=str(found.id), revision=found.revision, by=by_whom, **changes._asdict())
    return found


def page_of_articles(*, brand_id: uuid.UUID, code: str, after: str | None, limit: int) -> dict[str, object]:
    """What is on a list now, by number, from the one after `after` on. Raises `ProductListUnknown`."""
    found = find_list(brand_id=brand_id, code=code)
    asked = {"list": found.id, "after": -1 if after is None else article_numbers.number_of(after), "most": limit + 1}
    rows = list(db.send_statement(queries.PAGE_OF_ARTICLES, asked))
    shown = [{"gtin": article_numbers.write_number(gtin), "since": since} for gtin, since in rows[:limit]]
    return {"items": shown, "after": shown[-1]["gtin"] if len(rows) > limit else None}


def _joined(numbers: Collection[int]) -> str:
    # One text carries all of them: the driver writes arrays one value after the other.
    return ",".join(map(str, sorted(numbers)))


def _enumerate(uses: Sequence[str]) -> str:
    rest = len(uses) - MOST_NAMED
    return "; ".join(uses[:MOST_NAMED]) + (f" (+{rest})" if rest > 0 else "")
