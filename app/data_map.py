"""The words of the map of personal data: classes with their retention, sources, and what erasure does.

The map itself stands beside the models: each column about a person carries `info=db.datum(…)` in these words. The
export, erasure, retention and the record of processing (GDPR article 30) read it, and a test fails on a column about
a person that has none. Knows no table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from app.languages import Language, Text


class DataClass(StrEnum):
    """What kind of data a column holds. Each class has one retention, in `RETENTION`."""

    ACCOUNT = "account"  # that the wallet exists, its preferences, the cards in it
    CONTACT = "contact"  # addresses that open the wallet
    SIGN_IN = "sign_in"  # sessions, codes, failures
    ANSWER = "answer"  # stored answers of writes, so that a retry has one effect
    PURCHASE = "purchase"  # lines of baskets
    ACCOUNTING = "accounting"  # the accounting piece of a purchase
    COUPON = "coupon"  # coupons and their use
    SCAN = "scan"  # a pass shown at a till
    SIGHTING = "sighting"  # a beacon or a fence, as a phone reported it
    VISIT = "visit"  # a member, a store, a day
    DECISION = "decision"  # what was considered and shown, and why
    PROFILE = "profile"  # what is learnt of a member, from the rest
    MESSAGE = "message"  # what was sent
    OS_PERMISSION = "os_permission"  # what a phone itself allows
    PUSH_TOKEN = "push_token"  # noqa: S105 - a class of data, not a secret
    PERMISSION = "permission"  # the ledger of permissions and its projection
    REFUSAL = "refusal"  # that a question was answered no, so that it is not asked again
    PARENTAL = "parental"  # evidence of a parent's approval
    BIRTHDAY = "birthday"  # day and month
    EMPLOYMENT = "employment"  # that a member works for a brand
    OPPOSITION = "opposition"  # keyed hashes of addresses that must not be written to
    RIGHTS_REQUEST = "rights_request"  # what a person asked under GDPR 15 to 22, and what became of it
    READ_LOG = "read_log"  # who read a member's data, and when
    SECURITY_LOG = "security_log"  # events that protect the service
    ERASURE = "erasure"  # that somebody was erased, so that a restored backup forgets them again
    STAFF = "staff"  # people who work for a brand


class Export(StrEnum):
    """Where a datum came from, which says which exports hold it (GDPR 15 and 20)."""

    PROVIDED = "provided"  # the person gave it: access and portability
    OBSERVED = "observed"  # their use of the service left it: access and portability
    DERIVED = "derived"  # we made it: access only
    WITHHELD = "withheld"  # in no export, for a stated reason


class Erase(StrEnum):
    """What an erasure (GDPR 17) does with a datum."""

    DELETE = "delete"
    ANONYMISE = "anonymise"  # the row stays, this value becomes null or neutral
    KEEP = "keep"  # stays, for a stated reason: a listed residue


@dataclass(frozen=True)
class Retention:
    """How long a class is kept. `live` and `archived` are null where the end is an event, which `since` names."""

    live: timedelta | None
    since: Text
    basis: str
    archived: timedelta | None = None
    """Kept on with restricted access, as proof only, after `live`."""

    def say(self, language: Language) -> str:
        """One sentence: `3 years after your last act`; `until withdrawal`."""
        since = {"since": self.since.say(language)}
        live = None if self.live is None else {"lasting": lasting(self.live, language)}
        said = _until(since, language) if live is None else _LIVE.say(language, since | live)
        if self.archived is None:
            return said
        return f"{said}, {_ARCHIVED.say(language, {'lasting': lasting(self.archived, language)})}"


_LIVE = Text(fr="{lasting} après {since}", en="{lasting} after {since}")
_UNTIL = Text(fr="jusqu'à {since}", en="until {since}")
_ARCHIVED = Text(fr="puis {lasting} en archive restreinte", en="then {lasting} in a restricted archive")


def _until(since: Mapping[str, str], language: Language) -> str:
    """`until withdrawal`; in French `jusqu'au retrait` for « le retrait »."""
    return _UNTIL.say(language, since).replace("jusqu'à le ", "jusqu'au ")


def lasting(duration: timedelta, language: Language) -> str:
    """`3 years`, `13 months`, `1 day`: in the largest unit that fits without a rest."""
    years, months = Text(fr="an", en="year"), Text(fr="mois", en="month")
    for days, unit in ((365, years), (30, months), (1, Text(fr="jour", en="day"))):
        count, rest = divmod(duration.days, days)
        if rest == 0:
            word = unit.say(language)
            return f"{count} {word}{'s' if count > 1 and not word.endswith('s') else ''}"
    raise ValueError("a retention is counted in whole days")


class Duty(NamedTuple):
    """A purpose that is no member's to grant: it stands on a law or on the contract, not in the registry."""

    label: Text
    legal_basis: str


