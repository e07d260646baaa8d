"""What can be wrong with one value that we are sent: a closed list of codes, each with its sentence in both languages.

A refusal as a whole is a `Problem`; complaints are the entries of its `errors`. What is common to all rooms is here; a
room declares what only it can say in its `errors`. The OpenAPI document publishes the codes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Self

from app.languages import Language, Text

BOUNDS = ("min", "max", "above", "below", "allowed", "pattern")
"""The facts that travel beside a sentence, so that a program need not parse it. `min` and `max` are allowed themselves,
`above` and `below` are not."""


@dataclass(frozen=True)
class Complaint:
    """What is wrong with a value: a stable code, and a sentence filled from facts, of which bounds are told by name."""

    code: str
    text: Text
    facts: Mapping[str, Any] = field(default_factory=dict)

    def with_facts(self, **facts: Any) -> Self:
        """This complaint about one value, with the facts that its sentence names."""
        return replace(self, facts=facts)

    def say(self, language: Language) -> dict[str, Any]:
        """Code, sentence and bounds, as they are answered."""
        bounds = {name: _plain(self.facts[name]) for name in BOUNDS if name in self.facts}
        return {"code": self.code, "detail": self.text.say(language, self.facts), **bounds}


def _plain(bound: Any) -> Any:
    return bound.isoformat() if isinstance(bound, date) else bound


COMPLAINTS: dict[str, Complaint] = {}
"""Every complaint by its code."""


def declare_complaint(code: str, text: Text) -> Complaint:
    """Add a complaint to the closed list. Raises `ValueError` for a code that is taken with other words."""
    found = COMPLAINTS.setdefault(code, Complaint(code, text))
    if found.text != text:
        raise ValueError(f"{code} has another sentence already")
    return found


def out_of_range(**bounds: Any) -> Complaint:
    """The complaint of a number, a date or an instant beyond its bounds: `min` or `above`, `max` or `below`."""
    said = _OF_TIME if any(isinstance(bound, date) for bound in bounds.values()) else _OF_NUMBERS
    if bounds.keys() == {"min", "max"}:
        return Complaint(OUT_OF_RANGE.code, said["both"], bounds)
    fr = " et ".join(said[name].fr for name in bounds)
    en = " and ".join(said[name].en for name in bounds)
    return Complaint(OUT_OF_RANGE.code, Text(fr=said["one"].fr + fr + ".", en=said["one"].en + en + "."), bounds)


_OF_NUMBERS = {
    "both": Text(fr="Il faut une valeur de {min} à {max}.", en="It must be from {min} to {max}."),
    "one": Text(fr="Il faut une valeur ", en="It must be "),
    "min": Text(fr="d'au moins {min}", en="at least {min}"),
    "above": Text(fr="de plus de {above}", en="more than {above}"),
    "max": Text(fr="d'au plus {max}", en="at most {max}"),
    "below": Text(fr="de moins de {below}", en="less than {below}"),
}
_OF_TIME = {
    "both": Text(fr="Il faut une date du {min} au {max}.", en="It must be a date from {min} to {max}."),
    "one": Text(fr="Il faut une date ", en="It must be a date "),
    "min": Text(fr="à partir du {min}", en="from {min} on"),
    "above": Text(fr="après le {above}", en="after {above}"),
    "max": Text(fr="jusqu'au {max}", en="up to {max}"),
    "below": Text(fr="avant le {below}", en="before {below}"),
}


INVALID = declare_complaint("invalid", Text(fr="Cette valeur ne convient pas.", en="This value will not do."))
MISSING = declare_complaint("missing", Text(fr="Cette valeur est nécessaire.", en="This value is needed."))
NULL = declare_complaint("null", Text(fr="Cette valeur ne peut pas être nulle.", en="This value cannot be null."))
UNKNOWN_FIELD = declare_complaint("unknown_field", Text(fr="Ce champ n'existe pas.", en="There is no such field."))
REPEATED = declare_complaint("repeated", Text(fr="Cette valeur est donnée deux fois.", en="This value is given twice."))
NOT_OF_THIS_KIND = declare_complaint(
    "not_of_this_kind", Text(fr="Ce champ ne va pas avec ce type.", en="This field does not go with this kind.")
)

NOT_TEXT = declare_complaint("not_text", Text(fr="Il faut un texte.", en="It must be text."))
NOT_AN_INTEGER = declare_complaint(
    "not_an_integer", Text(fr="Il faut un nombre entier.", en="It must be a whole number.")
)
NOT_A_NUMBER = declare_complaint("not_a_number", Text(fr="Il faut un nombre.", en="It must be a number."))
NOT_A_BOOLEAN = declare_complaint("not_a_boolean", Text(fr="Il faut vrai ou faux.", en="It must be true or false."))
NOT_A_LIST = declare_complaint("not_a_list", Text(fr="Il faut une liste.", en="It must be a list."))
NOT_AN_OBJECT = declare_complaint("not_an_object", Text(fr="Il faut un objet JSON.", en="It must be a JSON object."))
NOT_AN_ID = declare_complaint("not_an_id", Text(fr="Il faut un identifiant (UUID).", en="It must be an id (UUID)."))
NOT_AN_INSTANT = declare_complaint(
    "not_an_instant",
    Text(
        fr="Il faut une date et une heure avec leur décalage, comme 2026-05-18T09:00:00+02:00.",
        en="It must be a date and time with its offset, such as 2026-05-18T09:00:00+02:00.",
    ),
)
NOT_A_DATE = declare_complaint(
    "not_a_date", Text(fr="Il faut une date, comme 2026-05-18.", en="It must be a date, such as 2026-05-18.")
)

TOO_SHORT = declare_complaint(
    "too_short",
    Text(
        fr="Il faut au moins {min} {min:caractère|caractères}.",
        en="It needs at least {min} {min:character|characters}.",
    ),
)
TOO_LONG = declare_complaint(
    "too_long",
    Text(
        fr="Il faut au plus {max} {max:caractère|caractères}.", en="It takes at most {max} {max:character|characters}."
    ),
)
TOO_FEW = declare_complaint(
    "too_few",
    Text(fr="Il faut au moins {min} {min:élément|éléments}.", en="It needs at least {min} {min:item|items}."),
)
TOO_MANY = declare_complaint(
    "too_many",
    Text(fr="Il faut au plus {max} {max:élément|éléments}.", en="It takes at most {max} {max:item|items}."),
)
OUT_OF_RANGE = declare_complaint("out_of_range", _OF_NUMBERS["both"])
NOT_ONE_OF = declare_complaint(
    "not_one_of", Text(fr="Il faut l'une de ces valeurs : {allowed}.", en="It must be one of: {allowed}.")
)
PATTERN = declare_complaint(
    "pattern", Text(fr="Cette valeur n'a pas la forme attendue.", en="This value does not have the expected form.")
)
UNSTORABLE_TEXT = declare_complaint(
    "unstorable_text",
    Text(
        fr="Ce texte contient un caractère qui ne peut pas être gardé.",
        en="This text holds a character that cannot be kept.",
    ),
)
CONTROL_SIGNS = declare_complaint(
    "control_signs",
    Text(
        fr="Ce texte contient un caractère de contrôle ou un saut de ligne.",
        en="This text holds a control character or a line end.",
    ),
)

NOT_A_CODE = declare_complaint("not_a_code", Text(fr="Ce n'est pas un code possible.", en="This cannot be a code."))
NOT_SIX_DIGITS = declare_complaint("not_six_digits", Text(fr="Il faut six chiffres.", en="It must be six digits."))
NOT_A_ONE_TIME_CODE = declare_complaint(
    "not_a_one_time_code", Text(fr="Il faut six chiffres, ou douze.", en="It must be six digits, or twelve.")
)
NOT_A_COUNTRY = declare_complaint(
    "not_a_country",
    Text(fr="Il faut un pays ISO 3166-1, comme FR.", en="It must be an ISO 3166-1 country, such as FR."),
)
NOT_A_CURRENCY = declare_complaint(
    "not_a_currency",
    Text(fr="Il faut une monnaie ISO 4217, comme EUR.", en="It must be an ISO 4217 currency, such as EUR."),
)
NOT_A_TIME_ZONE = declare_complaint(
    "not_a_time_zone",
    Text(
        fr="Il faut un fuseau horaire IANA, comme Europe/Paris.",
        en="It must be an IANA time zone, such as Europe/Paris.",
    ),
)
NOT_A_LOCAL_TIME = declare_complaint(
    "not_a_local_time",
    Text(
        fr="Il faut une date, ou une heure du magasin comme 2026-05-18T09:00.",
        en="It must be a date, or a time of the store such as 2026-05-18T09:00.",
    ),
)
NOT_OUR_TIME = declare_complaint(
    "not_our_time",
    Text(fr="Il faut une date entre l'an 2000 et l'an 2199.", en="It must be a date between 2000 and 2199."),
)
NOT_A_DURATION = declare_complaint(
    "not_a_duration",
    Text(fr="Il faut une durée, comme 12M ou 30D.", en="It must be a duration, such as 12M or 30D."),
)
NOT_A_COLOUR = declare_complaint(
    "not_a_colour", Text(fr="Il faut une couleur, comme #1a2b3c.", en="It must be a colour, such as #1a2b3c.")
)
NOT_A_LINK = declare_complaint(
    "not_a_link", Text(fr="Il faut une adresse en https://.", en="It must be an address that begins with https://.")
)
NOT_A_CONTACT = declare_complaint(
    "not_a_contact",
    Text(
        fr="Il faut une adresse en https://, mailto: ou tel:.",
        en="It must be an address with https://, mailto: or tel:.",
    ),
)
NOT_A_LOCALE = declare_complaint(
    "not_a_locale", Text(fr="Il faut une langue, comme fr ou fr-CA.", en="It must be a language, such as fr or fr-CA.")
)
NOT_A_MONTH = declare_complaint(
    "not_a_month", Text(fr="Il faut un mois, comme 2027-03.", en="It must be a month, such as 2027-03.")
)
NOT_A_SHA256 = declare_complaint(
    "not_a_sha256",
    Text(fr="Il faut un SHA-256 en hexadécimal minuscule.", en="It must be a SHA-256 in lower-case hexadecimal."),
)
NOT_AN_ARTICLE_NUMBER = declare_complaint(
    "not_an_article_number",
    Text(fr="Ce n'est pas un numéro d'article possible.", en="This cannot be the number of an article."),
)
NOT_A_CURSOR = declare_complaint(
    "not_a_cursor", Text(fr="Cette page n'est pas de cette liste.", en="This is no page of this list.")
)
NOT_OF_THE_BRAND = declare_complaint(
    "target_unknown", Text(fr="L'enseigne n'a rien de tel.", en="The brand has no such thing.")
)
END_BEFORE_START = declare_complaint(
    "end_before_start", Text(fr="La fin doit venir après le début.", en="The end must come after the start.")
)
