"""What may be wrong with a pass: its code, how bad it is, what the holder meets, how it is mended. And what was found.

What comes from a pass is a stranger's text: it is shortened and made harmless before it stands in a sentence.
"""

import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from app.languages import Text
from app.ops.imports.outcomes import Found, Said

LONGEST_SHOWN = 80
"""Characters of a stranger's text that a sentence repeats."""
MOST_ALIKE = 10
"""How many of one kind are told one by one; of the others their number."""


class Grade(StrEnum):
    """A fault makes wallets refuse the pass or show something wrong; a warning, some of them or some day; a remark says
    what could be better."""

    FAULT = "fault"
    WARNING = "warning"
    REMARK = "remark"


class Ailment(Said):
    """Something that may be wrong with a pass. Codes are stable: programs read them.

    `sentence` says what was found, `meaning` what the holder of the pass meets, `remedy` what its issuer does.
    """

    grade: Grade
    meaning: Text
    remedy: Text

    def __new__(cls, code: str, grade: Grade, meaning: Text, sentence: Text, remedy: Text) -> Self:
        """An ailment is a text, its code, that carries the words."""
        ailment = str.__new__(cls, code)
        ailment._value_ = code
        ailment.heading = ailment.sentence = sentence
        ailment.question = None
        ailment.grade, ailment.meaning, ailment.remedy = grade, meaning, remedy
        return ailment


@dataclass
class Symptoms:
    """What was found in a pass so far, in the order of the examination."""

    found: list[Found] = field(default_factory=list)
    unlisted: Counter[Ailment] = field(default_factory=Counter)
    """Of ailments that were found very often: how many more there are than `found` holds."""
    _counted: Counter[Ailment] = field(default_factory=Counter)

    def note(self, ailment: Ailment, about: str = "", **facts: Any) -> None:
        """Keep one finding. `about` is a member of the pass, with a JSON Pointer after `#` where it holds JSON."""
        self._counted[ailment] += 1
        if self._counted[ailment] > MOST_ALIKE:
            self.unlisted[ailment] += 1
            return
        said = {name: shown(value) if isinstance(value, str) else value for name, value in facts.items()}
        self.found.append(Found(ailment, shown(about), said))

    def counted(self, grade: Grade) -> int:
        """How many findings have this grade."""
        return sum(number for ailment, number in self._counted.items() if ailment.grade is grade)

    def holds(self, ailment: Ailment) -> bool:
        """Whether this was found already."""
        return self._counted[ailment] > 0


def shown(text: str) -> str:
    """A text of a pass as it can stand in a sentence and on a terminal: short, on one line, without hidden signs."""
    kept = "".join(one if _is_visible(one) else "�" for one in text[: LONGEST_SHOWN + 1])
    return kept if len(kept) <= LONGEST_SHOWN else kept[: LONGEST_SHOWN - 1] + "…"


def _is_visible(sign: str) -> bool:
    """Neither a control, nor one that turns the direction of text, nor half of a sign."""
    return unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
