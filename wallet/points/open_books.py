"""A member's books with a brand, open together: for an act that spends, gives and gives back at one time."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from wallet.ledger import book_store, settlement
from wallet.ledger.book import Book


class OpenBooks:
    """All of them under their locks, in the order of their currencies. A book is settled when it is first asked for."""

    def __init__(
        self, *, member_id: uuid.UUID, brand_id: uuid.UUID, currencies: Iterable[uuid.UUID], now: datetime
    ) -> None:
        """`currencies` are those in which a new member's is made. Raises `PointsUnknown` for an unknown one."""
        self.member_id, self.now = member_id, now
        self._all = book_store.open_books(member_id=member_id, brand_id=brand_id, currencies=currencies, now=now)
        self._used: dict[uuid.UUID, Book] = {}

    @property
    def continue_others(self) -> bool:
        """Whether the ledger of somebody who became part of the member goes on in one of them: then what was earned or
        spent may stand there, and only the verbs of `returns` find it."""
        return any(book.continues for book in self._all.values())

    def settled_book(self, currency_id: uuid.UUID) -> Book:
        """The book in this currency, with all that is due posted. Raises `PointsUnknown` for an unknown currency."""
        if currency_id not in self._used:
            if currency_id not in self._all:
                self._all[currency_id] = book_store.open_book(
                    member_id=self.member_id, currency_id=currency_id, now=self.now
                )
            settlement.settle_ledgers([self._all[currency_id]], now=self.now)
            self._used[currency_id] = self._all[currency_id]
        return self._used[currency_id]

    def used_book(self, currency_id: uuid.UUID) -> Book | None:
        """The book in this currency, if something was posted or asked in it."""
        return self._used.get(currency_id)

    def used_books(self) -> list[Book]:
        """Every such book."""
        return list(self._used.values())

    def save(self) -> None:
        """Write what was posted in all of them, at once."""
        book_store.save_book(*self._used.values(), now=self.now)
