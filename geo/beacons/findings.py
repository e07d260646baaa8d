"""What is found in a row of a file of beacons, and what is said of it."""

from app.languages import Text
from app.ops.imports.outcomes import Said


class BeaconFinding(Said):
    """Every fact that corrects or refuses a row. Codes are stable; programs read them in the JSON report."""

    NOT_A_BEACON = (
        "not_a_beacon",
        Text(fr="ce n'est pas une balise", en="not a beacon"),
        Text(fr="rien n'y dit ce que la balise émet", en="nothing in it says what the beacon sends"),
    )
    KIND_UNKNOWN = (
        "kind_unknown",
        Text(fr="sorte de balise inconnue", en="unknown kind of beacon"),
        Text(
            fr="« {said} » n'est ni iBeacon, ni AltBeacon, ni Eddystone-UID",
            en='"{said}" is neither iBeacon nor AltBeacon nor Eddystone-UID',
        ),
    )
    ID_CHANGES = (
        "id_changes",
        Text(fr="identifiant éphémère (Eddystone-EID)", en="changing id (Eddystone-EID)"),
        Text(
            fr="son identifiant change : enregistrez-la par l'API (POST /v1/beacons), avec sa clé et son horloge",
            en="its id changes: register it through the API (POST /v1/beacons), with its key and its clock",
        ),
    )
    BEACON_ID_WRONG = ("beacon_id_wrong", Text(fr="identifiant incorrect", en="wrong id"))
    SECOND_ID_LEFT = (
        "second_id_left",
        Text(fr="second identifiant laissé de côté", en="second id left out"),
        Text(
            fr="elle émet aussi un Eddystone-UID : seul l'iBeacon est pris, tous les téléphones l'entendent",
            en="it sends an Eddystone-UID too: only the iBeacon is taken, which all phones hear",
        ),
    )
    STORE_OF_BEACON_UNKNOWN = (
        "store_of_beacon_unknown",
        Text(fr="magasin inconnu", en="unknown store"),
        Text(fr="l'enseigne n'a pas de magasin « {said} »", en='the brand has no store "{said}"'),
    )
    STORE_MISSING = (
        "store_missing",
        Text(fr="sans magasin", en="without a store"),
        Text(
            fr="rien ne dit dans quel magasin elle est : ajoutez une colonne, ou --store",
            en="nothing says in which store it is: add a column, or --store",
        ),
    )
    STORE_BY_NAME = (
        "store_by_name",
        Text(fr="magasin reconnu à son nom", en="store recognised by its name"),
        Text(fr="magasin reconnu à son nom : {reference}", en="store recognised by its name: {reference}"),
    )
    ZONE_LEFT = (
        "zone_left",
        Text(fr="espace inconnu, laissé de côté", en="unknown zone, left out"),
        Text(fr="ce magasin n'a pas d'espace « {said} »", en='this store has no zone "{said}"'),
    )
    WORD_UNKNOWN = (
        "word_unknown",
        Text(fr="mot inconnu, laissé de côté", en="unknown word, left out"),
        Text(fr="« {said} » n'est pas un mot connu pour {field}", en='"{said}" is no known word for {field}'),
    )
    TAKEN_ELSEWHERE = (
        "taken_elsewhere",
        Text(fr="identifiant déjà enregistré ailleurs", en="id registered elsewhere already"),
    )
    TWICE_IN_FILE = (
        "twice_in_file",
        Text(fr="deux fois dans le fichier", en="twice in the file"),
        Text(fr="le même identifiant est à la ligne {row}", en="row {row} has the same id"),
    )
    OUT_OF_SERVICE = (
        "out_of_service",
        Text(fr="balise retirée du service", en="decommissioned beacon"),
        Text(fr="elle a été retirée du service : c'est définitif", en="it was decommissioned: that is final"),
    )