@dataclass(frozen=True)
class Datum:
    """What the map says of one column. `purposes` are codes of the registry of purposes, or of `DUTIES`."""

    data_class: DataClass
    purposes: tuple[str, ...]
    retention: Retention
    export: Export
    erase: Erase
    reason: Text | None
    """Why it is withheld or kept; present exactly then."""

    def __post_init__(self) -> None:
        needs_reason = self.export is Export.WITHHELD or self.erase is Erase.KEEP
        if needs_reason != (self.reason is not None):
            raise ValueError("a reason goes with a datum that is withheld or kept, and with no other")
        if not self.purposes:
            raise ValueError("nothing is kept without a purpose (GDPR 5(1)(b))")


MONTH = timedelta(days=30)
YEAR = timedelta(days=365)
BACKUP_LIVES = timedelta(days=35)
"""How long a backup of the database may be restored: after that it is destroyed."""

SECRET = Text(
    fr="Une empreinte qui protège un accès ; elle ne dit rien de vous.",
    en="A hash that protects an access; it says nothing about you.",
)
EVIDENCE = Text(
    fr="Gardé comme preuve de ce qui a été permis, puis supprimé.",
    en="Kept as proof of what was permitted, then deleted.",
)
HANDLED = Text(
    fr="Gardé pour montrer que la demande a été traitée, puis supprimé.",
    en="Kept to show that the request was dealt with, then deleted.",
)

DUTIES = {
    "security": Duty(Text(fr="Protéger les comptes et le service", en="Protect accounts and the service"), "interest"),
    "proof": Duty(
        Text(fr="Prouver ce qui a été permis", en="Prove what was permitted"),
        "legal_obligation",  # GDPR 5(2) and 7(1)
    ),
    "rights": Duty(
        Text(fr="Répondre aux demandes sur vos droits", en="Answer requests about your rights"),
        "legal_obligation",  # GDPR 12 to 22
    ),
    "staff_benefits": Duty(
        Text(
            fr="Donner aux salariés d'une enseigne ce qu'elle leur réserve",
            en="Give a brand's employees what it keeps for them",
        ),
        "contract",  # GDPR 6(1)(b)
    ),
    "staff_access": Duty(
        Text(fr="Donner accès aux équipes d'une enseigne", en="Give a brand's staff access"), "interest"
    ),
}
"""Purposes beyond the registry, by code. `interest` is legitimate interest (GDPR 6(1)(f))."""


INACTIVE = 3 * YEAR
"""36 months without an act of the member's own end a wallet; `WARNED_BEFORE` that, the member is told."""
WARNED_BEFORE = MONTH

_LAST_ACT = Text(
    fr="votre dernier acte (connexion, passage en caisse, commande)", en="your last act (sign-in, till, order)"
)
_WHILE_OPEN = Text(fr="sa fin", en="its end")

