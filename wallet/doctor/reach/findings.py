"""What may be wrong with places, beacons, the web service and NFC."""

from app.languages import Text
from wallet.doctor import meanings
from wallet.doctor.ailments import Ailment, Grade

BOTH_OR_NONE = Text(
    fr="Donnez webServiceURL (https) et authenticationToken (au moins 16 caractères, au hasard), ou aucun des deux.",
    en="Give webServiceURL (https) and authenticationToken (at least 16 characters, drawn by lot), or neither.",
)
IN_DEGREES = Text(
    fr="Des nombres en degrés décimaux (WGS 84) : latitude de -90 à 90, longitude de -180 à 180.",
    en="Numbers in decimal degrees (WGS 84): latitude from -90 to 90, longitude from -180 to 180.",
)


class PlaceAilment(Ailment):
    """Faults of `locations`, `beacons` and `maxDistance`."""

    PLACES_MANY = (
        "places_many",
        Grade.FAULT,
        meanings.SILENT,
        Text(
            fr="{count} {count:entrée|entrées} dans « {key} » : Apple en admet dix.",
            en='{count} {count:entry|entries} in "{key}": Apple allows ten.',
        ),
        Text(
            fr="Choisissez les dix qui comptent pour ce client. Un seul UUID de balise, sans major ni minor, vaut pour"
            " toute une enseigne.",
            en="Choose the ten that matter to this holder. One UUID of beacons, without major and minor, stands for a"
            " whole chain.",
        ),
    )
    POSITION_WRONG = (
        "position_wrong",
        Grade.FAULT,
        meanings.REFUSED,
        Text(fr="« {key} » n'est pas une position possible.", en='"{key}" is no possible position.'),
        IN_DEGREES,
    )
    POSITION_ZERO = (
        "position_zero",
        Grade.WARNING,
        meanings.SILENT,
        Text(
            fr="Ce lieu est à 0° nord, 0° est, dans l'océan : sans doute une adresse sans position.",
            en="This place is at 0° north, 0° east, in the ocean: likely an address without a position.",
        ),
        IN_DEGREES,
    )
    PLACE_TWICE = (
        "place_twice",
        Grade.WARNING,
        meanings.SILENT,
        Text(
            fr="Ce lieu est déjà dans la liste et prend une des dix places.",
            en="This place is in the list already and takes one of ten seats.",
        ),
        Text(fr="Enlevez-le.", en="Remove it."),
    )
    DISTANCE_WRONG = (
        "distance_wrong",
        Grade.FAULT,
        meanings.SILENT,
        Text(
            fr="maxDistance est en mètres, au-dessus de zéro.",
            en="maxDistance is in metres, above zero.",
        ),
        Text(
            fr="Le téléphone prend la plus petite de cette distance et de la sienne.",
            en="The phone takes the smaller of this distance and its own.",
        ),
    )
    UUID_WRONG = (
        "uuid_wrong",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="proximityUUID manque ou n'est pas un UUID.",
            en="proximityUUID is missing or no UUID.",
        ),
        Text(
            fr="Trente-deux chiffres hexadécimaux et quatre tirets : c'est celui que vos balises émettent.",
            en="Thirty-two hexadecimal digits and four dashes: the one that your beacons send.",
        ),
    )
    BEACON_NUMBER = (
        "beacon_number",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="« {key} » doit être un nombre entier de 0 à 65535.",
            en='"{key}" must be a whole number from 0 to 65535.',
        ),
        Text(
            fr="Écrivez un nombre, ou enlevez la clé pour toutes les balises de cet UUID.",
            en="Write a number, or remove the key for all beacons of this UUID.",
        ),
    )
    MINOR_ALONE = (
        "minor_alone",
        Grade.WARNING,
        meanings.SILENT,
        Text(fr="minor sans major ne désigne rien.", en="minor without major names nothing."),
        Text(fr="Donnez aussi major.", en="Give major too."),
    )


