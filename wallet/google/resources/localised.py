"""Words as Google takes them: French and English beside each other, and short where a field is made for short ones."""

import unicodedata
from typing import Any

from app.languages import Text

ELLIPSIS = "…"
JOINER = "\u200d"


def localise(words: Text) -> dict[str, Any]:
    """A text in both languages; phones of any other language show the French one."""
    return {
        "defaultValue": {"language": "fr", "value": words.fr},
        "translatedValues": [{"language": "en", "value": words.en}],
    }


def shorten(text: str, *, most: int) -> str:
    """The text in at most so many characters: cut behind a word where there is one, and never within a sign that is
    put together from several characters."""
    if len(text) <= most:
        return text
    end = most - len(ELLIPSIS)
    while end > 0 and _joins(text, end):
        end -= 1
    space = text.rfind(" ", 0, end + 1)
    return text[: space if space > end // 2 else end].rstrip() + ELLIPSIS


def _joins(text: str, at: int) -> bool:
    """Whether what stands here belongs to the character before."""
    sign = text[at]
    return (
        bool(unicodedata.combining(sign))
        or sign == JOINER
        or text[at - 1] == JOINER
        or "\ufe00" <= sign <= "\ufe0f"
        or "\U0001f3fb" <= sign <= "\U0001f3ff"
        or ("\U0001f1e6" <= sign <= "\U0001f1ff" and _is_second_of_a_flag(text, at))
    )


def _is_second_of_a_flag(text: str, at: int) -> bool:
    before = 0
    while at - before > 0 and "\U0001f1e6" <= text[at - before - 1] <= "\U0001f1ff":
        before += 1
    return before % 2 == 1
