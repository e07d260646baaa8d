"""Refusals about programmes."""

from app.errors import CONSTRAINTS, Conflict, Malformed, NotFound
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
        fr="Une version est approuvée par quelqu'un d'autre que son auteur.",
        en="A version is approved by somebody other than its author.",
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
        fr="Une récompense est publiée par quelqu'un d'autre que son auteur.",
        en="A reward is published by somebody other than its author.",
    )


class RewardCodeTaken(Conflict):
    title = Text(fr="Ce code désigne déjà une récompense.", en="This code names a reward already.")


class RewardNotAvailable(Conflict):
    title = Text(fr="Cette récompense n'est pas disponible maintenant.", en="This reward is not available now.")


class RewardSoldOut(Conflict):
    title = Text(fr="Il n'y a plus de cette récompense.", en="There is none of this reward left.")


class RewardLimitReached(Conflict):
    title = Text(
        fr="Vous avez déjà commandé cette récompense {most} fois.", en="You ordered this reward {most} times already."
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
        fr="Ce code a déjà servi {most} fois cette année.", en="This code was used {most} times this year already."
    )


CONSTRAINTS["uq_reward_brand_id_code"] = RewardCodeTaken
