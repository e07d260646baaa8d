"""What is found in a shape that somebody draws, and what a fence is warned of, in the words of whoever draws it."""

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
        Text(
            fr="Ce texte n'est pas du WKT lisible, près du caractère {at}.",
            en="This text is not WKT that can be read, near character {at}.",
        ),
    )
    NOT_AN_AREA = (
        "not_an_area",
        Text(
            fr="« {kind} » n'a pas de surface : il faut Polygon ou MultiPolygon, ou un cercle.",
            en='"{kind}" has no area: it must be Polygon or MultiPolygon, or a circle.',
        ),
    )
    SEVERAL_FEATURES = (
        "several_features",
        Text(
            fr="Il y a {count} objets : une clôture en est un seul.", en="There are {count} features: a fence is one."
        ),
    )
    OTHER_CRS = (
        "other_crs",
        Text(
            fr="Ces coordonnées sont dites en « {crs} » : il faut des degrés WGS 84, les seuls de GeoJSON.",
            en='These coordinates are said to be in "{crs}": they must be WGS 84 degrees, the only ones of GeoJSON.',
        ),
    )
    POSITION_UNREADABLE = (
        "position_unreadable",
        Text(
            fr="Une position est faite de deux nombres, longitude puis latitude ; pas « {given} ».",
            en='A position is two numbers, longitude then latitude; not "{given}".',
        ),
    )
    POSITION_IN_METRES = (
        "position_in_metres",
        Text(
            fr="« {lon}, {lat} » sont des mètres d'une carte, pas des degrés : exportez en WGS 84 (EPSG:4326).",
            en='"{lon}, {lat}" are metres of a map, not degrees: export as WGS 84 (EPSG:4326).',
        ),
    )
    POSITION_OFF_EARTH = (
        "position_off_earth",
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
        Text(
            fr="{count} positions, et {most} au plus : simplifiez le contour.",
            en="{count} positions, and {most} at most: simplify the outline.",
        ),
    )
    RING_SHORT = (
        "ring_short",
        Text(
            fr="Un contour a besoin de 4 positions au moins, la dernière étant la première ; celui-ci en a {count}.",
            en="A ring needs at least 4 positions, of which the last is the first; this one has {count}.",
        ),
    )
    RING_OPEN = (
        "ring_open",
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
        Text(
            fr="Le contour se croise près de longitude {lon}, latitude {lat}.",
            en="The outline crosses itself near longitude {lon}, latitude {lat}.",
        ),
    )
    HOLE_OUTSIDE = (
        "hole_outside",
        Text(
            fr="Un trou est en dehors de son contour, près de longitude {lon}, latitude {lat}.",
            en="A hole is outside its outline, near longitude {lon}, latitude {lat}.",
        ),
    )
    PARTS_NESTED = (
        "parts_nested",
        Text(
            fr="Deux parties, ou deux trous, sont l'un dans l'autre, près de longitude {lon}, latitude {lat}.",
            en="Two parts, or two holes, lie in each other, near longitude {lon}, latitude {lat}.",
        ),
    )
    FALLS_APART = (
        "falls_apart",
        Text(
            fr="Un trou coupe le contour en deux, près de longitude {lon}, latitude {lat} : faites-en deux parties.",
            en="A hole cuts the outline in two, near longitude {lon}, latitude {lat}: make it two parts.",
        ),
    )
    AROUND_A_POLE = (
        "around_a_pole",
        Text(
            fr="Le contour fait le tour de la Terre : autour d'un pôle, dessinez un cercle.",
            en="The ring goes around the Earth: around a pole, draw a circle.",
        ),
    )
    SHAPE_LARGE = (
        "shape_large",
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
        Text(
            fr="{count} {count:position avait|positions avaient} plus de deux nombres (une altitude) : laissés de côté",
            en="{count} {count:position|positions} had more than two numbers (an altitude): left out",
        ),
    )
    POSITIONS_REPEATED = (
        "positions_repeated",
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


class FenceRowFinding(Said):
    """What an import finds in a feature beside its shape."""

    CODE_MADE = (
        "code_made",
        Text(fr="code composé", en="code made"),
        Text(fr="le code « {code} » a été fait de « {given} »", en='the code "{code}" was made of "{given}"'),
    )
    CODE_MISSING = (
        "code_missing",
        Text(
            fr="ni « code », ni « id », ni « name » : rien ne dit de quelle clôture il s'agit",
            en='no "code", "id" or "name": nothing says which fence it is',
        ),
    )
    CODE_REPEATED = (
        "code_repeated",
        Text(fr="code déjà vu dans ce fichier", en="code seen before in this file"),
        Text(fr="le code « {code} » est déjà à la ligne {row}", en='the code "{code}" is in row {row} already'),
    )
    STORE_NOT_FOUND = (
        "store_not_found",
        Text(fr="magasin inconnu", en="no such store"),
        Text(
            fr="l'enseigne n'a pas de magasin de référence « {store} »",
            en='the brand has no store with the reference "{store}"',
        ),
    )
    STORE_DIFFERS = (
        "store_differs",
        Text(fr="une clôture ne change pas de magasin", en="a fence does not change its store"),
        Text(
            fr="la clôture « {code} » est d'un autre magasin : terminez-la, ou donnez un autre code",
            en='the fence "{code}" is of another store: end it, or give another code',
        ),
    )
    FENCE_HAS_ENDED = (
        "fence_has_ended",
        Text(fr="clôture terminée", en="fence that has ended"),
        Text(
            fr="la clôture « {code} » est terminée : donnez un autre code", en='"{code}" has ended: give another code'
        ),
    )
    RADIUS_WRONG = (
        "radius_wrong",
        Text(fr="rayon impossible", en="impossible radius"),
        Text(
            fr="un rayon va de {least} à {most} mètres ; pas « {given} »",
            en='a radius is from {least} to {most} metres; not "{given}"',
        ),
    )


class FenceFault(Said):
    """Every doubt about a fence that phones, people or opening hours will show. None refuses it."""

    RADIUS_TOO_SMALL = (
        "radius_too_small",
        Text(
            fr="Elle tient {inner_m} m autour de son milieu : un téléphone endormi a besoin de {least_m} m, et n'en"
            " verra sans doute ni l'entrée ni la sortie.",
            en="It holds {inner_m} m around its middle: a sleeping phone needs {least_m} m, and will hardly see anybody"
            " come or go.",
        ),
    )
    RADIUS_SMALL = (
        "radius_small",
        Text(
            fr="Elle tient {inner_m} m autour de son milieu : beaucoup de téléphones ont besoin de {least_m} m.",
            en="It holds {inner_m} m around its middle: many phones need {least_m} m.",
        ),
    )
    BELOW_ACCURACY = (
        "below_accuracy",
        Text(
            fr="Elle tient {inner_m} m autour de son milieu, moins que l'erreur d'une position en ville"
            " ({accuracy_m} m) : on y sera dit présent en passant à côté. Une balise dit mieux qui est dedans.",
            en="It holds {inner_m} m around its middle, less than a fix is off in a town ({accuracy_m} m): people who"
            " pass beside it will be said to be in it. A beacon tells better who is inside.",
        ),
    )
    LONG_AND_THIN = (
        "long_and_thin",
        Text(
            fr="Elle est longue et étroite ({inner_m} m de large autour de son milieu, {radius_m} m de long) : une rue"
            " ou une route, que l'on traverse sans s'arrêter.",
            en="It is long and thin ({inner_m} m around its middle, {radius_m} m along): a street or a road, which"
            " people cross without stopping.",
        ),
    )
    MOSTLY_CROSSED = (
        "mostly_crossed",
        Text(
            fr="Sur {passed} passages, {share} % n'ont fait que la traverser : sans doute une route.",
            en="Of {passed} passages, {share} % only crossed it: probably a road.",
        ),
    )
    OVERLAPS = (
        "overlaps",
        Text(
            fr="Elle recouvre {share} % de « {other} » : qui y entre entre dans les deux.",
            en='It covers {share} % of "{other}": whoever enters there enters both.',
        ),
    )
    MORE_THAN_IOS_WATCHES = (
        "more_than_ios_watches",
        Text(
            fr="{count} clôtures de l'enseigne à moins de {reach_km} km : un iPhone en surveille {most} à la fois.",
            en="{count} fences of the brand within {reach_km} km: an iPhone watches {most} at a time.",
        ),
    )
    MORE_THAN_ANDROID_WATCHES = (
        "more_than_android_watches",
        Text(
            fr="{count} clôtures de l'enseigne à moins de {reach_km} km : un téléphone Android en surveille {most} à la"
            " fois.",
            en="{count} fences of the brand within {reach_km} km: an Android phone watches {most} at a time.",
        ),
    )
    FAR_FROM_STORE = (
        "far_from_store",
        Text(
            fr="Son magasin est à {outside_m} m en dehors : qui y est n'entre pas dans la clôture.",
            en="Its store is {outside_m} m outside: whoever is there does not enter the fence.",
        ),
    )
    STORE_CLOSED_FOR_GOOD = (
        "store_closed_for_good",
        Text(fr="Son magasin est fermé définitivement.", en="Its store is closed for good."),
    )
    CLOSED_THROUGHOUT = (
        "closed_throughout",
        Text(
            fr="Son magasin est fermé pendant toute la période du {starts} au {ends}.",
            en="Its store is closed during the whole time from {starts} to {ends}.",
        ),
    )
    ELSEWHERE = (
        "elsewhere",
        Text(
            fr="Elle n'est dans aucun pays de l'enseigne ({countries}).",
            en="It is in none of the brand's countries ({countries}).",
        ),
    )
