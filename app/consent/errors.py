"""Refusals about permissions: those of `verdicts` (403) and those of malformed answers (404, 422)."""

from typing import Any, ClassVar

from app.consent.models import Reason
from app.errors import Conflict, Forbidden, NotFound, Problem
from app.languages import Text


class PermissionMissing(Forbidden):
    """The family of "the member does not allow this". `reasons` are those that a class speaks for."""

    title = Text(fr="Vous n'avez pas autorisé cela.", en="You have not allowed this.")
    remedy = Text(
        fr="Choisissez ce que vous autorisez dans vos autorisations.", en="Choose what you allow in your permissions."
    )
    reasons: ClassVar[tuple[Reason, ...]] = ()


class PermissionNotGiven(PermissionMissing):
    title = Text(fr="Vous n'avez pas encore autorisé cela.", en="You have not allowed this yet.")
    remedy = Text(
        fr="Vous pouvez l'autoriser dans vos autorisations, une seule fois ou pour plus longtemps.",
        en="You can allow it in your permissions, just once or for longer.",
    )
    reasons = (Reason.NOT_ASKED, Reason.REQUESTED, Reason.DEFERRED)


class PermissionRefused(PermissionMissing):
    title = Text(fr="Vous avez refusé cela.", en="You refused this.")
    remedy = Text(
        fr="Si vous avez changé d'avis, autorisez-le dans vos autorisations.",
        en="If you changed your mind, allow it in your permissions.",
    )
    reasons = (Reason.REFUSED,)


class PermissionWithdrawn(PermissionMissing):
    title = Text(fr="Vous avez retiré votre autorisation.", en="You withdrew your permission.")
    remedy = Text(
        fr="Si vous le souhaitez, donnez-la de nouveau dans vos autorisations.",
        en="If you wish, give it again in your permissions.",
    )
    reasons = (Reason.WITHDRAWN,)


class PermissionRevoked(PermissionMissing):
    title = Text(fr="Cette autorisation n'est plus valable.", en="This permission is no longer valid.")
    remedy = Text(
        fr="Lisez le texte actuel et autorisez-le de nouveau si vous le souhaitez.",
        en="Read the current text and allow it again if you wish.",
    )
    reasons = (Reason.REVOKED, Reason.INVALIDATED)


class PermissionUnknown(PermissionMissing):
    title = Text(fr="Nous n'avons aucune preuve de votre accord.", en="We hold no proof of your agreement.")
    remedy = Text(
        fr="Dites-nous dans vos autorisations si vous l'autorisez.",
        en="Tell us in your permissions whether you allow it.",
    )
    reasons = (Reason.UNKNOWN,)


class PermissionExpired(PermissionMissing):
    title = Text(fr="Votre autorisation a pris fin.", en="Your permission has ended.")
    remedy = Text(fr="Vous pouvez la renouveler dans vos autorisations.", en="You can renew it in your permissions.")
    reasons = (Reason.EXPIRED,)


class PermissionExhausted(PermissionMissing):
    title = Text(fr="Votre autorisation ponctuelle a déjà servi.", en="Your single permission has been used.")
    remedy = Text(fr="Autorisez-le encore une fois, ou pour plus longtemps.", en="Allow it once more, or for longer.")
    reasons = (Reason.EXHAUSTED,)


class PermissionOutOfScope(PermissionMissing):
    title = Text(fr="Votre autorisation ne couvre pas cet endroit.", en="Your permission does not cover this place.")
    remedy = Text(
        fr="Étendez-la à ce magasin ou à toute l'enseigne.", en="Extend it to this store or to the whole brand."
    )
    reasons = (Reason.OUT_OF_SCOPE,)


class PermissionLevelInsufficient(PermissionMissing):
    title = Text(fr="Votre autorisation ne va pas jusque-là.", en="Your permission does not go that far.")
    remedy = Text(fr="Choisissez un niveau plus large.", en="Choose a wider level.")
    reasons = (Reason.LEVEL_INSUFFICIENT,)


class PermissionOsInsufficient(PermissionMissing):
    title = Text(
        fr="Les réglages de votre téléphone ne le permettent pas.", en="Your phone's settings do not allow this."
    )
    remedy = Text(
        fr="Dans les réglages du téléphone, autorisez pour cette application la position, le Bluetooth ou les"
        " notifications.",
        en="In the phone's settings, allow this app the position, Bluetooth or notifications.",
    )
    reasons = (Reason.OS_INSUFFICIENT,)


