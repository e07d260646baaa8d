"""Mends opening hours that people type the French or English way, so that the OSM grammar can read them.

`Lu-Sam 10h-21h30` → `Mo-Sa 10:00-21:30`. A word that we do not know, or days of two languages mixed, is not guessed
at: German `Di` is Tuesday and French `Di` is Sunday. What comes out must still be read by the grammar.
"""

import re
import unicodedata


class Unrepairable(ValueError):
    """The text holds a word that has no sure meaning, or no time at all."""


FRENCH_DAYS = {
    "Mo": ("lu", "lun", "lundi", "lundis"),
    "Tu": ("ma", "mar", "mardi", "mardis"),
    "We": ("me", "mer", "mercredi", "mercredis"),
    "Th": ("je", "jeu", "jeudi", "jeudis"),
    "Fr": ("ve", "ven", "vend", "vendredi", "vendredis"),
    "Sa": ("sam", "samedi", "samedis"),
    "Su": ("di", "dim", "dimanche", "dimanches"),
}
ENGLISH_DAYS = {
    "Mo": ("mo", "mon", "monday", "mondays"),
    "Tu": ("tu", "tue", "tues", "tuesday", "tuesdays"),
    "We": ("we", "wed", "wednesday", "wednesdays"),
    "Th": ("th", "thu", "thur", "thurs", "thursday", "thursdays"),
    "Fr": ("fri", "friday", "fridays"),
    "Sa": ("sat", "saturday", "saturdays"),
    "Su": ("su", "sun", "sunday", "sundays"),
}
MONTHS = {
    "Jan": ("jan", "janv", "janvier", "january"),
    "Feb": ("feb", "fev", "fevr", "fevrier", "february"),
    "Mar": ("mars", "march"),
    "Apr": ("apr", "avr", "avril", "april"),
    "May": ("may", "mai"),
    "Jun": ("jun", "juin", "june"),
    "Jul": ("jul", "juil", "juillet", "july"),
    "Aug": ("aug", "aout", "august"),
    "Sep": ("sep", "sept", "septembre", "september"),
    "Oct": ("oct", "octobre", "october"),
    "Nov": ("nov", "novembre", "november"),
    "Dec": ("dec", "decembre", "december"),
}
OTHER_WORDS = {
    "Fr": ("fr",),  # the same in both languages
    "Sa": ("sa",),
    "-": ("a", "au", "to", "till", "until", "jusqu", "jusque"),
    ",": ("et", "and", "puis"),
    "": ("du", "de", "des", "le", "les", "la", "from", "the", "ouvert", "jours", "jour"),
    "open": ("open",),
    "off": ("off", "ferme", "fermee", "fermeture", "closed"),
    "PH": ("ph", "jf", "ferie", "feries"),
    "SH": ("sh",),
    "week": ("week",),
    "sunrise": ("sunrise",),
    "sunset": ("sunset",),
    "unknown": ("unknown",),
    "easter": ("easter", "paques"),
    "Mo-Su": ("daily", "everyday", "quotidien"),
    "12:00": ("midi", "noon"),
    "24:00": ("minuit", "midnight"),
}


