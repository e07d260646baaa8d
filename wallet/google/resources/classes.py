"""What all passes of one look share at Google: LoyaltyClass for a brand's card, OfferClass for one offer of it.

Google shows the title of an offer from its class, so offers of different words have different classes; the id of one is
made from its words. `reviewStatus` is `UNDER_REVIEW` each time: Google approves at once, and takes no change without.
"""

import hashlib
import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from app.canonical import write_json
from app.languages import Text
from app.pictures.pictures import Picture
from wallet.designs.designs import Design
from wallet.google.resources.localised import localise, shorten
from wallet.issued.contents import PassContents
from wallet.issued.models import PassKind

RESOURCES = {PassKind.CARD: "loyaltyClass", PassKind.COUPON: "offerClass"}
HOLDER, NUMBER = Text(fr="Titulaire", en="Member"), Text(fr="Numéro", en="Number")
LONGEST_SHORT_TITLE = 20
"""What Google recommends of `shortTitle`; other texts go whole, and phones cut what they have no room for."""


class WantedClass(NamedTuple):
    """A class as it should be at Google. `texts`: title and description of an offer, French and English."""

    id: str
    brand_id: uuid.UUID
    kind: PassKind
    texts: tuple[str, ...] = ()


def class_for(contents: PassContents, *, issuer: str) -> WantedClass | None:
    """The class that this pass needs; None for a coupon of which nothing is said any more."""
    if contents.kind == PassKind.CARD:
        return WantedClass(f"{issuer}.card-{contents.brand_id.hex}", contents.brand_id, PassKind.CARD)
    if not contents.coupons:
        return None
    coupon = contents.coupons[0]
    texts = (coupon.title_fr, coupon.title_en, coupon.description_fr, coupon.description_en)
    named = hashlib.blake2b(write_json([contents.brand_id.hex, *texts]), digest_size=12).hexdigest()
    return WantedClass(f"{issuer}.offer-{named}", contents.brand_id, PassKind.COUPON, texts)


def write_class(wanted: WantedClass, design: Design, *, callback: str | None) -> dict[str, Any]:
    """The class in Google's words. `callback`: where Google tells of copies that were saved or removed."""
    said: dict[str, Any] = {
        "id": wanted.id,
        "issuerName": design.name,
        "hexBackgroundColor": design.background,
        "reviewStatus": "UNDER_REVIEW",
        # The first who opens a link has the pass, on all their devices; whoever else gets the link has nothing.
        "multipleDevicesAndHoldersAllowedStatus": "ONE_USER_ALL_DEVICES",
        **(_card(design) if wanted.kind == PassKind.CARD else _offer(wanted.texts, design)),
    }
    if "hero" in design.pictures:
        said["heroImage"] = _image(design.pictures["hero"], design.name)
    if callback is not None:
        said["callbackOptions"] = {"url": callback}
    if design.smart_tap_issuers:
        said |= {"enableSmartTap": True, "redemptionIssuers": list(design.smart_tap_issuers)}
    if design.rotates:
        said["securityAnimation"] = {"animationType": "FOIL_SHIMMER"}
    return said


def digest_of_class(said: dict[str, Any]) -> bytes:
    """The fingerprint of a class: two that say the same have the same."""
    return hashlib.blake2b(write_json(said), digest_size=16).digest()


def _card(design: Design) -> dict[str, Any]:
    name = design.logo_text or Text(fr=design.name, en=design.name)
    return {
        "programName": name.fr,
        "localizedProgramName": localise(name),
        "programLogo": _image(design.pictures["emblem"], design.name),
        "accountNameLabel": HOLDER.fr,
        "localizedAccountNameLabel": localise(HOLDER),
        "accountIdLabel": NUMBER.fr,
        "localizedAccountIdLabel": localise(NUMBER),
    }


def _offer(texts: Sequence[str], design: Design) -> dict[str, Any]:
    title, details = Text(fr=texts[0], en=texts[1]), Text(fr=texts[2], en=texts[3])
    short = Text(*(shorten(each, most=LONGEST_SHORT_TITLE) for each in (title.fr, title.en)))
    said = {
        "provider": design.name,
        "title": title.fr,
        "localizedTitle": localise(title),
        "shortTitle": short.fr,
        "localizedShortTitle": localise(short),
        "redemptionChannel": "INSTORE",
        "titleImage": _image(design.pictures["emblem"], design.name),
    }
    if details.fr and details.en:
        said |= {"details": details.fr, "localizedDetails": localise(details)}
    if design.terms is not None:
        said |= {"finePrint": design.terms.fr, "localizedFinePrint": localise(design.terms)}
    return said


def _image(picture: Picture, name: str) -> dict[str, Any]:
    """A picture by its address, which is another one whenever the picture is: Google keeps what it fetched."""
    return {
        "sourceUri": {"uri": picture.address},
        "contentDescription": localise(Text(fr=name, en=name)),
    }
