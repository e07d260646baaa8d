"""A card as somebody gives it, and a row of a file with what was found about it. No database."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from app.languages import Language
from app.ops import deadlines
from app.ops.imports.outcomes import Found
from wallet.externals.errors import TooManyRows
from wallet.externals.findings import Dropped, FileReading
from wallet.externals.models import Encoding, Symbology

MOST_CARDS = 2000
"""External cards in one wallet: more than anybody carries, and little enough to export in one answer."""
LONGEST_PROGRAMME, LONGEST_NUMBER, LONGEST_NOTE, LONGEST_GROUP = 80, 200, 4000, 60
"""Characters of what a member writes on a card."""
MOST_GROUPS = 20
"""Groups of one card."""
EARLIEST, LATEST = date(1980, 1, 1), date(2999, 12, 31)
"""Days on which a card may expire: before, a file's seconds and its milliseconds could not be told apart."""
LARGEST_BALANCE = 10**12
"""In minor units, or points."""


@dataclass(frozen=True)
class CardWish:
    """What a card should hold; the fields are those of `ExternalCard`."""

    programme: str
    code: str
    symbology: Symbology = Symbology.NONE
    encoding: Encoding | None = None
    number: str | None = None
    note: str | None = None
    colour: str | None = None
    expires_on: date | None = None
    balance_minor: int | None = None
    currency: str | None = None
    balance_points: int | None = None
    groups: tuple[str, ...] = ()

    @property
    def identity(self) -> bytes:
        """What makes two cards the same card, whatever else is written on them."""
        said = "\0".join((self.programme.casefold(), self.symbology, self.code))
        return hashlib.sha256(said.encode()).digest()

    def identity_beside(self, apart: bytes) -> bytes:
        """The identity of a card that is another one with the same code; `apart` tells the two apart."""
        return hashlib.sha256(self.identity + apart).digest()


@dataclass(frozen=True)
class Holder:
    """For whom a file is read: the language of its words, and the time zone of its days, null if nobody said."""

    language: Language = "fr"
    zone: ZoneInfo | None = None


@dataclass(frozen=True)
class Raw:
    """A card as a file says it, before anything is judged. `symbology` is in the words of the file."""

    programme: str | None
    code: str | None
    symbology: str | None = None
    encoding: str | None = None
    """In the words of the file; empty and None mean that it does not say."""
    number: str | None = None
    note: str | None = None
    colour: str | None = None
    expires_on: date | None = None
    balance: Decimal | None = None
    currency: str | None = None
    """Of the balance; empty means points, None that the file does not say."""
    groups: Sequence[str] = ()
    archived: bool | None = None
    """None where the file has no word for it."""
    pass_identity: bytes | None = None
    """Which pass this is, if it is one."""
    is_coupon: bool = False
    """Whether it is a pass for one use, which may carry the code of a card without being that card."""
    found: Sequence[Found] = ()
    """What the reader found already."""

    @property
    def texts(self) -> Sequence[str]:
        """Everything in it that would be kept."""
        given = (self.programme, self.code, self.symbology, self.encoding, self.number, self.note, self.currency)
        return [*(text for text in given if text), *self.groups]


@dataclass
class CardRow:
    """A card of a file, judged. Without a `wish` it is refused, and `found` says why."""

    wish: CardWish | None
    programme: str | None = None
    archived: bool | None = None
    pass_identity: bytes | None = None
    is_coupon: bool = False
    has_no_points: bool = False
    """Whether the file says zero of points, which it also writes for "no balance"."""
    found: list[Found] = field(default_factory=list)


@dataclass
class Content:
    """What a file holds: its cards, what of it was left at the door (with how often), and how it was read."""

    format: str
    rows: list[Raw] = field(default_factory=list)
    dropped: Counter[Dropped] = field(default_factory=Counter)
    read_as: Counter[FileReading] = field(default_factory=Counter)

    def add(self, row: Raw) -> None:
        """One more card, while the file is being read. Raises `TooManyRows`, and what a deadline raises."""
        deadlines.check_deadline()
        if len(self.rows) >= MOST_CARDS:
            raise TooManyRows(most=MOST_CARDS)
        self.rows.append(row)


AMOUNT = re.compile(r"\s*-?[0-9]{1,15}(\.[0-9]{1,15})?([eE][-+]?[0-9]{1,2})?\s*", re.ASCII)


def amount_of(said: str) -> Decimal | None:
    """A number of any file; None for what is none, also for the infinities and not-a-numbers that decimals know."""
    return Decimal(said.strip()) if AMOUNT.fullmatch(said) else None


def with_plain_ends(text: str) -> str:
    """Text whose lines all end alike, so that a card stays the same on its way through files."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
