"""What an answer says: its JSON text, and why each offer is there, in the words of a member."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from app.languages import Language, Text
from offers.deciding.decisions import Decided
from offers.deciding.factors import IN_FRONT, IN_FRONT_WEIGHT, PRIORITIES, THOUSANDTHS, logs_of
from offers.deciding.ranking import EXPLAINED, Candidate, Outcome
from offers.deciding.scores import ScoredOffer, drawn_for
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
    "fr": b"Parce que vous achetez souvent ce genre d'articles. ",
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


class Addressee(StrEnum):
    """Who is told why."""

    MEMBER = "member"
    STAFF = "staff"
    MERCHANDISER = "merchandiser"


_IN_PLACEMENT: dict[tuple[Addressee, str], Text] = {
    (Addressee.MEMBER, "live"): Text(fr="En cours en ce moment.", en="On at the moment."),
    (Addressee.MEMBER, "coupon_held"): Text(fr="Votre bon vous attend.", en="Your coupon is waiting."),
    (Addressee.MEMBER, "bought_often"): Text(
        fr="Parce que vous achetez souvent ce genre d'articles.", en="Because you often buy this kind of thing."
    ),
    (Addressee.STAFF, "live"): Text(fr="En cours dans votre magasin.", en="On in your store."),
    (Addressee.STAFF, "coupon_held"): Text(
        fr="Un bon est déjà dans son portefeuille.", en="They hold a coupon already."
    ),
    (Addressee.STAFF, "bought_often"): Text(
        fr="Choisie d'après ses achats, avec son accord.", en="Chosen from what they buy, with their permission."
    ),
}
"""Why an offer is shown without a position, by who reads it. Staff are never told what somebody buys."""


def card_of_offer(candidate: Candidate, language: Language, *, is_bought: bool, reader: Addressee) -> dict[str, Any]:
    """What is said of one offer in the wallet or at a till, but for the offer itself: parts of
    `schemas.FeedOfferOut`."""
    held = candidate.coupon_code
    code = "bought_often" if is_bought else "live" if held is None else "coupon_held"
    return {
        "coupon_code": held and held.decode(),
        "reason": {"code": code, "text": _IN_PLACEMENT[reader, code].say(language)},
        "permission_event_id": candidate.event_id.decode(),
        "fallback": bool(candidate.traits & FALLBACK),
    }


_TO_OTHERS: dict[Outcome, Text] = {
    Outcome.ALREADY_USED: Text(
        fr="Le membre l'a déjà utilisée autant de fois que permis.", en="The member used it as often as allowed."
    ),
    Outcome.DISMISSED: Text(fr="Le membre ne veut pas la voir.", en="The member does not want to see it."),
    Outcome.NOT_FOR_YOU: Text(fr="Elle ne s'adresse pas à ce membre.", en="It is not meant for this member."),
    Outcome.SHOWN_BEFORE: Text(
        fr="Le membre l'a déjà vue au même endroit pendant cette visite.",
        en="The member already saw it at the same place in this visit.",
    ),
}
"""What became of an offer, where the words for the member will not do for others."""


def explain_outcome(outcome: Outcome, *, reader: Addressee, language: Language) -> str:
    """What became of a candidate, in words."""
    if reader is Addressee.MEMBER or outcome not in _TO_OTHERS:
        return EXPLAINED[outcome].say(language)
    return _TO_OTHERS[outcome].say(language)


MIDDLE_OF = {"affinity": THOUSANDTHS[250], "proximity": THOUSANDTHS[700], "priority": PRIORITIES[50]}
"""What a factor of an ordinary offer is; what is above it speaks for an offer."""

_WHY: dict[str, tuple[Text, Text, Text]] = {
    "priority": (
        Text(fr="Parce que l'enseigne la met en avant.", en="Because the brand puts it forward."),
        Text(fr="L'enseigne la met en avant.", en="The brand puts it forward."),
        Text(fr="Surtout par sa priorité.", en="Above all by its priority."),
    ),
    "affinity": (
        Text(fr="Parce que ses articles se vendent beaucoup.", en="Because its articles sell well."),
        Text(fr="Choisie d'après ses achats, avec son accord.", en="Chosen from what they buy, with their permission."),
        Text(
            fr="Surtout parce qu'elle va avec ce que le membre achète.",
            en="Above all, it goes with what the member buys.",
        ),
    ),
    "proximity": (
        Text(fr="Parce que le magasin est tout près.", en="Because the store is very near."),
        Text(fr="Le magasin est tout près.", en="The store is very near."),
        Text(fr="Surtout par la proximité du magasin.", en="Above all because the store is near."),
    ),
    "value": (
        Text(fr="Parce que l'enseigne tient à cette offre.", en="Because this offer matters to the brand."),
        Text(fr="L'enseigne tient à cette offre.", en="This offer matters to the brand."),
        Text(fr="Surtout par ce qu'une utilisation rapporte.", en="Above all by what a use brings."),
    ),
    "urgency": (
        Text(fr="Parce qu'elle se termine bientôt.", en="Because it ends soon."),
        Text(fr="Elle se termine bientôt.", en="It ends soon."),
        Text(fr="Surtout parce qu'elle se termine bientôt.", en="Above all because it ends soon."),
    ),
    "discovery": (
        Text(
            fr="Parce que nous vous faisons aussi découvrir autre chose.", en="Because we also show you something new."
        ),
        Text(fr="Une offre à découvrir.", en="An offer to discover."),
        Text(fr="Surtout par la part de découverte.", en="Above all by the share of discovery."),
    ),
    "shelf": (
        Text(fr="Parce que vous étiez devant ses articles.", en="Because you stood before its articles."),
        Text(fr="Le membre est devant ses articles.", en="The member stands before its articles."),
        Text(
            fr="Surtout parce que le membre est devant ses articles.",
            en="Above all because the member stands before its articles.",
        ),
    ),
}
"""What speaks most for an offer: to the member, to staff, to a merchandiser."""

_BOUGHT_THIS = Text(fr="Parce que vous achetez souvent : {label}.", en="Because you often buy: {label}.")
_NOTHING = Text(fr="Rien de particulier ne parle pour elle.", en="Nothing in particular speaks for it.")


def weighed_logs(entry: ScoredOffer, *, seed: int) -> dict[str, tuple[int, int]]:
    """Each factor of an entry by its name: its logarithm in millionths, and its weight in hundredths."""
    logs = logs_of(entry.factors, drawn=drawn_for(entry, seed=seed))
    weighed = {name: (log, getattr(entry.weights, name)) for name, log in logs.items()}
    return weighed | ({"shelf": (IN_FRONT, IN_FRONT_WEIGHT)} if entry.in_front else {})


def explain_shelf(language: Language) -> str:
    """That the member stood before the articles of an offer, to them."""
    return _WHY["shelf"][0].say(language)


def main_factor(logs: Mapping[str, tuple[int, int]], *, nearby: bool) -> str | None:
    """The factor that speaks most for an offer, compared with an ordinary one; None where none does."""
    speaking = {
        name: (log - MIDDLE_OF.get(name, 0)) * weight
        for name, (log, weight) in logs.items()
        if name in _WHY and (nearby or name != "proximity")
    }
    best = max(speaking, key=lambda name: speaking[name])
    return best if speaking[best] > 0 else None


def explain_factors(
    logs: Mapping[str, tuple[int, int]],
    *,
    reader: Addressee,
    language: Language,
    label: str | None = None,
    nearby: bool = True,
) -> str:
    """What speaks most for an offer, in a sentence. `label` is what the member bought of its articles, as their receipt
    calls it; only they are told. `nearby` says whether a position was known."""
    name = main_factor(logs, nearby=nearby)
    if name is None:
        return _NOTHING.say(language)
    if name == "affinity" and label is not None and reader is Addressee.MEMBER:
        return _BOUGHT_THIS.say(language, {"label": label})
    return _WHY[name][list(Addressee).index(reader)].say(language)
