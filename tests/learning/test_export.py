"""What an access export tells of what is learnt can be read by a person."""

from app.rights.export import access_export
from app.sql import db
from tests.factories import NOON
from tests.learning.factories import Regular


def rows_of(regular: Regular, table: str) -> list[dict[str, object]]:
    with db.transaction():
        db.become(member_id=regular.member.id, principal_id=regular.member.id)
        told = access_export.access_export(member_id=regular.member.id, language="fr", now=NOON)
    return next(one["rows"] for one in told["data"] if one["table"] == table)


def test_counts_are_told_as_what_they_are_worth() -> None:
    regular = Regular()
    for _ in range(2):
        regular.buy()
    regular.learn()
    counts = {(row["kind"], row["key"]): row["weight"] for row in rows_of(regular, "learnt_count")}
    assert counts["category", "food"] == 2.0
    assert counts["spend", "EUR"] == 2000.0
    assert counts["day", "2026-05-18"] == 2
    [profile] = rows_of(regular, "profile")
    assert (profile["visits"], profile["spend"]) == (2.0, 2000.0)


def test_a_profile_of_which_nothing_was_learnt_yet_is_told_too() -> None:
    [profile] = rows_of(Regular(), "profile")
    assert profile["visits"] == 0
