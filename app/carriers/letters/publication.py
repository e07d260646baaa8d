"""A brand's own words: read from the folder that it writes them in, checked, and published together.

| file | holds |
|---|---|
| `sign_in_code.fr.txt` | the subject, an empty line, the paragraphs (`kinds` says how they are written) |
| `sign_in_code.fr.html` | the same as HTML, between our head and our foot (`markup_rules` says what it may hold) |
| `sign_in_code.fr.sms.txt` | the text message |
"""

import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from app.carriers import queries
from app.carriers.errors import LetterWordsWrong
from app.carriers.letters import composition, gsm_alphabet
from app.carriers.letters.kinds import KINDS, LetterKind
from app.carriers.letters.markup_rules import check_markup
from app.carriers.models import BrandLetter
from app.languages import LANGUAGES
from app.sql import db

NAME = re.compile(r"(?P<kind>[a-z_]+)\.(?P<language>[a-z]{2})\.(?P<part>txt|html|sms\.txt)")
SUBJECT = re.compile(r"(?:(?:subject|objet)\s*:\s*)?(.+)", re.IGNORECASE)
CARRIED_OFF = re.compile(r"(://|mailto:|tel:)[^\s{]*\{")
LONGEST = {"subject": 200, "text": 10_000, "html": 50_000, "sms": 600}
"""Characters."""
LONGEST_CODE = 12
LONGEST_DOMAIN = 60
"""Characters of the site that a code is bound to: with it a text message still fits one part."""
MOST_OF_A_CODE = gsm_alphabet.ONE_PART - LONGEST_DOMAIN - len("\n\n@ #") - LONGEST_CODE


def read_letters(folder: Path, *, brand_id: uuid.UUID, now: datetime) -> list[BrandLetter]:
    """The letters of a folder, checked. Raises `LetterWordsWrong`, which names the file."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for file in sorted(folder.iterdir()):
        name = NAME.fullmatch(file.name)
        if name is None or name["kind"] not in KINDS or name["language"] not in LANGUAGES:
            raise LetterWordsWrong(
                f"{file.name}: a file is called KIND.LANGUAGE.txt, .html or .sms.txt, where KIND is"
                f" one of {', '.join(KINDS)} and LANGUAGE is fr or en."
            )
        try:
            parts = _parts(name["part"], file.read_text(encoding="utf-8"))
            _check_parts(KINDS[name["kind"]], parts)
        except (LetterWordsWrong, UnicodeDecodeError) as wrong:
            raise LetterWordsWrong(f"{file.name}: {wrong}") from None
        found.setdefault((name["kind"], name["language"]), {}).update(parts)
    for (kind, language), parts in found.items():
        if "html" in parts and "text" not in parts:
            raise LetterWordsWrong(
                f"{kind}.{language}.html: not everybody reads HTML: {kind}.{language}.txt is missing."
            )
    empty = dict.fromkeys(LONGEST)
    return [
        BrandLetter(brand_id=brand_id, kind=kind, language=language, published_at=now, **(empty | parts))
        for (kind, language), parts in found.items()
    ]


def publish_letters(letters: list[BrandLetter], *, brand_id: uuid.UUID) -> int:
    """Make these all the words that the brand has of its own, and return how many letters that are."""
    db.execute(queries.no_letters_of(brand_id))
    for letter in letters:
        db.add(letter)
    return len(letters)


def _parts(part: str, content: str) -> dict[str, str]:
    if part == "html":
        return {"html": content.strip()}
    if part == "sms.txt":
        return {"sms": content.strip()}
    subject, _, text = content.strip().partition("\n")
    said = SUBJECT.fullmatch(subject.strip())
    if said is None or not text.strip():
        raise LetterWordsWrong("the subject stands in the first line, then an empty line, then the text.")
    return {"subject": said[1].strip(), "text": text.strip()}


def _check_parts(kind: LetterKind, parts: Mapping[str, str]) -> None:
    allowed = {"brand", *kind.example}
    for part, words in parts.items():
        if len(words) > LONGEST[part]:
            raise LetterWordsWrong(f"the {part} is longer than {LONGEST[part]} characters.")
        places = set(composition.PLACE.findall(words))
        if places - allowed:
            raise LetterWordsWrong(f"there is no place {{{min(places - allowed)}}}: {', '.join(sorted(allowed))}.")
        if CARRIED_OFF.search(words):
            raise LetterWordsWrong("an address cannot hold a place: what is said to the reader is for nobody else.")
        if part != "subject" and kind.needed - places:
            raise LetterWordsWrong(f"{{{min(kind.needed - places)}}} must stand in the {part}.")
        if part != "subject" or not {"code", "link"} & places:
            continue
        raise LetterWordsWrong("a code or a link does not stand in a subject: locked screens show it.")
    if "html" in parts:
        check_markup(parts["html"])
    if "sms" in parts:
        _check_sms(kind, parts["sms"])


def _check_sms(kind: LetterKind, words: str) -> None:
    if kind.sms is None:
        raise LetterWordsWrong("this kind is no text message.")
    example: dict[str, Any] = {**kind.example, "brand": "", "code": "0" * LONGEST_CODE}
    if "code" not in kind.example:
        return
    said = gsm_alphabet.to_gsm_letters(composition.PLACE.sub(lambda place: str(example[place[1]]), words))
    places = gsm_alphabet.count_gsm_letters(said)
    if places > MOST_OF_A_CODE:
        raise LetterWordsWrong(f"a text message with a code has {MOST_OF_A_CODE} characters at most, not {places}.")
