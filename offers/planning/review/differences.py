"""What changes from one version of an offer to another, value by value. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from app.languages import Language, Money, Text
from offers.planning.review import wording
from offers.planning.schedules.recurrence import schedule_in
from offers.planning.schedules.wording import tell_schedule

NO_CONTENT = ("version", "last_day", "drafted_by", "drafted_at", "approved_by", "approved_at")
"""What a record says of a version besides its content; `last_day` follows from the end."""

SCHEDULE = "schedule"
"""What is told whole, in the words of a schedule."""

Values = Mapping[str, Any]


class Difference(NamedTuple):
    """A value that is another one, by its path (`in_a_sale.rank`). Of a list, what is new in it and what is gone."""

    field: str
    old: Any
    new: Any
    added: tuple[Any, ...] = ()
    removed: tuple[Any, ...] = ()

    @property
    def name(self) -> Text:
        """What the value is called."""
        path = self.field
        while path not in wording.FIELDS and "." in path:
            path = path.rpartition(".")[0]
        return wording.FIELDS.get(path) or Text(fr=self.field, en=self.field)


def find_differences(old: Values, new: Values) -> list[Difference]:
    """The content of two records (`description.record_of`) compared, in the order of the record."""
    before, after = dict(_leaves(old)), dict(_leaves(new))
    paths = list(dict.fromkeys([*before, *after]))
    return [
        _difference(path, before.get(path), after.get(path))
        for path in paths
        if path.partition(".")[0] not in NO_CONTENT and _plain(before.get(path)) != _plain(after.get(path))
    ]


def describe_difference(
    difference: Difference, language: Language, *, currency: str, names: Mapping[str, str], starts: tuple[date, date]
) -> dict[str, Any]:
    """A difference as a person of this language reads it; `names` are of stores and areas, by their ids, `starts` the
    first days of both versions."""

    def tell(value: Any) -> str:
        return _told(value, difference.field, language, currency=currency, names=names)

    added, removed = [tell(one) for one in difference.added], [tell(one) for one in difference.removed]
    old, new = tell(difference.old), tell(difference.new)
    if difference.field == SCHEDULE:
        old, new = (
            (value and tell_schedule(schedule_in(value), language, start=start)) or wording.ALWAYS.say(language)
            for value, start in zip((difference.old, difference.new), starts, strict=True)
        )
    name = difference.name.say(language)
    text = wording.CHANGED.say(language, {"name": name, "old": old, "new": new})
    if added or removed:
        changes = ", ".join([f"+ {one}" for one in added] + [f"− {one}" for one in removed])
        text = wording.MEMBERS_CHANGED.say(language, {"name": name, "changes": changes})
    said = {"field": difference.field, "name": name, "added": added, "removed": removed, "text": text}
    return said | {"old": None if difference.old is None else old, "new": None if difference.new is None else new}


def _leaves(values: Values, before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping) and name != SCHEDULE:
            yield from _leaves(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _plain(value: Any) -> Any:
    """A value to compare: a list of names means the same in any order, and an empty one is none."""
    if isinstance(value, list):
        return (sorted(value) if all(isinstance(one, str) for one in value) else value) or None
    return value


def _difference(path: str, old: Any, new: Any) -> Difference:
    if not all(value is None or isinstance(value, list) for value in (old, new)):
        return Difference(path, old, new)
    before: Sequence[Any] = old or []
    after: Sequence[Any] = new or []
    added = tuple(one for one in after if one not in before)
    return Difference(path, old, new, added, tuple(one for one in before if one not in after))


def _told(value: Any, path: str, language: Language, *, currency: str, names: Mapping[str, str]) -> str:
    if value is None or value == []:
        return wording.NOTHING.say(language)
    if isinstance(value, bool):
        return (wording.YES if value else wording.NO).say(language)
    if isinstance(value, list):
        return ", ".join(_told(one, path, language, currency=currency, names=names) for one in value)
    if isinstance(value, int) and path.endswith("_minor"):
        return Money(value, currency).spoken(language)
    if isinstance(value, datetime):
        day = Text(fr="{day}", en="{day}").say(language, {"day": date(value.year, value.month, value.day)})
        return f"{day} {value:%H:%M}"
    called = wording.VALUES.get((path, str(value)))
    return names.get(str(value), str(value)) if called is None else called.say(language)
