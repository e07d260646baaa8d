"""Refusals about programmes."""

from app.complaints import declare_complaint
from app.errors import CONSTRAINTS, Conflict, Malformed, NotFound, RequestInFlight
from app.languages import Text


class ProgrammeUnknown(NotFound):
    title = Text(fr="Cette version du programme n'existe pas.", en="There is no such version of the programme.")


class ProgrammeApproved(Conflict):
    title = Text(
        fr="Cette version est approuvée : elle ne change plus. Faites-en une nouvelle.",
        en="This version is approved: it does not change any more. Make a new one.",
    )


class ProgrammeStartPast(Conflict):
    title = Text(
        fr="Ce début est passé : des achats ont déjà été comptés selon la version d'alors.",
        en="This start is past: purchases were counted by the version of that time already.",
    )
    remedy = Text(
        fr="Choisissez un début à venir, ou aucun pour commencer à l'approbation.",
        en="Choose a start to come, or none to begin with the approval.",
    )


class ProgrammeSelfApproval(Conflict):
    title = Text(
        fr="Une version doit être approuvée par une autre personne que son auteur.",
        en="A version has to be approved by somebody other than its author.",
    )


class ProgrammeContradictory(Malformed):
    title = Text(fr="Les règles se contredisent.", en="The rules contradict each other.")


class BasketCurrencyForeign(Conflict):
    title = Text(
        fr="Ce programme compte en {currency} : un panier en {given} n'y gagne rien.",
        en="This programme counts in {currency}: a basket in {given} earns nothing here.",
    )


class AwardsUnknown(NotFound):
    title = Text(fr="Cet achat n'a pas donné de points.", en="This purchase gave no points.")


class RewardUnknown(NotFound):
    title = Text(fr="Cette récompense n'existe pas.", en="There is no such reward.")


class RewardNotDraft(Conflict):
    title = Text(
        fr="Cette récompense est publiée : son contenu ne change plus.",
        en="This reward is published: its content does not change any more.",
    )


class RewardSelfApproval(Conflict):
    title = Text(
        fr="Une récompense doit être publiée par une autre personne que son auteur.",
        en="A reward has to be published by somebody other than its author.",
    )


class RewardCodeTaken(Conflict):
    title = Text(fr="Ce code désigne déjà une récompense.", en="This code names a reward already.")


class RewardNotAvailable(Conflict):
    title = Text(fr="Cette récompense n'est pas disponible maintenant.", en="This reward is not available now.")


class RewardSoldOut(Conflict):
    title = Text(fr="Il n'y a plus de cette récompense.", en="There is none of this reward left.")


class RewardLimitReached(Conflict):
    title = Text(
        fr="Vous avez déjà commandé cette récompense {most} fois.",
        en="You ordered this reward {most} {most:time|times} already.",
    )


class RewardOrderUnknown(NotFound):
    title = Text(fr="Cette commande n'existe pas.", en="There is no such order.")


class RewardOrderOver(Conflict):
    title = Text(
        fr="Cette commande est terminée : remise ou annulée.", en="This order is over: handed over or cancelled."
    )


class ReferralNotOffered(Conflict):
    title = Text(fr="L'enseigne n'offre pas de parrainage.", en="The brand offers no referral.")


class ReferralCodeUnknown(NotFound):
    title = Text(fr="Ce code de parrainage n'existe pas.", en="There is no such referral code.")


class ReferralOfOneself(Conflict):
    title = Text(fr="On ne se parraine pas soi-même.", en="Nobody refers themselves.")


class ReferralTooLate(Conflict):
    title = Text(
        fr="Le parrainage se déclare avant le premier achat.", en="A referral is declared before the first purchase."
    )


class ReferralTaken(Conflict):
    title = Text(fr="Vous avez déjà un parrain dans ce programme.", en="You were referred to this programme already.")


class ReferralCodeExhausted(Conflict):
    title = Text(
        fr="Ce code a déjà servi {most} fois cette année.",
        en="This code was used {most} {most:time|times} this year already.",
    )


CURRENCY_FOREIGN = declare_complaint(
    "currency_foreign", Text(fr="L'enseigne compte dans une autre monnaie.", en="The brand counts in another currency.")
)
DEBT_NOT_ALLOWED = declare_complaint(
    "debt_not_allowed",
    Text(fr="Ces points ne peuvent pas devenir négatifs.", en="These points may not become negative."),
)
NOT_UNIQUE = declare_complaint("not_unique", Text(fr="Deux règles portent ce code.", en="Two rules have this code."))
POINTS_MISSING = declare_complaint(
    "points_missing", Text(fr="Dites combien de points elle donne.", en="Say how many points it gives.")
)
MULTIPLIER = declare_complaint(
    "multiplier",
    Text(
        fr="Un multiplicateur ne donne ni ne plafonne rien lui-même : les plafonds sont ceux des règles.",
        en="A multiplier gives and caps nothing of its own: caps are of its rules.",
    ),
)
EVENT = declare_complaint(
    "event",
    Text(
        fr="Une règle d'événement nomme son événement, et elle seule.",
        en="An event rule names its event, and no other rule does.",
    ),
)
NOT_STAMPS = declare_complaint(
    "not_stamps", Text(fr="Cette monnaie ne compte pas de tampons.", en="This currency does not count stamps.")
)
RULE_UNKNOWN = declare_complaint("rule_unknown", Text(fr="Cette règle n'existe pas.", en="There is no such rule."))
TIER_UNKNOWN = declare_complaint("tier_unknown", Text(fr="Ce niveau n'existe pas.", en="There is no such tier."))
NOT_RISING = declare_complaint(
    "not_rising",
    Text(
        fr="Les niveaux vont du plus bas au plus haut, chacun avec son code.",
        en="Tiers go from low to high, each with a code of its own.",
    ),
)
UNDER_A_DAY = declare_complaint(
    "under_a_day", Text(fr="Un niveau se garde un jour au moins.", en="A tier is kept for a day at least.")
)
SAME_POINTS = declare_complaint(
    "same_points",
    Text(fr="Des points achètent des points d'une autre monnaie.", en="Points buy points of another kind."),
)
GIFT_UNKNOWN = declare_complaint(
    "gift_unknown", Text(fr="L'enseigne n'a rien de tel à donner.", en="The brand has no such thing to give.")
)

CONSTRAINTS["uq_reward_brand_id_code"] = RewardCodeTaken
CONSTRAINTS["uq_reward_order_code"] = RequestInFlight  # another draws the same code: the next try draws its own
