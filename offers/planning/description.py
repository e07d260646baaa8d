"""An offer in words and numbers, as members, tills and the console read it. Pure."""

from datetime import datetime, time
from functools import lru_cache
from typing import Any

from babel.dates import format_date

from app.languages import Language, Text
from app.pictures import brand_pictures
from offers.planning import windows
from offers.planning.models import OfferVersion
from offers.planning.schedules.wording import tell_when
from wallet.purchases.basket import Products

MINUTES = "%Y-%m-%dT%H:%M"
UNTIL = Text(fr="Jusqu'au {day}", en="Until {day}")
UNTIL_THE_HOUR = Text(fr="Jusqu'au {day} à {hour}", en="Until {day}, {hour}")
BY_ITSELF = Text(
    fr="S'applique d'elle-même en caisse : montrez votre carte.", en="Applies by itself at the till: show your card."
)


def card_of(version: OfferVersion, language: Language) -> dict[str, Any]:
    """The offer as a member sees it, in one language. Holds nothing about any member."""
    return {
        "id": str(version.offer_id),
        "version": version.version,
        "title": version.title_fr if language == "fr" else version.title_en,
        "text": version.text_fr if language == "fr" else version.text_en,
        "picture": version.picture and brand_pictures.tell_picture(version.picture),
        # In the order in which it is kept: the read model keeps cards as text.
        "benefit": version.benefit | version.gives.told(language),
        "starts_local": version.starts_local.strftime(MINUTES),
        "ends_local": version.ends_local.strftime(MINUTES),
        "per_member": version.member_limit,
        "coupon_valid_days": version.coupon_valid_days,
        "personalised_by_algorithm": version.personalised_by_algorithm,
        "coupon_ends_with_offer": version.coupon_ends_with_offer,
        **tell_end(version.ends_local, language),
        "when": tell_when(version, language),
        **({"by_itself": BY_ITSELF.say(language)} if version.is_automatic else {}),
        **_bounds(version),
    }


def _bounds(version: OfferVersion) -> dict[str, Any]:
    """What a purchase must come to, where that is something."""
    if not version.minimum_minor and version.maximum_minor is None:
        return {}
    names = ("minimum_minor", "maximum_minor", "counted_tax")
    return {"bounds": {name: getattr(version, name) for name in names}}


def tell_end(ends_local: datetime, language: Language) -> dict[str, str]:
    """An end, excluded, on the wall clock of a store: its last day, and the words that an app prints, with the hour
    where the last day is not whole."""
    last_day, until = _end(ends_local, language)
    return {"last_day": last_day, "until": until}


@lru_cache(maxsize=4096)
def _end(ends_local: datetime, language: Language) -> tuple[str, str]:
    """The last day and the words: all coupons of an offer end with it, and are told one by one."""
    last_day = windows.last_day(ends_local)
    day = format_date(last_day, "d MMMM y", locale=language)
    if language == "fr" and last_day.day == 1:
        day = day.replace("1", "1er", 1)
    words = UNTIL if ends_local.time() == time.min else UNTIL_THE_HOUR
    return last_day.isoformat(), words.say(language, {"day": day, "hour": ends_local.strftime("%H:%M")})


def record_of(version: OfferVersion) -> dict[str, Any]:
    """One version as the console reads and writes it, in both languages."""
    return {
        "version": version.version,
        "title": {"fr": version.title_fr, "en": version.title_en},
        "text": {"fr": version.text_fr, "en": version.text_en},
        "picture": brand_pictures.name_of(version.picture),
        "benefit": version.benefit,
        "targets": version.targets,
        "starts_local": version.starts_local,
        "ends_local": version.ends_local,
        "last_day": windows.last_day(version.ends_local),
        "limits": {
            "total": version.total_limit,
            "per_day": version.daily_limit,
            "per_member": version.member_limit,
        },
        "priority": version.priority,
        "coupon_valid_days": version.coupon_valid_days,
        "coupon_ends_with_offer": version.coupon_ends_with_offer,
        "given_only": version.given_only,
        "transferable": version.transferable,
        "in_a_sale": {
            "products": {name: version.products.get(name, []) for name in Products.__dataclass_fields__},
            "minimum_minor": version.minimum_minor,
            "maximum_minor": version.maximum_minor,
            "counted_tax": version.counted_tax,
            "stacking": version.stacking,
            "base": version.base,
            "rank": version.rank,
            "capped_at_till": version.capped_at_till,
        },
        "audience": version.audience,
        "applies": version.applies,
        "prior_price_minor": version.prior_price_minor,
        "margin_minor": version.margin_minor,
        "is_fallback": version.is_fallback,
        "personalised_by_algorithm": version.personalised_by_algorithm,
        "schedule": version.schedule,
        "for_whom": version.for_whom,
        "use_limits": version.use_limits,
        "drafted_by": version.drafted_by,
        "drafted_at": version.drafted_at,
        "approved_by": version.approved_by,
        "approved_at": version.approved_at,
    }
