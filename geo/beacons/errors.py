"""Refusals about beacons."""

from app.complaints import declare_complaint
from app.errors import CONSTRAINTS, Conflict, Malformed, NotFound
from app.languages import Text


class BeaconUnknown(NotFound):
    title = Text(fr="Balise introuvable.", en="No such beacon.")


class BeaconIdentifierTaken(Conflict):
    """Across brands: one id is one radio. Whose it is, is not told."""

    title = Text(
        fr="Une balise est déjà enregistrée avec cet identifiant.", en="A beacon is registered with this id already."
    )


class BeaconDecommissioned(Conflict):
    title = Text(
        fr="Cette balise a été retirée du service : c'est définitif.",
        en="This beacon was decommissioned: that is final.",
    )


class BeaconIdWrong(Malformed):
    """What names a beacon does not go with its kind; `errors` point at what is wrong."""

    title = Text(fr="Cet identifiant de balise est incorrect.", en="This id of a beacon is wrong.")


class EphemeralIdMismatch(Malformed):
    title = Text(
        fr="L'identifiant éphémère ne découle pas de cette clé et de cette horloge : la balise n'est pas enregistrée.",
        en="The ephemeral id does not come of this key and this clock: the beacon is not registered.",
    )
    remedy = Text(
        fr="Relisez la clé, l'exposant et l'horloge sur la balise, puis l'identifiant qu'elle émet à cet instant.",
        en="Read key, exponent and clock from the beacon again, and the id that it sends at that moment.",
    )


IBEACON_WRONG = declare_complaint(
    "ibeacon_id_wrong",
    Text(
        fr="Un iBeacon se nomme par son UUID, son major et son minor (de 1 à 65 535).",
        en="An iBeacon is named by its UUID, its major and its minor (1 to 65,535).",
    ),
)
ALTBEACON_WRONG = declare_complaint(
    "altbeacon_id_wrong",
    Text(
        fr="Un AltBeacon se nomme par 20 octets : 40 chiffres hexadécimaux, ou un UUID avec deux nombres.",
        en="An AltBeacon is named by 20 bytes: 40 hexadecimal digits, or a UUID with two numbers.",
    ),
)
UID_WRONG = declare_complaint(
    "eddystone_uid_wrong",
    Text(
        fr="Un Eddystone-UID se nomme par un espace de noms de 10 octets et une instance de 6, en hexadécimal.",
        en="An Eddystone-UID is named by a namespace of 10 bytes and an instance of 6, in hexadecimal.",
    ),
)
NEVER_ZERO = declare_complaint(
    "beacon_number_zero",
    Text(
        fr="Un major ou un minor de 0 veut dire « n'importe lequel » pour des téléphones : choisissez de 1 à 65 535.",
        en='A major or minor of 0 means "any" to some phones: choose 1 to 65,535.',
    ),
)
KEY_WRONG = declare_complaint(
    "beacon_key_wrong",
    Text(
        fr="Indiquez soit la clé d'identité (16 octets), soit une clé publique X25519 de la balise (32 octets).",
        en="Give either the identity key (16 bytes) or an X25519 public key of the beacon (32 bytes).",
    ),
)

CONSTRAINTS["uq_beacon_kind_identifier"] = BeaconIdentifierTaken
CONSTRAINTS["uq_beacon_clock_key_hash"] = BeaconIdentifierTaken
