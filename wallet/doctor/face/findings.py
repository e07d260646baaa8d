"""What may be wrong with what people read on a pass: fields, colours, translations."""

from app.languages import Text
from wallet.doctor import meanings
from wallet.doctor.ailments import Ailment, Grade


class FieldAilment(Ailment):
    """Faults of the fields of a style."""

    FIELDS_NONE = (
        "fields_none",
        Grade.REMARK,
        meanings.UNSEEN,
        Text(fr="Le pass n'a aucun champ.", en="The pass has no field."),
        Text(fr="Montrez au moins un solde, un nom ou une date.", en="Show at least a balance, a name or a date."),
    )
    FIELD_KEY = (
        "field_key",
        Grade.FAULT,
        meanings.REFUSED,
        Text(fr="Ce champ n'a pas de clé (key).", en="This field has no key."),
        Text(fr="Chaque champ a une clé à lui.", en="Each field has a key of its own."),
    )
    FIELD_KEY_TWICE = (
        "field_key_twice",
        Grade.FAULT,
        meanings.MISREAD,
        Text(
            fr="La clé « {key} » est déjà celle d'un autre champ.",
            en='The key "{key}" is the one of another field already.',
        ),
        Text(fr="Chaque clé est unique dans tout le pass.", en="Each key is unique in the whole pass."),
    )
    VALUE_MISSING = (
        "value_missing",
        Grade.FAULT,
        meanings.REFUSED,
        Text(fr="Le champ « {key} » n'a pas de valeur (value).", en='The field "{key}" has no value.'),
        Text(fr="Donnez un texte, au pire un tiret.", en="Give a text, a dash at worst."),
    )
    VALUE_BARE = (
        "value_bare",
        Grade.WARNING,
        meanings.ELSEWHERE,
        Text(
            fr="La valeur de « {key} » est un nombre nu : Google Wallet la refuse, KDE la montre vide.",
            en='The value of "{key}" is a bare number: Google Wallet refuses it, KDE shows it empty.',
        ),
        Text(
            fr="Écrivez un texte, ou ajoutez numberStyle ou currencyCode.",
            en="Write a text, or add numberStyle or currencyCode.",
        ),
    )
    VALUE_NO_NUMBER = (
        "value_no_number",
        Grade.FAULT,
        meanings.MISREAD,
        Text(
            fr="« {key} » a numberStyle ou currencyCode, mais sa valeur n'est pas un nombre.",
            en='"{key}" has numberStyle or currencyCode, but its value is no number.',
        ),
        Text(fr="Donnez un nombre, ou enlevez le style.", en="Give a number, or remove the style."),
    )
    CURRENCY_UNKNOWN = (
        "currency_unknown",
        Grade.FAULT,
        meanings.MISREAD,
        Text(
            fr="« {said} » n'est pas une monnaie (ISO 4217), ou numberStyle est donné avec elle.",
            en='"{said}" is no currency (ISO 4217), or numberStyle is given with it.',
        ),
        Text(fr="EUR par exemple, sans numberStyle.", en="EUR for example, without numberStyle."),
    )
    STYLE_UNKNOWN = (
        "style_unknown",
        Grade.FAULT,
        meanings.MISREAD,
        Text(fr="{key} ne connaît pas « {said} ».", en='"{said}" is unknown to {key}.'),
        Text(fr="Une des valeurs d'Apple : {allowed}.", en="One of Apple's values: {allowed}."),
    )
    CHANGE_SILENT = (
        "change_silent",
        Grade.WARNING,
        meanings.UNTOLD,
        Text(
            fr="changeMessage de « {key} » n'a pas de %@ : la nouvelle valeur n'y paraît pas.",
            en='changeMessage of "{key}" has no %@: the new value does not appear in it.',
        ),
        Text(fr="« Vos points : %@ », par exemple.", en='"Your points: %@", for example.'),
    )
    FIELDS_MANY = (
        "fields_many",
        Grade.WARNING,
        meanings.UNSEEN,
        Text(
            fr="{count} {count:champ|champs} dans {part} : on en voit {most} au plus.",
            en="{count} {count:field|fields} in {part}: {most} at most {most:is|are} seen.",
        ),
        Text(fr="Mettez le reste au dos (backFields).", en="Put the rest on the back (backFields)."),
    )
    TRANSIT_MISSING = (
        "transit_missing",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="Un boardingPass a besoin de transitType.",
            en="A boardingPass needs transitType.",
        ),
        Text(fr="PKTransitTypeAir, Boat, Bus, Generic ou Train.", en="PKTransitTypeAir, Boat, Bus, Generic or Train."),
    )
    MARKUP_INSIDE = (
        "markup_inside",
        Grade.WARNING,
        meanings.MISREAD,
        Text(
            fr="attributedValue de « {key} » contient autre chose que des liens <a href>.",
            en='attributedValue of "{key}" holds more than links <a href>.',
        ),
        Text(fr="Apple n'admet que <a href='…'>.", en="Apple allows <a href='…'> only."),
    )


