"""Refusals at the door of the console. What a stranger may hear is uniform; who has shown a password is told more."""

from app.complaints import declare_complaint
from app.errors import CONSTRAINTS, Conflict, Problem, TooManyRequests
from app.languages import Text


class TicketNotAccepted(Problem):
    """Unknown, used, replaced or expired, or whose it is was disabled."""

    status = 401
    title = Text(fr="Ce lien n'est plus valable.", en="This link is not valid any more.")
    remedy = Text(
        fr="Demandez un nouveau lien, ou une nouvelle invitation à un administrateur.",
        en="Ask for a new link, or an administrator for a new invitation.",
    )


class SecondFactorNeeded(Problem):
    """The password is right, and this person has a second factor. `factors` are those they have."""

    status = 401
    title = Text(fr="Donnez aussi votre seconde preuve d'identité.", en="Show your second factor too.")
    remedy = Text(
        fr="Envoyez le code de votre application ou un code de secours, ou identifiez-vous par votre clé d'accès.",
        en="Send the code of your app or a recovery code, or sign in with your passkey.",
    )
    keeps_effects = True  # the password was right, so no try is used up


class SecondFactorNotAccepted(Problem):
    """A wrong code, one that was used already, or one whose time is over."""

    status = 401
    title = Text(fr="Ce code n'est pas accepté.", en="This code is not accepted.")
    remedy = Text(
        fr="Attendez le code suivant de votre application, ou prenez un code de secours.",
        en="Wait for the next code of your app, or take a recovery code.",
    )
    keeps_effects = True  # the wrong guess is counted


class TooManyResets(TooManyRequests):
    title = Text(
        fr="Trop de nouveaux mots de passe ont été demandés pour cette adresse.",
        en="Too many new passwords were asked for this address.",
    )
    remedy = Text(fr="Cherchez le dernier message reçu, ou attendez.", en="Look for the last message, or wait.")


class TooManyFactorGuesses(TooManyRequests):
    title = Text(fr="Trop de codes incorrects.", en="Too many wrong codes.")
    remedy = Text(
        fr="Prenez un code de secours ou votre clé d'accès, ou attendez.",
        en="Take a recovery code or your passkey, or wait.",
    )


class PasskeyNotAccepted(Problem):
    """Not ours, for another site, of an earlier question, sent twice, or badly signed: never said which."""

    status = 401
    title = Text(fr="Cette clé d'accès n'est pas acceptée.", en="This passkey is not accepted.")
    remedy = Text(fr="Réessayez, ou prenez un autre moyen.", en="Try again, or take another way.")


class PasskeyKnown(Conflict):
    title = Text(fr="Cette clé d'accès est déjà enregistrée.", en="This passkey is registered already.")


class PasskeysFull(Conflict):
    title = Text(
        fr="Vous avez déjà {most} {most:clé|clés} d'accès : retirez-en une.",
        en="You have {most} {most:passkey|passkeys} already: remove one.",
    )


class SecondFactorMissing(Conflict):
    """There is nothing to confirm, or nothing that recovery codes could stand in for."""

    title = Text(
        fr="Ajoutez d'abord une application d'authentification ou une clé d'accès.",
        en="Add an authenticator app or a passkey first.",
    )


class SecondFactorKept(Conflict):
    """The last second factor of somebody whose role needs one."""

    title = Text(
        fr="Votre rôle demande une seconde preuve d'identité : celle-ci est la dernière.",
        en="Your role needs a second factor, and this is the last one.",
    )
    remedy = Text(fr="Ajoutez-en une autre, puis retirez celle-ci.", en="Add another one, then remove this one.")


class OwnSecondFactorMissing(Conflict):
    """Whoever asks one of their own role would be the first to stand outside."""

    title = Text(
        fr="Vous n'avez pas vous-même de seconde preuve d'identité : ajoutez-la avant de l'exiger de votre rôle.",
        en="You have no second factor yourself: add one before you ask it of your role.",
    )


class OwnFactorsKept(Conflict):
    title = Text(
        fr="Vous ne pouvez pas retirer ainsi vos propres preuves d'identité.",
        en="You cannot remove your own second factors this way.",
    )
    remedy = Text(
        fr="Retirez-les dans votre accès, ou demandez à un autre administrateur.",
        en="Remove them in your own access, or ask another administrator.",
    )


class UserNotWaiting(Conflict):
    """Somebody who has chosen a password, or who is disabled: neither is invited again."""

    title = Text(
        fr="Cette personne n'attend pas d'invitation : elle a déjà un mot de passe, ou son accès est désactivé.",
        en="This person waits for no invitation: they have a password already, or are disabled.",
    )


PASSWORD_GUESSABLE = declare_complaint(
    "password_guessable",
    Text(
        fr="Ce mot de passe se devine trop facilement : mot courant, nom, suite de touches, répétition.",
        en="This password is too easy to guess: a common word, a name, a row of keys, a repetition.",
    ),
)

CONSTRAINTS["pk_spent_challenge"] = PasskeyNotAccepted
CONSTRAINTS["uq_passkey_credential_id"] = PasskeyKnown
