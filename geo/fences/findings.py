"""What is found in a shape that somebody draws, in the words of whoever draws it."""

from app.languages import Text
from app.ops.imports.outcomes import Said


class ShapeFinding(Said):
    """Every fact that corrects or refuses a shape. Codes are stable; programs read them."""

    # Refused: nobody but the person who draws can know what was meant.
    SHAPE_MISSING = (
        "shape_missing",
        Text(
            fr="Il n'y a pas de géométrie : une clôture a besoin d'une surface.",
            en="There is no geometry: a fence needs an area.",
        ),
    )
    NOT_GEOJSON = (
        "not_geojson",
        Text(
            fr="Ce n'est pas une géométrie GeoJSON : il faut un objet avec « type » et « coordinates ».",
            en='This is no GeoJSON geometry: it must be an object with "type" and "coordinates".',
        ),
    )
    NOT_WKT = (
        "not_wkt",
        Text(fr="WKT illisible", en="WKT that cannot be read"),
        Text(
            fr="Ce texte n'est pas du WKT lisible, près du caractère {character}.",
            en="This text is not WKT that can be read, near character {character}.",
        ),
    )
    NOT_AN_AREA = (
        "not_an_area",
        Text(fr="géométrie sans surface", en="geometry without an area"),
        Text(
            fr="« {kind} » n'a pas de surface : il faut Polygon ou MultiPolygon, ou un cercle.",
            en='"{kind}" has no area: it must be Polygon or MultiPolygon, or a circle.',
        ),
    )
    SEVERAL_FEATURES = (
        "several_features",
        Text(fr="plusieurs objets en un", en="several features in one"),
        Text(
            fr="Il y a {count} {count:objet|objets} : une clôture en est un seul.",
            en="There {count:is|are} {count} {count:feature|features}: a fence is one.",
        ),
    )
    OTHER_CRS = (
        "other_crs",
        Text(fr="coordonnées qui ne sont pas des degrés WGS 84", en="coordinates that are no WGS 84 degrees"),
        Text(
            fr="Ces coordonnées sont dites en « {crs} » : il faut des degrés WGS 84, les seuls de GeoJSON.",
            en='These coordinates are said to be in "{crs}": they must be WGS 84 degrees, the only ones of GeoJSON.',
        ),
    )
    POSITION_UNREADABLE = (
        "position_unreadable",
        Text(fr="position illisible", en="position that cannot be read"),
        Text(
            fr="Une position est faite de deux nombres, longitude puis latitude ; pas « {given} ».",
            en='A position is two numbers, longitude then latitude; not "{given}".',
        ),
    )
    POSITION_IN_METRES = (
        "position_in_metres",
        Text(fr="coordonnées en mètres", en="coordinates in metres"),
        Text(
            fr="« {lon}, {lat} » sont des mètres d'une carte, pas des degrés : exportez en WGS 84 (EPSG:4326).",
            en='"{lon}, {lat}" are metres of a map, not degrees: export as WGS 84 (EPSG:4326).',
        ),
    )
    POSITION_OFF_EARTH = (
        "position_off_earth",
        Text(fr="position qui n'existe pas", en="position that does not exist"),
        Text(
            fr="Longitude {lon}, latitude {lat} : il n'y a pas de tel lieu.",
            en="Longitude {lon}, latitude {lat}: there is no such place.",
        ),
    )
    POSITION_ZERO = (
        "position_zero",
        Text(
            fr="La position 0, 0 veut dire qu'elle est inconnue : aucun magasin n'est là.",
            en="The position 0, 0 means that it is not known: no store is there.",
        ),
    )
    POSITIONS_MANY = (
        "positions_many",
        Text(fr="trop de positions", en="too many positions"),
        Text(
            fr="{count} {count:position|positions}, et {most} au plus : simplifiez le contour.",
            en="{count} {count:position|positions}, and {most} at most: simplify the outline.",
        ),
    )
    RING_SHORT = (
        "ring_short",
        Text(fr="contour trop court", en="ring that is too short"),
        Text(
            fr="Un contour a besoin de 4 positions au moins, la dernière étant la première ; celui-ci en a {count}.",
            en="A ring needs at least 4 positions, of which the last is the first; this one has {count}.",
        ),
    )
    RING_OPEN = (
        "ring_open",
        Text(fr="contour qui n'est pas fermé", en="ring that is not closed"),
        Text(
            fr="Le contour n'est pas fermé : il commence à {first} et finit à {last}.",
            en="The ring is not closed: it begins at {first} and ends at {last}.",
        ),
    )
    RING_FLAT = (
        "ring_flat",
        Text(
            fr="Le contour n'entoure rien : ses positions sont au même endroit ou sur une ligne.",
            en="The ring holds nothing: its positions are in one place or on one line.",
        ),
    )
    CROSSES_ITSELF = (
        "crosses_itself",
        Text(fr="contour qui se croise", en="outline that crosses itself"),
        Text(
            fr="Le contour se croise près de longitude {lon}, latitude {lat}.",
            en="The outline crosses itself near longitude {lon}, latitude {lat}.",
        ),
    )
    HOLE_OUTSIDE = (
        "hole_outside",
        Text(fr="trou en dehors du contour", en="hole outside its outline"),
        Text(
            fr="Un trou est en dehors de son contour, près de longitude {lon}, latitude {lat}.",
            en="A hole is outside its outline, near longitude {lon}, latitude {lat}.",
        ),
    )
    PARTS_NESTED = (
        "parts_nested",
        Text(fr="parties l'une dans l'autre", en="parts in each other"),
        Text(
            fr="Deux parties, ou deux trous, sont l'un dans l'autre, près de longitude {lon}, latitude {lat}.",
            en="Two parts, or two holes, lie in each other, near longitude {lon}, latitude {lat}.",
        ),
    )
    FALLS_APART = (
        "falls_apart",
        Text(fr="trou qui coupe le contour en deux", en="hole that cuts the outline in two"),
        Text(
            fr="Un trou coupe le contour en deux, près de longitude {lon}, latitude {lat} : faites-en deux parties.",
            en="A hole cuts the outline in two, near longitude {lon}, latitude {lat}: make it two parts.",
        ),
    )
    AROUND_A_POLE = (
        "around_a_pole",
        Text(
            fr="Le contour fait le tour d'un pôle, ou presque : dessinez un cercle.",
            en="The ring goes around a pole, or nearly: draw a circle.",
        ),
    )
    SHAPE_LARGE = (
        "shape_large",
        Text(fr="forme trop grande", en="shape that is too large"),
        Text(
            fr="La forme s'étend à {radius_km} km de son centre, et {most_km} au plus.",
            en="The shape reaches {radius_km} km from its centre, and {most_km} at most.",
        ),
    )
    NOTHING_LEFT = (
        "nothing_left",
        Text(
            fr="Il ne reste rien de la forme, une fois le reste retiré.",
            en="Nothing is left of the shape once the others are taken away.",
        ),
    )
    # Made good, and said; what has a question is made good in a file, and asked of a person.
    POSITIONS_SWAPPED = (
        "positions_swapped",
        Text(fr="latitude et longitude inversées", en="latitude and longitude swapped"),
        Text(
            fr="latitude et longitude étaient inversées : lu autour de longitude {lon}, latitude {lat}",
            en="latitude and longitude were swapped: read as around longitude {lon}, latitude {lat}",
        ),
        Text(
            fr="Latitude et longitude semblent inversées : GeoJSON veut la longitude d'abord. Vouliez-vous dire autour"
            " de longitude {lon}, latitude {lat} ?",
            en="Latitude and longitude seem swapped: GeoJSON has longitude first. Did you mean around longitude {lon},"
            " latitude {lat}?",
        ),
    )
    RING_TURNED = (
        "ring_turned",
        Text(
            fr="le contour tournait dans l'autre sens (RFC 7946) : il est écrit retourné",
            en="the ring turned the other way (RFC 7946): it is written turned round",
        ),
    )
    CRS_DROPPED = (
        "crs_dropped",
        Text(
            fr="« crs » n'est plus dans GeoJSON : laissé de côté, ce sont des degrés WGS 84",
            en='"crs" is no more in GeoJSON: left out, these are WGS 84 degrees',
        ),
    )
    NUMBERS_DROPPED = (
        "numbers_dropped",
        Text(fr="altitudes laissées de côté", en="altitudes left out"),
        Text(
            fr="{count} {count:position avait|positions avaient} plus de deux nombres (une altitude) : laissés de côté",
            en="{count} {count:position|positions} had more than two numbers (an altitude): left out",
        ),
    )
    POSITIONS_REPEATED = (
        "positions_repeated",
        Text(fr="positions répétées", en="positions that are repeated"),
        Text(
            fr="{count} {count:position répétée|positions répétées} de suite : {count:gardée|gardées} une fois",
            en="{count} {count:position|positions} repeated in a row: kept once",
        ),
    )
    OVER_THE_180TH = (
        "over_the_180th",
        Text(
            fr="la forme passe le 180e méridien : elle est écrite en deux parties",
            en="the shape crosses the 180th meridian: it is written in two parts",
        ),
    )
    OUTSIDE_COUNTRIES = (
        "shape_outside_countries",
        Text(fr="hors des pays de l'enseigne", en="outside the brand's countries"),
        Text(
            fr="la forme n'est dans aucun pays de l'enseigne ({countries})",
            en="the shape is in none of the brand's countries ({countries})",
        ),
    )


MADE_GOOD = frozenset(
    {
        ShapeFinding.RING_TURNED,
        ShapeFinding.CRS_DROPPED,
        ShapeFinding.NUMBERS_DROPPED,
        ShapeFinding.POSITIONS_REPEATED,
        ShapeFinding.OVER_THE_180TH,
        ShapeFinding.OUTSIDE_COUNTRIES,
    }
)
"""What refuses nothing: it is said, and the shape is taken."""
