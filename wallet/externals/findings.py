"""What an import finds about a row, and what it leaves at the door, with what a member reads of it."""

from app.languages import Text
from app.ops.imports.outcomes import Said


class ExternalFinding(Said):
    """Why a row was corrected or refused."""

    REFERENCE_MISSING = (
        "reference_missing",
        Text(fr="Sans numéro ni code, ce n'est pas une carte.", en="Without a number or a code it is no card."),
    )
    PROGRAMME_MISSING = ("programme_missing", Text(fr="Le programme n'a pas de nom.", en="The programme has no name."))
    PROGRAMME_UNKNOWN = (
        "programme_unknown",
        Text(
            fr="Le fichier ne nomme pas l'enseigne ({provider}) ; renommez la carte.",
            en="The file does not name the programme ({provider}); rename the card.",
        ),
    )
    CODE_REFUSED = ("code_refused", Text(fr="Le code n'est pas possible.", en="The code is not possible."))
    CHECK_DIGIT_ADDED = (
        "check_digit_added",
        Text(
            fr="Le dernier chiffre du code {symbology} manquait : {digit} a été ajouté.",
            en="The last digit of the {symbology} code was missing: {digit} was added.",
        ),
    )
    SYMBOLOGY_UNKNOWN = (
        "symbology_unknown",
        Text(
            fr="Type de code-barres inconnu ({given}) : la carte montre son numéro seulement.",
            en="Unknown kind of barcode ({given}): the card shows its number only.",
        ),
    )
    TEXT_UNSTORABLE = (
        "text_unstorable",
        Text(
            fr="Un texte de cette carte contient un caractère impossible (NUL, ou la moitié d'un signe).",
            en="A text of this card has an impossible character (NUL, or half of a sign).",
        ),
    )
    ENCODING_UNKNOWN = (
        "encoding_unknown",
        Text(
            fr="Encodage du code inconnu, ou qui ne peut pas l'écrire ({given}) : il est dessiné en UTF-8.",
            en="Unknown encoding of the code, or one that cannot write it ({given}): it is drawn in UTF-8.",
        ),
    )
    CODE_RESPELLED = (
        "code_respelled",
        Text(
            fr="Le code {symbology} s'écrit en majuscules : {code}.",
            en="A code of {symbology} is written in capitals: {code}.",
        ),
    )
    NOTE_UNREADABLE = (
        "note_unreadable",
        Text(fr="La note est illisible et reste vide.", en="The note cannot be read and stays empty."),
    )
    PASS_MENDED = (
        "pass_mended",
        Text(
            fr="Le pass avait des fautes d'écriture ; comparez la carte avec l'original.",
            en="The pass was not written correctly; compare the card with the original.",
        ),
    )
    WORDS_UNREADABLE = (
        "words_unreadable",
        Text(
            fr="Les traductions du pass sont illisibles : la note en garde les noms internes.",
            en="The translations of the pass cannot be read: the note keeps their internal names.",
        ),
    )
    KEPT_AS_WRITTEN = (
        "kept_as_written",
        Text(
            fr="Le fichier dit autre chose que votre carte : ce que vous y avez écrit reste.",
            en="The file says something else than your card: what you wrote stays.",
        ),
    )
    LINES_CUT = (
        "lines_cut",
        Text(
            fr="La note garde les {most} premières lignes du pass.",
            en="The note keeps the first {most} lines of the pass.",
        ),
    )
    EXPIRY_UNREADABLE = (
        "expiry_unreadable",
        Text(fr="La date d'expiration est illisible et reste vide.", en="The expiry cannot be read and stays empty."),
    )
    BALANCE_UNREADABLE = (
        "balance_unreadable",
        Text(fr="Le solde est illisible et reste vide.", en="The balance cannot be read and stays empty."),
    )
    BALANCE_ROUNDED = (
        "balance_rounded",
        Text(
            fr="Le solde avait trop de décimales et a été arrondi.",
            en="The balance had too many decimals and was rounded.",
        ),
    )
    CURRENCY_ASSUMED = (
        "currency_assumed",
        Text(
            fr="Le fichier ne dit pas la monnaie du solde : {currency} a été supposé.",
            en="The file does not say the currency of the balance: {currency} was assumed.",
        ),
    )
    SHORTENED = ("shortened", Text(fr="Raccourci à {longest} caractères.", en="Shortened to {longest} characters."))
    ID_REPEATED = (
        "id_repeated",
        Text(
            fr="Une autre carte du fichier a le même identifiant : les groupes sont à la première.",
            en="Another card of the file has the same id: the groups are the first one's.",
        ),
    )
    GROUPS_CUT = ("groups_cut", Text(fr="Seuls {most} groupes sont gardés.", en="Only {most} groups are kept."))
    WALLET_FULL = (
        "wallet_full",
        Text(fr="Le portefeuille a déjà {most} cartes.", en="The wallet holds {most} cards already."),
    )
    TOO_MANY_ALIKE = (
        "too_many_alike",
        Text(
            fr="Le portefeuille a déjà {most} cartes du même programme avec ce code.",
            en="The wallet holds {most} cards of the same programme with this code already.",
        ),
    )
    ROW_BROKEN = (
        "row_broken",
        Text(fr="Cette entrée n'a pas la forme d'une carte.", en="This entry has not the shape of a card."),
    )
    PASS_BROKEN = ("pass_broken", Text(fr="Ce pass est abîmé.", en="This pass is broken."))


