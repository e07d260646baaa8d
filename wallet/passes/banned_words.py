"""Words that no code may spell, in French or English, also when read with a digit for a letter."""

import re

READ_AS = str.maketrans("0123458", "OIZEASB")

# Three letters or more: shorter ones are in every second code and offend nobody.
WORDS = """
    ANUS ARSE ASS BITE BOCHE BORDEL BRANL CACA CHATTE CHIER CHINK COCK CON CONNE COON CRAP CUL CUNT
    DAGO DICK DYKE ENCULE FAG FDP FESSE FUC FUCK FUK GOUINE HOE JAP JIZZ JUIF KKK KUL
    MERDE NAZI NEGRE NEGRO NIG NIQUE NTM PEDE PIPI PISS POOP PORN PUTA PUTE RAPE SADO SALOP SEX SHIT
    SLUT SUCK TEUB TIT TURD TWAT VIOL WANK WHORE WOG ZIZI
"""

BANNED = tuple(WORDS.split())
ANY_BANNED = re.compile("|".join(BANNED))


def is_banned(symbols: str) -> bool:
    """Whether these symbols, without their dashes, spell such a word somewhere."""
    return ANY_BANNED.search(symbols.translate(READ_AS)) is not None
