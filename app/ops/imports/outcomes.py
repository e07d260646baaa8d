"""What became of the rows of a file, in the words that every import shares.

A row is accepted, corrected (what, and why), refused (what, and why) or unchanged. What was found about it is a code
with its facts; the room that imports has the sentences.
"""

import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from app.languages import Language, Text


class RowOutcome(StrEnum):
    """What became of a row. A corrected row that changes nothing any more is unchanged."""

    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    REFUSED = "refused"
    UNCHANGED = "unchanged"


class Said(StrEnum):
    """What a room may find about a row: its code, which never changes as programs read it, and what is said of it.

    `heading` is for the count at the end of a report, `sentence` for a row, with facts (the heading unless given);
    `question` is for the person who is typing and can answer, where that makes sense.
    """

    heading: Text
    sentence: Text
    question: Text | None

    def __new__(cls, code: str, heading: Text, sentence: Text | None = None, question: Text | None = None) -> Self:
        """A finding is a text, its code, that carries the words."""
        finding = str.__new__(cls, code)
        finding._value_ = code
        finding.heading, finding.sentence, finding.question = heading, sentence or heading, question
        return finding

    @classmethod
    def with_code(cls, code: str) -> Self:
        """The finding of this code. Raises `KeyError` where the room has none."""
        return {finding.value: finding for finding in cls}[code]


class RowFault(Said):
    """What may be wrong with a row of any file."""

    TEXT_UNSTORABLE = (
        "text_unstorable",
        Text(
            fr="un caractère impossible (NUL, ou la moitié d'un signe) ne peut pas être gardé",
            en="an impossible character (NUL, or half of a sign) cannot be kept",
        ),
    )


@dataclass(frozen=True)
class Found:
    """One finding with its facts. `about` is the field that it is about; the facts hold nothing that was dropped."""

    finding: Said
    about: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    sentence: Text | None = None
    """Words of its own, where a refusal elsewhere has them already."""

    def say(self, language: Language) -> str:
        """The finding as a sentence, with its facts."""
        return (self.sentence or self.finding.sentence).say(language, self.facts)


@dataclass(frozen=True)
class JudgedRow:
    """One line of the report. `reference` and `name` are the file's; `id` is what was made, if anything was.

    `changed` names the fields of a known thing that the row changed; None for a new one.
    """

    number: int
    outcome: RowOutcome
    found: Sequence[Found] = ()
    reference: str | None = None
    name: str | None = None
    id: uuid.UUID | None = None
    changed: Sequence[str] | None = None


@dataclass
class Summary:
    """How many rows had which outcome, which findings there were, and what was left at the door."""

    outcomes: dict[RowOutcome, int] = field(default_factory=lambda: dict.fromkeys(RowOutcome, 0))
    findings: Counter[tuple[RowOutcome, Said]] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    """Columns, or kinds of data, that never come in: how many rows had something there."""

    def count(self, judged: JudgedRow) -> None:
        """Take one row into account."""
        self.outcomes[judged.outcome] += 1
        for found in judged.found:
            self.findings[judged.outcome, found.finding] += 1

    def add(self, other: "Summary") -> None:
        """Take the rows of another summary into account too, those of the next batch."""
        for outcome, rows in other.outcomes.items():
            self.outcomes[outcome] += rows
        self.findings.update(other.findings)
        self.dropped.update(other.dropped)


Report = Callable[[JudgedRow], None]
"""Hears of each row, in the order of the file."""