REFUSING = frozenset(
    {
        ExternalFinding.TEXT_UNSTORABLE,
        ExternalFinding.REFERENCE_MISSING,
        ExternalFinding.CODE_REFUSED,
        ExternalFinding.PROGRAMME_MISSING,
        ExternalFinding.WALLET_FULL,
        ExternalFinding.TOO_MANY_ALIKE,
        ExternalFinding.ROW_BROKEN,
        ExternalFinding.PASS_BROKEN,
    }
)


class Dropped(Said):
    """Kinds of data that are in such files and never come in."""

    POSITIONS = (
        "positions",
        Text(fr="Lieux et positions : non repris.", en="Places and positions: not taken."),
    )
    USAGE_TIMES = (
        "usage_times",
        Text(fr="Dates d'ajout et d'utilisation : non reprises.", en="Times of adding and use: not taken."),
    )
    BANK_DETAILS = (
        "bank_details",
        Text(fr="Coordonnées bancaires : non reprises.", en="Bank details: not taken."),
    )
    DEVICE_DATA = (
        "device_data",
        Text(
            fr="Données du téléphone et de l'application : non reprises.",
            en="Data of the phone and the app: not taken.",
        ),
    )
    HOLDER = (
        "holder",
        Text(
            fr="Nom et profil du titulaire : non repris.",
            en="Name and profile of the holder: not taken.",
        ),
    )
    PURCHASES = (
        "purchases",
        Text(fr="Tickets et achats : non repris.", en="Receipts and purchases: not taken."),
    )
    POINTS_HISTORY = (
        "points_history",
        Text(
            fr="Points et tampons, avec leurs dates : non repris.",
            en="Points and stamps, with their times: not taken.",
        ),
    )
    ACCESS = (
        "access",
        Text(
            fr="Adresse et clé de mise à jour du pass : non reprises.",
            en="Address and key that update the pass: not taken.",
        ),
    )
    IMAGES = ("images", Text(fr="Images : non reprises.", en="Pictures: not taken."))
    MARKS = (
        "marks",
        Text(
            fr="Favoris, début de validité et suppression automatique : non repris.",
            en="Favourites, begin of validity and automatic removal: not taken.",
        ),
    )


class FileReading(Said):
    """How something in the file was read, where it could have meant two things."""

    EXPIRY_IN_SECONDS = ("expiry_in_seconds", Text(fr="Expirations lues en secondes.", en="Expiries read as seconds."))
    EXPIRY_IN_MILLISECONDS = (
        "expiry_in_milliseconds",
        Text(fr="Expirations lues en millisecondes.", en="Expiries read as milliseconds."),
    )
    EXPIRY_WITHOUT_TIME_ZONE = (
        "expiry_without_time_zone",
        Text(
            fr="Le fichier ne dit pas le fuseau horaire du téléphone : chaque expiration est lue comme minuit entre"
            " Honolulu et Nouméa. Si un jour est faux, indiquez le fuseau (time_zone).",
            en="The file does not say the time zone of the phone: each expiry is read as midnight between Honolulu and"
            " Nouméa. If a day is wrong, give the time zone (time_zone).",
        ),
    )
    SIGNATURE_UNVERIFIED = (
        "signature_unverified",
        Text(fr="La signature du pass n'a pas été vérifiée.", en="The signature of the pass was not verified."),
    )
