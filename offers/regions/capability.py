"""What a phone can do while nobody looks at the app, from what its own settings allow. Pure.

Sources: Apple and Android: a region wakes an app only with "always"; with a reduced or approximate position neither
regions nor beacons work at all. A report older than a day says nothing of what a member changed since in the settings.
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from app.consent.decision.phone_conditions import OS_DENIES, Phone, is_fresh
from app.languages import Text


class Capability(StrEnum):
    """How far a phone goes by itself; each less than the one before."""

    BACKGROUND = "background"  # fences and beacons, while the app sleeps
    FOREGROUND = "foreground"  # fixes and beacons, while somebody looks at the app
    COARSE = "coarse"  # a part of a town: lists of offers, no region
    NONE = "none"


class Hindrance(StrEnum):
    """Why a phone watches less than the member permits."""

    UNREPORTED = "phone_unreported"
    REPORT_OLD = "phone_report_old"
    LOCATION_DENIED = "location_denied"
    NOT_ALWAYS = "location_not_always"
    APPROXIMATE = "position_approximate"
    BLUETOOTH_OFF = "bluetooth_off"
    NOTHING_HERE = "nothing_to_watch"
    CROWDED = "more_than_a_phone_watches"


SAID: dict[Hindrance, Text] = {
    Hindrance.UNREPORTED: Text(
        fr="Votre téléphone n'a pas encore indiqué ce qu'il autorise : ouvrez l'application une fois.",
        en="Your phone has not said yet what it allows: open the app once.",
    ),
    Hindrance.REPORT_OLD: Text(
        fr="Les réglages de votre téléphone datent de plus d'un jour : ouvrez l'application pour les relire.",
        en="What your phone allows was read more than a day ago: open the app to read it again.",
    ),
    Hindrance.LOCATION_DENIED: Text(
        fr="Votre téléphone ne donne pas sa position à cette application. Vous pouvez l'autoriser dans ses réglages.",
        en="Your phone does not share its position with this app. You can allow it in its settings.",
    ),
    Hindrance.NOT_ALWAYS: Text(
        fr="Votre téléphone ne donne sa position que lorsque l'application est ouverte. Pour être prévenu à l'entrée"
        " d'un magasin, choisissez « Toujours » dans ses réglages.",
        en="Your phone shares its position only while the app is open. To be told as you enter a store, choose"
        ' "Always" in its settings.',
    ),
    Hindrance.APPROXIMATE: Text(
        fr="Votre téléphone ne donne qu'une position approximative, qui ne suffit pas à reconnaître un magasin."
        " Activez la position exacte dans ses réglages.",
        en="Your phone shares only an approximate position, by which no store can be told. Turn on precise location in"
        " its settings.",
    ),
    Hindrance.BLUETOOTH_OFF: Text(
        fr="Le Bluetooth est coupé : les balises des magasins ne sont pas entendues.",
        en="Bluetooth is off: beacons in stores are not heard.",
    ),
    Hindrance.NOTHING_HERE: Text(
        fr="Il n'y a rien à surveiller pour vous en ce moment parmi les magasins que vous avez autorisés.",
        en="There is nothing to watch for you at the moment among the stores that you allowed.",
    ),
    Hindrance.CROWDED: Text(
        fr="Il y a ici plus de magasins qu'un téléphone ne peut en surveiller : la liste est refaite plus souvent.",
        en="There are more stores here than a phone can watch: the list is made anew more often.",
    ),
}


class PhoneJudged(NamedTuple):
    """What a phone can do, and what keeps it from more."""

    capability: Capability
    hindrances: tuple[Hindrance, ...] = ()

    @property
    def watches_fences(self) -> bool:
        return self.capability is Capability.BACKGROUND

    @property
    def watches_beacons(self) -> bool:
        return self.watches_fences and Hindrance.BLUETOOTH_OFF not in self.hindrances


def judge_phone(phone: Phone | None, *, now: datetime) -> PhoneJudged:
    """What this phone can do by what it last said. None: it never said anything."""
    if phone is None:
        return PhoneJudged(Capability.NONE, (Hindrance.UNREPORTED,))
    if phone.location is None or phone.location in OS_DENIES:
        return PhoneJudged(Capability.NONE, (Hindrance.LOCATION_DENIED,))
    if phone.precision == "approximate":
        return PhoneJudged(Capability.COARSE, (Hindrance.APPROXIMATE,))
    if phone.location != "always":
        return PhoneJudged(Capability.FOREGROUND, (Hindrance.NOT_ALWAYS,))
    if not is_fresh(phone, now=now):
        return PhoneJudged(Capability.FOREGROUND, (Hindrance.REPORT_OLD,))
    return PhoneJudged(Capability.BACKGROUND, () if phone.bluetooth else (Hindrance.BLUETOOTH_OFF,))
