"""What the checks find in a store that somebody gives us, and what is said of it, also to the person who is typing."""

from app.languages import Text
from app.ops.imports.outcomes import Said


class StoreFinding(Said):
    """Every fact that corrects or refuses a store. Codes are stable; programs read them in the JSON report."""

    SWAPPED_COORDINATES = (
        "swapped_coordinates",
        Text(fr="latitude et longitude inversées", en="latitude and longitude swapped"),
        Text(
            fr="latitude et longitude étaient inversées : lu lat {lat}, lon {lon}",
            en="latitude and longitude were swapped: read as lat {lat}, lon {lon}",
        ),
        Text(
            fr="Latitude et longitude semblent inversées. Vouliez-vous dire lat {lat}, lon {lon} ?",
            en="Latitude and longitude seem swapped. Did you mean lat {lat}, lon {lon}?",
        ),
    )
    FLIPPED_LONGITUDE = (
        "flipped_longitude",
        Text(fr="signe de la longitude inversé", en="wrong sign of the longitude"),
        Text(
            fr="le signe de la longitude était inversé : lu lon {lon} au lieu de {given}",
            en="the longitude had the wrong sign: read as lon {lon} instead of {given}",
        ),
        Text(
            fr="Le signe semble inversé. Vouliez-vous dire lon {lon} ?",
            en="The sign seems wrong. Did you mean lon {lon}?",
        ),
    )
    FLIPPED_LATITUDE = (
        "flipped_latitude",
        Text(fr="signe de la latitude inversé", en="wrong sign of the latitude"),
        Text(
            fr="le signe de la latitude était inversé : lu lat {lat} au lieu de {given}",
            en="the latitude had the wrong sign: read as lat {lat} instead of {given}",
        ),
        Text(
            fr="Le signe semble inversé. Vouliez-vous dire lat {lat} ?",
            en="The sign seems wrong. Did you mean lat {lat}?",
        ),
    )
    DECIMAL_COMMA = (
        "decimal_comma",
        Text(fr="virgule décimale dans les coordonnées", en="decimal comma in coordinates"),
        Text(
            fr="coordonnées écrites avec une virgule : lu lat {lat}, lon {lon}",
            en="coordinates written with a decimal comma: read as lat {lat}, lon {lon}",
        ),
    )
    COORDINATES_AS_TEXT = (
        "coordinates_as_text",
        Text(fr="coordonnées écrites comme du texte", en="coordinates written as text"),
        Text(
            fr="coordonnées écrites comme du texte : lues comme des nombres",
            en="coordinates written as text: read as numbers",
        ),
    )
    PROJECTED = (
        "projected",
        Text(fr="coordonnées en mètres", en="coordinates in metres"),
        Text(
            fr="coordonnées en mètres ({projection}) : lu lat {lat}, lon {lon}",
            en="coordinates in metres ({projection}): read as lat {lat}, lon {lon}",
        ),
    )
    SHAPE_REPAIRED = (
        "shape_repaired",
        Text(fr="contour qui se croise", en="outline that crosses itself"),
        Text(
            fr="le contour se croise lui-même ({why}) : un point à l'intérieur a été pris",
            en="the outline crosses itself ({why}): a point inside it was taken",
        ),
    )
    TIME_ZONE_REPLACED = (
        "time_zone_replaced",
        Text(fr="fuseau horaire remplacé", en="time zone replaced"),
        Text(
            fr="fuseau horaire « {given} » remplacé par {time_zone}, celui du lieu",
            en='time zone "{given}" replaced by {time_zone}, which is that of the place',
        ),
        Text(
            fr="Ce n'est pas l'heure du lieu. Vouliez-vous dire {time_zone} ?",
            en="That is not the time of the place. Did you mean {time_zone}?",
        ),
    )
    COUNTRY_REPLACED = (
        "country_replaced",
        Text(fr="pays remplacé", en="country replaced"),
        Text(
            fr="pays « {given} » remplacé par {country}, où se trouve le lieu",
            en='country "{given}" replaced by {country}, where the place lies',
        ),
    )
    NAME_BORROWED = (
        "name_borrowed",
        Text(fr="sans nom, repris d'un autre champ", en="no name, taken from another field"),
        Text(fr="sans nom : « {name} » repris du champ {source}", en='no name: "{name}" taken from the field {source}'),
    )
    NAME_SHORTENED = (
        "name_shortened",
        Text(fr="nom trop long", en="name too long"),
        Text(fr="nom coupé à {longest} caractères", en="name cut to {longest} characters"),
    )
    ADDRESS_SHORTENED = (
        "address_shortened",
        Text(fr="adresse trop longue", en="address too long"),
        Text(fr="adresse coupée à {longest} caractères", en="address cut to {longest} characters"),
    )
    REFERENCE_MADE = (
        "reference_made",
        Text(fr="sans référence, une a été composée", en="no reference, one was made"),
        Text(
            fr="sans référence : « {reference} » a été composée du nom et du lieu",
            en='no reference: "{reference}" was made of the name and the place',
        ),
    )
    CLOSED = (
        "closed",
        Text(fr="magasin fermé", en="store that has closed"),
        Text(
            fr="fermé d'après le fichier ({said}) : gardé comme fermé, personne n'y est envoyé",
            en="closed, as the file says ({said}): kept as closed, nobody is sent there",
        ),
    )
    CLOSES_LATER = (
        "closes_later",
        Text(fr="magasin qui va fermer", en="store that will close"),
        Text(
            fr="ferme le {day} : ouvert jusque-là, à importer de nouveau ce jour",
            en="closes on {day}: open until then, to be imported again that day",
        ),
    )
    OPENS_LATER = (
        "opens_later",
        Text(fr="magasin qui va ouvrir", en="store that will open"),
        Text(
            fr="n'ouvre que le {day} : gardé comme fermé, à ouvrir ce jour",
            en="opens on {day} only: kept as closed, to be opened that day",
        ),
    )
    STAYS_CLOSED = (
        "stays_closed",
        Text(fr="magasin déjà fermé", en="store that was closed before"),
        Text(
            fr="ce magasin est fermé dans le catalogue et le reste : pour l'ouvrir, passez par la console",
            en="this store is closed in the catalogue and stays so: open it at the console",
        ),
    )
    CONTROL_CHARACTERS = (
        "control_characters",
        Text(fr="caractères invisibles", en="invisible characters"),
        Text(fr="caractères invisibles retirés ({what})", en="invisible characters removed ({what})"),
        Text(fr="Le texte contient des caractères invisibles.", en="The text holds invisible characters."),
    )
    HOURS_REPAIRED = (
        "hours_repaired",
        Text(fr="horaires réécrits", en="opening hours rewritten"),
        Text(fr="horaires « {given} » lus comme « {hours} »", en='opening hours "{given}" read as "{hours}"'),
        Text(
            fr="Ce n'est pas la grammaire OSM. Vouliez-vous dire « {hours} » ?",
            en='That is not the OSM grammar. Did you mean "{hours}"?',
        ),
    )
    HOURS_REARRANGED = (
        "hours_rearranged",
        Text(fr="horaires remis en ordre", en="opening hours put in order"),
        Text(
            fr="horaires « {given} » lus comme « {hours} » : après « ; », une règle remplace les précédentes",
            en='opening hours "{given}" read as "{hours}": after ";" a rule replaces those before it',
        ),
        Text(
            fr="Après « ; », une règle remplace celles d'avant et la fin de leurs nuits. Était-ce « {hours} » ?",
            en='After ";" a rule replaces those before it and the end of their nights. Did you mean "{hours}"?',
        ),
    )
    HOURS_DROPPED = (
        "hours_dropped",
        Text(fr="horaires illisibles", en="unreadable opening hours"),
        Text(
            fr="horaires illisibles « {given} » : magasin gardé sans ces horaires (grammaire OSM, ex. « {example} »)",
            en='opening hours "{given}" cannot be read: store kept without them (OSM grammar, e.g. "{example}")',
        ),
        Text(
            fr="Ces horaires ne se lisent pas (grammaire OSM, jours et heures) ; par exemple « {example} ».",
            en='These hours cannot be read (OSM grammar, days and times); for example "{example}".',
        ),
    )

    REFERENCE_MISSING = (
        "reference_missing",
        Text(fr="sans référence", en="no reference"),
        Text(fr="sans référence", en="it has no reference"),
    )
    REFERENCE_TOO_LONG = (
        "reference_too_long",
        Text(fr="référence trop longue", en="reference too long"),
        Text(fr="référence de plus de {longest} caractères", en="reference longer than {longest} characters"),
    )
    NAME_MISSING = (
        "name_missing",
        Text(fr="sans nom", en="no name"),
        Text(fr="sans nom, sans enseigne et sans exploitant", en="it has no name, no brand and no operator"),
    )
    COORDINATES_MISSING = (
        "coordinates_missing",
        Text(fr="sans coordonnées", en="no coordinates"),
        Text(fr="sans coordonnées", en="it has no coordinates"),
    )
    COORDINATES_UNREADABLE = (
        "coordinates_unreadable",
        Text(fr="coordonnées illisibles", en="unreadable coordinates"),
        Text(
            fr="coordonnées illisibles (lat « {lat} », lon « {lon} »)",
            en='coordinates cannot be read (lat "{lat}", lon "{lon}")',
        ),
    )
    COORDINATES_IMPOSSIBLE = (
        "coordinates_impossible",
        Text(fr="coordonnées impossibles", en="impossible coordinates"),
        Text(fr="aucun point de la Terre n'a lat {lat}, lon {lon}", en="no point on Earth has lat {lat}, lon {lon}"),
    )
    COORDINATES_IN_METRES = (
        "coordinates_in_metres",
        Text(fr="coordonnées en mètres, projection inconnue", en="coordinates in metres, unknown projection"),
        Text(
            fr="x {lon}, y {lat} sont des mètres : exportez des degrés (WGS 84), ou dites que c'est du Lambert 93 "
            "(--map x=lambert_x --map y=lambert_y)",
            en="x {lon}, y {lat} are metres: export degrees (WGS 84), or say that they are Lambert 93 "
            "(--map x=lambert_x --map y=lambert_y)",
        ),
    )
    NULL_ISLAND = (
        "null_island",
        Text(fr="coordonnées nulles", en="zero coordinates"),
        Text(
            fr="lat {lat}, lon {lon} : des coordonnées nulles veulent dire inconnues",
            en="lat {lat}, lon {lon}: zero coordinates mean that they are unknown",
        ),
    )
    OUTSIDE_COUNTRIES = (
        "outside_countries",
        Text(fr="hors des pays de l'enseigne", en="outside the brand's countries"),
        Text(
            fr="lat {lat}, lon {lon} se trouve en {country}, hors des pays de l'enseigne ({countries})",
            en="lat {lat}, lon {lon} lies in {country}, outside the brand's countries ({countries})",
        ),
    )
    AT_SEA = (
        "at_sea",
        Text(fr="en mer", en="at sea"),
        Text(
            fr="lat {lat}, lon {lon} se trouve en mer, hors des pays de l'enseigne ({countries})",
            en="lat {lat}, lon {lon} lies at sea, outside the brand's countries ({countries})",
        ),
    )
    SEVERAL_CORRECTIONS = (
        "several_corrections",
        Text(fr="plusieurs corrections possibles", en="several corrections possible"),
        Text(
            fr="lat {lat}, lon {lon} est hors des pays de l'enseigne ({countries}) et plusieurs corrections y mènent",
            en="lat {lat}, lon {lon} is outside the brand's countries ({countries}) and several corrections lead there",
        ),
    )
    SHAPE_UNUSABLE = (
        "shape_unusable",
        Text(fr="forme inutilisable", en="unusable shape"),
        Text(
            fr="la forme n'est ni un point ni le contour d'un bâtiment ({why})",
            en="the shape is neither a point nor the outline of a building ({why})",
        ),
    )
    NOT_A_FEATURE = (
        "not_a_feature",
        Text(fr="pas un « Feature » GeoJSON", en="not a GeoJSON Feature"),
        Text(fr="ce n'est pas un « Feature » GeoJSON", en="it is not a GeoJSON Feature"),
    )
    TOO_MANY_CELLS = (
        "too_many_cells",
        Text(fr="trop de cellules", en="too many cells"),
        Text(
            fr="{cells} {cells:cellule|cellules} pour {columns} {columns:colonne|colonnes} : un texte contient-il le"
            " séparateur sans guillemets ?",
            en="{cells} {cells:cell|cells} for {columns} {columns:column|columns}: does a text hold the separator"
            " without quotes?",
        ),
    )
    DUPLICATE_REFERENCE = (
        "duplicate_reference",
        Text(fr="référence en double", en="duplicate reference"),
        Text(fr="même référence que la ligne {row}", en="same reference as row {row}"),
    )
    DUPLICATE_NEARBY = (
        "duplicate_nearby",
        Text(fr="doublon d'une autre ligne", en="duplicate of another row"),
        Text(
            fr="même nom que la ligne {row} ({reference}), à {distance_m} m ; "
            "si c'est un autre magasin, dites-le : --separate et sa référence, ou « oui » en colonne separate",
            en="same name as row {row} ({reference}), {distance_m} m away; "
            "if it is another store, say so: --separate with its reference, or yes in a column separate",
        ),
    )
    DUPLICATE_OF_STORE = (
        "duplicate_of_store",
        Text(fr="doublon d'un magasin existant", en="duplicate of an existing store"),
        Text(
            fr="même nom que le magasin {reference}, qui existe déjà à {distance_m} m ; "
            "si c'est un autre magasin, dites-le : --separate et sa référence, ou « oui » en colonne separate",
            en="same name as store {reference}, which exists already {distance_m} m away; "
            "if it is another store, say so: --separate with its reference, or yes in a column separate",
        ),
    )
