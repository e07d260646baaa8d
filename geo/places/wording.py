"""What is said of the findings: to the reader of a report, to the person who is typing, and in a few words."""

from enum import StrEnum

from app.languages import Language, Text
from app.ops.imports.outcomes import Found, ImportWords
from geo.places.findings import StoreFinding


def suggest(found: Found, language: Language) -> str:
    """The sentence for the person who is typing, who can answer."""
    return SUGGESTIONS.get(found.finding, SENTENCES[found.finding]).say(language, found.facts)


HEADINGS: dict[StrEnum, Text] = {
    StoreFinding.SWAPPED_COORDINATES: Text(fr="latitude et longitude inversées", en="latitude and longitude swapped"),
    StoreFinding.FLIPPED_LONGITUDE: Text(fr="signe de la longitude inversé", en="wrong sign of the longitude"),
    StoreFinding.FLIPPED_LATITUDE: Text(fr="signe de la latitude inversé", en="wrong sign of the latitude"),
    StoreFinding.DECIMAL_COMMA: Text(fr="virgule décimale dans les coordonnées", en="decimal comma in coordinates"),
    StoreFinding.COORDINATES_AS_TEXT: Text(fr="coordonnées écrites comme du texte", en="coordinates written as text"),
    StoreFinding.SHAPE_REPAIRED: Text(fr="contour qui se croise", en="outline that crosses itself"),
    StoreFinding.TIME_ZONE_REPLACED: Text(fr="fuseau horaire remplacé", en="time zone replaced"),
    StoreFinding.COUNTRY_REPLACED: Text(fr="pays remplacé", en="country replaced"),
    StoreFinding.NAME_BORROWED: Text(fr="sans nom, repris d'un autre champ", en="no name, taken from another field"),
    StoreFinding.NAME_SHORTENED: Text(fr="nom trop long", en="name too long"),
    StoreFinding.ADDRESS_SHORTENED: Text(fr="adresse trop longue", en="address too long"),
    StoreFinding.CONTROL_CHARACTERS: Text(fr="caractères invisibles", en="invisible characters"),
    StoreFinding.HOURS_REPAIRED: Text(fr="horaires réécrits", en="opening hours rewritten"),
    StoreFinding.HOURS_DROPPED: Text(fr="horaires illisibles", en="unreadable opening hours"),
    StoreFinding.REFERENCE_MISSING: Text(fr="sans référence", en="no reference"),
    StoreFinding.REFERENCE_TOO_LONG: Text(fr="référence trop longue", en="reference too long"),
    StoreFinding.NAME_MISSING: Text(fr="sans nom", en="no name"),
    StoreFinding.COORDINATES_MISSING: Text(fr="sans coordonnées", en="no coordinates"),
    StoreFinding.COORDINATES_UNREADABLE: Text(fr="coordonnées illisibles", en="unreadable coordinates"),
    StoreFinding.COORDINATES_IMPOSSIBLE: Text(fr="coordonnées impossibles", en="impossible coordinates"),
    StoreFinding.NULL_ISLAND: Text(fr="coordonnées nulles", en="zero coordinates"),
    StoreFinding.OUTSIDE_COUNTRIES: Text(fr="hors des pays de l'enseigne", en="outside the brand's countries"),
    StoreFinding.AT_SEA: Text(fr="en mer", en="at sea"),
    StoreFinding.SEVERAL_CORRECTIONS: Text(fr="plusieurs corrections possibles", en="several corrections possible"),
    StoreFinding.SHAPE_UNUSABLE: Text(fr="forme inutilisable", en="unusable shape"),
    StoreFinding.NOT_A_FEATURE: Text(fr="pas un « Feature » GeoJSON", en="not a GeoJSON Feature"),
    StoreFinding.TOO_MANY_CELLS: Text(fr="trop de cellules", en="too many cells"),
    StoreFinding.DUPLICATE_REFERENCE: Text(fr="référence en double", en="duplicate reference"),
    StoreFinding.DUPLICATE_NEARBY: Text(fr="doublon d'une autre ligne", en="duplicate of another row"),
    StoreFinding.DUPLICATE_OF_STORE: Text(fr="doublon d'un magasin existant", en="duplicate of an existing store"),
}