class ColourAilment(Ailment):
    """Faults of the colours."""

    COLOUR_UNREADABLE = (
        "colour_unreadable",
        Grade.WARNING,
        meanings.UGLY,
        Text(fr="{key} « {said} » n'est pas une couleur rgb().", en='{key} "{said}" is no rgb() colour.'),
        Text(fr="rgb(16, 32, 64), chaque nombre de 0 à 255.", en="rgb(16, 32, 64), each number from 0 to 255."),
    )
    CONTRAST_LOW = (
        "contrast_low",
        Grade.WARNING,
        meanings.UGLY,
        Text(
            fr="{key} se lit mal sur le fond : contraste {ratio}, il en faut 3.",
            en="{key} is hard to read on the background: contrast {ratio}, it needs 3.",
        ),
        Text(fr="Éclaircissez l'un ou assombrissez l'autre.", en="Make one lighter or the other darker."),
    )


class WordsAilment(Ailment):
    """Faults of the translations, `xx.lproj/pass.strings`."""

    WORDS_ENCODED = (
        "words_encoded",
        Grade.WARNING,
        meanings.ELSEWHERE,
        Text(
            fr="Ce fichier est en {encoding} : KDE ne lit que UTF-8 sans BOM et UTF-16 gros-boutiste.",
            en="This file is in {encoding}: KDE reads UTF-8 without a BOM and big-endian UTF-16 only.",
        ),
        Text(fr="Écrivez-le en UTF-8 sans BOM.", en="Write it in UTF-8 without a BOM."),
    )
    WORDS_UNDECODABLE = (
        "words_undecodable",
        Grade.FAULT,
        meanings.MISREAD,
        Text(
            fr="Ce fichier n'est dans aucun encodage connu.",
            en="This file is in no known encoding.",
        ),
        Text(fr="Écrivez-le en UTF-8 sans BOM.", en="Write it in UTF-8 without a BOM."),
    )
    WORDS_BROKEN = (
        "words_broken",
        Grade.FAULT,
        meanings.MISREAD,
        Text(
            fr='La ligne {line} n\'est pas de la forme "clé" = "mots";',
            en='Line {line} is not of the form "key" = "words";',
        ),
        Text(
            fr='Guillemets droits, point-virgule à la fin, \\" pour un guillemet dans les mots.',
            en='Straight quotes, a semicolon at the end, \\" for a quote in the words.',
        ),
    )
    WORDS_TWICE = (
        "words_twice",
        Grade.WARNING,
        meanings.MISREAD,
        Text(fr="« {key} » y est deux fois.", en='"{key}" is there twice.'),
        Text(fr="Gardez-en une.", en="Keep one."),
    )
    WORDS_MISSING = (
        "words_missing",
        Grade.WARNING,
        meanings.MISREAD,
        Text(
            fr="« {key} », que le pass emploie et qu'une autre langue traduit, manque dans cette langue.",
            en='"{key}", which the pass uses and another language translates, is missing in this language.',
        ),
        Text(fr="Ajoutez la traduction.", en="Add the translation."),
    )
    WORDS_UNUSED = (
        "words_unused",
        Grade.REMARK,
        meanings.UNNOTICED,
        Text(
            fr="{count} {count:traduction|traductions} de ce fichier ne {count:sert|servent} à rien dans le pass.",
            en="{count} {count:translation|translations} of this file {count:is|are} used nowhere in the pass.",
        ),
        Text(
            fr="La clé d'une traduction est le texte même de pass.json, à la lettre près.",
            en="The key of a translation is the very text of pass.json, letter by letter.",
        ),
    )
    WORDS_ELSEWHERE = (
        "words_elsewhere",
        Grade.WARNING,
        meanings.MISREAD,
        Text(
            fr="Ce fichier de traductions n'est pas dans un dossier xx.lproj : personne ne le lit.",
            en="This file of translations is not in a folder xx.lproj: nobody reads it.",
        ),
        Text(fr="fr.lproj/pass.strings, par exemple.", en="fr.lproj/pass.strings, for example."),
    )
