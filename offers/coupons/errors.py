"""Refusals about coupons, with the facts that staff and members need."""

from app.complaints import declare_complaint
from app.errors import CONSTRAINTS, Conflict, Forbidden, NotFound, RequestInFlight
from app.languages import Text


class OfferOutsideWindow(Conflict):
    title = Text(
        fr="Cette offre vaut du {starts_at} au {ends_at}.", en="This offer holds from {starts_at} to {ends_at}."
    )


class OfferOutsideSchedule(Conflict):
    title = Text(fr="Cette offre ne vaut pas à cette heure-ci.", en="This offer does not hold at this hour.")
    remedy = Text(fr="Elle vaudra de nouveau le {next_at}.", en="It will hold again on {next_at}.")


class OfferAppliesByItself(Conflict):
    title = Text(fr="Cette offre s'applique d'elle-même en caisse.", en="This offer applies by itself at the till.")
    remedy = Text(
        fr="Il n'y a rien à prendre : la carte, montrée en caisse, suffit.",
        en="There is nothing to claim: the card, shown at the till, is enough.",
    )


class OfferSoldOut(Conflict):
    title = Text(fr="Cette offre est épuisée.", en="This offer is sold out.")


class OfferSoldOutToday(Conflict):
    title = Text(fr="Cette offre est épuisée pour aujourd'hui.", en="This offer is sold out for today.")
    remedy = Text(fr="Il y en aura de nouveau le {again_at}.", en="There will be more on {again_at}.")


class MemberLimitReached(Conflict):
    title = Text(
        fr="Vous avez déjà pris cette offre autant de fois que permis ({limit}).",
        en="You have claimed this offer as often as you may ({limit}).",
    )


class OfferNotForYou(Forbidden):
    """The offer is for other members. `reason` says why, as far as it is the reader's to know: a stranger to the brand
    is told nothing, and staff nothing of what a member permits or buys."""

    title = Text(fr="Cette offre ne s'adresse pas à {whom}.", en="This offer is not for {whom}.")
    remedy = Text(
        fr="{why} D'autres offres sont dans l'application.",
        en="{why} There are other offers in the app.",
    )


class UseLimitReached(Conflict):
    """`by` and `per` name the limit; `again_at`, where there is one, when the next period begins."""

    title = Text(
        fr="Cette offre a déjà servi autant que permis : {limit} fois {whose} {period}.",
        en="This offer was used as often as it may be: {limit} {limit:time|times} {whose} {period}.",
    )
    remedy = Text(fr="Prochaine utilisation possible : {then}.", en="Next possible use: {then}.")


class CouponUnknown(NotFound):
    """The one answer for a coupon that does not exist, was revoked or is another brand's or member's."""

    title = Text(fr="Ce bon est inconnu ici.", en="This coupon is not known here.")


class CouponCodeUnknown(NotFound):
    """The one answer for a code on paper that stands for nothing here."""

    keeps_effects = True
    title = Text(fr="Ce code ne correspond à aucun bon.", en="This code stands for no coupon.")
    remedy = Text(fr="Comparez avec le papier, groupe par groupe.", en="Compare with the paper, group by group.")


class CouponCodeTaken(Conflict):
    title = Text(fr="Ce code a déjà servi.", en="This code was used before.")


class CouponAlreadyRedeemed(Conflict):
    title = Text(fr="Déjà utilisé le {at} à {store}.", en="Already used on {at} at {store}.")


class CouponExpired(Conflict):
    title = Text(fr="Ce bon a expiré le {at}.", en="This coupon expired on {at}.")


class CouponEndedWithOffer(Conflict):
    """The brand ended the offer, and had said that its coupons end with it."""

    title = Text(
        fr="L'enseigne a mis fin à cette offre, et ses bons ont pris fin avec elle.",
        en="The brand has ended this offer, and its coupons ended with it.",
    )


class CouponWrongStore(Conflict):
    """`stores` names up to three stores where it holds."""

    title = Text(fr="Ce bon ne vaut pas dans ce magasin.", en="This coupon does not hold at this store.")
    remedy = Text(fr="Il vaut par exemple à : {stores}.", en="It holds for instance at: {stores}.")