class PermissionOsStale(PermissionMissing):
    title = Text(
        fr="Votre téléphone n'a pas dit récemment ce qu'il autorise.",
        en="Your phone has not said recently what it allows.",
    )
    remedy = Text(fr="Ouvrez l'application une fois.", en="Open the app once.")
    reasons = (Reason.OS_STALE,)


class PermissionNoticeSuperseded(PermissionMissing):
    title = Text(
        fr="Le texte que vous avez accepté a été remplacé.", en="The text that you agreed to has been replaced."
    )
    remedy = Text(
        fr="Lisez le nouveau texte et autorisez-le de nouveau si vous le souhaitez.",
        en="Read the new text and allow it again if you wish.",
    )
    reasons = (Reason.NOTICE_SUPERSEDED,)


class PermissionPending(PermissionMissing):
    title = Text(fr="Votre autorisation attend d'être confirmée.", en="Your permission is waiting to be confirmed.")
    remedy = Text(
        fr="Ouvrez le lien que nous vous avons envoyé, ou demandez à un parent de dire oui avec vous.",
        en="Open the link that we sent you, or ask a parent to say yes with you.",
    )
    reasons = (Reason.PENDING_CONFIRMATION, Reason.PENDING_PARENT)


class PermissionAgeRule(PermissionMissing):
    title = Text(
        fr="Votre âge demande un autre accord que celui qui a été donné.",
        en="Your age needs another permission than the one that was given.",
    )
    remedy = Text(
        fr="Répondez de nouveau ; un parent doit dire oui avec vous tant que vous n'avez pas l'âge.",
        en="Answer again; a parent must say yes with you until you are of age.",
    )
    reasons = (Reason.AGE_RULE,)


class PermissionObjected(PermissionMissing):
    title = Text(fr="Vous vous êtes opposé à toute prospection.", en="You objected to all direct marketing.")
    remedy = Text(fr="Si vous avez changé d'avis, levez cette opposition.", en="If you changed your mind, lift it.")
    reasons = (Reason.OBJECTED,)


class PermissionRestricted(PermissionMissing):
    title = Text(
        fr="Vous avez demandé que vos données ne soient plus utilisées.",
        en="You asked that your data be used no more.",
    )
    remedy = Text(fr="Vous pouvez lever cette limitation.", en="You can lift this restriction.")
    reasons = (Reason.RESTRICTED,)


class PermissionResting(PermissionMissing):
    title = Text(fr="Nous vérifions d'abord ce que chacun a refusé.", en="We first check what everybody refused.")
    remedy = Text(
        fr="Réessayez dans quelques minutes : votre autorisation n'est pas perdue.",
        en="Try again in a few minutes: your permission is not lost.",
    )
    reasons = (Reason.RESTING,)


REFUSALS: dict[Reason, type[PermissionMissing]] = {
    reason: problem for problem in PermissionMissing.__subclasses__() for reason in problem.reasons
}
"""Every reason but `allowed`, and the refusal that it becomes."""


def refusal_for(reason: Reason, **facts: Any) -> PermissionMissing:
    """The refusal to raise for a reason of `verdicts`; `reason` and `facts` travel beside its sentence."""
    return REFUSALS[reason](reason=str(reason), **facts)


class TouchpointUnknown(NotFound):
    title = Text(fr="Ce point de contact n'existe pas.", en="There is no such touchpoint.")


class PurposeUnknown(NotFound):
    title = Text(fr="Cette finalité n'existe pas.", en="There is no such purpose.")


class AnswerRefused(Problem):
    """The family of "this answer cannot be recorded". Nothing was written."""

    status = 422
    title = Text(fr="Cette réponse ne peut pas être enregistrée.", en="This answer cannot be recorded.")


class PurposeBundled(AnswerRefused):
    title = Text(fr="Une réponse porte sur une seule finalité.", en="One answer is about one purpose.")
    remedy = Text(fr="Posez une question par finalité.", en="Ask one question per purpose.")


class PurposeNeedsNoPermission(AnswerRefused):
    title = Text(
        fr="Cette finalité ne repose pas sur votre accord ({basis}).",
        en="This purpose does not rest on consent ({basis}).",
    )


