"""What a member reads of a trigger: why an offer is there, and why there is none."""

from typing import Any

from app.languages import Language, Text
from offers.deciding.ranking import Candidate
from offers.deciding.wording import Addressee, card_of_offer
from offers.triggers.models import WhyNothing

NOTHING: dict[WhyNothing, Text] = {
    WhyNothing.NO_OFFER: Text(
        fr="Aucune offre n'était à montrer ici à ce moment.", en="There was no offer to show here at that moment."
    ),
    WhyNothing.TOO_LATE: Text(
        fr="Le signalement est arrivé trop tard : vous étiez peut-être déjà ailleurs.",
        en="The report came too late: you may have been elsewhere by then.",
    ),
    WhyNothing.PASSED_BY: Text(fr="Vous n'avez fait que passer.", en="You only passed by."),
    WhyNothing.TOO_UNSURE: Text(
        fr="Le signalement n'était pas assez sûr pour vous parler de cet endroit.",
        en="The report was not sure enough to speak to you of this place.",
    ),
    WhyNothing.OUTSPOKEN: Text(
        fr="Un moment plus parlant de la même visite a répondu à sa place.",
        en="A more telling moment of the same visit answered in its place.",
    ),
    WhyNothing.TOO_OFTEN: Text(
        fr="Vous avez déjà reçu assez d'offres pendant cette visite.",
        en="You were already shown enough offers in this visit.",
    ),
}
"""Why a trigger brought nothing."""

IN_FRONT = Text(fr="Parce que vous êtes devant ses articles.", en="Because you stand before its articles.")
IN_FRONT_OF = Text(fr="Parce que vous êtes devant « {place} ».", en='Because you stand before "{place}".')


def tell_nothing(why: WhyNothing, language: Language) -> dict[str, str]:
    """Why nothing came of it. Shape: `offers.planning.schemas.LocalText`."""
    return {"code": why, "text": NOTHING[why].say(language)}


def tell_offer(
    candidate: Candidate, language: Language, *, is_bought: bool, is_in_front: bool, place: Text | None
) -> dict[str, Any]:
    """What is said of one offer, but for the offer itself; `place` is what the member stands before. Parts of
    `offers.deciding.schemas.FeedOfferOut`."""
    card = card_of_offer(candidate, language, is_bought=is_bought, reader=Addressee.MEMBER)
    if not is_in_front:
        return card
    said = IN_FRONT.say(language) if place is None else IN_FRONT_OF.say(language, {"place": place.say(language)})
    if card["coupon_code"] is not None or is_bought:
        said = f"{said} {card['reason']['text']}"
    return card | {"reason": {"code": "in_front", "text": said}}
