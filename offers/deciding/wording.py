"""What an answer says: its JSON text, and why each offer is there, in the words of a member."""

from typing import Any

from app.languages import Language, Text
from offers.deciding.decisions import Decided
from offers.deciding.ranking import Candidate
from offers.planning.models import FALLBACK

_SENTENCES: dict[tuple[Language, bool | None, bool, bool], str] = {
    ("fr", True, False, False): "À %d m, ouvert en ce moment.",
    ("fr", None, False, False): "À %d m, horaires non communiqués.",
    ("fr", True, True, False): "Votre bon vous attend à %d m, ouvert en ce moment.",
    ("fr", None, True, False): "Votre bon vous attend à %d m, horaires non communiqués.",
    ("fr", True, False, True): "Dans votre secteur, ouvert en ce moment.",
    ("fr", None, False, True): "Dans votre secteur, horaires non communiqués.",
    ("fr", True, True, True): "Votre bon vous attend dans votre secteur, ouvert en ce moment.",
    ("fr", None, True, True): "Votre bon vous attend dans votre secteur, horaires non communiqués.",
    ("en", True, False, False): "%d m away, open now.",
    ("en", None, False, False): "%d m away, opening hours unknown.",
    ("en", True, True, False): "Your coupon is waiting %d m away, open now.",
    ("en", None, True, False): "Your coupon is waiting %d m away, opening hours unknown.",
    ("en", True, False, True): "In your area, open now.",
    ("en", None, False, True): "In your area, opening hours unknown.",
    ("en", True, True, True): "Your coupon is waiting in your area, open now.",
    ("en", None, True, True): "Your coupon is waiting in your area, opening hours unknown.",
}
"""Why an offer is shown: by language, whether its store is open (None when unknown), whether the member holds it, and
whether the fix is too coarse to speak of metres."""

_SAID = {case: sentence.encode() for case, sentence in _SENTENCES.items()}

_BOUGHT: dict[Language, bytes] = {
    "fr": "Parce que vous achetez souvent ce genre d'articles. ".encode(),
    "en": b"Because you often buy this kind of thing. ",
}
"""What comes first where the member's own purchases speak most for an offer."""

_OPEN = {True: b"true", None: b"null"}

_ITEM = (
    b'{"offer":%b,"store":%b,"distance_m":%d,"open":%b,"coupon_code":%b,'
    b'"reason":{"code":"%b","text":"%b"},"permission_event_id":"%b","fallback":%b}'
)


_TRUTH = (b"false", b"true")


def nearby_text(decided: Decided, *, language: Language, coarse: bool) -> bytes:
    """The answer as JSON text, made of the cards that the read model keeps ready. Shape: `schemas.NearbyOut`."""
    bought = decided.bought
    items = b",".join([_item(one, language, coarse, one.offer_number in bought) for one in decided.ranked.shown])
    ids = decided.decision_id.encode(), decided.decided_at.encode()
    return b'{"decision_id":"%b","decided_at":"%b","offers":[%b]}' % (*ids, items)


def _item(candidate: Candidate, language: Language, coarse: bool, is_bought: bool) -> bytes:
    event, _, _, _, _, metres, is_open, _, code, place, offer = candidate[:11]
    metres = round(metres)
    # Codes are made of digits and capitals only, so nothing in them needs escaping.
    held, reason = (b"null", b"near_and_live") if code is None else (b'"%b"' % code, b"coupon_held")
    said = _SAID[language, is_open, code is not None, coarse]
    said = said if coarse else said % metres
    if is_bought:
        reason, said = b"bought_often", _BOUGHT[language] + said
    spare = _TRUTH[candidate.traits & FALLBACK]
    return _ITEM % (offer, place, metres, _OPEN[is_open], held, reason, said, event, spare)


_IN_PLACEMENT: dict[tuple[str, str], Text] = {
    ("member", "live"): Text(fr="En cours en ce moment.", en="On at the moment."),
    ("member", "coupon_held"): Text(fr="Votre bon vous attend.", en="Your coupon is waiting."),
    ("member", "bought_often"): Text(
        fr="Parce que vous achetez souvent ce genre d'articles.", en="Because you often buy this kind of thing."
    ),
    ("staff", "live"): Text(fr="En cours dans votre magasin.", en="On in your store."),
    ("staff", "coupon_held"): Text(fr="Un bon est déjà dans son portefeuille.", en="A coupon is in their wallet already."),
    ("staff", "bought_often"): Text(
        fr="Choisie d'après ses achats, avec son accord.", en="Chosen from what they buy, with their permission."
    ),
}
"""Why an offer is shown without a position, by who reads it. Staff are never told what somebody buys."""


def card_of_offer(candidate: Candidate, language: Language, *, is_bought: bool, reader: str) -> dict[str, Any]:
    """What is said of one offer in the wallet or at a till, but for the offer itself: parts of `schemas.FeedOfferOut`."""
    held = candidate.coupon_code
    code = "bought_often" if is_bought else "live" if held is None else "coupon_held"
    return {
        "coupon_code": held and held.decode(),
        "reason": {"code": code, "text": _IN_PLACEMENT[reader, code].say(language)},
        "permission_event_id": candidate.event_id.decode(),
        "fallback": bool(candidate.traits & FALLBACK),
    }
