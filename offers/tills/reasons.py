"""Refusals as a till reads them: each a result and one of the closed reasons. Pure.

What is not here is a fault of the request or of ours, and is refused as everywhere.
"""

from collections.abc import Mapping
from typing import NamedTuple

from app.errors import Problem, RequestInFlight, TooManyRequests
from app.languages import Language, Text
from offers.offline.late_acts import TillAction
from offers.tills.models import ScanReason, ScanResult

R = ScanReason
REASONS: Mapping[str, ScanReason] = {
    "pass_unknown": R.UNKNOWN,
    "coupon_unknown": R.UNKNOWN,
    "code_mistyped": R.UNKNOWN,
    "article_scanned": R.UNKNOWN,
    "link_scanned": R.UNKNOWN,
    "phone_number_scanned": R.UNKNOWN,
    "number_unusable": R.UNKNOWN,
    "points_unknown": R.UNKNOWN,
    "code_forged": R.UNKNOWN,
    "card_lost": R.REVOKED,
    "card_blocked": R.BLOCKED,
    "offer_paused": R.BLOCKED,
    "coupon_kept": R.BLOCKED,
    "coupon_expired": R.EXPIRED,
    "coupon_ended_with_offer": R.EXPIRED,
    "coupon_schedule_over": R.EXPIRED,
    "purchase_too_old": R.EXPIRED,
    "coupon_outside_schedule": R.NOT_YET_VALID,
    "offer_outside_window": R.NOT_YET_VALID,
    "coupon_wrong_store": R.WRONG_STORE,
    "coupon_already_redeemed": R.ALREADY_REDEEMED,
    "redeemed_meanwhile": R.ALREADY_REDEEMED,
    "code_used_before": R.ALREADY_REDEEMED,
    "use_limit_reached": R.LIMIT_MEMBER,
    "member_limit_reached": R.LIMIT_MEMBER,
    "offer_sold_out": R.LIMIT_OFFER,
    "offer_sold_out_today": R.LIMIT_OFFER,
    "budget_spent": R.BUDGET_EXHAUSTED,
    "not_enough_points": R.INSUFFICIENT_POINTS,
    "not_enough_money": R.INSUFFICIENT_POINTS,
    "cagnotte_below_use": R.INSUFFICIENT_POINTS,
    "cagnotte_unnamed": R.AMBIGUOUS,
    "gift_card_unknown": R.UNKNOWN,
    "gift_card_short": R.INSUFFICIENT_POINTS,
    "gift_card_over": R.EXPIRED,
    "gift_card_blocked": R.BLOCKED,
    "gift_card_cancelled": R.REVOKED,
    "gift_card_currency_foreign": R.INTERNAL,
    "amount_missing": R.NEEDS_AMOUNT,
    "total_differs": R.NEEDS_AMOUNT,
    "tenders_differ": R.NEEDS_AMOUNT,
    "cagnotte_differs": R.NEEDS_AMOUNT,
    "meal_vouchers_over_day": R.LIMIT_MEMBER,
    "coupon_ambiguous": R.AMBIGUOUS,
    "coupon_of_somebody_else": R.AMBIGUOUS,
    "sale_changed": R.AMBIGUOUS,
    "receipt_reused": R.AMBIGUOUS,
    "source_reused": R.AMBIGUOUS,
    "code_stale": R.STALE_CODE,
    "code_from_old_copy": R.STALE_CODE,
    "fresh_code_needed": R.STALE_CODE,
    "points_pay_nothing": R.INTERNAL,
    "sale_currency_foreign": R.INTERNAL,
    "basket_currency_foreign": R.INTERNAL,
    "gtin_wrong": R.INTERNAL,
    "purchase_in_future": R.INTERNAL,
    "basket_without_articles": R.INTERNAL,
    "deposit_unsound": R.INTERNAL,
    "line_below_zero": R.INTERNAL,
    "measure_unsound": R.INTERNAL,
    "measured_price_differs": R.INTERNAL,
    "unit_without_price": R.INTERNAL,
    "meal_vouchers_over_articles": R.INTERNAL,
    "coupon_issuer_unknown": R.UNKNOWN,
    "manufacturer_coupon_unreadable": R.UNKNOWN,
    "manufacturer_coupon_mistyped": R.UNKNOWN,
    "manufacturer_coupon_without_serial": R.UNKNOWN,
    "manufacturer_coupon_expired": R.EXPIRED,
    "manufacturer_coupon_not_started": R.NOT_YET_VALID,
    "manufacturer_coupon_used": R.ALREADY_REDEEMED,
    "manufacturer_coupon_twice": R.ALREADY_REDEEMED,
    "manufacturer_coupon_without_value": R.NEEDS_AMOUNT,
    "manufacturer_coupon_value_refused": R.BLOCKED,
    "manufacturer_coupon_without_article": R.BLOCKED,
    "manufacturer_coupon_capped": R.BLOCKED,
    "manufacturer_coupon_pays_nothing": R.BLOCKED,
    "manufacturer_coupon_foreign": R.INTERNAL,
}
"""By the code of the refusal. A till cannot mend what is `internal`: whoever made it can."""

