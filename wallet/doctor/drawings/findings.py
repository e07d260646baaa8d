"""What may be wrong with the pictures and the barcodes of a pass."""

from app.languages import Text
from wallet.doctor import meanings
from wallet.doctor.ailments import Ailment, Grade

FOUR_FORMATS = Text(
    fr="PKBarcodeFormatQR, PKBarcodeFormatPDF417, PKBarcodeFormatAztec ou PKBarcodeFormatCode128.",
    en="PKBarcodeFormatQR, PKBarcodeFormatPDF417, PKBarcodeFormatAztec or PKBarcodeFormatCode128.",
)


class BarcodeAilment(Ailment):
    """Faults of `barcodes`, and of `barcode` for older readers."""

    BARCODE_NONE = (
        "barcode_none",
        Grade.REMARK,
        meanings.UNSCANNABLE,
        Text(fr="Le pass n'a pas de code à scanner.", en="The pass has no code to scan."),
        Text(fr="Ajoutez barcodes, si une caisse doit le lire.", en="Add barcodes, if a till is to read it."),
    )
    BARCODE_FORMAT = (
        "barcode_format",
        Grade.FAULT,
        meanings.REFUSED,
        Text(fr="Apple ne connaît pas le format « {said} ».", en='Apple does not know the format "{said}".'),
        FOUR_FORMATS,
    )
    BARCODE_FORMAT_NEW = (
        "barcode_format_new",
        Grade.WARNING,
        meanings.UNSCANNABLE,
        Text(
            fr="Seuls les iPhones à partir d'iOS 27 dessinent le format « {said} ».",
            en='Only iPhones since iOS 27 draw the format "{said}".',
        ),
        Text(
            fr="Mettez après lui un QR ou un Code 128, que les autres prendront.",
            en="Put a QR code or a Code 128 after it, which the others take.",
        ),
    )
    BARCODE_MESSAGE = (
        "barcode_message",
        Grade.FAULT,
        meanings.REFUSED,
        Text(fr="Le code n'a pas de message.", en="The code has no message."),
        Text(
            fr="message est le texte que la caisse lira, entre guillemets.",
            en="message is the text that the till will read, in quotes.",
        ),
    )
    BARCODE_ENCODING = (
        "barcode_encoding",
        Grade.FAULT,
        meanings.UNSCANNABLE,
        Text(
            fr="messageEncoding « {said} » manque, est inconnu ou ne peut pas écrire le message.",
            en='messageEncoding "{said}" is missing, unknown, or cannot write the message.',
        ),
        Text(
            fr="iso-8859-1, ou utf-8 s'il y a d'autres lettres.",
            en="iso-8859-1, or utf-8 where there are other letters.",
        ),
    )
    BARCODE_UNDRAWABLE = (
        "barcode_undrawable",
        Grade.FAULT,
        meanings.UNSCANNABLE,
        Text(
            fr="Ce message ne tient pas dans un {format}, ou a des caractères que ce format n'a pas.",
            en="This message does not fit into a {format}, or has characters that this format lacks.",
        ),
        Text(fr="Raccourcissez-le, ou prenez un QR.", en="Make it shorter, or take a QR code."),
    )
    BARCODE_UNREADABLE = (
        "barcode_unreadable",
        Grade.WARNING,
        meanings.UNSCANNABLE,
        Text(
            fr="Dessiné puis relu, ce code ne rend pas son message.",
            en="Drawn and read back, this code does not give its message.",
        ),
        Text(fr="Raccourcissez-le, ou prenez un QR.", en="Make it shorter, or take a QR code."),
    )
    BARCODE_DENSE = (
        "barcode_dense",
        Grade.WARNING,
        meanings.UNSCANNABLE,
        Text(
            fr="Ce code a {modules} {modules:module|modules} de large : trop fin pour l'écran d'un téléphone.",
            en="This code is {modules} {modules:module|modules} wide: too fine for the screen of a phone.",
        ),
        Text(
            fr="Un message plus court ; en majuscules et chiffres, un QR est plus petit.",
            en="A shorter message; in capitals and digits a QR code is smaller.",
        ),
    )
    LEGACY_MISSING = (
        "legacy_missing",
        Grade.REMARK,
        meanings.ELSEWHERE,
        Text(
            fr="Sans « barcode », de vieux lecteurs Android ne montrent aucun code.",
            en='Without "barcode", old readers on Android show no code.',
        ),
        Text(
            fr="Répétez le premier code de barcodes dans barcode, sauf s'il est en Code 128.",
            en="Repeat the first code of barcodes in barcode, unless it is Code 128.",
        ),
    )
    LEGACY_LINEAR = (
        "legacy_linear",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="« barcode » ne connaît pas le Code 128, qui n'existe que dans barcodes.",
            en='"barcode" does not know Code 128, which is in barcodes only.',
        ),
        Text(fr="Mettez-le dans barcodes seulement.", en="Put it into barcodes only."),
    )
    LEGACY_OTHER = (
        "legacy_other",
        Grade.WARNING,
        meanings.TWO_READINGS,
        Text(
            fr="« barcode » ne dit le message d'aucun code de barcodes.",
            en='"barcode" says the message of none of barcodes.',
        ),
        Text(fr="Donnez-leur le même message.", en="Give them the same message."),
    )


