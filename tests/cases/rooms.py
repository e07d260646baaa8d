"""Every case, room by room."""

from collections.abc import Callable, Iterator
from pathlib import Path

from tests.cases import articles, hours, people, purchases, shops, tills, wallets
from tests.cases.case import Case
from tests.speaking import Speaker

ROOMS: dict[str, Callable[[Path, Speaker], Iterator[Case]]] = {
    "hours": hours.try_hours,
    "shops": shops.try_shops,
    "articles": articles.try_articles,
    "tills": tills.try_scanners,
    "wallets": wallets.try_files,
    "people": people.try_people,
    "purchases": purchases.try_purchases,
}


def try_all(folder: Path, anyone: Speaker) -> Iterator[Case]:
    """The cases of every room."""
    for try_room in ROOMS.values():
        yield from try_room(folder, anyone)
