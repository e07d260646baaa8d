"""What a member reads in the report of an import, in both languages."""

from enum import StrEnum

from app.languages import Text
from app.ops.imports.outcomes import ImportWords
from wallet.externals.findings import Dropped, ExternalFinding, FileReading

FINDINGS: dict[StrEnum, Text] = {
    ExternalFinding.REFERENCE_MISSING: Text(
        fr="Sans numéro ni code, ce n'est pas une carte.", en="Without a number or a code it is no card."
    ),
    ExternalFinding.PROGRAMME_MISSING: Text(fr="Le programme n'a pas de nom.", en="The programme has no name."),
    ExternalFinding.PROGRAMME_UNKNOWN: Text(
        fr="Le fichier ne nomme pas l'enseigne ({provider}) ; renommez la carte.",
        en="The file does not name the programme ({provider}); rename the card.",
    ),
    ExternalFinding.CODE_REFUSED: Text(fr="Le code n'est pas possible.", en="The code is not possible."),
    ExternalFinding.CHECK_DIGIT_ADDED: Text(
        fr="Le dernier chiffre du code {symbology} manquait : {digit} a été ajouté.",
        en="The last digit of the {symbology} code was missing: {digit} was added.",
    ),
    ExternalFinding.SYMBOLOGY_UNKNOWN: Text(
        fr="Type de code-barres inconnu ({given}) : la carte montre son numéro seulement.",
        en="Unknown kind of barcode ({given}): the card shows its number only.",
    ),
    ExternalFinding.EXPIRY_UNREADABLE: Text(
        fr="La date d'expiration est illisible et reste vide.", en="The expiry cannot be read and stays empty."
    ),
    ExternalFinding.BALANCE_UNREADABLE: Text(
        fr="Le solde est illisible et reste vide.", en="The balance cannot be read and stays empty."
    ),
    ExternalFinding.BALANCE_ROUNDED: Text(
        fr="Le solde avait trop de décimales et a été arrondi.", en="The balance had too many decimals and was rounded."
    ),
    ExternalFinding.CURRENCY_ASSUMED: Text(
        fr="Le fichier ne dit pas la monnaie du solde : {currency} a été supposé.",
        en="The file does not say the currency of the balance: {currency} was assumed.",
    ),
    ExternalFinding.SHORTENED: Text(fr="Raccourci à {longest} caractères.", en="Shortened to {longest} characters."),
    ExternalFinding.GROUPS_CUT: Text(fr="Seuls {most} groupes sont gardés.", en="Only {most} groups are kept."),
    ExternalFinding.WALLET_FULL: Text(
        fr="Le portefeuille a déjà {most} cartes.", en="The wallet holds {most} cards already."
    ),
    ExternalFinding.ROW_BROKEN: Text(
        fr="Cette entrée n'a pas la forme d'une carte.", en="This entry has not the shape of a card."
    ),
    ExternalFinding.PASS_BROKEN: Text(fr="Ce pass est abîmé.", en="This pass is broken."),
}

DROPPED = {
    Dropped.POSITIONS: Text(
        fr="Lieux et positions : laissés à la porte.", en="Places and positions: left at the door."
    ),
    Dropped.USAGE_TIMES: Text(
        fr="Dates d'ajout et d'utilisation : laissées à la porte.", en="Times of adding and use: left at the door."
    ),
    Dropped.BANK_DETAILS: Text(fr="Coordonnées bancaires : laissées à la porte.", en="Bank details: left at the door."),
    Dropped.DEVICE_DATA: Text(
        fr="Données du téléphone et de l'application : laissées à la porte.",
        en="Data of the phone and the app: left at the door.",
    ),
    Dropped.HOLDER: Text(
        fr="Nom et profil du titulaire : laissés à la porte.", en="Name and profile of the holder: left at the door."
    ),
    Dropped.PURCHASES: Text(
        fr="Tickets et achats : laissés à la porte.", en="Receipts and purchases: left at the door."
    ),
    Dropped.POINTS_HISTORY: Text(
        fr="Points et tampons, avec leurs dates : laissés à la porte.",
        en="Points and stamps, with their times: left at the door.",
    ),
    Dropped.ACCESS: Text(
        fr="Adresse et clé de mise à jour du pass : laissées à la porte.",
        en="Address and key that update the pass: left at the door.",
    ),
    Dropped.IMAGES: Text(fr="Images : non reprises.", en="Pictures: not taken."),
    Dropped.MARKS: Text(
        fr="Favoris, début de validité et suppression automatique : non repris.",
        en="Favourites, begin of validity and automatic removal: not taken.",
    ),
}

READINGS = {
    FileReading.EXPIRY_IN_SECONDS: Text(fr="Expirations lues en secondes.", en="Expiries read as seconds."),
    FileReading.EXPIRY_IN_MILLISECONDS: Text(
        fr="Expirations lues en millisecondes.", en="Expiries read as milliseconds."
    ),
    FileReading.SIGNATURE_UNVERIFIED: Text(
        fr="La signature du pass n'a pas été vérifiée.", en="The signature of the pass was not verified."
    ),
}

WORDS = ImportWords(FINDINGS, FINDINGS)
"""Of the report of an import."""
