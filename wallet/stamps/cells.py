"""The stamps of a member as cards: how many are full, and what is on the one that fills now. Pure."""

from enum import StrEnum
from typing import NamedTuple

from app.languages import Language, Phrase
from wallet.stamps import wording


class StampState(StrEnum):
    """Of the card that a member shows: nothing is on it; it fills; it is full, and its reward is to come; or the last
    one was used, and the next one has nothing on it yet."""

    EMPTY = "empty"
    STARTED = "started"
    FULL = "full"
    USED = "used"


class StampCells(NamedTuple):
    """Cards of `size` cells: so many are full, so many stamps are on the next one, so many cards were used before.
    Stamps of purchases that came back when their card was used are `owed`: the next ones make up for them."""

    size: int
    full: int
    stamps: int
    used: int = 0
    owed: int = 0

    @property
    def state(self) -> StampState:
        """That of the card that is shown: a full one before the one that fills."""
        if self.full:
            return StampState.FULL
        if self.stamps:
            return StampState.STARTED
        return StampState.USED if self.used else StampState.EMPTY

    @property
    def shown(self) -> int:
        """The stamps on the card that is shown."""
        return self.size if self.full else self.stamps


def read_cells(*, size: int, available: int, used: int = 0, owed: int = 0) -> StampCells:
    """So many stamps as cards of this size."""
    full, stamps = divmod(available, size)
    return StampCells(size, full, stamps, used, owed)


def tell_cells(cells: StampCells, language: Language) -> str:
    """`7 tampons sur 10`, or that a card is full, or was used."""
    count = Phrase(wording.COUNT, {"stamps": cells.stamps, "size": cells.size})
    said = count
    if cells.full:
        said = Phrase(wording.FULL if cells.full == 1 else wording.FULLS, {"full": cells.full, "size": cells.size})
        if cells.stamps:
            said = Phrase(wording.NEXT, {"sentence": said, "count": count})
    elif cells.state is StampState.USED:
        said = Phrase(wording.USED, {"count": count})
    if cells.owed:
        said = Phrase(wording.OWED, {"sentence": said, "owed": cells.owed})
    return said.spoken(language)


def write_cells(cells: StampCells) -> str:
    """`7/10`, where there is room for no word."""
    return f"{cells.shown}/{cells.size}"
