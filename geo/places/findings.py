"""What the checks find in a store that somebody gives us: a code, the facts, and the sentence in both languages."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.languages import Language, Text


class Finding(StrEnum):
    """Every fact that corrects or refuses a store. Codes are stable; programs read them in the JSON report."""

    SWAPPED_COORDINATES = "swapped_coordinates"
    FLIPPED_LONGITUDE = "flipped_longitude"
    FLIPPED_LATITUDE = "flipped_latitude"
    DECIMAL_COMMA = "decimal_comma"
    COORDINATES_AS_TEXT = "coordinates_as_text"
    SHAPE_REPAIRED = "shape_repaired"
    TIME_ZONE_REPLACED = "time_zone_replaced"
    COUNTRY_REPLACED = "country_replaced"
    NAME_BORROWED = "name_borrowed"
    NAME_SHORTENED = "name_shortened"
    ADDRESS_SHORTENED = "address_shortened"
    CONTROL_CHARACTERS = "control_characters"
    HOURS_REPAIRED = "hours_repaired"
    HOURS_DROPPED = "hours_dropped"

    REFERENCE_MISSING = "reference_missing"
    REFERENCE_TOO_LONG = "reference_too_long"
    NAME_MISSING = "name_missing"
    COORDINATES_MISSING = "coordinates_missing"
    COORDINATES_UNREADABLE = "coordinates_unreadable"
    COORDINATES_IMPOSSIBLE = "coordinates_impossible"
    NULL_ISLAND = "null_island"
    OUTSIDE_COUNTRIES = "outside_countries"
    AT_SEA = "at_sea"
    SEVERAL_CORRECTIONS = "several_corrections"
    SHAPE_UNUSABLE = "shape_unusable"
    NOT_A_FEATURE = "not_a_feature"
    TOO_MANY_CELLS = "too_many_cells"
    DUPLICATE_REFERENCE = "duplicate_reference"
    DUPLICATE_NEARBY = "duplicate_nearby"
    DUPLICATE_OF_STORE = "duplicate_of_store"


SENTENCES: dict[Finding, Text] = {
    Finding.SWAPPED_COORDINATES: Text(
        fr="latitude et longitude étaient inversées : lu lat {lat}, lon {lon}",
        en="latitude and longitude were swapped: read as lat {lat}, lon {lon}",
    ),
    Finding.FLIPPED_LONGITUDE: Text(
        fr="le signe de la longitude était inversé : lu lon {lon} au lieu de {given}",
        en="the longitude had the wrong sign: read as lon {lon} instead of {given}",
    ),
    Finding.FLIPPED_LATITUDE: Text(
        fr="le signe de la latitude était inversé : lu lat {lat} au lieu de {given}",
        en="the latitude had the wrong sign: read as lat {lat} instead of {given}",
    ),
    Finding.DECIMAL_COMMA: Text(
        fr="coordonnées écrites avec une virgule : lu lat {lat}, lon {lon}",
        en="coordinates written with a decimal comma: read as lat {lat}, lon {lon}",
    ),
    Finding.COORDINATES_AS_TEXT: Text(
        fr="coordonnées écrites comme du texte : lues comme des nombres",
        en="coordinates written as text: read as numbers",
    ),
    Finding.SHAPE_REPAIRED: Text(
        fr="le contour se croise lui-même ({why}) : un point à l'intérieur a été pris",
        en="the outline crosses itself ({why}): a point inside it was taken",
    ),
    Finding.TIME_ZONE_REPLACED: Text(
        fr="fuseau horaire « {given} » remplacé par {time_zone}, celui du lieu",
        en='time zone "{given}" replaced by {time_zone}, which is that of the place',
    ),
    Finding.COUNTRY_REPLACED: Text(
        fr="pays « {given} » remplacé par {country}, où se trouve le lieu",
        en='country "{given}" replaced by {country}, where the place lies',
    ),
    Finding.NAME_BORROWED: Text(
        fr="sans nom : « {name} » repris du champ {source}", en='no name: "{name}" taken from the field {source}'
    ),
    Finding.NAME_SHORTENED: Text(fr="nom coupé à {longest} caractères", en="name cut to {longest} characters"),
    Finding.ADDRESS_SHORTENED: Text(
        fr="adresse coupée à {longest} caractères", en="address cut to {longest} characters"
    ),
    Finding.CONTROL_CHARACTERS: Text(
        fr="caractères invisibles retirés ({what})", en="invisible characters removed ({what})"
    ),
    Finding.HOURS_REPAIRED: Text(
        fr="horaires « {given} » lus comme « {hours} »", en='opening hours "{given}" read as "{hours}"'
    ),
    Finding.HOURS_DROPPED: Text(
        fr="horaires illisibles « {given} » : magasin gardé sans ces horaires (grammaire OSM, ex. « {example} »)",
        en='opening hours "{given}" cannot be read: store kept without them (OSM grammar, e.g. "{example}")',
    ),
    Finding.REFERENCE_MISSING: Text(fr="sans référence", en="it has no reference"),
    Finding.REFERENCE_TOO_LONG: Text(
        fr="référence de plus de {longest} caractères", en="reference longer than {longest} characters"
    ),
    Finding.NAME_MISSING: Text(
        fr="sans nom, sans enseigne et sans exploitant", en="it has no name, no brand and no operator"
    ),
    Finding.COORDINATES_MISSING: Text(fr="sans coordonnées", en="it has no coordinates"),
    Finding.COORDINATES_UNREADABLE: Text(
        fr="coordonnées illisibles (lat « {lat} », lon « {lon} »)",
        en='coordinates cannot be read (lat "{lat}", lon "{lon}")',
    ),
    Finding.COORDINATES_IMPOSSIBLE: Text(
        fr="aucun point de la Terre n'a lat {lat}, lon {lon}", en="no point on Earth has lat {lat}, lon {lon}"
    ),
    Finding.NULL_ISLAND: Text(
        fr="lat {lat}, lon {lon} : des coordonnées nulles veulent dire inconnues",
        en="lat {lat}, lon {lon}: zero coordinates mean that they are unknown",
    ),
    Finding.OUTSIDE_COUNTRIES: Text(
        fr="lat {lat}, lon {lon} se trouve en {country}, hors des pays de l'enseigne ({countries})",
        en="lat {lat}, lon {lon} lies in {country}, outside the brand's countries ({countries})",
    ),
    Finding.AT_SEA: Text(
        fr="lat {lat}, lon {lon} se trouve en mer, hors des pays de l'enseigne ({countries})",
        en="lat {lat}, lon {lon} lies at sea, outside the brand's countries ({countries})",
    ),
    Finding.SEVERAL_CORRECTIONS: Text(
        fr="lat {lat}, lon {lon} est hors des pays de l'enseigne ({countries}) et plusieurs corrections y mènent",
        en="lat {lat}, lon {lon} is outside the brand's countries ({countries}) and several corrections lead there",
    ),
    Finding.SHAPE_UNUSABLE: Text(
        fr="la forme n'est ni un point ni le contour d'un bâtiment ({why})",
        en="the shape is neither a point nor the outline of a building ({why})",
    ),
    Finding.NOT_A_FEATURE: Text(fr="ce n'est pas un « Feature » GeoJSON", en="it is not a GeoJSON Feature"),
    Finding.TOO_MANY_CELLS: Text(
        fr="{cells} cellules pour {columns} colonnes : un texte contient-il le séparateur sans guillemets ?",
        en="{cells} cells for {columns} columns: does a text hold the separator without quotes?",
    ),
    Finding.DUPLICATE_REFERENCE: Text(fr="même référence que la ligne {row}", en="same reference as row {row}"),
    Finding.DUPLICATE_NEARBY: Text(
        fr="même nom que la ligne {row} ({reference}), à {distance_m} m",
        en="same name as row {row} ({reference}), {distance_m} m away",
    ),
    Finding.DUPLICATE_OF_STORE: Text(
        fr="même nom que le magasin {reference}, qui existe déjà à {distance_m} m",
        en="same name as store {reference}, which exists already {distance_m} m away",
    ),
}


@dataclass(frozen=True)
class Found:
    """One finding with its facts. `about` is the field that it is about, for a pointer."""

    finding: Finding
    about: str
    facts: dict[str, Any] = field(default_factory=dict)

    def say(self, language: Language) -> str:
        """The sentence for a reader."""
        return SENTENCES[self.finding].say(language, self.facts)