class LevelNotCarried(AnswerRefused):
    title = Text(
        fr="Ce point de contact n'offre pas ce niveau ; il offre : {levels}.",
        en="This touchpoint cannot carry this level; it carries: {levels}.",
    )


class EvidenceMissing(AnswerRefused):
    title = Text(
        fr="Un accord a besoin de sa preuve : texte, langue, écran, version, geste.",
        en="A permission needs its evidence: text, language, screen, version, act.",
    )


class PositiveActMissing(AnswerRefused):
    title = Text(
        fr="Un accord demande un geste clair ; le silence ou une case précochée n'en est pas un.",
        en="A permission needs a clear act; silence or a pre-ticked box is none.",
    )
    remedy = Text(fr="Gestes acceptés : {methods}.", en="Accepted acts: {methods}.")


class PurposeTextUnknown(AnswerRefused):
    title = Text(
        fr="Ce texte n'est pas un texte publié de cette finalité dans cette langue.",
        en="This is not a published text of this purpose in this language.",
    )
    remedy = Text(fr="Montrez un texte de /v1/permissions/texts.", en="Show a text from /v1/permissions/texts.")


class OsPermissionMissing(AnswerRefused):
    title = Text(
        fr="Dites aussi ce que le téléphone autorise (os_permission).",
        en="Say also what the phone allows (os_permission).",
    )


class OsPermissionStale(AnswerRefused):
    title = Text(
        fr="Ce que le téléphone autorise a été relevé il y a trop longtemps.",
        en="What the phone allows was read too long ago.",
    )
    remedy = Text(fr="Relevez-le de nouveau et renvoyez la réponse.", en="Read it again and send the answer again.")


class PurposeTextSuperseded(AnswerRefused):
    title = Text(fr="Ce texte a été remplacé par un autre.", en="This text has been replaced by another one.")
    remedy = Text(
        fr="Montrez le texte actuel de /v1/permissions/texts.", en="Show the current text of /v1/permissions/texts."
    )


class PurposeTooPrecise(AnswerRefused):
    title = Text(
        fr="Cette finalité ne peut pas savoir où vous êtes aussi précisément ({most} au plus).",
        en="This purpose may not know so exactly where you are ({most} at most).",
    )


class RecipientUnnamed(AnswerRefused):
    title = Text(
        fr="Cette finalité transmet des données : nommez le destinataire.",
        en="This purpose passes data on: name the recipient.",
    )
    remedy = Text(fr="Un accord par destinataire.", en="One permission per recipient.")


class RecipientUnknown(AnswerRefused):
    title = Text(
        fr="Ce destinataire n'est pas dans la liste de cette finalité.",
        en="This recipient is not on the list of this purpose.",
    )


class PurposeNotForMinors(AnswerRefused):
    title = Text(
        fr="Cette finalité n'est pas proposée avant l'âge du consentement.",
        en="This purpose is not offered below the age of consent.",
    )


class AddressMissing(AnswerRefused):
    title = Text(
        fr="Cette autorisation se confirme par un lien, et nous n'avons pas d'adresse où l'envoyer.",
        en="This permission is confirmed by a link, and we have no address to send it to.",
    )


class AskedTooSoon(Conflict):
    title = Text(
        fr="Cette question vous a déjà été posée. Elle peut l'être de nouveau à partir du {ask_again_at}.",
        en="You were asked this already. The question may be asked again from {ask_again_at}.",
    )
    remedy = Text(
        fr="Vous pouvez changer d'avis à tout moment dans vos autorisations.",
        en="You can change your mind at any time in your permissions.",
    )


class ConfirmationUnusable(NotFound):
    title = Text(fr="Ce lien de confirmation n'est plus valable.", en="This confirmation link is no longer valid.")
    remedy = Text(fr="Répondez de nouveau dans vos autorisations.", en="Answer again in your permissions.")


class ScopeForeign(AnswerRefused):
    title = Text(
        fr="Ce magasin ou cette zone n'appartient pas à l'enseigne.",
        en="This store or area does not belong to the brand.",
    )


class ExpiryPast(AnswerRefused):
    title = Text(fr="La fin de l'autorisation est déjà passée.", en="The end of the permission has passed already.")


class ExpiryTooLate(AnswerRefused):
    title = Text(
        fr="Cette autorisation ne peut pas durer au-delà du {latest_at}.",
        en="This permission cannot last beyond {latest_at}.",
    )
