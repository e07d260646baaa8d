"""Every touchpoint and all that is known of it, one row each: what it carries, needs and senses.

Whoever must know something of a touchpoint reads it here. No fact has a default: a row without one cannot be made. The
table `touchpoint` holds the codes that permissions may name; a test compares it with these rows.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum

from app.accounts.models import IdentifierKind
from app.consent.models import Level, Precision
from app.languages import Text

POSITION = "geo_position"
"""Among the data of a touchpoint: where the phone is, as exactly as the purpose may know."""


class PhoneSetting(StrEnum):
    """A setting of the phone itself, which must allow what the member permits."""

    LOCATION = "location"
    BLUETOOTH = "bluetooth"
    NOTIFICATIONS = "notifications"


@dataclass(frozen=True, kw_only=True)
class TouchpointFacts:
    """What is known of one touchpoint. `levels` are those that it can carry, `address` is the kind of address it
    reaches a member by, `carried` whether messages leave through it."""

    code: str
    label: Text
    levels: Sequence[Level]
    address: IdentifierKind | None
    carried: bool
    phone: Set[PhoneSetting]
    """What the member's phone must allow besides."""
    least_precision: Precision
    """What it comes to know by its nature; a purpose that may not know as much cannot use it."""
    data: Sequence[str]
    """The data that it needs, as `purpose_data` calls them."""

    @property
    def positioned(self) -> bool:
        """Whether it reads where the phone is, so that the phone's own permission proves a yes too."""
        return PhoneSetting.LOCATION in self.phone


MESSAGES = (Level.NONE, Level.CONTACT_ONCE, Level.ALERT_ON_REQUEST, Level.PROACTIVE)
SCREENS = (Level.NONE, Level.THIS_VISIT, Level.ALERT_ON_REQUEST, Level.PROACTIVE)
SENSORS = (Level.NONE, Level.ONE_SHOT, Level.THIS_VISIT, Level.ALERT_ON_REQUEST, Level.PROACTIVE)

ROWS = (
    TouchpointFacts(
        code="beacon",
        label=Text(fr="Balise en magasin", en="Beacon in store"),
        levels=SENSORS,
        address=None,
        carried=False,
        phone=frozenset({PhoneSetting.LOCATION, PhoneSetting.BLUETOOTH}),
        least_precision=Precision.STORE,
        data=("beacon_store_id", "beacon_zone_id"),
    ),
    TouchpointFacts(
        code="email",
        label=Text(fr="E-mail", en="E-mail"),
        levels=MESSAGES,
        address=IdentifierKind.EMAIL,
        carried=True,
        phone=frozenset(),
        least_precision=Precision.NONE,
        data=("email",),
    ),
    TouchpointFacts(
        code="geofence",
        label=Text(fr="Position du téléphone", en="Position of the phone"),
        levels=SENSORS,
        address=None,
        carried=False,
        phone=frozenset({PhoneSetting.LOCATION}),
        least_precision=Precision.APPROXIMATE,
        data=(POSITION,),
    ),
    TouchpointFacts(
        code="in_app",
        label=Text(fr="Dans l'application", en="In the app"),
        levels=SCREENS,
        address=None,
        carried=False,
        phone=frozenset(),
        least_precision=Precision.NONE,
        data=(),
    ),
    TouchpointFacts(
        code="phone",
        label=Text(fr="Appel téléphonique", en="Phone call"),
        levels=(Level.NONE, Level.CONTACT_ONCE, Level.PROACTIVE),
        address=IdentifierKind.PHONE,
        carried=False,
        phone=frozenset(),
        least_precision=Precision.NONE,
        data=("phone",),
    ),
    TouchpointFacts(
        code="push",
        label=Text(fr="Notification", en="Push notification"),
        levels=MESSAGES,
        address=None,
        carried=False,
        phone=frozenset({PhoneSetting.NOTIFICATIONS}),
        least_precision=Precision.NONE,
        data=("device_push_token",),
    ),
    TouchpointFacts(
        code="qr",
        label=Text(fr="Code QR en magasin", en="QR code in store"),
        levels=(Level.NONE, Level.ONE_SHOT, Level.ALERT_ON_REQUEST),
        address=None,
        carried=False,
        phone=frozenset(),
        least_precision=Precision.NONE,
        data=(),
    ),
    TouchpointFacts(
        code="sms",
        label=Text(fr="SMS", en="Text message"),
        levels=MESSAGES,
        address=IdentifierKind.PHONE,
        carried=True,
        phone=frozenset(),
        least_precision=Precision.NONE,
        data=("phone",),
    ),
    TouchpointFacts(
        code="till",
        label=Text(fr="En caisse", en="At the till"),
        levels=(Level.NONE, Level.ONE_SHOT, Level.ALERT_ON_REQUEST, Level.PROACTIVE),
        address=None,
        carried=False,
        phone=frozenset(),
        least_precision=Precision.NONE,
        data=(),
    ),
    TouchpointFacts(
        code="web",
        label=Text(fr="Site web", en="Web site"),
        levels=SCREENS,
        address=None,
        carried=False,
        phone=frozenset(),
        least_precision=Precision.NONE,
        data=(),
    ),
)

TOUCHPOINTS: Mapping[str, TouchpointFacts] = {row.code: row for row in ROWS}
"""By their codes, in the order of the codes, which is that of the matrix."""


def phone_settings(code: str) -> Set[PhoneSetting]:
    """What a phone must allow for this touchpoint; nothing for a code that is none."""
    return TOUCHPOINTS[code].phone if code in TOUCHPOINTS else frozenset()


def address_kind(code: str) -> IdentifierKind:
    """The kind of address that this touchpoint reaches a member by. Raises `LookupError` for one that uses none."""
    kind = TOUCHPOINTS[code].address
    if kind is None:
        raise LookupError(f"{code} reaches nobody by an address")
    return kind


def opened_by(kind: IdentifierKind) -> Sequence[str]:
    """The touchpoints that an address of this kind opens."""
    return [row.code for row in ROWS if row.address is kind]
