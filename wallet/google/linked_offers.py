"""A member's coupons appear by themselves beside their card: each is an offer at Google, linked to the card's object.

An offer must be there before it is linked. A link cannot be taken back; a coupon that is used or over has a state that
says so, and moves away in the wallet. Whoever holds the card is told of a new coupon by a message, at most once and
only where they permit it: one whose answer is lost is not sent again.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from app.languages import Text
from app.logs import log
from app.sql import db
from wallet.google import queries
from wallet.google.errors import GoogleAway, GoogleForbids, GoogleRefuses
from wallet.google.resources.localised import localise
from wallet.google.rings import WantedRing, reserve_rings
from wallet.google.transport import GoogleWallet
from wallet.issued.contents import read_contents

BATCH = 200
AGAIN = timedelta(minutes=5)
NEW_COUPON = Text(fr="Un nouveau bon", en="A new coupon")


class OfferToLink(NamedTuple):
    """An offer at Google, and the card that it goes with. `is_news`: whoever holds the card does not know of it."""

    member_id: uuid.UUID
    pass_id: uuid.UUID
    object_id: str
    card_id: str
    card_pass_id: uuid.UUID
    is_news: bool


def link_due(wallet: GoogleWallet, *, now: datetime) -> int | None:
    """Link what waits for it; how many offers that were, or None when Google is away."""
    with db.system_transaction():
        due = [OfferToLink(*row) for row in db.fetch(queries.TAKE_LINKS, [now, now + AGAIN, BATCH])]
    linked = 0
    by_card = sorted(due, key=lambda one: one.card_id)
    for card_id, group in groupby(by_card, key=lambda one: one.card_id):
        offers = list(group)
        added = {"addLinkedOfferObjectIds": [one.object_id for one in offers]}
        try:
            answer = wallet.send(
                "POST", f"loyaltyObject/{card_id}/modifyLinkedOfferObjects", {"linkedOfferObjectIds": added}
            )
        except (GoogleAway, GoogleForbids) as error:
            log.warning("offers_not_linked", error=type(error).__name__, reason=error.reason)
            return None
        except GoogleRefuses as refuses:
            log.warning("offers_not_linked", error=type(refuses).__name__, reason=refuses.reason)
            continue
        if not answer.is_done:
            continue
        with db.system_transaction():
            db.fetch(queries.LINKED, [offers[0].member_id, [one.pass_id for one in offers], now])
        linked += len(offers)
        _tell_of_news(wallet, [one for one in offers if one.is_news], now=now)
    return linked


def _tell_of_news(wallet: GoogleWallet, offers: Sequence[OfferToLink], *, now: datetime) -> None:
    """Send a message for each new coupon, as far as the member permits it and the day bears it."""
    if not offers:
        return
    with db.system_transaction():
        messages = _messages(offers, now=now)
    for card_id, message in messages:
        try:
            wallet.send("POST", f"loyaltyObject/{card_id}/addMessage", {"message": message})
        except (GoogleAway, GoogleForbids, GoogleRefuses) as error:  # the coupon itself is there
            log.info("google_message_not_sent", error=type(error).__name__, reason=error.reason)


def _messages(offers: Sequence[OfferToLink], *, now: datetime) -> list[tuple[str, dict[str, Any]]]:
    passes = db.all_of(queries.passes_of([one.pass_id for one in offers]))
    contents = dict(zip((held.id for held in passes), read_contents(passes, now=now), strict=True))
    news = [
        (one, contents[one.pass_id].coupons[0])
        for one in offers
        if one.pass_id in contents and contents[one.pass_id].may_notify and contents[one.pass_id].coupons
    ]
    said = []
    for one, coupon in news:
        ring = WantedRing(one.member_id, one.card_pass_id, f"coupon-{coupon.id}")
        if reserve_rings([ring], now=now):
            title = Text(fr=coupon.title_fr, en=coupon.title_en)
            message = {
                "id": f"coupon-{coupon.id.hex}",
                "header": NEW_COUPON.fr,
                "localizedHeader": localise(NEW_COUPON),
                "body": title.fr,
                "localizedBody": localise(title),
                "messageType": "TEXT_AND_NOTIFY",
            }
            said.append((one.card_id, message))
    return said
