"""Refusals about external cards and about files of them."""

from app.complaints import declare_complaint
from app.errors import CONSTRAINTS, Conflict, NotFound, Problem
from app.languages import Text


class ExternalCardUnknown(NotFound):
    title = Text(fr="Cette carte n'existe pas.", en="There is no such card.")


class ExternalCardHeld(Conflict):
    title = Text(fr="Cette carte est déjà dans votre portefeuille.", en="This card is in your wallet already.")


class TooManyExternalCards(Conflict):
    title = Text(fr="Votre portefeuille a déjà {most} cartes.", en="Your wallet holds {most} cards already.")
    remedy = Text(fr="Supprimez celles qui ne servent plus.", en="Delete those that you no longer use.")


class CardGroupUnknown(NotFound):
    title = Text(fr="Ce groupe de cartes n'existe pas.", en="There is no such group of cards.")


class BarcodeAbsent(Conflict):
    title = Text(
        fr="Cette carte n'a qu'un numéro, pas de code-barres.", en="This card has a number only, and no barcode."
    )
    remedy = Text(
        fr="Modifiez la carte et indiquez le type de son code-barres.",
        en="Change the card and say what kind of barcode it has.",
    )


class CodeWrong(Problem):
    """The code cannot be one of its symbology."""

    status = 422
    title = Text(fr="Ce code n'est pas possible.", en="This code is not possible.")


class CodeCharactersWrong(CodeWrong):
    title = Text(
        fr="Un code {symbology} ne contient que : {allowed}.", en="A code of {symbology} holds only: {allowed}."
    )


class CodeLengthWrong(CodeWrong):
    title = Text(
        fr="Un code {symbology} a {expected} caractères ; celui-ci en a {given}.",
        en="A code of {symbology} has {expected} characters; this one has {given}.",
    )


class CheckDigitWrong(CodeWrong):
    title = Text(
        fr="Le dernier chiffre devrait être {expected}, pas {given} : un chiffre est faux ou deux sont intervertis.",
        en="The last digit should be {expected}, not {given}: a digit is wrong, or two are swapped.",
    )
    remedy = Text(fr="Comparez avec la carte, chiffre par chiffre.", en="Compare with the card, digit by digit.")


class ElementStringWrong(CodeWrong):
    """A Code 128 that begins with FNC1 claims to be a GS1 element string (GS1 General Specifications, 5.4.3)."""

    title = Text(
        fr="Ce code commence par FNC1 comme un code GS1, mais n'a pas la forme d'un code GS1.",
        en="This code begins with FNC1 as a GS1 code does, but has not the form of a GS1 code.",
    )


class CodeUndrawable(CodeWrong):
    title = Text(
        fr="Ce code ne peut pas être dessiné en {symbology} : il est trop long, ou n'en est pas un.",
        en="This code cannot be drawn as {symbology}: it is too long, or is none.",
    )


class FileRefused(Problem):
    """A file of cards that cannot be read; nothing of it was taken."""

    status = 422
    title = Text(fr="Ce fichier ne peut pas être lu.", en="This file cannot be read.")


class FileEmpty(FileRefused):
    title = Text(fr="Le fichier est vide.", en="The file is empty.")


class FileFormatUnknown(FileRefused):
    title = Text(fr="Ce fichier ne vient d'aucun portefeuille connu.", en="This file is of no wallet that we know.")
    remedy = Text(
        fr="Connus : FidMe, Catima, Voucher Vault, Stocard, .pkpass et .pkpasses.",
        en="Known: FidMe, Catima, Voucher Vault, Stocard, .pkpass and .pkpasses.",
    )


class FileNotText(FileRefused):
    title = Text(fr="Ce fichier n'est pas du texte en UTF-8.", en="This file is not text in UTF-8.")
    remedy = Text(
        fr="Envoyez-le tel que l'application l'a écrit, sans l'enregistrer dans un tableur.",
        en="Send it as the app wrote it, without saving it in a spreadsheet.",
    )


class FileWithoutCards(FileRefused):
    """A file that can be read, and from which nothing would come."""

    title = Text(fr="Ce fichier ne contient aucune carte.", en="There is no card in this file.")
    remedy = Text(
        fr="Vérifiez que c'est bien l'export de vos cartes, et tout l'export.",
        en="Check that it is the export of your cards, and the whole of it.",
    )


class FileBroken(FileRefused):
    title = Text(fr="Ce fichier est abîmé : {part}.", en="This file is broken: {part}.")
    remedy = Text(
        fr="Si vous le pouvez, exportez-le à nouveau ; sinon, ajoutez vos cartes une à une.",
        en="If you can, export it again; otherwise add your cards one by one.",
    )


class PassBroken(FileRefused):
    """A pass is made by its issuer: its holder can neither mend it nor export it."""

    title = Text(fr="Ce pass est abîmé : {part}.", en="This pass is broken: {part}.")
    remedy = Text(
        fr="Ajoutez la carte avec le code qui y est écrit, ou demandez un autre pass à l'enseigne.",
        en="Add the card with the code that is written on it, or ask its issuer for another pass.",
    )


class ArchiveBroken(FileRefused):
    title = Text(fr="L'archive est abîmée ou incomplète.", en="The archive is broken or incomplete.")
    remedy = Text(
        fr="Envoyez-la à nouveau depuis l'original ; s'il est abîmé aussi, ajoutez vos cartes une à une.",
        en="Send it again from the original; if that is broken too, add your cards one by one.",
    )


class ArchiveEncrypted(FileRefused):
    title = Text(fr="L'archive est protégée par un mot de passe.", en="The archive is protected by a password.")
    remedy = Text(
        fr="Ouvrez-la avec son mot de passe, et envoyez ce qu'elle contient dans une archive qui n'en a pas.",
        en="Open it with its password, and send what is in it as an archive without one.",
    )


class ArchiveMethodUnusable(FileRefused):
    """Packed in another way than wallets and phones do: not stored as it is, nor by Deflate."""

    title = Text(
        fr="L'archive est compressée d'une façon que nous n'ouvrons pas.",
        en="The archive is packed in a way that we do not open.",
    )
    remedy = Text(
        fr="Envoyez-la telle que l'application l'a écrite, ou refaites-en une archive ZIP ordinaire (Deflate).",
        en="Send it as the app wrote it, or make an ordinary ZIP archive of it again (Deflate).",
    )


class ArchiveTooLarge(FileRefused):
    title = Text(
        fr="L'archive contient plus que ce qu'un portefeuille peut tenir.",
        en="The archive holds more than a wallet can.",
    )


class FileTooLong(FileRefused):
    title = Text(
        fr="Ce fichier en dit plus que l'export d'un portefeuille plein.",
        en="This file says more than the export of a full wallet does.",
    )
    remedy = Text(
        fr="Vérifiez que c'est bien l'export de vos cartes ; sinon, ajoutez-les en plusieurs fichiers.",
        en="Check that it is the export of your cards; otherwise add them in several files.",
    )


class TooManyRows(FileRefused):
    title = Text(fr="Ce fichier a plus de {most} cartes.", en="This file has more than {most} cards.")


MONEY_OR_POINTS = declare_complaint(
    "money_or_points",
    Text(fr="Donnez un montant et sa monnaie, ou des points.", en="Give an amount and its currency, or points."),
)

CONSTRAINTS["uq_external_card_member_id_identity"] = ExternalCardHeld
CONSTRAINTS["uq_external_card_member_id_pass_identity"] = ExternalCardHeld