def _words(*tables: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {spelling: meaning for table in tables for meaning, spellings in table.items() for spelling in spellings}


FRENCH, ENGLISH = _words(FRENCH_DAYS), _words(ENGLISH_DAYS)
WORDS = FRENCH | ENGLISH | _words(MONTHS, OTHER_WORDS)

WEEKDAY = "(?:Mo|Tu|We|Th|Fr|Sa|Su)"
HOLIDAY = "(?:PH|SH)"
DAY = f"(?:{WEEKDAY}|{HOLIDAY})"
DAYS = rf"{DAY}(?:[-,\s]{DAY}\b)*"
RANGE = f"{DAY}(?:-{DAY})?"
TIME = r"(?:\d{1,2}:\d{2})"
SPAN = rf"{TIME}-{TIME}\+?"
NUMBER = r"(?<![\d:])(\d{1,2})"
FREE = r"(?![\d:])"

ALWAYS = ("Mo-Su 00:00-24:00", "00:00-24:00; Mo-Su", "00:00-24:00")

# On lower-case text without accents, before words are translated.
CLOCK = (
    (r"[\r\n]+|(?<!\|)\|(?!\|)", "; "),
    (r"\b7 ?(?:j|jours|d|days)? ?(?:/|sur) ?7 ?(?:j\b|jours\b)?", " daily "),
    (r"\b24 ?(?:h|heures)? ?(?:/|sur) ?24 ?(?:h\b|heures\b)?", " 00:00-24:00 "),
    (r"\btous les jours\b|\bevery day\b", " daily "),
    (r"\bopen\b(?!\s*$)", " "),  # before a comment it tells that the times are sure
    (r"(\d{1,2}) ?(?:heures?|h) ?(\d{2})(?!\d)", r"\1:\2"),
    (r"(\d{1,2}) ?(?:heures?|h)(?![a-z])", r"\1:00"),
    (rf"{NUMBER}\.(\d{{2}})(?!\d)", r"\1:\2"),
)

# On translated text.
GRAMMAR = (
    (r"\s*[-~]\s*", "-"),
    (r"[;,\s]*;[;,\s]*", "; "),
    (rf"\b({DAY})\s*[.:](?!\d\d\b-)", r"\1 "),
    (rf"\b({DAY})(?=\d)", r"\1 "),
    (rf"{NUMBER}-(?={TIME})", r"\1:00-"),
    (rf"({TIME})-(\d{{1,2}}){FREE}", r"\1-\2:00"),
    (rf"(?<=[\d+])(?={DAY}\b)", " "),
    (rf"({SPAN})\s+(?={DAY}\b)", r"\1; "),
    (rf"({DAY})\s*,\s*(?={DAY}\b)", r"\1,"),
    # A holiday beside a weekday keeps its space: both at once.
    (rf"({WEEKDAY})\s+(?={WEEKDAY}\b)", r"\1,"),
    (rf"({HOLIDAY})\s+(?={HOLIDAY}\b)", r"\1,"),
    (rf"(^\s*|[;,]\s*)off\s+({DAYS})(?!,|\s*{TIME})", r"\1\2 off"),
    (rf"(^\s*|[;,]\s*)off\s+({RANGE}),(?={RANGE}\s+{TIME})", r"\1\2 off, "),
    (rf"\boff\s+(?={DAY}\b)", "off; "),
    (rf"({SPAN})\s*,\s*(?={DAY}\b)", r"\1, "),
    (rf"({SPAN})\s*/\s*(?={TIME})", r"\1,"),
    (rf"({SPAN})\s*/\s*(?={DAY}\b)", r"\1; "),
    (rf"({SPAN})\s*,\s*(?={TIME})", r"\1,"),
    (rf"({SPAN})\s+(?={TIME})", r"\1,"),
    (r"\s+", " "),
    (r"^[\s;,]+|[\s;,]+$", ""),
)

# Words that are a comment; on the text as it was typed. Said after the times, they hold when nothing else does.
ONLY = "(?:uniquement|seulement|que)"
APPOINTMENTS = {
    "sur rendez-vous": rf"(?:{ONLY} )?sur (?:rendez[- ]?vous|r\.?d\.?v\b\.?)(?: {ONLY})?",
    "by appointment": r"(?:only )?by appointment(?: only)?",
}
ELSE = r"(?:(?<=\S)\s*[;.|\r\n]+\s*|,?\s+(?:et|ou|sinon|autrement|and|or|otherwise)\s+)"

# "dimanches fériés" are both at once; "dimanche jours fériés" may well mean either.
FRENCH_DAY = f"(?:{'|'.join(sorted(FRENCH, key=len, reverse=True))})"
HOLIDAYS_BESIDE = re.compile(
    rf"\b{FRENCH_DAY}\s+(?:jours? +feries?|jf)\b|\b(?:(?:jours? +)?feries?|jf)\s+{FRENCH_DAY}\b"
)

BARE_HOURS = (rf"{NUMBER}-(\d{{1,2}}){FREE}", r"\1:00-\2:00")


def repair_hours(text: str) -> str:
    """`text` as the grammar would say it. Raises `Unrepairable`; the result is a proposal that the grammar judges."""
    # Even pieces are outside quotes; a comment keeps its words.
    text = '"'.join(_commented(piece) if i % 2 == 0 else piece for i, piece in enumerate(text.split('"')))
    pieces = _plain(text).split('"')
    if len(pieces) % 2 == 0:
        raise Unrepairable
    kept = text.split('"') if text.count('"') == len(pieces) - 1 else pieces
    mended = '"'.join(_repair(p) if i % 2 == 0 and p.strip() else kept[i] for i, p in enumerate(pieces))
    if mended in ALWAYS:
        return "24/7"
    # Days alone would read as open day and night, and a lone "off" as closed for ever.
    if not all(re.search(rf"{TIME}|\S off\b|sunrise|sunset|\"", rule) for rule in mended.split(";")):
        raise Unrepairable
    return mended


def _commented(text: str) -> str:
    """`Sa sur RDV` → `Sa "sur rendez-vous"`."""
    for comment, words in APPOINTMENTS.items():
        text = re.sub(rf"{ELSE}\b{words}", f' || "\0{comment}"', text, flags=re.IGNORECASE)
        text = re.sub(rf",?\s*(?<!\0)\b{words}", f' "{comment}"', text, flags=re.IGNORECASE)
    return text.replace("\0", "")


def _plain(text: str) -> str:
    """Lower case, no accents, one kind of dash, plain spaces."""
    decomposed = unicodedata.normalize("NFKD", text).lower()
    without_accents = "".join(c for c in decomposed if not unicodedata.combining(c))
    return re.sub("[‐‑‒–—―−→]", "-", without_accents)


def _repair(text: str) -> str:
    for pattern, replacement in CLOCK:
        text = re.sub(pattern, replacement, text)
    text = _on_24_hours(text)
    text = _translated(text)
    if not any(re.search(rf"\b{month}\b", text) for month in MONTHS) and "week" not in text:
        text = re.sub(*BARE_HOURS, re.sub(r"\s*-\s*", "-", text))
    for pattern, replacement in GRAMMAR:
        text = re.sub(pattern, replacement, text)
    return text


def _on_24_hours(text: str) -> str:
    """`11am`, `8:30 p.m.` → `11:00`, `20:30`. A lone first half takes the second's: `9-11am` → `9-11:00`."""

    def hour(found: re.Match[str]) -> str:
        number, minutes, half = int(found[1]), found[2] or "00", found[3]
        if not 1 <= number <= 12:
            raise Unrepairable
        return f"{number % 12 + (12 if half == 'p' else 0):02}:{minutes}"

    if re.search(rf"{NUMBER}(?::\d{{2}})?\s*-\s*\d{{1,2}}(?::\d{{2}})?\s*p\.?m", text):
        raise Unrepairable  # "9-11pm": morning or evening?
    return re.sub(rf"{NUMBER}(?::(\d{{2}}))? ?([ap])\.?m\b\.?", hour, text)


def _translated(text: str) -> str:
    if HOLIDAYS_BESIDE.search(text):
        raise Unrepairable
    found = set(re.findall("[a-z]+", text))
    if found & FRENCH.keys() - {"mar"} and found & ENGLISH.keys():
        raise Unrepairable

    def word(match: re.Match[str]) -> str:
        spelled = match[1]
        if spelled == "mar" and (re.match(r" ?\d{1,2}(?![\d:h])", match.string[match.end() :])):
            return "Mar"  # the month: a date follows
        if spelled not in WORDS:
            raise Unrepairable
        return WORDS[spelled]

    # A full stop may end an abbreviation ("lun."), not a word that stands before a time.
    return re.sub(r"([a-z]+)\.?'?", word, text)
