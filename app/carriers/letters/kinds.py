"""Every kind of letter: our words for it, what they may name, and what a brand's own words must name.

A text is made of paragraphs. One that is only `{code}` is shown large; one that is only `[words]({link})` is a button.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.languages import Text


@dataclass(frozen=True)
class LetterKind:
    """One kind of letter. `{brand}` may stand in each, beside the places of its `example`."""

    code: str
    subject: Text
    text: Text
    example: Mapping[str, Any]
    """Facts for a preview: every place that words may name."""
    needed: frozenset[str]
    """The places without which it would be of no use: a brand's own words have them too."""
    notice: Text | None = None
    """What stands under the words of whoever writes them, since it keeps the reader safe."""
    sms: Text | None = None
    """The same in a text message; of a code always in one part of 160 characters."""


SIGN_IN_CODE = LetterKind(
    code="sign_in_code",
    subject=Text(fr="Votre code de connexion", en="Your sign-in code"),
    text=Text(
        fr="Voici votre code {brand} :\n\n{code}\n\nIl sert une fois, pendant {minutes} minutes.",
        en="Here is your {brand} code:\n\n{code}\n\nIt works once, for {minutes} minutes.",
    ),
    notice=Text(
        fr="Nous ne vous demanderons jamais ce code : ne le donnez à personne. Si vous n'avez rien demandé, ignorez ce"
        " message.",
        en="We will never ask you for this code: give it to nobody. If you did not ask for it, ignore this message.",
    ),
    sms=Text(
        fr="{brand} : votre code est {code}, pour {minutes} min. Ne le donnez à personne.",
        en="{brand}: your code is {code}, for {minutes} min. Give it to nobody.",
    ),
    example={"code": "123456", "minutes": 10},
    needed=frozenset({"code"}),
)

LONG_SIGN_IN_CODE = replace(
    SIGN_IN_CODE,
    code="long_sign_in_code",
    text=Text(
        fr="Voici votre code {brand} :\n\n{code}\n\nIl sert une fois, pendant {minutes} minutes. Il est long parce que"
        " plusieurs codes erronés viennent d'être essayés pour votre adresse.",
        en="Here is your {brand} code:\n\n{code}\n\nIt works once, for {minutes} minutes. It is long because several"
        " wrong codes were just tried for your address.",
    ),
    example={"code": "123 456 789 012", "minutes": 10},
)
"""While somebody guesses at an address: its digits stand in groups."""

CONFIRMATION_LINK = LetterKind(
    code="confirmation_link",
    subject=Text(fr="Confirmez votre accord", en="Confirm your permission"),
    text=Text(
        fr="Vous avez dit oui à {brand}, pour : {purpose}.\n\nPour confirmer, ouvrez ce lien et appuyez sur le bouton"
        " de la page.\n\n[Confirmer mon accord]({link})\n\nCe lien sert pendant {days} jours.",
        en="You said yes to {brand}, for: {purpose}.\n\nTo confirm, open this link and press the button of the"
        " page.\n\n[Confirm my permission]({link})\n\nThis link works for {days} days.",
    ),
    notice=Text(
        fr="Si vous n'avez rien demandé, ignorez ce message : sans confirmation, rien n'est autorisé.",
        en="If you did not ask for it, ignore this message: without confirmation nothing is permitted.",
    ),
    sms=Text(
        fr="{brand} : vous avez dit oui à : {purpose}. Confirmez sous {days} jours : {link}",
        en="{brand}: you said yes to: {purpose}. Confirm within {days} days: {link}",
    ),
    example={
        "purpose": Text(fr="Offres de nos partenaires", en="Offers of our partners"),
        "link": "https://ici.example/confirm#exemple",
        "days": 7,
    },
    needed=frozenset({"purpose", "link"}),
)

INACTIVITY_WARNING = LetterKind(
    code="inactivity_warning",
    subject=Text(fr="Votre compte {brand} sera effacé", en="Your {brand} wallet will be erased"),
    text=Text(
        fr="Depuis près de trois ans, vous n'avez pas utilisé votre compte {brand}. Nous l'effacerons après le {day},"
        " avec vos cartes et vos bons.\n\nPour le garder, connectez-vous une fois dans l'application.",
        en="You have not used your {brand} wallet for almost three years. We will erase it after {day}, with your cards"
        " and coupons.\n\nTo keep it, sign in once in the app.",
    ),
    sms=Text(
        fr="{brand} : sans connexion de votre part, votre compte sera effacé après le {day}, avec vos cartes et vos"
        " bons.",
        en="{brand}: unless you sign in, your wallet will be erased after {day}, with your cards and coupons.",
    ),
    example={"day": date(2027, 1, 31)},
    needed=frozenset({"day"}),
)

STAFF_INVITATION = LetterKind(
    code="staff_invitation",
    subject=Text(fr="Votre accès à la console de {brand}", en="Your access to the console of {brand}"),
    text=Text(
        fr="Vous avez accès à la console de {brand}.\n\nChoisissez votre mot de passe : vous seul le connaîtrez.\n\n"
        "[Choisir mon mot de passe]({link})\n\nCe lien sert une fois, pendant {days} jours.",
        en="You have access to the console of {brand}.\n\nChoose your password: nobody else will know it.\n\n"
        "[Choose my password]({link})\n\nThis link works once, for {days} days.",
    ),
    notice=Text(
        fr="Si vous n'attendiez pas cette invitation, ignorez ce message.",
        en="If you did not expect this invitation, ignore this message.",
    ),
    example={"link": "https://ici.example/invitation#exemple", "days": 3},
    needed=frozenset({"link"}),
)

ALL = (SIGN_IN_CODE, LONG_SIGN_IN_CODE, CONFIRMATION_LINK, INACTIVITY_WARNING, STAFF_INVITATION)
KINDS = {kind.code: kind for kind in ALL}
