"""A row of any file, its fields by our names, as a store that nobody has checked yet."""

from collections.abc import Mapping, Sequence

from app.ops.imports.outcomes import Found
from geo.places.imports.addresses import compose_address, join_branch
from geo.places.imports.positions import Position
from geo.places.imports.timetables import compose_hours
from geo.places.plain_values import plain_text, same_name_key
from geo.places.rows import StoreRow

YES = frozenset(("yes", "y", "oui", "o", "true", "vrai", "1", "x"))


def store_row(
    values: Mapping[str, object],
    *,
    number: int,
    reference: object,
    position: Position,
    substitutes: Sequence[tuple[str, object]],
    left: Sequence[str],
    refused: Found | None = None,
) -> StoreRow:
    """The store of a row: parts of an address, of a name and of a timetable are put together, the rest is named."""
    address, beside = compose_address(values)
    branch = values.get("branch")
    names = [(source, join_branch(value, branch)) for source, value in substitutes if value is not None]
    return StoreRow(
        number=number,
        reference=reference,
        name=join_branch(values.get("name"), branch),
        lon=position.lon,
        lat=position.lat,
        opening_hours=values.get("opening_hours") or compose_hours(values),
        address=address,
        time_zone=values.get("time_zone"),
        country=values.get("country"),
        substitutes=(*names, ("branch", branch)) if branch is not None else tuple(names),
        noticed=position.noticed,
        refused=refused or position.refused,
        ends=values.get("ends"),
        opens=values.get("opens"),
        status=values.get("status"),
        separate="separate" in values and same_name_key(plain_text(values["separate"])[0] or " ") in YES,
        left=(*left, *beside),
    )