class ServiceAilment(Ailment):
    """Faults of `webServiceURL` and `authenticationToken`."""

    SERVICE_HALF = (
        "service_half",
        Grade.FAULT,
        meanings.REFUSED,
        Text(fr="« {key} » est là sans « {other} ».", en='"{key}" is there without "{other}".'),
        BOTH_OR_NONE,
    )
    SERVICE_NONE = (
        "service_none",
        Grade.REMARK,
        meanings.FROZEN,
        Text(fr="Le pass n'a pas de service de mise à jour.", en="The pass has no web service that updates it."),
        BOTH_OR_NONE,
    )
    SERVICE_ADDRESS = (
        "service_address",
        Grade.FAULT,
        meanings.FROZEN,
        Text(fr="webServiceURL n'est pas une adresse.", en="webServiceURL is no address."),
        Text(fr="https://passes.exemple.fr/apple, par exemple.", en="https://passes.example.com/apple, for example."),
    )
    SERVICE_PLAIN = (
        "service_plain",
        Grade.FAULT,
        meanings.REFUSED,
        Text(fr="webServiceURL n'est pas en https.", en="webServiceURL is not https."),
        Text(
            fr="Apple n'admet http que sur un téléphone de développement ; servez en https.",
            en="Apple allows http on a developer's phone only; serve https.",
        ),
    )
    SERVICE_SLASH = (
        "service_slash",
        Grade.WARNING,
        meanings.ELSEWHERE,
        Text(
            fr="webServiceURL finit par « / » : des applications demandent alors « //v1 ».",
            en='webServiceURL ends with "/": some apps then ask for "//v1".',
        ),
        Text(fr="Enlevez la barre finale.", en="Remove the last slash."),
    )
    SERVICE_VERSION = (
        "service_version",
        Grade.WARNING,
        meanings.FROZEN,
        Text(
            fr="webServiceURL finit par /v1, que l'appareil ajoute lui-même : il demandera /v1/v1.",
            en="webServiceURL ends with /v1, which the device adds itself: it will ask for /v1/v1.",
        ),
        Text(fr="Enlevez /v1.", en="Remove /v1."),
    )
    SERVICE_TAIL = (
        "service_tail",
        Grade.FAULT,
        meanings.FROZEN,
        Text(
            fr="webServiceURL a une requête (?), un fragment (#) ou un mot de passe : l'appareil ajoute le"
            " chemin à la fin.",
            en="webServiceURL has a query (?), a fragment (#) or a password: the device adds the path at the end.",
        ),
        Text(fr="Donnez une adresse simple.", en="Give a plain address."),
    )
    SERVICE_LOCAL = (
        "service_local",
        Grade.WARNING,
        meanings.FROZEN,
        Text(
            fr="webServiceURL désigne « {host} », que le téléphone d'un client n'atteint pas.",
            en='webServiceURL names "{host}", which a customer\'s phone does not reach.',
        ),
        Text(fr="Donnez un nom public.", en="Give a public name."),
    )
    TOKEN_SHORT = (
        "token_short",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="authenticationToken a {length} {length:caractère|caractères} : il en faut seize.",
            en="authenticationToken has {length} {length:character|characters}: it needs sixteen.",
        ),
        BOTH_OR_NONE,
    )
    TOKEN_GUESSABLE = (
        "token_guessable",
        Grade.WARNING,
        meanings.EXPOSED,
        Text(
            fr="authenticationToken se devine : c'est le numéro de série, ou presque toujours le même signe.",
            en="authenticationToken can be guessed: it is the serial number, or nearly always one sign.",
        ),
        Text(
            fr="Un secret par pass, d'au moins 32 caractères tirés au hasard.",
            en="One secret for each pass, at least 32 characters drawn by lot.",
        ),
    )


class RadioAilment(Ailment):
    """Faults of `nfc`."""

    NFC_MESSAGE = (
        "nfc_message",
        Grade.FAULT,
        meanings.UNSCANNABLE,
        Text(
            fr="nfc.message manque ou dépasse 64 octets.",
            en="nfc.message is missing or longer than 64 bytes.",
        ),
        Text(fr="Mettez-y un numéro court.", en="Put a short number there."),
    )
    NFC_KEY = (
        "nfc_key",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="nfc.encryptionPublicKey n'est pas une clé publique P-256 (X.509, base64).",
            en="nfc.encryptionPublicKey is no public key on P-256 (X.509, base64).",
        ),
        Text(
            fr="openssl ec -pubout -conv_form compressed, en base64 sans en-tête.",
            en="openssl ec -pubout -conv_form compressed, as base64 without header.",
        ),
    )
    NFC_KEY_LONG = (
        "nfc_key_long",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="nfc.encryptionPublicKey n'est pas sous forme compressée.",
            en="nfc.encryptionPublicKey is not in its compressed form.",
        ),
        Text(
            fr="openssl ec -pubout -conv_form compressed, en base64 sans en-tête.",
            en="openssl ec -pubout -conv_form compressed, as base64 without header.",
        ),
    )
    NFC_CERTIFICATE = (
        "nfc_certificate",
        Grade.REMARK,
        meanings.UNSCANNABLE,
        Text(
            fr="NFC demande un certificat spécial d'Apple ; avec un certificat ordinaire le lecteur ne voit rien.",
            en="NFC needs a special certificate of Apple's; with an ordinary one the reader sees nothing.",
        ),
        Text(fr="Demandez-le à Apple, ou enlevez nfc.", en="Ask Apple for it, or remove nfc."),
    )
