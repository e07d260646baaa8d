"""The alphabet of text messages (GSM 03.38): 160 of its characters fit one part, of any other only 70."""

import unicodedata

ONE_PART = 160
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
DOUBLE = frozenset("^{}\\[~]|€")
"""Each takes the place of two."""
IN_OTHER_LETTERS = str.maketrans(
    {"œ": "oe", "Œ": "OE", "’": "'", "‘": "'", "«": '"', "»": '"', "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."}
    | dict.fromkeys("\u00a0\u202f\u2009\t", " ")
)


def to_gsm_letters(text: str) -> str:
    """The text in letters of the alphabet: without accents that it lacks, and with `?` for what has no likeness."""
    return "".join(_likeness(letter) for letter in unicodedata.normalize("NFC", text.translate(IN_OTHER_LETTERS)))


def count_gsm_letters(text: str) -> int:
    """How many places a text takes that is in the letters of the alphabet."""
    return sum(2 if letter in DOUBLE else 1 for letter in text)


def shorten_to(text: str, places: int) -> str:
    """As much of the beginning as fits."""
    while count_gsm_letters(text) > max(places, 0):
        text = text[:-1].rstrip()
    return text


def _likeness(letter: str) -> str:
    if letter in BASIC or letter in DOUBLE:
        return letter
    bare = "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
    return bare if bare and all(part in BASIC or part in DOUBLE for part in bare) else "?"
