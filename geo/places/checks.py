"""The rules a store must pass, whether it comes in a file or from the console. Pure: no database, no clock.

Each rule leaves the store alone, corrects it and says so, or refuses it and says why. A correction is made only when
it is the one way to make sense of what was given.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from app.ops.imports.outcomes import Found
from geo.places.findings import StoreFinding
from geo.places.opening_hours import LONGEST_HOURS, HoursUnreadable, read_hours
from geo.places.plain_values import NotANumber, excerpt, plain_number, plain_text
from geo.places.rows import StoreRow
from geo.places.whereabouts import (
    Whereabouts,
    are_metres,
    degrees_of,
    known_time_zones,
    locate_point,
    same_clock,
    zones_near,
)

LONGEST_REFERENCE = 100
LONGEST_NAME = 200
LONGEST_ADDRESS = 300
NULL_ISLAND_DEGREES = 0.01  # about a kilometre; there is only water
EXAMPLE_HOURS = "Mo-Sa 09:00-19:30; PH off"


@dataclass(frozen=True)
class StoreDetails:
    """A store that passed. Degrees WGS 84 with seven decimals; texts are one line."""

    reference: str
    name: str
    lon: float
    lat: float
    time_zone: str
    country: str
    opening_hours: str | None
    address: str | None
    status: str | None = None
    """`closed` where a file says so; null where nobody says anything."""


@dataclass(frozen=True)
class CheckedStore:
    """What became of a row: `details` unless it was refused, and everything that was found."""

    number: int
    reference: str | None
    details: StoreDetails | None
    found: tuple[Found, ...]


class _Refused(Exception):
    def __init__(self, found: Found) -> None:
        super().__init__(found.finding)
        self.found = found


def check_store(row: StoreRow, *, countries: Collection[str]) -> CheckedStore:
    """Judge one row for a brand with stores in these countries (ISO 3166-1 alpha-2)."""
    return _Check(row, countries).judge()


def refused(checked: CheckedStore, found: Found) -> CheckedStore:
    """A row refused for a reason that lies outside it, besides those that it had in itself."""
    before = () if checked.details is not None else checked.found
    return replace(checked, details=None, found=(*before, found))


class _Check:
    """One row on its way through the rules; collects what they find."""

    def __init__(self, row: StoreRow, countries: Collection[str]) -> None:
        self.row, self.countries = row, countries
        self.found = list(row.noticed)

    def judge(self) -> CheckedStore:
        reference = excerpt(self.row.reference) or None
        try:
            details = self.details()
        except _Refused as refusal:
            return CheckedStore(self.row.number, reference, None, (refusal.found,))
        return CheckedStore(self.row.number, details.reference, details, tuple(self.found))

    def details(self) -> StoreDetails:
        if self.row.refused is not None:
            raise _Refused(self.row.refused)
        reference = self.reference()
        lon, lat, place = self.position()
        return StoreDetails(
            reference=reference,
            name=self.name(),
            lon=lon,
            lat=lat,
            time_zone=self.time_zone(lon, lat, place),
            country=place.country,
            opening_hours=self.opening_hours(),
            address=self.address(),
        )

    def notice(self, finding: StoreFinding, about: str, **facts: Any) -> None:
        self.found.append(Found(finding, about, facts))

    def refuse(self, finding: StoreFinding, about: str, **facts: Any) -> NoReturn:
        raise _Refused(Found(finding, about, facts))

    def text(self, field: str, value: object) -> str | None:
        line, cleaned = plain_text(value)
        if cleaned and line is not None:
            self.notice(StoreFinding.CONTROL_CHARACTERS, field, what=field)
        return line

    def reference(self) -> str:
        reference = self.text("reference", self.row.reference)
        if reference is None:
            self.refuse(StoreFinding.REFERENCE_MISSING, "reference")
        if len(reference) > LONGEST_REFERENCE:
            self.refuse(StoreFinding.REFERENCE_TOO_LONG, "reference", longest=LONGEST_REFERENCE)
        return reference

    def name(self) -> str:
        name = self.text("name", self.row.name)
        if name is None:
            name = self.borrowed_name()
        if len(name) > LONGEST_NAME:
            self.notice(StoreFinding.NAME_SHORTENED, "name", longest=LONGEST_NAME)
            name = name[:LONGEST_NAME].rstrip()
        return name

    def borrowed_name(self) -> str:
        for source, value in self.row.substitutes:
            name = self.text("name", value)
            if name is not None:
                self.notice(StoreFinding.NAME_BORROWED, "name", name=excerpt(name), source=source)
                return name
        self.refuse(StoreFinding.NAME_MISSING, "name")

    def position(self) -> tuple[float, float, Whereabouts]:
        """Coordinates inside the brand's countries, as given or corrected in the only way that leads there."""
        lon, lat, comma = self.numbers()
        if abs(lon) < NULL_ISLAND_DEGREES and abs(lat) < NULL_ISLAND_DEGREES:
            self.refuse(StoreFinding.NULL_ISLAND, "lat", lat=lat, lon=lon)
        place = self.place_at(lon, lat)
        if comma:
            self.notice(StoreFinding.DECIMAL_COMMA, "lat", lat=lat, lon=lon)
        if place is not None and place.country in self.countries:
            return lon, lat, place
        return self.corrected(lon, lat, place)

    def numbers(self) -> tuple[float, float, bool]:
        if self.row.lon is None or self.row.lat is None:
            self.refuse(StoreFinding.COORDINATES_MISSING, "lat")
        try:
            (lon, lon_comma), (lat, lat_comma) = plain_number(self.row.lon), plain_number(self.row.lat)
        except NotANumber:
            self.refuse(
                StoreFinding.COORDINATES_UNREADABLE, "lat", lat=excerpt(self.row.lat, 30), lon=excerpt(self.row.lon, 30)
            )
        if not (math.isfinite(lon) and math.isfinite(lat)):
            self.impossible()
        return round(lon, 7), round(lat, 7), lon_comma or lat_comma

    def impossible(self) -> NoReturn:
        self.refuse(
            StoreFinding.COORDINATES_IMPOSSIBLE, "lat", lat=excerpt(self.row.lat, 30), lon=excerpt(self.row.lon, 30)
        )

    def place_at(self, lon: float, lat: float) -> Whereabouts | None:
        if abs(lon) > 180 or abs(lat) > 90:
            return None
        # Beside a border, the country that the row names is believed before those of the brand.
        given = (plain_text(self.row.country)[0] or "").upper()
        return locate_point(lon, lat, countries=self.countries, named=given if len(given) == 2 else "")

    def corrected(self, lon: float, lat: float, place: Whereabouts | None) -> tuple[float, float, Whereabouts]:
        candidates: list[tuple[StoreFinding, float, float, dict[str, Any]]] = [
            (StoreFinding.SWAPPED_COORDINATES, lat, lon, {"lat": lon, "lon": lat}),
            (StoreFinding.FLIPPED_LONGITUDE, -lon, lat, {"lon": -lon, "given": lon}),
            (StoreFinding.FLIPPED_LATITUDE, lon, -lat, {"lat": -lat, "given": lat}),
        ]
        if are_metres(lon, lat):
            candidates = [(StoreFinding.PROJECTED, *point, facts) for point, facts in degrees_of(lon, lat)]
        sensible = []
        for finding, other_lon, other_lat, facts in candidates:
            there = self.place_at(other_lon, other_lat)
            if there is not None and there.country in self.countries:
                sensible.append((finding, other_lon, other_lat, there, facts))
        if len(sensible) != 1:
            self.refuse_position(lon, lat, place, several=len(sensible) > 1)
        [(finding, lon, lat, there, facts)] = sensible
        self.notice(finding, "lat", **facts)
        return lon, lat, there

    def refuse_position(self, lon: float, lat: float, place: Whereabouts | None, *, several: bool) -> NoReturn:
        countries = ", ".join(sorted(self.countries))
        if are_metres(lon, lat):
            self.refuse(StoreFinding.COORDINATES_IN_METRES, "lat", lat=lat, lon=lon)
        if several:
            self.refuse(StoreFinding.SEVERAL_CORRECTIONS, "lat", lat=lat, lon=lon, countries=countries)
        if abs(lon) > 180 or abs(lat) > 90:
            self.impossible()
        if place is None:
            self.refuse(StoreFinding.AT_SEA, "lat", lat=lat, lon=lon, countries=countries)
        self.refuse(StoreFinding.OUTSIDE_COUNTRIES, "lat", lat=lat, lon=lon, country=place.country, countries=countries)

    def time_zone(self, lon: float, lat: float, place: Whereabouts) -> str:
        """The zone that was given if the clocks there agree with it, else that of the place."""
        country = plain_text(self.row.country)[0] or ""
        if len(country) == 2 and country.upper() != place.country:
            self.notice(StoreFinding.COUNTRY_REPLACED, "country", given=country, country=place.country)
        given = self.text("time_zone", self.row.time_zone)
        if given is None:
            return place.time_zone
        # Some exports put a snapshot of the offset before the name: "GMT-07:00 America/Los_Angeles".
        name = given.rsplit(" ", 1)[-1]
        if name in known_time_zones() and (
            same_clock(name, place.time_zone) or any(same_clock(name, zone) for zone in zones_near(lon, lat))
        ):
            return name
        self.notice(StoreFinding.TIME_ZONE_REPLACED, "time_zone", given=excerpt(given), time_zone=place.time_zone)
        return place.time_zone

    def opening_hours(self) -> str | None:
        given, _ = plain_text(self.row.opening_hours)
        if given is None:
            return None
        try:
            # Line ends separate rules, so they must reach the repair; other invisible characters must not.
            lines = [plain_text(line)[0] for line in str(self.row.opening_hours)[: 4 * LONGEST_HOURS].splitlines()]
            hours = read_hours("\n".join(line for line in lines if line))
        except HoursUnreadable:
            self.notice(StoreFinding.HOURS_DROPPED, "opening_hours", given=excerpt(given), example=EXAMPLE_HOURS)
            return None
        if hours.repaired or hours.rearranged:
            finding = StoreFinding.HOURS_REPAIRED if hours.repaired else StoreFinding.HOURS_REARRANGED
            self.notice(finding, "opening_hours", given=excerpt(given), hours=hours.text)
        return hours.text

    def address(self) -> str | None:
        address = self.text("address", self.row.address)
        if address is not None and len(address) > LONGEST_ADDRESS:
            self.notice(StoreFinding.ADDRESS_SHORTENED, "address", longest=LONGEST_ADDRESS)
            address = address[:LONGEST_ADDRESS].rstrip()
        return address
