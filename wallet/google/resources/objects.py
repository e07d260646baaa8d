"""One pass in Google's words: LoyaltyObject for a card, OfferObject for a coupon.

Whatever a member has not permitted is not in it: no places, no notice before an offer ends, nothing that rings. The key
of a code that changes goes to Google here, by REST, and never into an address, a log or a row. What Google cannot show
(words of a place, beacons) is left out; `wallet.designs.losses` tells the brand.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app import clock
from app.canonical import write_json
from app.languages import Text
from wallet.authenticity.patterns import GooglePattern
from wallet.designs.capabilities import PassSymbology, WalletName
from wallet.designs.designs import Design
from wallet.designs.fields import FieldShows
from wallet.designs.layout import FilledField, lay_out
from wallet.google.resources.localised import localise
from wallet.issued.contents import PassContents
from wallet.issued.models import PassKind

RESOURCES = {PassKind.CARD: "loyaltyObject", PassKind.COUPON: "offerObject"}
MOST_PLACES = 10
MOST_TEXTS = 10
LARGEST_INT = 2**31 - 1
"""Of `balance.int`; a larger balance is written as a text."""
BARCODES = {
    PassSymbology.QR: "QR_CODE",
    PassSymbology.PDF417: "PDF_417",
    PassSymbology.AZTEC: "AZTEC",
    PassSymbology.CODE128: "CODE_128",
}
ROTATING = frozenset({PassSymbology.QR, PassSymbology.PDF417})
"""What Google draws of codes that change."""
RINGING = ("loyaltyPoints", "secondaryLoyaltyPoints")
"""Fields of an object whose change rings, when it is asked for: of Google's list those that are a member's own."""


OURS = frozenset(
    {
        *("accountId", "accountName", "loyaltyPoints", "secondaryLoyaltyPoints", "barcode", "rotatingBarcode"),
        *("textModulesData", "merchantLocations", "validTimeInterval", "passConstraints", "smartTapRedemptionValue"),
    }
)
"""Fields that an object has only while the pass says something there."""


class ObjectState:
    """What becomes of an object: nothing is deleted at Google."""

    ACTIVE, COMPLETED, EXPIRED, INACTIVE = "ACTIVE", "COMPLETED", "EXPIRED", "INACTIVE"


def write_object(
    contents: PassContents,
    design: Design,
    *,
    object_id: str,
    class_id: str,
    pattern: GooglePattern | None,
    now: datetime,
) -> dict[str, Any]:
    """The whole object, without what rings."""
    said: dict[str, Any] = {"id": object_id, "classId": class_id, "state": state_of(contents, now=now)}
    if contents.kind == PassKind.CARD:
        said |= _card(contents, design)
    else:
        said |= {"textModulesData": _texts(_fields(contents, design))}
    if contents.code:
        said |= _codes(contents, design, pattern)
    if contents.expires_at is not None:
        said["validTimeInterval"] = {"end": {"date": clock.write_instant(contents.expires_at)}}
        # Else Google rings two days before the end of an offer, whether the member permitted that or not.
        said["disableExpirationNotification"] = not contents.may_notify
    if contents.places:
        said["merchantLocations"] = [
            {"latitude": place.lat, "longitude": place.lon} for place in contents.places[:MOST_PLACES]
        ]
    return {name: value for name, value in said.items() if value not in ([], {})}


def empty_object(object_id: str, class_id: str) -> dict[str, Any]:
    """What is left of an object that is over: nothing at Google is deleted, but nothing of the member stays in it."""
    return {"id": object_id, "classId": class_id, "state": ObjectState.INACTIVE}


def state_of(contents: PassContents, *, now: datetime) -> str:
    """Whether it can still be used; a coupon that cannot was used, unless its time is over."""
    if contents.expires_at is not None and contents.expires_at <= now:
        return ObjectState.EXPIRED
    if not contents.is_void:
        return ObjectState.ACTIVE
    return ObjectState.INACTIVE if contents.kind == PassKind.CARD else ObjectState.COMPLETED


def digest_of_object(said: dict[str, Any]) -> bytes:
    """The fingerprint of an object: two that say the same have the same."""
    return hashlib.blake2b(write_json(said), digest_size=16).digest()


def digest_of_ringing(said: dict[str, Any]) -> bytes:
    """The fingerprint of what may ring when it changes."""
    return digest_of_object({name: (said.get(name) or {}).get("balance") for name in RINGING})


Pair = tuple[FilledField, FilledField]
"""A field in French and in English."""


def _card(contents: PassContents, design: Design) -> dict[str, Any]:
    fields = _fields(contents, design)
    apart = {
        shows: [pair for pair in fields if pair[0].shows is shows]
        for shows in (FieldShows.POINTS, FieldShows.TIER, FieldShows.NAME)
    }
    counters = (apart[FieldShows.POINTS] + apart[FieldShows.TIER])[:2]
    said: dict[str, Any] = dict(zip(RINGING, map(_counter, counters), strict=False))
    if apart[FieldShows.NAME]:
        said["accountName"] = apart[FieldShows.NAME][0][0].value
    shown = [*counters, *apart[FieldShows.NAME][:1]]
    said["textModulesData"] = _texts([pair for pair in fields if pair not in shown])
    return said


def _fields(contents: PassContents, design: Design) -> list[Pair]:
    fr, en = (lay_out(contents, design, spoken, wallet=WalletName.GOOGLE) for spoken in ("fr", "en"))
    return list(zip(fr.fields, en.fields, strict=True))


def _counter(pair: Pair) -> dict[str, Any]:
    fr, en = pair
    is_number = fr.amount is not None and 0 <= fr.amount <= LARGEST_INT
    return {
        "label": fr.label,
        "localizedLabel": localise(Text(fr=fr.label, en=en.label)),
        "balance": {"int": fr.amount} if is_number else {"string": fr.short or fr.value},
    }


def _texts(pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    return [
        {
            "id": fr.key,
            "header": fr.label,
            "body": fr.value,
            "localizedHeader": localise(Text(fr=fr.label, en=en.label)),
            "localizedBody": localise(Text(fr=fr.value, en=en.value)),
        }
        for fr, en in pairs[:MOST_TEXTS]
    ]


def _codes(contents: PassContents, design: Design, pattern: GooglePattern | None) -> dict[str, Any]:
    """What is scanned. The plain code stays beside one that changes, for phones that cannot make one; it opens less."""
    symbology = design.card_symbology if contents.kind == PassKind.CARD else design.coupon_symbology
    plain = {"type": BARCODES[symbology], "value": contents.code, "alternateText": contents.code}
    said: dict[str, Any] = {"barcode": plain}
    if contents.kind == PassKind.CARD:
        said["accountId"] = contents.code
    if design.smart_tap_issuers and contents.code.isascii():
        said["smartTapRedemptionValue"] = contents.code
    if pattern is not None:
        said["rotatingBarcode"] = {
            "type": BARCODES[symbology if symbology in ROTATING else PassSymbology.QR],
            "renderEncoding": "UTF_8",
            "valuePattern": pattern.value_pattern,
            "alternateText": contents.code,
            "totpDetails": {
                "algorithm": "TOTP_SHA1",
                "periodMillis": str(pattern.period_s * 1000),
                "parameters": [{"key": pattern.key, "valueLength": pattern.digits}],
            },
        }
        said["passConstraints"] = {"screenshotEligibility": "INELIGIBLE"}
    return said
