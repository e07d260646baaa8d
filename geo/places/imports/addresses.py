"""One line of address, and one name, out of the parts that a file keeps in several fields."""

import re
from collections.abc import Mapping

from geo.places.imports.layouts import LINES
from geo.places.plain_values import plain_text, same_name_key

REGION_BEFORE_POSTCODE = ("US", "CA", "AU", "NZ", "GB", "IE")
"""Where the postcode stands last, behind the state (Universal Postal Union, addressing sheets)."""

PARTS = ("address", "house_number", "street", "street_address", *LINES, "postcode", "town", "region")


def compose_address(values: Mapping[str, object]) -> tuple[str | None, tuple[str, ...]]:
    """The address as one line, and which parts found no place in it.

    The town and its postcode are added to a street or to a whole address, unless it has them already. A house number,
    a postcode or a region alone is no address that anybody could walk to.
    """
    given = {name: text for name in PARTS if name in values and (text := plain_text(values[name])[0])}
    street = _street(given)
    whole = None
    if street or "town" in given:
        written = ", ".join(line for line in (street, *(given.get(line) for line in LINES)) if line)
        whole = _with_town(written, given, (plain_text(values.get("country"))[0] or "").upper())
    return whole, tuple(name for name, text in given.items() if whole is None or not _says(whole, text))


def join_branch(name: object, branch: object) -> object:
    """The name with what tells the shops of a chain apart, unless it says so already."""
    if branch is None:
        return name
    shown, part = plain_text(name)[0], plain_text(branch)[0]
    if not shown or not part or same_name_key(part) in same_name_key(shown):
        return name
    return f"{shown} {part}"


def _says(whole: str, text: str) -> bool:
    return text in whole or same_name_key(text) in same_name_key(whole)


def _street(given: Mapping[str, str]) -> str | None:
    """The most complete of what a file may have: a whole address, a street with its number, both in two fields."""
    apart = " ".join(part for part in (given.get("house_number"), given.get("street")) if part)
    return given.get("address") or given.get("street_address") or (apart if "street" in given else None)


def _with_town(written: str, given: Mapping[str, str], country: str) -> str:
    """`1 rue X`, `1 rue X, Lyon` and `1 rue X, 69001 Lyon` come to the same."""
    postcode, town = given.get("postcode", ""), given.get("town", "")
    place = _place(postcode, town, given.get("region", ""), country)
    if not place or not written:
        return written or place
    if "address" not in given and "," not in written:
        return f"{written}, {place}"
    key, code, name = same_name_key(written), same_name_key(postcode), same_name_key(town)
    parts = [same_name_key(re.sub(r"\d", "", part)) for part in written.split(",")]
    beside = bool(code) and (f"{code}{name}" in key or f"{name}{code}" in key)
    has_town = not name or name in parts or beside
    if has_town and code in key:
        return written
    if name and parts[-1] == name and len(parts) > 1:
        written = written.rpartition(",")[0].rstrip()
    return f"{written}, {place}"


def _place(postcode: str, town: str, region: str, country: str) -> str:
    if country in REGION_BEFORE_POSTCODE:
        behind = " ".join(part for part in (region, postcode) if part)
        return ", ".join(part for part in (town, behind) if part)
    return " ".join(part for part in (postcode, town) if part)
