"""Refusals of accounts. Those about proofs are uniform: they never say which part was wrong, nor whom we know."""

from app.complaints import declare_complaint
from app.errors import CONSTRAINTS, Conflict, NotFound, Problem, TooManyRequests
from app.languages import Text


class CodeNotAccepted(Problem):
    """Wrong, used, superseded or expired code; too many guesses at it; or no code at all."""

    status = 401
    title = Text(fr="Ce code n'est pas accepté.", en="This code is not accepted.")
    remedy = Text(fr="Vérifiez le code, ou demandez-en un nouveau.", en="Check the code, or ask for a new one.")
    keeps_effects = True  # the wrong guess is counted


class RefreshNotAccepted(Problem):
    """A refresh token that is not ours, is over, or was used before."""

    status = 401
    title = Text(fr="Votre connexion est terminée.", en="Your sign-in is over.")
    remedy = Text(fr="Identifiez-vous à nouveau.", en="Sign in again.")
    keeps_effects = True  # a stolen token ends its sign-in


class CredentialsNotAccepted(Problem):
    """Unknown brand or user, disabled user, or wrong password."""

    status = 401
    title = Text(fr="Ces identifiants ne sont pas acceptés.", en="These credentials are not accepted.")
    remedy = Text(
        fr="Vérifiez l'enseigne, l'adresse et le mot de passe.", en="Check the brand, the address and the password."
    )
    keeps_effects = True  # the failure is counted


class PairingNotAccepted(Problem):
    """Unknown, used or expired pairing token, or its terminal was revoked."""

    status = 401
    title = Text(fr="Ce code d'appairage n'est pas accepté.", en="This pairing token is not accepted.")
    remedy = Text(fr="Demandez un nouveau terminal à un administrateur.", en="Ask an administrator for a new terminal.")


class TooManyPasswords(TooManyRequests):
    """Wrong passwords from one network, for one brand or everywhere: by devices that never signed in."""

    title = Text(
        fr="Trop de mots de passe refusés ; la connexion depuis un nouvel appareil est suspendue un moment.",
        en="Too many wrong passwords; signing in from a new device is suspended for a while.",
    )
    remedy = Text(
        fr="Attendez, ou utilisez un appareil avec lequel vous vous êtes déjà connecté.",
        en="Wait, or use a device that you signed in with before.",
    )


class TooManyCodes(TooManyRequests):
    title = Text(fr="Trop de codes de connexion ont été demandés.", en="Too many sign-in codes were asked for.")
    remedy = Text(fr="Utilisez le dernier code, ou attendez.", en="Use the last code, or wait.")


class TooManyTexts(TooManyRequests):
    title = Text(
        fr="Trop de codes de connexion ont été demandés par SMS.",
        en="Too many sign-in codes were asked for by text message.",
    )
    remedy = Text(fr="Identifiez-vous par e-mail, ou attendez.", en="Sign in by e-mail, or wait.")


class PhoneNotTexted(Problem):
    """A number that nobody carries, or that costs by the message: landlines, premium rate, shared cost, satellites."""

    status = 422
    title = Text(fr="Ce numéro ne reçoit pas nos SMS.", en="This number does not get our text messages.")
    remedy = Text(fr="Donnez un numéro de mobile, ou une adresse e-mail.", en="Give a mobile number, or an e-mail.")


class AddressNotReached(Problem):
    """What a mail server or a gateway said of an address a moment ago. It says nothing about whom we know: it is asked
    the same for everybody."""

    status = 422
    title = Text(
        fr="Notre dernier message à cette adresse a été refusé.", en="Our last message to this address was refused."
    )
    remedy = Text(
        fr="Vérifiez l'adresse ou le numéro, donnez-en un autre, ou réessayez dans dix minutes.",
        en="Check the address or number, give another, or try again in ten minutes.",
    )


class TooManyGuesses(TooManyRequests):
    title = Text(fr="Trop d'essais.", en="Too many attempts.")
    remedy = Text(
        fr="Attendez avant d'essayer à nouveau ; si un code vous a été envoyé, demandez-en un nouveau.",
        en="Wait before you try again; if a code was sent to you, ask for a new one.",
    )


class SignInStale(Problem):
    """A thing that nobody may do with a phone that was found unlocked, or with a token that was taken: the wallet's
    owner proves an address again first."""

    status = 403
    title = Text(
        fr="Votre dernière identification est trop ancienne pour cela.", en="Your last sign-in is too old for this."
    )
    remedy = Text(
        fr="Identifiez-vous à nouveau avec un code, puis recommencez dans le quart d'heure. Si vous n'avez plus accès à"
        " aucune de vos adresses, demandez une rectification.",
        en="Sign in again with a code, and try again within a quarter of an hour. If none of your addresses reaches you"
        " any more, ask for rectification.",
    )


class BrandUnknown(NotFound):
    title = Text(fr="Cette enseigne n'existe pas.", en="There is no such brand.")


