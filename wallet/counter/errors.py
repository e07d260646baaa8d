"""Refusals about people at the counter."""

from app.complaints import declare_complaint
from app.errors import Conflict, NotFound, TooManyRequests
from app.languages import Text


class MemberNotConfirmed(NotFound):
    """The one answer whether nobody has this address, nobody of this brand, or the proof is not theirs."""

    keeps_effects = True
    title = Text(fr="Cette personne n'a pas pu être confirmée.", en="This person could not be confirmed.")
    remedy = Text(
        fr="Vérifiez le numéro ou l'adresse, ou scannez la carte.", en="Check the number or address, or scan the card."
    )


class CardThere(Conflict):
    """Whoever has this address holds a card of the brand; nothing else is said of them, and it is counted."""

    keeps_effects = True
    title = Text(
        fr="Une carte existe déjà pour ce numéro ou cette adresse.",
        en="There is a card already for this number or address.",
    )
    remedy = Text(
        fr="Recherchez la personne, puis confirmez que c'est elle.",
        en="Look the person up, then confirm that it is them.",
    )


class TooManySearches(TooManyRequests):
    """By one terminal, or in one store."""

    title = Text(
        fr="Trop de recherches de personnes à cette caisse.", en="Too many people were looked up at this till."
    )
    remedy = Text(
        fr="Scannez la carte ; sinon, attendez ou prévenez le responsable.",
        en="Scan the card; or wait, or tell the manager.",
    )


NOT_ONE_PROOF = declare_complaint(
    "not_one_proof",
    Text(
        fr="Donnez les premières lettres du nom ou la fin du code de la carte, pas les deux.",
        en="Give the first letters of the name or the end of the card's code, not both.",
    ),
)