RETENTION: dict[DataClass, Retention] = {
    # The French authority's reference on commercial management; SAN-2020-008: four years were too long, three are not.
    DataClass.ACCOUNT: Retention(INACTIVE, _LAST_ACT, "GDPR 5(1)(e)"),
    DataClass.CONTACT: Retention(INACTIVE, _LAST_ACT, "GDPR 5(1)(e)"),
    DataClass.SIGN_IN: Retention(MONTH, Text(fr="la fin de la connexion", en="the end of the sign-in"), "GDPR 32"),
    DataClass.ANSWER: Retention(MONTH, Text(fr="la réponse", en="the answer"), "GDPR 6(1)(b)"),
    DataClass.PURCHASE: Retention(2 * YEAR, Text(fr="l'achat", en="the purchase"), "GDPR 5(1)(e)"),
    DataClass.ACCOUNTING: Retention(
        None, Text(fr="la fin de l'année comptable", en="the end of the accounting year"), "C. com. L123-22", 10 * YEAR
    ),
    DataClass.COUPON: Retention(
        2 * YEAR,
        Text(fr="l'utilisation ou la fin du bon", en="the use or the end of the coupon"),
        "C. civ. 2224",
        5 * YEAR,
    ),
    DataClass.SCAN: Retention(13 * MONTH, Text(fr="le passage en caisse", en="the scan"), "GDPR 5(1)(e)"),
    DataClass.SIGHTING: Retention(timedelta(days=1), Text(fr="le signalement", en="the sighting"), "GDPR 5(1)(c)"),
    DataClass.VISIT: Retention(MONTH, Text(fr="la visite", en="the visit"), "GDPR 5(1)(c)"),
    DataClass.DECISION: Retention(6 * MONTH, Text(fr="la réponse", en="the answer"), "GDPR 5(1)(e)"),
    DataClass.PROFILE: Retention(
        None, Text(fr="la fin de la permission", en="the end of the permission"), "GDPR 7(3), 22"
    ),
    DataClass.MESSAGE: Retention(13 * MONTH, Text(fr="l'envoi", en="the sending"), "GDPR 5(1)(e)"),
    DataClass.OS_PERMISSION: Retention(MONTH, Text(fr="le relevé suivant", en="the next report"), "GDPR 5(1)(c)"),
    DataClass.PUSH_TOKEN: Retention(3 * MONTH, Text(fr="le dernier signe", en="the last sign of life"), "GDPR 5(1)(e)"),
    DataClass.PERMISSION: Retention(
        None,
        Text(fr="le dernier effet de la permission", en="the last effect of the permission"),
        "GDPR 7(1), 17(3)(e)",
        5 * YEAR,
    ),
    DataClass.REFUSAL: Retention(6 * MONTH, Text(fr="le refus", en="the refusal"), "GDPR 7"),
    DataClass.PARENTAL: Retention(
        None, Text(fr="le quinzième anniversaire", en="the fifteenth birthday"), "GDPR 8", 5 * YEAR
    ),
    DataClass.BIRTHDAY: Retention(None, Text(fr="le retrait de la permission", en="withdrawal"), "GDPR 5(1)(b)"),
    # As long as tills may bring what they did meanwhile, and sales are looked at again.
    DataClass.EMPLOYMENT: Retention(
        MONTH, Text(fr="la fin de l'emploi", en="the end of the employment"), "GDPR 6(1)(b)"
    ),
    DataClass.OPPOSITION: Retention(
        3 * YEAR,
        Text(fr="l'opposition, ou le dernier envoi bloqué", en="opposition, or the last send stopped"),
        "GDPR 21(3)",
    ),
    DataClass.RIGHTS_REQUEST: Retention(None, _WHILE_OPEN, "GDPR 5(2), 12", 5 * YEAR),
    DataClass.READ_LOG: Retention(YEAR, Text(fr="la lecture", en="the read"), "GDPR 32"),
    DataClass.SECURITY_LOG: Retention(YEAR, Text(fr="l'événement", en="the event"), "GDPR 32"),
    DataClass.ERASURE: Retention(BACKUP_LIVES + 5 * YEAR, Text(fr="l'effacement", en="the erasure"), "GDPR 5(2)"),
    DataClass.STAFF: Retention(
        None, Text(fr="le départ de la personne", en="the departure of the person"), "GDPR 6(1)(f)", YEAR
    ),
}
"""The retention of each class: what the jobs execute, what the export says, what the register prints."""

