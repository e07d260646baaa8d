"""Questions that every verb asks can use the indexes that hold only what is left."""

import uuid
from typing import Any

import pytest
from sqlalchemy.dialects import postgresql

from tests.factories import NOON
from wallet.ledger import queries
from wallet.points.queries import next_expiries

ME, THEIRS = uuid.UUID(int=1), uuid.UUID(int=2)
LIVE = ("remaining > 0", "state = 'active'")
QUESTIONS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "lots that can pay": (queries.live_lots(ME, THEIRS, now=NOON), LIVE),
    "next expiries": (next_expiries(ME, THEIRS, now=NOON, but=[]), LIVE),
    "lots that are due": (queries.lots_due([(ME, THEIRS)], now=NOON), (*LIVE, "state = 'pending'")),
    "what is due next": (queries.next_due([(ME, THEIRS)]), (*LIVE, "state = 'pending'", "state = 'open'")),
    "holds that are over": (queries.holds_due([(ME, THEIRS)], now=NOON), ("state = 'open'",)),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_condition_of_an_index_is_written_out_and_no_parameter(name: str) -> None:
    """A plan for any value of a parameter could not use the index: it would read all that there ever was."""
    question, conditions = QUESTIONS[name]
    written = str(question.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
    assert [condition for condition in conditions if condition not in written] == []