class PictureAilment(Ailment):
    """Faults of the pictures."""

    PICTURE_NO_PNG = (
        "picture_no_png",
        Grade.FAULT,
        meanings.UNSEEN,
        Text(fr="Ce n'est pas un PNG.", en="This is no PNG."),
        Text(
            fr="Convertissez l'image en PNG : la renommer ne suffit pas.",
            en="Convert the picture to PNG: a new name is not enough.",
        ),
    )
    PICTURE_BROKEN = (
        "picture_broken",
        Grade.FAULT,
        meanings.UNSEEN,
        Text(fr="Ce PNG est abîmé ou coupé.", en="This PNG is broken or cut."),
        Text(fr="Exportez l'image de nouveau.", en="Export the picture again."),
    )
    PICTURE_CRUSHED = (
        "picture_crushed",
        Grade.WARNING,
        meanings.ELSEWHERE,
        Text(
            fr="Ce PNG a été « optimisé » par Xcode (CgBI) : seul un iPhone le lit.",
            en='This PNG was "optimised" by Xcode (CgBI): only an iPhone reads it.',
        ),
        Text(fr="Mettez l'image d'origine.", en="Put the original picture there."),
    )
    PICTURE_HUGE = (
        "picture_huge",
        Grade.WARNING,
        meanings.HEAVY,
        Text(
            fr="{width} × {height} px : montrée au plus en {most_width} × {most_height}.",
            en="{width} × {height} px: shown in {most_width} × {most_height} at most.",
        ),
        Text(fr="Réduisez-la à cette taille.", en="Make it that small."),
    )
    PICTURE_SMALL = (
        "picture_small",
        Grade.WARNING,
        meanings.UGLY,
        Text(
            fr="{width} × {height} px : il faut au moins {least_width} × {least_height}.",
            en="{width} × {height} px: it needs at least {least_width} × {least_height}.",
        ),
        Text(fr="Exportez-la à partir d'un original plus grand.", en="Export it from a larger original."),
    )
    PICTURE_SHAPE = (
        "picture_shape",
        Grade.WARNING,
        meanings.UGLY,
        Text(
            fr="{width} × {height} px : @{scale}x devrait avoir {scale} fois la taille de l'image simple"
            " ({expected_width} × {expected_height}).",
            en="{width} × {height} px: @{scale}x should be the plain picture by {scale}"
            " ({expected_width} × {expected_height}).",
        ),
        Text(
            fr="Exportez les trois tailles d'un même original.",
            en="Export the three sizes from one original.",
        ),
    )
    PICTURE_SIZE_MISSING = (
        "picture_size_missing",
        Grade.WARNING,
        meanings.UGLY,
        Text(
            fr="{missing} manque : l'icône est floue sur les écrans fins.",
            en="{missing} is missing: the icon is blurred on fine screens.",
        ),
        Text(fr="Ajoutez icon@2x.png et icon@3x.png.", en="Add icon@2x.png and icon@3x.png."),
    )
    PICTURE_FINE_MISSING = (
        "picture_fine_missing",
        Grade.REMARK,
        meanings.UGLY,
        Text(fr="{name} n'a pas de version fine (@2x, @3x).", en="{name} has no fine version (@2x, @3x)."),
        Text(fr="Ajoutez-les.", en="Add them."),
    )
    PICTURE_UNUSED = (
        "picture_unused",
        Grade.REMARK,
        meanings.UNSEEN,
        Text(
            fr="Un pass {style} ne montre pas cette image.",
            en="This picture is not shown by a pass of the style {style}.",
        ),
        Text(fr="Enlevez-la, ou changez de style.", en="Remove it, or change the style."),
    )
    PICTURE_UNKNOWN = (
        "picture_unknown",
        Grade.REMARK,
        meanings.UNSEEN,
        Text(fr="Apple ne connaît aucune image de ce nom.", en="Apple knows no picture of this name."),
        Text(
            fr="icon, logo, strip, thumbnail, background, footer ; .png, @2x.png, @3x.png.",
            en="icon, logo, strip, thumbnail, background, footer; .png, @2x.png, @3x.png.",
        ),
    )
