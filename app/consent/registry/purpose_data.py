"""Which data each purpose uses, what people call them, and how long they are kept: one row each.

The words that a member reads, and the receipt of what they answered, are made from here. How long each class of data is
kept is said in `app.data_map`, and nowhere else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.consent.registry.touchpoints import POSITION, TOUCHPOINTS
from app.data_map import MONTH, RETENTION, YEAR, DataClass
from app.languages import Language, Text


@dataclass(frozen=True, kw_only=True)
class UsedDatum:
    """One kind of data. `told_as` is its word in receipts (`pii_type`); `kept_as` is None for what serves the answer
    and is not kept."""

    told_as: str
    label: Text
    kept_as: DataClass | None


ROWS: Mapping[str, UsedDatum] = {
    "loyalty_id": UsedDatum(
        told_as="loyalty_id",
        label=Text(fr="votre carte de fidélité", en="your loyalty card"),
        kept_as=DataClass.ACCOUNT,
    ),
    "coupons": UsedDatum(
        told_as="loyalty_id",
        label=Text(
            fr="vos bons, leur usage et les magasins où ils servent", en="your coupons, and where you used them"
        ),
        kept_as=DataClass.COUPON,
    ),
    "offers_shown": UsedDatum(
        told_as="loyalty_id",
        label=Text(fr="les offres qui vous ont été montrées", en="the offers that you were shown"),
        kept_as=DataClass.DECISION,
    ),
    "purchase_lines": UsedDatum(
        told_as="purchase_lines",
        label=Text(fr="vos achats", en="your purchases"),
        kept_as=DataClass.PURCHASE,
    ),
    "birth_day_month": UsedDatum(
        told_as="birth_day_month",
        label=Text(fr="le jour et le mois de votre naissance, sans l'année", en="the day and month of your birth"),
        kept_as=DataClass.BIRTHDAY,
    ),
    "visits": UsedDatum(
        told_as="beacon_store_id",
        label=Text(fr="le magasin et le jour de vos visites", en="the store and day of your visits"),
        kept_as=DataClass.VISIT,
    ),
    "beacon_store_id": UsedDatum(
        told_as="beacon_store_id",
        label=Text(fr="le magasin que signale votre téléphone", en="the store that your phone reports"),
        kept_as=DataClass.SIGHTING,
    ),
    "beacon_zone_id": UsedDatum(
        told_as="beacon_zone_id",
        label=Text(fr="la partie du magasin où vous êtes", en="the part of the store where you are"),
        kept_as=DataClass.SIGHTING,
    ),
    "email": UsedDatum(
        told_as="email",
        label=Text(fr="votre adresse e-mail", en="your e-mail address"),
        kept_as=DataClass.CONTACT,
    ),
    "phone": UsedDatum(
        told_as="phone",
        label=Text(fr="votre numéro de téléphone", en="your phone number"),
        kept_as=DataClass.CONTACT,
    ),
    "device_push_token": UsedDatum(
        told_as="device_push_token",
        label=Text(fr="l'adresse de vos notifications", en="where your notifications go"),
        kept_as=DataClass.PUSH_TOKEN,
    ),
    POSITION: UsedDatum(
        told_as=POSITION,
        label=Text(fr="la position de votre téléphone", en="the position of your phone"),
        kept_as=None,
    ),
}

USED: Mapping[str, Sequence[str]] = {
    "loyalty_account": ("loyalty_id", "purchase_lines", "coupons"),
    "personalised_offers": ("loyalty_id", "coupons", "offers_shown"),
    "offers_from_purchases": ("purchase_lines", "coupons", "offers_shown"),
    "in_store_offers": ("loyalty_id", "visits", "offers_shown"),
    "alert_on_request": ("loyalty_id",),
    "birthday_treat": ("birth_day_month", "loyalty_id"),
    "satisfaction_survey": ("purchase_lines",),
    "store_statistics": ("visits",),
    "partner_offers": ("loyalty_id", "coupons"),
    "social_audience_matching": ("email", "phone"),
    "sister_brand_offers": ("loyalty_id", "coupons"),
}
"""By purpose: the data that it needs besides those of its touchpoint. A purpose without a row cannot be asked for."""

_KEPT = Text(fr="{what}, {kept}", en="{what}, {kept}")
_NOT_KEPT = Text(fr="le temps de la réponse, jamais gardée", en="for the answer only, never kept")


def data_of(*, purpose: str, touchpoint: str) -> Sequence[UsedDatum]:
    """All that a purpose uses at a touchpoint, each once. Raises `LookupError` for a purpose without a row."""
    return [ROWS[name] for name in dict.fromkeys((*TOUCHPOINTS[touchpoint].data, *USED[purpose]))]


def say_data(data: Iterable[UsedDatum], language: Language) -> str:
    """These data and how long each is kept, for a member to read."""
    between = Text(fr=" ; ", en="; ").say(language)
    return between.join(_say(one, language) for one in data)


def longest_kept(data: Iterable[UsedDatum], *, permitted: timedelta) -> str:
    """How long the datum is kept that is kept longest, ISO 8601: years, months or days.

    `permitted` is how long the permission lasts, for what ends with it.
    """
    kept = [permitted if (live := RETENTION[one.kept_as].live) is None else live for one in data if one.kept_as]
    return _duration(max(kept, default=permitted))


def _say(datum: UsedDatum, language: Language) -> str:
    kept = _NOT_KEPT.say(language) if datum.kept_as is None else RETENTION[datum.kept_as].say(language)
    return _KEPT.say(language, {"what": datum.label.say(language), "kept": kept})


def _duration(kept: timedelta) -> str:
    for unit, sign in ((YEAR, "Y"), (MONTH, "M")):
        if kept % unit == timedelta():
            return f"P{kept // unit}{sign}"
    return f"P{kept.days}D"