SENTENCES: dict[StrEnum, Text] = {
    StoreFinding.SWAPPED_COORDINATES: Text(
        fr="latitude et longitude étaient inversées : lu lat {lat}, lon {lon}",
        en="latitude and longitude were swapped: read as lat {lat}, lon {lon}",
    ),
    StoreFinding.FLIPPED_LONGITUDE: Text(
        fr="le signe de la longitude était inversé : lu lon {lon} au lieu de {given}",
        en="the longitude had the wrong sign: read as lon {lon} instead of {given}",
    ),
    StoreFinding.FLIPPED_LATITUDE: Text(
        fr="le signe de la latitude était inversé : lu lat {lat} au lieu de {given}",
        en="the latitude had the wrong sign: read as lat {lat} instead of {given}",
    ),
    StoreFinding.DECIMAL_COMMA: Text(
        fr="coordonnées écrites avec une virgule : lu lat {lat}, lon {lon}",
        en="coordinates written with a decimal comma: read as lat {lat}, lon {lon}",
    ),
    StoreFinding.COORDINATES_AS_TEXT: Text(
        fr="coordonnées écrites comme du texte : lues comme des nombres",
        en="coordinates written as text: read as numbers",
    ),
    StoreFinding.SHAPE_REPAIRED: Text(
        fr="le contour se croise lui-même ({why}) : un point à l'intérieur a été pris",
        en="the outline crosses itself ({why}): a point inside it was taken",
    ),
    StoreFinding.TIME_ZONE_REPLACED: Text(
        fr="fuseau horaire « {given} » remplacé par {time_zone}, celui du lieu",
        en='time zone "{given}" replaced by {time_zone}, which is that of the place',
    ),
    StoreFinding.COUNTRY_REPLACED: Text(
        fr="pays « {given} » remplacé par {country}, où se trouve le lieu",
        en='country "{given}" replaced by {country}, where the place lies',
    ),
    StoreFinding.NAME_BORROWED: Text(
        fr="sans nom : « {name} » repris du champ {source}", en='no name: "{name}" taken from the field {source}'
    ),
    StoreFinding.NAME_SHORTENED: Text(fr="nom coupé à {longest} caractères", en="name cut to {longest} characters"),
    StoreFinding.ADDRESS_SHORTENED: Text(
        fr="adresse coupée à {longest} caractères", en="address cut to {longest} characters"
    ),
    StoreFinding.CONTROL_CHARACTERS: Text(
        fr="caractères invisibles retirés ({what})", en="invisible characters removed ({what})"
    ),
    StoreFinding.HOURS_REPAIRED: Text(
        fr="horaires « {given} » lus comme « {hours} »", en='opening hours "{given}" read as "{hours}"'
    ),
    StoreFinding.HOURS_DROPPED: Text(
        fr="horaires illisibles « {given} » : magasin gardé sans ces horaires (grammaire OSM, ex. « {example} »)",
        en='opening hours "{given}" cannot be read: store kept without them (OSM grammar, e.g. "{example}")',
    ),
    StoreFinding.REFERENCE_MISSING: Text(fr="sans référence", en="it has no reference"),
    StoreFinding.REFERENCE_TOO_LONG: Text(
        fr="référence de plus de {longest} caractères", en="reference longer than {longest} characters"
    ),
    StoreFinding.NAME_MISSING: Text(
        fr="sans nom, sans enseigne et sans exploitant", en="it has no name, no brand and no operator"
    ),
    StoreFinding.COORDINATES_MISSING: Text(fr="sans coordonnées", en="it has no coordinates"),
    StoreFinding.COORDINATES_UNREADABLE: Text(
        fr="coordonnées illisibles (lat « {lat} », lon « {lon} »)",
        en='coordinates cannot be read (lat "{lat}", lon "{lon}")',
    ),
    StoreFinding.COORDINATES_IMPOSSIBLE: Text(
        fr="aucun point de la Terre n'a lat {lat}, lon {lon}", en="no point on Earth has lat {lat}, lon {lon}"
    ),
    StoreFinding.NULL_ISLAND: Text(
        fr="lat {lat}, lon {lon} : des coordonnées nulles veulent dire inconnues",
        en="lat {lat}, lon {lon}: zero coordinates mean that they are unknown",
    ),
    StoreFinding.OUTSIDE_COUNTRIES: Text(
        fr="lat {lat}, lon {lon} se trouve en {country}, hors des pays de l'enseigne ({countries})",
        en="lat {lat}, lon {lon} lies in {country}, outside the brand's countries ({countries})",
    ),
    StoreFinding.AT_SEA: Text(
        fr="lat {lat}, lon {lon} se trouve en mer, hors des pays de l'enseigne ({countries})",
        en="lat {lat}, lon {lon} lies at sea, outside the brand's countries ({countries})",
    ),
    StoreFinding.SEVERAL_CORRECTIONS: Text(
        fr="lat {lat}, lon {lon} est hors des pays de l'enseigne ({countries}) et plusieurs corrections y mènent",
        en="lat {lat}, lon {lon} is outside the brand's countries ({countries}) and several corrections lead there",
    ),
    StoreFinding.SHAPE_UNUSABLE: Text(
        fr="la forme n'est ni un point ni le contour d'un bâtiment ({why})",
        en="the shape is neither a point nor the outline of a building ({why})",
    ),
    StoreFinding.NOT_A_FEATURE: Text(fr="ce n'est pas un « Feature » GeoJSON", en="it is not a GeoJSON Feature"),
    StoreFinding.TOO_MANY_CELLS: Text(
        fr="{cells} cellules pour {columns} colonnes : un texte contient-il le séparateur sans guillemets ?",
        en="{cells} cells for {columns} columns: does a text hold the separator without quotes?",
    ),
    StoreFinding.DUPLICATE_REFERENCE: Text(fr="même référence que la ligne {row}", en="same reference as row {row}"),
    StoreFinding.DUPLICATE_NEARBY: Text(
        fr="même nom que la ligne {row} ({reference}), à {distance_m} m",
        en="same name as row {row} ({reference}), {distance_m} m away",
    ),
    StoreFinding.DUPLICATE_OF_STORE: Text(
        fr="même nom que le magasin {reference}, qui existe déjà à {distance_m} m",
        en="same name as store {reference}, which exists already {distance_m} m away",
    ),
}


