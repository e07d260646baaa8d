"""`ici relearn`: what was learnt is learnt again from what is kept."""

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from app.sql import db
from offers.learning.commands import relearn
from offers.learning.models import LearntCount
from tests.factories import made
from tests.learning.factories import Regular


@pytest.fixture(autouse=True)
def connected(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests have a database already."""
    monkeypatch.setattr("app.commands.preparation.connect", lambda: None)


def run(*words: object) -> Result:
    return CliRunner().invoke(relearn, [str(word) for word in words])


def test_it_makes_the_counts_of_a_member_anew() -> None:
    regular = Regular()
    regular.buy()
    regular.learn()
    before = regular.counts
    with made():
        db.execute(update(LearntCount).where(LearntCount.member_id == regular.member.id).values(weight=7))
    said = run("--member", regular.member.id)
    assert (said.exit_code, said.output) == (0, "1 profiles were learnt again.\n")
    assert regular.counts == before


def test_all_are_learnt_again() -> None:
    regular = Regular()
    regular.buy()
    assert run("--all").exit_code == 0
    assert regular.counts != {}


@pytest.mark.parametrize("words", [(), ("--all", "--member", "01a22383-c735-7259-81ab-93a6e6ed965a")])
def test_it_wants_one_or_all(words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2
