"""What a member reads in the report of an import, in both languages."""

from enum import StrEnum

from app.bulk.rows import Words
from app.languages import Text
from wallet.externals.findings import Dropped, Finding, Reading

FINDINGS: dict[StrEnum, Text] = {
    Finding.REFERENCE_MISSING: Text(
        fr="Sans numéro ni code, ce n'est pas une carte.", en="Without a number or a code it is no card."
    ),
    Finding.PROGRAMME_MISSING: Text(fr="Le programme n'a pas de nom.", en="The programme has no name."),
    Finding.PROGRAMME_UNKNOWN: Text(
        fr="Le fichier ne nomme pas l'enseigne ({provider}) ; renommez la carte.",
        en="The file does not name the programme ({provider}); rename the card.",
    ),
    Finding.CODE_REFUSED: Text(fr="Le code n'est pas possible.", en="The code is not possible."),
    Finding.CHECK_DIGIT_ADDED: Text(
        fr="Le dernier chiffre du code {symbology} manquait : {digit} a été ajouté.",
        en="The last digit of the {symbology} code was missing: {digit} was added.",
    ),
    Finding.SYMBOLOGY_UNKNOWN: Text(
        fr="Type de code-barres inconnu ({given}) : la carte montre son numéro seulement.",
        en="Unknown kind of barcode ({given}): the card shows its number only.",
    ),
    Finding.EXPIRY_UNREADABLE: Text(
        fr="La date d'expiration est illisible et reste vide.", en="The expiry cannot be read and stays empty."
    ),
    Finding.BALANCE_UNREADABLE: Text(
        fr="Le solde est illisible et reste vide.", en="The balance cannot be read and stays empty."
    ),
    Finding.BALANCE_ROUNDED: Text(
        fr="Le solde avait trop de décimales et a été arrondi.", en="The balance had too many decimals and was rounded."
    ),
    Finding.CURRENCY_ASSUMED: Text(
        fr="Le fichier ne dit pas la monnaie du solde : {currency} a été supposé.",
        en="The file does not say the currency of the balance: {currency} was assumed.",
    ),
    Finding.SHORTENED: Text(fr="Raccourci à {longest} caractères.", en="Shortened to {longest} characters."),
    Finding.GROUPS_CUT: Text(fr="Seuls {most} groupes sont gardés.", en="Only {most} groups are kept."),
    Finding.WALLET_FULL: Text(fr="Le portefeuille a déjà {most} cartes.", en="The wallet holds {most} cards already."),
    Finding.ROW_BROKEN: Text(
        fr="Cette entrée n'a pas la forme d'une carte.", en="This entry has not the shape of a card."
    ),
    Finding.PASS_BROKEN: Text(fr="Ce pass est abîmé.", en="This pass is broken."),
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
    Reading.EXPIRY_IN_SECONDS: Text(fr="Expirations lues en secondes.", en="Expiries read as seconds."),
    Reading.EXPIRY_IN_MILLISECONDS: Text(fr="Expirations lues en millisecondes.", en="Expiries read as milliseconds."),
    Reading.SIGNATURE_UNVERIFIED: Text(
        fr="La signature du pass n'a pas été vérifiée.", en="The signature of the pass was not verified."
    ),
}

WORDS = Words(FINDINGS, FINDINGS)
"""Of the report of an import."""