class BrandExists(Conflict):
    title = Text(fr="Une enseigne porte déjà ce code.", en="A brand has this code already.")


class ConsoleUserExists(Conflict):
    title = Text(
        fr="Cette adresse appartient déjà à un utilisateur de l'enseigne.",
        en="This address belongs to a user of the brand already.",
    )


class OwnAccessKept(Conflict):
    """An administrator cannot disable themselves, so a brand is never left without one."""

    title = Text(fr="Vous ne pouvez pas désactiver votre propre accès.", en="You cannot disable your own access.")
    remedy = Text(fr="Demandez à un autre administrateur.", en="Ask another administrator.")


class BrandUnidentified(Problem):
    """A brand without a legal name, an address and a contact: nobody could know to whom they say yes (GDPR 13(1))."""

    status = 422
    title = Text(
        fr="Cette enseigne n'a pas encore dit qui elle est (raison sociale, adresse, contact) : elle ne peut rien vous"
        " demander.",
        en="This brand has not said yet who it is (legal name, address, contact): it cannot ask you for anything.",
    )
    remedy = Text(
        fr="L'enseigne doit compléter son identité : PUT /v1/brand/identity.",
        en="The brand has to complete its identity: PUT /v1/brand/identity.",
    )


class BrandUnnamed(Problem):
    status = 422
    title = Text(
        fr="Ces mots nomment celui qui demande : dites quelle enseigne, et par quel point de contact.",
        en="These words name who asks: say which brand, and at which touchpoint.",
    )
    remedy = Text(fr="Ajoutez brand et touchpoint.", en="Add brand and touchpoint.")


class AgeUndeclared(Problem):
    """Before that, what a minor may not do, or only with a parent, would be done without anybody noticing."""

    status = 422
    title = Text(
        fr="Cette enseigne demande d'abord si vous avez l'âge de répondre seul.",
        en="This brand asks first if you are old enough to answer alone.",
    )
    remedy = Text(
        fr="Dites-le une fois ; votre date de naissance n'est pas demandée (PUT /v1/me/age).",
        en="Say it once; your birth date is not asked (PUT /v1/me/age).",
    )


BRAND_CODE_WRONG = declare_complaint(
    "not_a_brand_code",
    Text(
        fr="Il faut un code d'enseigne : de 2 à 40 lettres minuscules, chiffres et traits d'union.",
        en="It must be the code of a brand: 2 to 40 lower-case letters, digits and hyphens.",
    ),
)
RESPONSIBLE_MISSING = declare_complaint(
    "responsible_missing",
    Text(fr="Dites qui répond des données personnelles.", en="Say who answers for personal data."),
)
ADDRESS_INCOMPLETE = declare_complaint(
    "address_incomplete", Text(fr="Il faut une adresse postale entière.", en="It must be a whole postal address.")
)
REACHES_NOBODY = declare_complaint(
    "reaches_nobody",
    Text(
        fr="Il faut une adresse e-mail, ou une page qui commence par https://.",
        en="It must be an e-mail address, or a page that begins with https://.",
    ),
)
BRAND_NAME_MISSING = declare_complaint(
    "brand_name_missing",
    Text(fr="Il faut un nom, sur une seule ligne.", en="It must be a name, on one line."),
)
FIXED_AT_FOUNDING = declare_complaint(
    "fixed_at_founding",
    Text(
        fr="Cela ne change plus après la création de l'enseigne : fondez-en une autre.",
        en="This never changes once the brand was founded: found another.",
    ),
)
NOT_AN_SMS_SENDER = declare_complaint(
    "not_an_sms_sender",
    Text(
        fr="Il faut au plus 11 lettres et chiffres, dont une lettre, ou un numéro.",
        en="It must be at most 11 letters and digits, one of them a letter, or a number.",
    ),
)
NOT_A_DOMAIN = declare_complaint(
    "not_a_domain",
    Text(
        fr="Il faut un nom de domaine d'au plus 60 caractères, comme exemple.fr.",
        en="It must be a domain name of at most 60 characters, such as example.org.",
    ),
)
NOT_AN_EMAIL = declare_complaint(
    "not_an_email", Text(fr="Ce n'est pas une adresse e-mail.", en="This is no e-mail address.")
)
NOT_A_PHONE_NUMBER = declare_complaint(
    "not_a_phone_number", Text(fr="Ce n'est pas un numéro de téléphone.", en="This is no phone number.")
)
NOT_ONE_ADDRESS = declare_complaint(
    "not_one_address",
    Text(
        fr="Donnez une adresse e-mail ou un numéro de téléphone, pas les deux.",
        en="Give an e-mail address or a phone number, not both.",
    ),
)

CONSTRAINTS["uq_brand_code"] = BrandExists
CONSTRAINTS["uq_console_user_brand_id_email"] = ConsoleUserExists