class CouponOutsideSchedule(Conflict):
    title = Text(fr="Ce bon ne vaut pas à cette heure-ci.", en="This coupon does not hold at this hour.")
    remedy = Text(fr="Il vaudra de nouveau le {next_at}.", en="It will hold again on {next_at}.")


class CouponScheduleOver(Conflict):
    """It holds on certain days only, and none of them comes before its end."""

    title = Text(fr="Les jours et les heures de ce bon sont passés.", en="The days and hours of this coupon are over.")


class OfferPaused(Conflict):
    title = Text(
        fr="L'enseigne a suspendu cette offre ; le bon ne peut pas servir pour l'instant.",
        en="The brand has paused this offer; the coupon cannot be used for now.",
    )
    remedy = Text(fr="Gardez-le : il servira si l'offre reprend.", en="Keep it: it will hold if the offer goes on.")


class RedeemedMeanwhile(Conflict):
    """The second lock on a coupon: whatever happens, one redemption of it stands at a time."""

    title = Text(fr="Ce bon vient d'être utilisé.", en="This coupon has just been used.")


class CouponNotShowable(Conflict):
    title = Text(
        fr="Ce bon est utilisé, terminé ou réservé : il ne peut plus être présenté.",
        en="This coupon is used, over or kept: it cannot be shown any more.",
    )


class CouponKept(Conflict):
    title = Text(
        fr="Ce bon est réservé jusqu'au {until}, par une vente en cours, par une caisse ou comme cadeau.",
        en="This coupon is kept until {until}, for a sale in progress, for a till or as a gift.",
    )
    remedy = Text(
        fr="Encaissez ou annulez la vente, ou reprenez le cadeau dans l'application.",
        en="Close the sale or cancel it, or take the gift back in the app.",
    )


class UsedInSale(Conflict):
    title = Text(fr="Ce bon a servi dans une vente.", en="This coupon was used in a sale.")
    remedy = Text(fr="Annulez la vente : elle rend le bon.", en="Cancel the sale: that gives the coupon back.")


class RedemptionUnknown(NotFound):
    title = Text(fr="Cette utilisation n'existe pas.", en="There is no such redemption.")


class UndoElsewhere(Forbidden):
    title = Text(
        fr="Seul le magasin {store}, où le bon a servi, peut annuler.",
        en="Only {store}, where the coupon was used, can undo this.",
    )


class UndoWindowOver(Conflict):
    title = Text(fr="L'annulation était possible jusqu'au {until}.", en="This could be undone until {until}.")


class CouponNotTransferable(Conflict):
    title = Text(fr="Ce bon ne peut pas être offert.", en="This coupon cannot be given to somebody else.")


class CouponNotGivable(Conflict):
    """Used, over, given already, or kept for a sale or another gift."""

    title = Text(
        fr="Ce bon ne peut pas être offert maintenant : il a servi, expiré, ou est réservé.",
        en="This coupon cannot be given now: it was used, has expired, or is kept for something.",
    )


class GiftUnknown(NotFound):
    title = Text(fr="Ce cadeau n'existe pas.", en="There is no such gift.")


class GiftOver(Conflict):
    title = Text(
        fr="Ce cadeau n'est plus à prendre : accepté, repris ou expiré.",
        en="This gift is no longer to be had: accepted, taken back, or its time is over.",
    )


class GiftToOneself(Conflict):
    title = Text(fr="Ce cadeau vient de vous.", en="This gift is from you.")


CODE_OF_NO_COUPON = declare_complaint(
    "coupon_unknown", Text(fr="Ce code n'est pas connu ici.", en="This code is not known here.")
)

CONSTRAINTS["uq_coupon_gift_waiting"] = CouponNotGivable
CONSTRAINTS["pk_offer_use"] = RequestInFlight  # two uses counted alike; the next try counts right
CONSTRAINTS["uq_redemption_standing"] = RedeemedMeanwhile
# The second lock on the limit per member: two claims of one member counted alike; the next try counts right.
CONSTRAINTS["uq_coupon_member_id_offer_id_ordinal"] = RequestInFlight
