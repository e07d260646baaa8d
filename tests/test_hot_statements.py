"""The short way to the database: what is sent arrives as it was meant."""

from app.factory import Ici
from app.sql import hot_statements

ODD = ["null", 'a"b', "c\\d", "e,f", "{g}", "", " h ", "é"]


def test_the_texts_of_a_list_arrive_as_they_were_sent(app: Ici) -> None:
    with hot_statements.kept_connection() as connection:
        rows = hot_statements.ask_statement(connection, "SELECT unnest($1::text[])", [ODD])
    assert [text.decode() for (text,) in rows] == ODD


def test_a_list_inside_a_list_keeps_its_own_length(app: Ici) -> None:
    """As decisions send it: each element is the text of an array."""
    with hot_statements.kept_connection() as connection:
        rows = hot_statements.ask_statement(
            connection, "SELECT cardinality(unnest($1::text[])::int[])", [["{}", "{1,2,3}"]]
        )
    assert rows == [(0,), (3,)]