SUGGESTIONS: dict[StrEnum, Text] = {
    StoreFinding.SWAPPED_COORDINATES: Text(
        fr="Latitude et longitude semblent inversées. Vouliez-vous dire lat {lat}, lon {lon} ?",
        en="Latitude and longitude seem swapped. Did you mean lat {lat}, lon {lon}?",
    ),
    StoreFinding.FLIPPED_LONGITUDE: Text(
        fr="Le signe semble inversé. Vouliez-vous dire lon {lon} ?", en="The sign seems wrong. Did you mean lon {lon}?"
    ),
    StoreFinding.FLIPPED_LATITUDE: Text(
        fr="Le signe semble inversé. Vouliez-vous dire lat {lat} ?", en="The sign seems wrong. Did you mean lat {lat}?"
    ),
    StoreFinding.TIME_ZONE_REPLACED: Text(
        fr="Ce n'est pas l'heure du lieu. Vouliez-vous dire {time_zone} ?",
        en="That is not the time of the place. Did you mean {time_zone}?",
    ),
    StoreFinding.CONTROL_CHARACTERS: Text(
        fr="Le texte contient des caractères invisibles.", en="The text holds invisible characters."
    ),
    StoreFinding.HOURS_REPAIRED: Text(
        fr="Ce n'est pas la grammaire OSM. Vouliez-vous dire « {hours} » ?",
        en='That is not the OSM grammar. Did you mean "{hours}"?',
    ),
    StoreFinding.HOURS_DROPPED: Text(
        fr="Ce n'est pas la grammaire OSM ; par exemple « {example} ».",
        en='That is not the OSM grammar; for example "{example}".',
    ),
}
"""To the person who is typing: what an import would have corrected on its own, as a question."""


WORDS = ImportWords(SENTENCES, HEADINGS)
"""Of the report."""
