"""Whatever people read, by ear: words that agree with their numbers, dates with their articles, no word of ours."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest

from app.data_map import RETENTION, DataClass
from app.languages import Language, Moment, Text

ROOT = Path(__file__).parent.parent
SOURCES = [file for room in ("app", "geo", "wallet", "offers") for file in sorted((ROOT / room).rglob("*.py"))]
SEVERAL = {"longest", "expected", "most", "most_m", "days", "minutes", "parts"}
"""Facts that are constants of ours, and never one. `most` is none where a brand chooses it."""
CHOSEN = ("wallet/programmes", "wallet/ledger", "offers/gestures")
COUNTED = re.compile(r"\{(\w+)\} (?!(?:fois|after|après|is|was|has|holds|lies|earns|less)\b)(\w+s)\b")
INSTANT = re.compile(r"(\S+) \{(at|until|day|\w+_at|\w+_on)\}")
BEFORE: dict[Language, set[str]] = {
    "fr": {"le", "du", "au", "jusqu'au", "l'"},
    "en": {"on", "from", "to", "until", "after", "beyond"},
}
UNHEARD = re.compile(
    r"\(s\)|mal tapé|base de données ne|\battentions?\b|à la porte|the database (does|is)|at the door", re.I
)


@cache
def texts() -> list[tuple[str, str, str]]:
    """Where each text stands, and what it says in French and English."""
    return list(read_texts())


def read_texts() -> Iterator[tuple[str, str, str]]:
    for file in SOURCES:
        for call in ast.walk(ast.parse(text)) if "Text(" in (text := file.read_text()) else ():
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Text":
                said = {keyword.arg: keyword.value for keyword in call.keywords}
                fr, en = said.get("fr"), said.get("en")
                if isinstance(fr, ast.Constant) and isinstance(en, ast.Constant):
                    yield f"{file.relative_to(ROOT)}:{call.lineno}", fr.value, en.value


def test_texts_are_found() -> None:
    assert len(texts()) > 700


def test_no_word_is_left_to_agree_with_its_number_by_itself() -> None:
    found = [
        f"{place} {match.group()}"
        for place, *said in texts()
        for sentence in said
        for match in COUNTED.finditer(sentence)
        if match[1] not in SEVERAL or (match[1] == "most" and place.startswith(CHOSEN))
    ]
    assert found == []


def test_every_date_has_its_article() -> None:
    found = [
        f"{place} {match.group()}"
        for place, fr, en in texts()
        for language, sentence in (("fr", fr), ("en", en))
        for match in INSTANT.finditer(sentence)
        if match[1].lower() not in BEFORE[language]  # type: ignore[index]
    ]
    assert found == []


def test_nobody_hears_words_of_ours() -> None:
    assert [(place, said) for place, *both in texts() for said in both if UNHEARD.search(said)] == []


@pytest.mark.parametrize("data_class", DataClass)
def test_how_long_something_is_kept_is_a_french_sentence(data_class: DataClass) -> None:
    said = RETENTION[data_class].say("fr")
    assert not re.search(r"\b(à|de) les? ", said)


def test_what_is_kept_until_an_event_names_it() -> None:
    assert RETENTION[DataClass.STAFF].say("fr") == "jusqu'au départ de la personne, puis 1 an en archive restreinte"


LEFT = Text(
    fr="Il reste {left} {left:article|articles} à reprendre.", en="{left} {left:item|items} can still come back."
)


@pytest.mark.parametrize(
    ("left", "fr", "en"),
    [
        (0, "Il reste 0 article à reprendre.", "0 items can still come back."),
        (1, "Il reste 1 article à reprendre.", "1 item can still come back."),
        (2, "Il reste 2 articles à reprendre.", "2 items can still come back."),
        (21, "Il reste 21 articles à reprendre.", "21 items can still come back."),
        (1_000_000, "Il reste 1000000 articles à reprendre.", "1000000 items can still come back."),
    ],
)
def test_a_word_agrees_with_its_number(left: int, fr: str, en: str) -> None:
    assert (LEFT.say("fr", {"left": left}), LEFT.say("en", {"left": left})) == (fr, en)


def test_a_text_is_shown_before_anything_is_counted() -> None:
    assert LEFT.outline("fr") == "Il reste {left} articles à reprendre."
    assert LEFT.outline("en") == "{left} items can still come back."


WHEN = Text(fr="Remplacée le {at}.", en="Replaced on {at}.")


@pytest.mark.parametrize(
    ("at", "fr", "en"),
    [
        (
            Moment(datetime(2026, 11, 28, 6, 17, tzinfo=UTC), "Europe/Paris"),
            "Remplacée le 28 novembre à 07:17.",
            "Replaced on 28 November 07:17.",
        ),
        (
            Moment(datetime(2026, 4, 30, 22, 5, tzinfo=UTC), "Europe/Paris"),
            "Remplacée le 1er mai à 00:05.",
            "Replaced on 1 May 00:05.",
        ),
        (
            Moment(datetime(2028, 5, 18, 8, tzinfo=UTC), "Europe/Paris", has_year=True),
            "Remplacée le 18 mai 2028 à 10:00.",
            "Replaced on 18 May 2028 10:00.",
        ),
        (date(2026, 5, 1), "Remplacée le 1er mai 2026.", "Replaced on 1 May 2026."),
        (date(2026, 5, 18), "Remplacée le 18 mai 2026.", "Replaced on 18 May 2026."),
    ],
)
def test_dates_are_said_as_people_say_them(at: Moment | date, fr: str, en: str) -> None:
    assert (WHEN.say("fr", {"at": at}), WHEN.say("en", {"at": at})) == (fr, en)


@pytest.mark.parametrize(("language", "said"), [("fr", "a, true, 3"), ("en", "a, true, 3")])
def test_a_list_is_read_out(language: Language, said: str) -> None:
    assert Text(fr="{all}", en="{all}").say(language, {"all": ["a", True, 3]}) == said
