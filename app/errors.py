"""Refusals: one class per fact. A verb raises it; the edge turns it into problem+json (RFC 9457).

The closed list of codes is every concrete subclass of `Problem`; the OpenAPI document publishes it.
Messages hold facts about things, never personal data or positions.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar, NamedTuple

from app import clock
from app.complaints import Complaint
from app.languages import Language, Moment, Money, Phrase, Text


class Pointer(NamedTuple):
    """One malformed value: where it is (JSON Pointer, RFC 6901, or a parameter's name) and what is wrong with it."""

    pointer: str
    complaint: Complaint


class QuotaStanding(NamedTuple):
    """How a quota stands: its published name, how many in how many seconds, what is left, until more is there."""

    name: str
    most: int
    window_s: int
    left: int
    reset_s: int


class Problem(Exception):
    """A refusal. `facts` fill the sentence and travel beside it, so that a program need not parse it, but for those
    that are words (`Phrase`); `standing` is that of the quota that is used up, where one is."""

    status: ClassVar[int] = 500
    title: ClassVar[Text]
    remedy: ClassVar[Text | None] = None
    """What the person can do about it, when there is something."""
    keeps_effects: ClassVar[bool] = False
    """True for a refusal that must leave a trace: what was written before it is committed (see `db.transaction`).
    Not for views behind `@idempotent`: their key would be kept without an answer."""

    def __init__(
        self,
        *,
        errors: list[Pointer] | None = None,
        retry_after_s: int | None = None,
        standing: QuotaStanding | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(self.code())
        self.facts = facts
        self.errors = errors or []
        self.retry_after_s = retry_after_s
        self.standing = standing

    @classmethod
    def code(cls) -> str:
        """The stable name of this fact: the class name in snake case."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()

    def body(self, *, language: Language, instance: str) -> dict[str, Any]:
        """The problem+json object; `instance` is the id of the request."""
        body: dict[str, Any] = {
            "type": f"/problems/{self.code()}",
            "code": self.code(),
            "status": self.status,
            "title": self.title.say(language, self.facts),
            "instance": f"urn:uuid:{instance}",
        }
        if self.remedy is not None:
            body["remedy"] = self.remedy.say(language, self.facts)
        plain = {name: _plain(fact) for name, fact in self.facts.items() if not isinstance(fact, Phrase)}
        if plain:
            body["facts"] = plain
        if self.errors:
            body["errors"] = [{"pointer": at, **complaint.say(language)} for at, complaint in self.errors]
        return body


def _plain(fact: Any) -> Any:
    """A fact as data: instants by RFC 3339, as everywhere (the JSON encoder would make an HTTP date), money in minor
    units."""
    if isinstance(fact, Money):
        return fact.amount_minor
    if isinstance(fact, date):
        return fact.isoformat()
    return clock.write_instant(fact.at) if isinstance(fact, Moment) else fact


class Unauthenticated(Problem):
    challenge: ClassVar[str] = "Bearer"
    """How one may sign in here, as `WWW-Authenticate` says it."""

    status = 401
    title = Text(fr="Identifiez-vous pour continuer.", en="Sign in to continue.")


class TerminalUnpaired(Unauthenticated):
    """The key of a till or a scanner that was revoked, or is none of ours."""

    title = Text(fr="Cette caisse n'est plus reconnue.", en="This till is not recognised any more.")
    remedy = Text(
        fr="Demandez à un administrateur de l'enseigne de l'appairer à nouveau.",
        en="Ask an administrator of the brand to pair it again.",
    )


class Forbidden(Problem):
    status = 403
    title = Text(fr="Votre rôle ne permet pas cette action.", en="Your role does not allow this.")


class SecondFactorAwaited(Forbidden):
    """Somebody at the console whose role needs a second factor, and who has none yet."""

    title = Text(
        fr="Votre rôle demande une seconde preuve d'identité avant d'aller plus loin.",
        en="Your role needs a second factor before you go on.",
    )
    remedy = Text(
        fr="Ajoutez une application d'authentification ou une clé d'accès à votre accès.",
        en="Add an authenticator app or a passkey to your access.",
    )


class NotOfThisTerminal(Forbidden):
    """Every till may not do everything: this one has a profile."""

    title = Text(
        fr="Ce terminal ({profile}) n'a pas cette fonction.",
        en="This terminal ({profile}) does not have this function.",
    )
    remedy = Text(
        fr="Un administrateur de l'enseigne peut changer son profil.",
        en="An administrator of the brand can change its profile.",
    )


class CashierAwaited(Forbidden):
    """At this terminal, somebody must have shown their PIN for this."""

    title = Text(fr="Saisissez d'abord votre numéro et votre code.", en="Enter your number and your PIN first.")


class CashierNotAccepted(Forbidden):
    """What stands in `X-Staff` is over, of another terminal, or of somebody who left."""

    title = Text(fr="Saisissez à nouveau votre numéro et votre code.", en="Enter your number and your PIN again.")


class NotFound(Problem):
    status = 404
    title = Text(fr="Introuvable.", en="Not found.")


class Conflict(Problem):
    status = 409
    title = Text(fr="L'état actuel ne le permet pas.", en="The current state does not allow this.")


class Malformed(Problem):
    status = 422
    title = Text(fr="La demande contient des valeurs incorrectes.", en="The request holds wrong values.")


class JsonUnreadable(Problem):
    status = 400
    title = Text(fr="Le corps n'est pas du JSON valide.", en="The body is not valid JSON.")


class BadRequest(Problem):
    status = 400
    title = Text(fr="La demande est mal formée.", en="The request is malformed.")


class MethodNotAllowed(Problem):
    status = 405
    title = Text(fr="Cette adresse n'accepte pas cette méthode.", en="This address does not take this method.")


class BodyTooLarge(Problem):
    status = 413
    title = Text(fr="Le corps dépasse la taille permise.", en="The body is larger than allowed.")


class RequestTooSlow(Problem):
    status = 408
    title = Text(fr="La demande n'est pas arrivée à temps.", en="The request did not arrive in time.")
    remedy = Text(fr="Renvoyez-la par une meilleure connexion.", en="Send it again over a better connection.")


class HeadTooLarge(Problem):
    status = 431
    title = Text(
        fr="L'en-tête de la demande dépasse la taille permise.", en="The head of the request is larger than allowed."
    )


class MediaTypeUnsupported(Problem):
    status = 415
    title = Text(fr="Envoyez du JSON (application/json).", en="Send JSON (application/json).")


class FileExpected(Problem):
    status = 415
    title = Text(
        fr="Envoyez le fichier tel quel (application/octet-stream).",
        en="Send the file as it is (application/octet-stream).",
    )


class PreconditionFailed(Problem):
    status = 412
    title = Text(
        fr="Quelqu'un d'autre l'a modifié depuis votre lecture.", en="Somebody else changed it since you read it."
    )


class PreconditionRequired(Problem):
    status = 428
    title = Text(fr="Envoyez If-Match avec l'ETag de votre lecture.", en="Send If-Match with the ETag that you read.")


class TooManyRequests(Problem):
    status = 429
    title = Text(fr="Trop d'essais ; patientez un peu.", en="Too many attempts; wait a little.")


class IdempotencyKeyMissing(Problem):
    status = 400
    title = Text(
        fr="Envoyez un Idempotency-Key de 1 à 128 caractères.", en="Send an Idempotency-Key of 1 to 128 characters."
    )


class IdempotencyKeyReused(Problem):
    status = 422
    title = Text(
        fr="Cet Idempotency-Key a déjà servi pour une autre demande.",
        en="This Idempotency-Key was used for another request.",
    )


class RequestInFlight(Problem):
    status = 409
    title = Text(
        fr="La même demande est en cours ; réessayez dans un instant.",
        en="The same request is being served; try again in a moment.",
    )


class ConstraintBroken(Conflict):
    title = Text(fr="Cela contredit ce qui existe déjà.", en="This contradicts what already exists.")


class InternalFault(Problem):
    status = 500
    title = Text(fr="Une erreur de notre côté ; rien n'a été changé.", en="A fault on our side; nothing was changed.")


class DeadlinePassed(Problem):
    """Costly work that was stopped: nothing of it is done."""

    status = 503
    title = Text(
        fr="Ce travail a pris trop de temps et a été arrêté ; rien n'a été changé.",
        en="This work took too long and was stopped; nothing was changed.",
    )
    remedy = Text(fr="Réessayez plus tard, ou envoyez moins à la fois.", en="Try again later, or send less at a time.")


class CallerGone(Problem):
    """Nobody waits for the answer any more, so the work for it was stopped: nothing of it is done."""

    status = 503
    title = Text(
        fr="La connexion a été coupée avant la fin ; rien n'a été changé.",
        en="The connection was closed before the end; nothing was changed.",
    )


class DatabaseUnavailable(Problem):
    status = 503
    title = Text(fr="Le service ne répond pas pour l'instant.", en="The service does not answer at present.")
    remedy = Text(
        fr="Réessayez dans un instant : rien ne sera fait deux fois.",
        en="Try again in a moment: nothing will be done twice.",
    )


class CostlyDoorBusy(Problem):
    """As much of this kind of work is under way as the machine can do beside everything else."""

    status = 503
    title = Text(
        fr="Trop de demandes de ce genre sont en cours.", en="Too many requests of this kind are being worked on."
    )
    remedy = Text(fr="Réessayez dans quelques secondes.", en="Try again in a few seconds.")


class ServerBusy(Problem):
    status = 503
    title = Text(fr="Trop de demandes arrivent en même temps.", en="Too many requests are arriving at the same time.")
    remedy = Text(
        fr="Réessayez dans un instant : celle-ci n'a pas été commencée.",
        en="Try again in a moment: this one was not begun.",
    )


def every_problem(family: type[Problem] = Problem) -> Iterator[type[Problem]]:
    """The closed list: each concrete refusal that the loaded rooms can make."""
    for problem in family.__subclasses__():
        yield problem
        yield from every_problem(problem)


CONSTRAINTS: dict[str, type[Problem]] = {}
"""Constraint name → the refusal it stands for. Rooms fill it in their `errors.py`."""
