"""Opening hours out of one column per day, as Google Business Profile and many spreadsheets keep them."""

from collections.abc import Mapping
from itertools import groupby

from geo.places.imports.layouts import WEEKDAYS
from geo.places.plain_values import plain_text, same_name_key

CLOSED = frozenset(("x", "c", "closed", "ferme", "fermee", "off"))
ALL_DAY = frozenset(("open24hours", "24hours", "24h", "24h24", "00002400", "00000000", "1200am1200am"))


def compose_hours(values: Mapping[str, object]) -> str | None:
    """`Mo-Fr 09:00-19:00; Sa 10:00-18:00; Su off` out of seven fields; None when no day is said.

    A day that is left empty is not said, and so counts as closed beside days that are. Times are passed on as they were
    typed, for the repair that all hours go through.
    """
    if not any(day in values for day in WEEKDAYS):
        return None
    said = [(day, _day(values.get(day))) for day in WEEKDAYS]
    rules = []
    for text, group in groupby(said, key=lambda one: one[1]):
        days = [day for day, _ in group]
        if text:
            rules.append(f"{days[0] if len(days) == 1 else f'{days[0]}-{days[-1]}'} {text}")
    return "; ".join(rules) or None


def _day(value: object) -> str:
    text = plain_text(value)[0] or ""
    key = same_name_key(text) if text else ""
    if key in CLOSED:
        return "off"
    return "00:00-24:00" if key in ALL_DAY else text.replace(";", ",")
