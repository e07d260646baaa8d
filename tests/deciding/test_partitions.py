"""Decisions lie in parts, one for each month: made ahead, dropped when their time is over, and never before."""

from datetime import date

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from app import clock
from app.config import Config
from app.sql import db
from offers.deciding import jobs

KEPT_FOR = "can be explained for six months"


def ask(function: str, month: date | None) -> bool:
    """What a function of the owner says to the application's role."""
    with db.system_transaction():
        done = db.execute(text(f"SELECT {function}(CAST(:month AS date))"), {"month": month})
        return bool(done.scalar_one())


def months_from_now(number: int) -> date:
    with db.system_transaction():
        month = "(date_trunc('month', now() AT TIME ZONE 'UTC') + CAST(:n AS integer) * interval '1 month')::date"
        found: date = db.execute(text(f"SELECT {month}"), {"n": number}).scalar_one()
        return found


@pytest.fixture
def old_month(settings: Config) -> date:
    """A month that was over seven months ago, with its part."""
    month = months_from_now(-8)
    ask("ici_make_decision_partition", month)
    return month


def test_a_part_whose_time_is_over_is_dropped_once(old_month: date) -> None:
    assert [ask("ici_drop_decision_partition", old_month) for _ in "ab"] == [True, False]


def test_the_job_drops_what_is_over(old_month: date) -> None:
    with db.system_transaction():
        assert jobs.drop_partitions(now=clock.now()) == 1


@pytest.mark.parametrize("months", [-6, -1, 0, 1])
def test_a_part_that_is_not_over_is_dropped_by_nobody_who_asks_the_function(months: int) -> None:
    with pytest.raises(DBAPIError, match=KEPT_FOR):
        ask("ici_drop_decision_partition", months_from_now(months))


def test_no_month_is_no_month_that_is_over() -> None:
    with pytest.raises(DBAPIError, match=KEPT_FOR):
        ask("ici_drop_decision_partition", None)


def test_a_table_that_is_no_part_is_not_dropped(settings: Config) -> None:
    owner = create_engine(settings.owner_database_url or "")
    with owner.begin() as connection:
        connection.execute(text("CREATE TABLE decision_199001 ()"))
    assert not ask("ici_drop_decision_partition", date(1990, 1, 1))
    with owner.begin() as connection:
        connection.execute(text("DROP TABLE decision_199001"))
    owner.dispose()


@pytest.mark.parametrize("months", [-20, 20])
def test_parts_are_made_only_around_now(months: int) -> None:
    with pytest.raises(DBAPIError, match="at most a year ahead"):
        ask("ici_make_decision_partition", months_from_now(months))


def test_every_function_with_the_rights_of_the_owner_is_known() -> None:
    """Each is a way around row-level security and grants: a new one must say itself what may be done with it."""
    with db.system_transaction():
        rows = db.fetch(
            "SELECT proname FROM pg_proc JOIN pg_roles AS r ON r.oid = proowner"
            " WHERE prosecdef AND rolname = 'ici_owner' ORDER BY 1"
        )
    assert [name for (name,) in rows] == [
        "ici_drop_decision_partition",
        "ici_forget_permission_payload",
        "ici_forget_points_of_erased",
        "ici_make_decision_partition",
        "ici_reduce_evidence_of_erased",
    ]
