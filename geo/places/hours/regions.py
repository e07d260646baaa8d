"""Which part of a country a store lies in, where parts have holidays of their own.

`regions.tsv` holds country, code of the part as `holidays` names it, and outline (WKT, degrees, three decimals), drawn
from the states and provinces of Natural Earth 1:10m (public domain), made simpler: one or two kilometres off at worst.
A part without a code (`-`) is where the land around a part lies that has nothing of its own.
"""

import re
from functools import cache
from importlib.resources import files

import shapely

NEAR_DEGREES = 0.03
"""About three kilometres: so near the border of a part, the outlines cannot say on which side a store lies."""

ALSACE_MOSELLE = {"57": "57", "67": "6AE", "68": "6AE"}
"""The first digits of a French postcode → the part with the law of its own (Code du travail, L3134-13)."""

FRENCH_POSTCODE = re.compile(r"(?<!\d)(\d{2})\d{3}(?!\d)")


def find_regions(*, country: str, lon: float, lat: float, address: str | None = None) -> tuple[str, ...]:
    """The codes of the part of `country` at this point, several near a border; "" for no part of its own.

    A French postcode in the address decides between several.
    """
    if country not in _outlines():
        return ("",)
    tree, codes = _outlines()[country]
    point = shapely.Point(lon, lat)
    near = tree.query(point, predicate="dwithin", distance=NEAR_DEGREES).tolist()
    if not near and country != "FR":  # small islands are left out; France is drawn around Alsace and Moselle only
        near = [int(tree.nearest(point))]
    found = tuple(sorted({codes[index] for index in near})) or ("",)
    postcodes = FRENCH_POSTCODE.findall(address or "") if country == "FR" and len(found) > 1 else []
    return (ALSACE_MOSELLE.get(postcodes[-1], ""),) if postcodes else found


@cache
def _outlines() -> dict[str, tuple[shapely.STRtree, list[str]]]:
    shapes: dict[str, tuple[list[shapely.Geometry], list[str]]] = {}
    table = files("geo.places.hours").joinpath("regions.tsv").read_text(encoding="ascii")
    for line in table.splitlines():
        country, code, outline = line.split("\t")
        outlines, codes = shapes.setdefault(country, ([], []))
        outlines.append(shapely.from_wkt(outline))
        codes.append("" if code == "-" else code)
    return {country: (shapely.STRtree(outlines), codes) for country, (outlines, codes) in shapes.items()}
