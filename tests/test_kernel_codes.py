"""The codes of refusals are one closed list: each says one fact, in two languages, and stands in the document."""

import importlib
import pkgutil
import string
from collections import Counter

import app as kernel
import geo
import offers
import wallet
from app.errors import CONSTRAINTS, every_problem
from app.factory import ROOMS, Ici
from app.languages import Text
from tests.speaking import Speaker

for package in (kernel, geo, wallet, offers):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)

PROBLEMS = sorted(set(every_problem()), key=lambda problem: problem.code())
NAMES = [problem.code() for problem in PROBLEMS]


def places(sentence: str) -> set[str]:
    """The facts that a sentence speaks of."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


TEXTS: list[tuple[str, Text]] = [
    (problem.code(), text) for problem in PROBLEMS for text in (problem.title, problem.remedy) if text is not None
]
ENDS = (".", "!", "?")


def test_no_two_refusals_share_a_code() -> None:
    assert [code for code, count in Counter(NAMES).items() if count > 1] == []


def test_a_refusal_speaks_both_languages() -> None:
    assert [code for code, text in TEXTS if not text.fr.strip() or not text.en.strip() or text.fr == text.en] == []


def test_both_languages_tell_the_same_facts() -> None:
    assert [code for code, text in TEXTS if places(text.fr) != places(text.en)] == []


def test_a_refusal_is_a_sentence() -> None:
    assert [code for code, text in TEXTS if not text.fr.endswith(ENDS) or not text.en.endswith(ENDS)] == []


def test_a_refusal_has_a_status_of_refusals() -> None:
    assert [problem.code() for problem in PROBLEMS if not 400 <= problem.status < 600] == []


def test_the_document_publishes_the_whole_list(app: Ici, anyone: Speaker) -> None:
    published = anyone.get("/openapi.json").get_json()["components"]["schemas"]["ProblemCode"]["enum"]
    assert published == sorted({problem.code() for problem in PROBLEMS if problem.__module__ != "tests"})


def test_every_constraint_with_a_refusal_exists_in_the_tables() -> None:
    from app.sql.db import Base

    known = {str(c.name) for table in Base.metadata.tables.values() for c in table.constraints if c.name}
    known |= {str(index.name) for table in Base.metadata.tables.values() for index in table.indexes}
    assert set(CONSTRAINTS) - known == set()


def test_refusals_live_in_the_errors_of_their_room() -> None:
    homes = {problem.__module__ for problem in PROBLEMS}
    assert homes <= {
        "app.errors",
        "app.consent.registry.errors",
        *(f"{room}.errors" for room in ("app.messages", *ROOMS)),
    }
