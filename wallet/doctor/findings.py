"""What may be wrong with a JSON file of a pass before anybody asks what it says."""

from app.languages import Text
from wallet.doctor import meanings
from wallet.doctor.ailments import Ailment, Grade

WRITE_JSON = Text(
    fr="Écrivez ce fichier avec une bibliothèque JSON, en UTF-8 sans BOM.",
    en="Write this file with a JSON library, in UTF-8 without a BOM.",
)


class DocumentAilment(Ailment):
    """Faults of a file of JSON (RFC 8259)."""

    JSON_BROKEN = (
        "json_broken",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="Ce n'est pas du JSON correct, ligne {line}, colonne {column}.",
            en="This is no correct JSON, line {line}, column {column}.",
        ),
        WRITE_JSON,
    )
    JSON_LARGE = (
        "json_large",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="Ce fichier a trop de valeurs ou trop de niveaux pour un pass.",
            en="This file has too many values or levels for a pass.",
        ),
        WRITE_JSON,
    )
    NOT_UTF8 = (
        "not_utf8",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="Ce fichier n'est pas en UTF-8 (octet {place}).",
            en="This file is not in UTF-8 (byte {place}).",
        ),
        WRITE_JSON,
    )
    UTF16 = (
        "utf16",
        Grade.WARNING,
        meanings.ELSEWHERE,
        Text(fr="Ce fichier est en UTF-16 ou UTF-32.", en="This file is in UTF-16 or UTF-32."),
        WRITE_JSON,
    )
    BOM = (
        "bom",
        Grade.WARNING,
        meanings.ELSEWHERE,
        Text(
            fr="Ce fichier commence par une marque d'ordre des octets (BOM).",
            en="This file begins with a byte order mark (BOM).",
        ),
        WRITE_JSON,
    )
    KEY_TWICE = (
        "key_twice",
        Grade.FAULT,
        meanings.TWO_READINGS,
        Text(
            fr="La clé « {key} » est deux fois dans le même objet.",
            en='The key "{key}" is in one object twice.',
        ),
        WRITE_JSON,
    )
    NUMBER_NONE = (
        "number_none",
        Grade.FAULT,
        meanings.REFUSED,
        Text(fr="{number} n'est pas un nombre de JSON.", en="{number} is no number of JSON."),
        WRITE_JSON,
    )
    TEXT_IMPOSSIBLE = (
        "text_impossible",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="Un texte contient un caractère impossible (NUL, ou la moitié d'un signe).",
            en="A text has an impossible character (NUL, or half of a sign).",
        ),
        WRITE_JSON,
    )
