"""What files of stores call our fields: spreadsheets in French and English, OSM, All The Places, Google, Overture."""

from collections.abc import Mapping, Sequence

from app.ops.imports.tables import Columns, Required, plain, plain_with_digits

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
DAYS = {
    "Mo": ("monday", "lundi"),
    "Tu": ("tuesday", "mardi"),
    "We": ("wednesday", "mercredi"),
    "Th": ("thursday", "jeudi"),
    "Fr": ("friday", "vendredi"),
    "Sa": ("saturday", "samedi"),
    "Su": ("sunday", "dimanche"),
}
LINES = ("address_line_2", "address_line_3", "address_line_4", "address_line_5")

COLUMNS: Columns = {
    "reference": (
        *("reference", "storecode", "storeid", "storenumber", "codemagasin", "codedumagasin", "numeromagasin"),
    ),
    "ref": ("ref",),
    "id": ("id",),
    "code": ("code",),
    "osm_type": ("osmtype", "type"),
    "osm_id": ("osmid",),
    "name": ("name", "nom", "storename", "businessname", "magasin", "nommagasin", "nomdumagasin", "libelle"),
    "branch": ("branch", "succursale"),
    "lat": ("lat", "latitude", "latwgs", "latitudewgs", "y", "ycoord", "coordy"),
    "lon": ("lon", "lng", "long", "longitude", "lonwgs", "longitudewgs", "x", "xcoord", "coordx"),
    "lambert_x": ("xlambert", "lambertx", "xl", "coordonneelambertabscisseetablissement"),
    "lambert_y": ("ylambert", "lamberty", "yl", "coordonneelambertordonneeetablissement"),
    "point": (
        *("geopoint", "geopointd", "geolocation", "geolocalisation", "coordonneesgeo", "coordonnees", "coordinates"),
        *("coordonneesgps", "coordonneesgeographiques", "gps", "latlon", "latlng", "latlong", "position"),
    ),
    "shape": ("geoshape", "geometry", "geom", "thegeom", "wkt", "wkb", "geometrie"),
    "opening_hours": ("openinghours", "hours", "horaires", "horairesdouverture"),
    **{
        day: tuple(form for name in names for form in (f"{name}hours", name, f"horaires{name}", f"horairesdu{name}"))
        for day, names in DAYS.items()
    },
    "address": (
        *("address", "adresse", "addr", "addrfull", "addressfull", "fulladdress", "adressecomplete"),
        *("formattedaddress", "addressline1", "adresseligne1"),
    ),
    **{
        line: (line.replace("_", ""), f"address{line[-1]}", f"adresse{line[-1]}", f"adresseligne{line[-1]}")
        for line in LINES
    },
    "house_number": ("addrhousenumber", "housenumber", "contacthousenumber", "numerovoie", "numerodevoie", "numvoie"),
    "street": (
        *("addrstreet", "street", "contactstreet", "rue", "voie", "nomvoie", "nomdevoie", "libellevoie", "addrplace"),
    ),
    "street_address": ("addrstreetaddress", "streetaddress"),
    "postcode": ("addrpostcode", "postcode", "postalcode", "contactpostcode", "zipcode", "zip", "codepostal", "cp"),
    "town": (
        *("addrcity", "city", "town", "contactcity", "ville", "commune", "nomcommune", "locality", "localite"),
        *("addrtown", "addrvillage", "addrhamlet", "municipality"),
    ),
    "region": ("addrstate", "addrprovince", "state", "province", "administrativearea"),
    "country": ("addrcountry", "country", "countryregion", "pays", "countrycode", "codepays"),
    "time_zone": ("timezone", "tz", "fuseau", "fuseauhoraire"),
    "brand": ("brand", "enseigne", "marque"),
    "operator": ("operator", "exploitant"),
    "ends": ("enddate", "closingdate", "datefermeture", "datedefermeture"),
    "opens": ("openingdate", "startdate", "dateouverture", "datedouverture"),
    "status": ("status", "statut", "operatingstatus", "businessstatus", "etatadministratifetablissement"),
    "separate": ("separate", "distinct", "magasindistinct"),
}  # fmt: skip
"""Our name of a field → what files call it (`app.ops.imports.tables.plain`); the first that a file has is taken."""

REQUIRED = (("lat", "point", "shape", "lambert_y"), ("lon", "point", "shape", "lambert_x"))
"""What a table cannot do without; a reference is made where there is none."""

FIELDS = tuple(name for name in COLUMNS if name not in ("ref", "id", "code", "osm_type", "osm_id"))
"""What a person may say that a column is."""

MOST_KEYS_REMEMBERED = 10_000


class MappingUnknown(ValueError):
    """A `column=field` that names no field of ours, or no column; the message says so to the person who typed it."""


class Layout:
    """Which field of ours each column or property of a file is. `chosen` are the fields that a person mapped."""

    def __init__(self, columns: Columns, chosen: Mapping[str, str]) -> None:
        self.columns, self.chosen = columns, chosen
        self.required: Required = (*REQUIRED, *chosen) if chosen else REQUIRED
        self.aliases = {alias: (name, rank) for name, aliases in columns.items() for rank, alias in enumerate(aliases)}
        self.known: dict[str, tuple[str, int] | None] = {}

    def field_of(self, key: str) -> tuple[str, int] | None:
        """Our field for a property, and its rank: of several properties for one field, the lowest is taken."""
        if key not in self.known:
            if len(self.known) >= MOST_KEYS_REMEMBERED:
                self.known.clear()
            self.known[key] = self.aliases.get(plain_with_digits(key)) or self.aliases.get(plain(key))
        return self.known[key]


def layout_with(mapping: Sequence[str]) -> Layout:
    """The usual layout, with each `column=field` of a person instead of ours. Raises `MappingUnknown`."""
    columns, chosen = dict(COLUMNS), {}
    for pair in mapping:
        column, _, name = (part.strip() for part in pair.rpartition("="))
        alias = plain_with_digits(column)
        if not alias or name not in FIELDS:
            raise MappingUnknown(f'"{pair}" is not column=field. Fields are: {", ".join(FIELDS)}.')
        columns = {field: tuple(one for one in aliases if one != alias) for field, aliases in columns.items()}
        columns[name] = (alias,)
        chosen[name] = column
    return Layout(columns, chosen)
