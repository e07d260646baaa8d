"""What a phone itself must allow, besides the member: never a permission, always a condition of one.

Sources: the French authority's recommendation on mobile applications (24 September 2024); Apple and Android: "allow
once" ends with the session, background use needs "always". A phone that is off suspends a permission and never
withdraws it; a phone that is on creates none.
"""

from collections.abc import Mapping, Set
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app.consent.models import Level, Reason
from app.consent.registry.touchpoints import PhoneSetting, phone_settings
from app.phones.installations import AHEAD

OS_LOCATIONS = ("denied", "once", "while_using", "always", "not_determined")
OS_DENIES = ("denied", "not_determined")

FRESH = timedelta(hours=24)
"""How long a report counts for what happens while the app is not open. Members change settings without telling."""


class Phone(NamedTuple):
    """The vector of one installation, as it was reported. None where it did not say."""

    location: str | None = None
    precision: str | None = None
    bluetooth: bool | None = None
    notifications: bool | None = None
    reported_at: datetime | None = None


class Facts(NamedTuple):
    """What a decision needs besides the cells: the member, their phones, and whether every yes rests.

    `asking` is the phone that asks right now; `phones` are all that reported. `background` means that nobody is
    looking at the app: then only fresh reports count, and a position needs "always".
    """

    minor: bool = False
    restricted: bool = False
    asking: Phone | None = None
    phones: tuple[Phone, ...] = ()
    background: bool = False
    resting: bool = False


NO_FACTS = Facts()


def phone_in(vector: Mapping[str, Any] | None) -> Phone | None:
    """The phone that evidence describes (`os_permission`)."""
    if not vector:
        return None
    said_at = vector.get("reported_at")
    return Phone(
        vector.get("location"),
        vector.get("precision"),
        vector.get("bluetooth"),
        vector.get("notifications"),
        datetime.fromisoformat(said_at) if isinstance(said_at, str) else said_at,
    )


def is_fresh(phone: Phone, *, now: datetime) -> bool:
    """Whether what a phone said still counts: not too long ago, and not at a time that has not come yet."""
    return phone.reported_at is not None and -AHEAD <= now - phone.reported_at <= FRESH


def asks_the_phone(touchpoint: str) -> bool:
    """Whether a phone has a say in this at all."""
    return bool(phone_settings(touchpoint))


def obstacle(touchpoint: str, facts: Facts, *, answered_on: Phone | None, now: datetime) -> Reason | None:
    """What the phone has against this, if anything. `answered_on` is the phone as it was when the member answered;
    it counts as the first report of a member whose phones have not reported since."""
    needs = phone_settings(touchpoint)
    if not needs:
        return None
    if PhoneSetting.NOTIFICATIONS in needs or facts.background:
        phones = facts.phones or ((answered_on,) if answered_on is not None else ())
        fresh = [phone for phone in phones if is_fresh(phone, now=now)]
        if any(_allows_unseen(needs, phone) for phone in fresh):
            return None
        return Reason.OS_INSUFFICIENT if fresh else Reason.OS_STALE
    phone = facts.asking or answered_on
    if phone is None:
        return None
    denied = phone.location in OS_DENIES or (PhoneSetting.BLUETOOTH in needs and phone.bluetooth is False)
    return Reason.OS_INSUFFICIENT if denied else None


def _allows_unseen(needs: Set[PhoneSetting], phone: Phone) -> bool:
    allowed = {
        PhoneSetting.LOCATION: phone.location == "always",
        PhoneSetting.BLUETOOTH: phone.bluetooth is True,
        PhoneSetting.NOTIFICATIONS: phone.notifications is True,
    }
    return all(allowed[setting] for setting in needs)


def shares_once(touchpoint: str, facts: Facts, *, answered_on: Phone | None) -> bool:
    """Whether the phone that counts shares its position "only this time": then nothing is more than one shot."""
    phone = facts.asking or answered_on
    return PhoneSetting.LOCATION in phone_settings(touchpoint) and phone is not None and phone.location == "once"


INSIDE: Mapping[Level, frozenset[Level]] = {
    Level.PROACTIVE: frozenset({Level.ALERT_ON_REQUEST, Level.THIS_VISIT, Level.ONE_SHOT, Level.CONTACT_ONCE}),
    Level.ALERT_ON_REQUEST: frozenset({Level.ONE_SHOT, Level.CONTACT_ONCE}),
    Level.THIS_VISIT: frozenset({Level.ONE_SHOT}),
}
"""What a level holds already, so that going down to it needs no new evidence. Levels are no numbers: one contact is
not less than one visit."""
