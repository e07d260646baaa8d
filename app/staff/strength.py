"""Whether a password may be chosen: long enough, and nothing that people try first (NIST SP 800-63B-4 section 3.1.1.2).

No rule says which kinds of signs it must hold. What is guessed first is estimated by zxcvbn (Wheeler, USENIX Security
2016), with its lists of common passwords, words and names, and with ours: what French keyboards and French people make
common, and what is known of this person and this brand.
"""

import re
import unicodedata
from collections.abc import Sequence

from app.accounts.models import Brand, ConsoleUser
from app.errors import Malformed, Pointer
from app.staff.errors import PASSWORD_GUESSABLE

SHORTEST = 15
"""Characters: what NIST asks where a password may stand alone, as it does until somebody has a second factor."""
LONGEST = 200

LEAST_SCORE = 3
"""Of zxcvbn, 0 to 4: at least a hundred million guesses. The door takes ten in a quarter of an hour."""
LOOKED_AT = 72
"""Characters that are estimated; more only makes it harder to guess, and estimating costs more than their square."""

COMMON = (
    *("motdepasse", "mot de passe", "mdp", "administrateur", "administratrice", "admin", "azerty", "azertyuiop"),
    *("qsdfghjklm", "wxcvbn", "azertyuiopqsdfghjklmwxcvbn", "bonjour", "bonsoir", "soleil", "doudou", "chouchou"),
    *("loulou", "jetaime", "je t'aime", "marseille", "france", "paris", "lyon", "bordeaux", "toulouse", "bienvenue"),
    *("fidelite", "fidélité", "loyalty", "magasin", "enseigne", "caisse", "console", "cadeau", "liberte", "secret"),
    *("janvier", "fevrier", "mars", "avril", "juin", "juillet", "septembre", "octobre", "novembre", "decembre"),
    *("printemps", "automne", "hiver", "ici"),
)
"""What is common in French and at shops, and stands low or nowhere in lists of English."""


def require_strong_password(password: str, *, user: ConsoleUser, brand: Brand, pointer: str = "/password") -> None:
    """Raise `Malformed` at `pointer` when this password is among the first that somebody would try for this user."""
    from zxcvbn import zxcvbn  # its lists take a while to load, and few processes ever need them

    estimate = zxcvbn(password[:LOOKED_AT], user_inputs=[*known_words(user, brand), *COMMON])
    if estimate["score"] < LEAST_SCORE:
        raise Malformed(errors=[Pointer(pointer, PASSWORD_GUESSABLE)])


def known_words(user: ConsoleUser, brand: Brand) -> Sequence[str]:
    """What is known of a brand and of a person, as people write it into a password; what they take first, first."""
    said = [text.lower() for text in (brand.name, user.name, brand.code, user.email, brand.legal_name or "")]
    bare = [_without_marks(text) for text in said]
    parts = [word for text in (*said, *bare) for word in re.split(r"[\W_]+", text)]
    return [word for word in dict.fromkeys([*said, *bare, *(text.replace(" ", "") for text in bare), *parts]) if word]


def _without_marks(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
