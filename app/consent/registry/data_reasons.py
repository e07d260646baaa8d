""" "Why do you ask?": a reason for every datum that a request can hold, as data in `app/reasons.toml`."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.languages import Text

FILE = Path(__file__).parents[2] / "reasons.toml"


@dataclass(frozen=True)
class Why:
    """Why a field is asked. `purposes` are codes of the registry or of `personal.DUTIES`; `without` is what happens
    when it is left empty."""

    field: str
    purposes: Sequence[str]
    optional: bool
    reason: Text
    without: Text


@cache
def reasons() -> Mapping[str, Why]:
    """Every field that says something about a person, by its name `Shape.field`."""
    with FILE.open("rb") as opened:
        asked = tomllib.load(opened)["asked"]
    return {
        field: Why(field, one["purposes"], one["optional"], Text(**one["reason"]), Text(**one["without"]))
        for one in asked
        for field in one["fields"]
    }


@cache
def nothing_personal() -> Mapping[str, str]:
    """Shapes and fields that say nothing about a person, and what they are."""
    with FILE.open("rb") as opened:
        found: Mapping[str, str] = tomllib.load(opened)["nothing_personal"]
    return found


def why(*, field: str | None = None) -> Sequence[Why]:
    """The reasons: all of them, or that of one field; nothing for a field that says nothing about a person."""
    return [one for name, one in reasons().items() if field in (None, name)]