ASKED = frozenset({"coupon_ambiguous", "amount_missing", "total_differs"})
"""Refusals of which a till that knows how asks, and sends a new scan."""

DONE: Mapping[TillAction, Text] = {
    TillAction.IDENTIFY: Text(fr="Carte reconnue.", en="The pass is known."),
    TillAction.REDEEM: Text(fr="Bon utilisé.", en="The coupon was used."),
    TillAction.EARN: Text(fr="Achat enregistré.", en="The purchase was recorded."),
    TillAction.BURN: Text(fr="Points dépensés.", en="The points were spent."),
    TillAction.SALE: Text(fr="Vente enregistrée.", en="The sale was recorded."),
}
"""What a till is told when all is well."""

REFUSED_THERE = Text(fr="Refusé par la caisse, sans réseau.", en="Refused by the till, without a network.")
CONFLICT = Text(
    fr="Enregistré, mais à vérifier par l'enseigne : {why}", en="Recorded, and for the brand to look at: {why}"
)
KNOWN: Mapping[ScanReason | None, Text] = {
    None: Text(fr="Déjà enregistré.", en="Recorded before."),
    R.UNKNOWN: Text(fr="Ce code est inconnu ici.", en="This code is not known here."),
    R.REVOKED: Text(fr="Cette carte, ou cette caisse, ne vaut plus.", en="This card, or this till, holds no more."),
    R.BLOCKED: Text(fr="Ce n'est pas possible pour l'instant.", en="This is not possible for now."),
    R.EXPIRED: Text(fr="C'est terminé.", en="It is over."),
    R.NOT_YET_VALID: Text(fr="Cela ne vaut pas à cette heure-ci.", en="It does not hold at this hour."),
    R.WRONG_STORE: Text(fr="Cela ne vaut pas dans ce magasin.", en="It does not hold at this store."),
    R.OUTSIDE_FENCE: Text(fr="Cela ne vaut pas à cet endroit.", en="It does not hold at this place."),
    R.ALREADY_REDEEMED: Text(fr="Déjà utilisé.", en="Used already."),
    R.LIMIT_MEMBER: Text(
        fr="Cette personne en a profité autant que permis.", en="This person has had as many as allowed."
    ),
    R.LIMIT_OFFER: Text(fr="Cette offre est épuisée.", en="This offer is sold out."),
    R.BUDGET_EXHAUSTED: Text(fr="Le budget de cette offre est épuisé.", en="The budget of this offer is spent."),
    R.INSUFFICIENT_POINTS: Text(
        fr="Il n'y a pas assez de points, ou pas assez dans la cagnotte ou sur la carte cadeau.",
        en="There are not enough points, or too little in the cagnotte or on the gift card.",
    ),
    R.NEEDS_MEMBER_CONFIRMATION: Text(fr="Le client doit confirmer.", en="The customer has to confirm."),
    R.NEEDS_AMOUNT: Text(fr="Le montant est à préciser.", en="The amount has to be said."),
    R.AMBIGUOUS: Text(fr="Plusieurs réponses sont possibles.", en="There is more than one answer."),
    R.STALE_CODE: Text(fr="Ce code a vieilli : scannez le nouveau.", en="This code is old: show the new one."),
    R.OFFLINE_LIMIT: Text(
        fr="Au-delà de ce qu'une caisse peut faire sans réseau.", en="More than a till may do without a network."
    ),
    R.INTERNAL: Text(fr="Cette demande ne peut pas être exécutée.", en="This cannot be done as it was asked."),
}
"""A sentence for each reason, where nothing more is known."""


class ReadRefusal(NamedTuple):
    """A refusal as a till reads it."""

    result: ScanResult
    reason: ScanReason
    message: str
    texts: tuple[str, ...]


def read_refusal(problem: Problem, *, language: Language, supports: frozenset[str]) -> ReadRefusal | None:
    """What a till is told of a refusal; None for one that is no answer, but a fault.

    A till that cannot ask (`supports` has no `needs_input`) is simply refused.
    """
    code = problem.code()
    reason = REASONS.get(code)
    if reason is None:
        return None
    asks = code in ASKED and "needs_input" in supports
    said = problem.body(language=language, instance="")
    texts = (said["remedy"],) if "remedy" in said else ()
    return ReadRefusal(ScanResult.NEEDS_INPUT if asks else ScanResult.REFUSED, reason, said["title"], texts)


def read_late_refusal(problem: Problem, *, language: Language) -> ReadRefusal:
    """What a till is told of a refusal of what happened already. Nothing can be asked any more, and every refusal has
    an answer."""
    said = problem.body(language=language, instance="")
    texts = (said["remedy"],) if "remedy" in said else ()
    reason = REASONS.get(problem.code(), R.INTERNAL)
    return ReadRefusal(ScanResult.REFUSED, reason, said["title"], texts)


def is_passing(problem: Problem) -> bool:
    """Whether a refusal says nothing of the scan, which may be sent again."""
    return problem.status >= 500 or isinstance(problem, (RequestInFlight, TooManyRequests))