LABELS: dict[DataClass, Text] = {
    DataClass.ACCOUNT: Text(fr="Votre compte et vos cartes", en="Your account and your cards"),
    DataClass.CONTACT: Text(fr="Vos adresses", en="Your addresses"),
    DataClass.SIGN_IN: Text(fr="Vos connexions", en="Your sign-ins"),
    DataClass.ANSWER: Text(fr="Des réponses gardées pour les nouveaux essais", en="Answers kept for retries"),
    DataClass.PURCHASE: Text(fr="Vos achats", en="Your purchases"),
    DataClass.ACCOUNTING: Text(fr="Les pièces comptables de vos achats", en="Accounting pieces of your purchases"),
    DataClass.COUPON: Text(fr="Vos bons et leur utilisation", en="Your coupons and their use"),
    DataClass.SCAN: Text(fr="Vos passages en caisse", en="Your passes shown at tills"),
    DataClass.SIGHTING: Text(fr="Ce que votre téléphone a signalé", en="What your phone reported"),
    DataClass.VISIT: Text(fr="Vos visites", en="Your visits"),
    DataClass.DECISION: Text(fr="Ce qui vous a été montré, et pourquoi", en="What you were shown, and why"),
    DataClass.PROFILE: Text(fr="Ce que vos achats disent de vos goûts", en="What your purchases say of your tastes"),
    DataClass.MESSAGE: Text(fr="Les messages envoyés", en="Messages sent"),
    DataClass.OS_PERMISSION: Text(fr="Ce que vos téléphones autorisent", en="What your phones allow"),
    DataClass.PUSH_TOKEN: Text(fr="L'adresse de vos notifications", en="Where your notifications go"),
    DataClass.PERMISSION: Text(fr="Ce que vous permettez, et la preuve", en="What you allow, and the proof"),
    DataClass.REFUSAL: Text(fr="Les questions auxquelles vous avez dit non", en="Questions that you answered no"),
    DataClass.PARENTAL: Text(fr="L'accord d'un parent", en="A parent's approval"),
    DataClass.BIRTHDAY: Text(fr="Votre anniversaire", en="Your birthday"),
    DataClass.EMPLOYMENT: Text(fr="Votre emploi dans une enseigne", en="Your employment with a brand"),
    DataClass.OPPOSITION: Text(fr="Les adresses à ne pas solliciter", en="Addresses that must not be contacted"),
    DataClass.RIGHTS_REQUEST: Text(fr="Vos demandes sur vos droits", en="Your requests about your rights"),
    DataClass.READ_LOG: Text(fr="Qui a lu vos données", en="Who read your data"),
    DataClass.SECURITY_LOG: Text(fr="Événements de sécurité", en="Security events"),
    DataClass.ERASURE: Text(fr="Le fait d'avoir été effacé", en="That somebody was erased"),
    DataClass.STAFF: Text(fr="Les équipes des enseignes", en="Brands' staff"),
}
"""What people read instead of the code of a class."""

SOURCES: dict[Export, Text] = {
    Export.PROVIDED: Text(fr="vous", en="you"),
    Export.OBSERVED: Text(fr="votre usage du service", en="your use of the service"),
    Export.DERIVED: Text(fr="le service, à partir du reste", en="the service, from the rest"),
    Export.WITHHELD: Text(fr="le service", en="the service"),
}
"""Where a datum came from, in the words of GDPR article 15(1)(g)."""
