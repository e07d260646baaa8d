"""Who names a list: a list that somebody counts on does not vanish.

Whoever names lists looks whether they stand under `lock_codes`, and whoever ends one asks under the same locks who
names it: so of an approval and the end of a list at one time, one sees the other.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from app.errors import Pointer
from app.languages import Phrase
from app.sql import db, locks
from wallet.product_lists import queries
from wallet.product_lists.errors import LIST_UNKNOWN
from wallet.purchases.basket import Products


class ListReader(Protocol):
    """A room whose rules name lists."""

    def name_uses(self, *, brand_id: uuid.UUID, code: str, now: datetime) -> Sequence[Phrase]:
        """What names this list and runs, or is to run, in words."""


READERS: list[ListReader] = []
"""The rooms above that name lists: the factory finds them."""


def name_uses(*, brand_id: uuid.UUID, code: str, now: datetime) -> list[Phrase]:
    """Everything that names a list and runs, or is to run."""
    return [use for reader in READERS for use in reader.name_uses(brand_id=brand_id, code=code, now=now)]


def lock_codes(brand_id: uuid.UUID, codes: Iterable[str]) -> None:
    """Wait for whoever ends, or counts on, one of these lists."""
    for code in sorted(set(codes)):
        locks.lock_name(f"product_list:{brand_id}:{code}")


def find_missing(*, brand_id: uuid.UUID, codes: Collection[str], pointer: str) -> list[Pointer]:
    """A complaint about each of these codes that is no list of the brand; those that are stay so until the end of the
    transaction."""
    if not codes:
        return []
    lock_codes(brand_id, codes)
    known = set(db.all_of(queries.known_codes(brand_id, codes)))
    return [Pointer(pointer, LIST_UNKNOWN.with_facts(code=code)) for code in sorted(set(codes) - known)]


def find_missing_in(*, brand_id: uuid.UUID, products: Products, pointer: str) -> list[Pointer]:
    """A complaint about each list that these articles name and the brand does not have."""
    missing = [
        find_missing(brand_id=brand_id, codes=codes, pointer=f"{pointer}/{name}")
        for name, codes in (("lists", products.lists), ("but_not_lists", products.but_not_lists))
    ]
    return [one for some in missing for one in some]
