"""Why a programme gave points, in words. The sentence is made when the points are, so that it outlives its rule."""

from app.languages import Language, Text
from wallet.ledger.currency_kinds import said_amount
from wallet.points.wording import REASONS
from wallet.programmes.models import TierReason
from wallet.programmes.rules import Period

GAVE, TOOK_BACK, REWARD, REWARD_CANCELLED = "programme", "programme_return", "reward", "reward_cancelled"
BROUGHT, WAS_BROUGHT, REFERRAL_VOID = "referral_given", "referral_taken", "referral_void"

REASONS |= {
    GAVE: Text(fr="{fr}", en="{en}"),
    TOOK_BACK: Text(fr="Des articles ont été rendus.", en="Articles came back."),
    REWARD: Text(fr="Récompense : {fr}", en="Reward: {en}"),
    REWARD_CANCELLED: Text(fr="Récompense annulée : {fr}", en="Reward cancelled: {en}"),
    BROUGHT: Text(fr="Quelqu'un que vous avez parrainé a acheté.", en="Somebody whom you referred has bought."),
    WAS_BROUGHT: Text(fr="Bienvenue : vous avez été parrainé.", en="Welcome: you were referred."),
    REFERRAL_VOID: Text(
        fr="Le premier achat du parrainage a été rendu.", en="The first purchase of the referral came back."
    ),
}

PERIODS: dict[Period, Text] = {
    Period.SALE: Text(fr="par achat", en="per purchase"),
    Period.DAY: Text(fr="par jour", en="a day"),
    Period.WEEK: Text(fr="par semaine", en="a week"),
    Period.MONTH: Text(fr="par mois", en="a month"),
    Period.YEAR: Text(fr="par an", en="a year"),
    Period.LIFETIME: Text(fr="en tout", en="altogether"),
}
ON_AMOUNT = Text(fr="{title}, sur {amount}", en="{title}, on {amount}")
ON_UNITS = Text(fr="{title}, {units} {units:unité|unités}", en="{title}, {units} {units:unit|units}")
TIMES = Text(fr="{sentence} ; ×{factor} ({titles})", en="{sentence}; ×{factor} ({titles})")
CUT = Text(
    fr="{sentence} ; au plus {most} {most:point|points} {period} : {cut} de moins",
    en="{sentence}; at most {most} {most:point|points} {period}: {cut} less",
)
CUT_MONEY = Text(
    fr="{sentence} ; au plus {most} {period} : {cut} de moins", en="{sentence}; at most {most} {period}: {cut} less"
)


TIER_REASONS: dict[TierReason, Text] = {
    TierReason.REACHED: Text(
        fr="Vous avez gagné {points} {points:point|points}.", en="You earned {points} {points:point|points}."
    ),
    TierReason.KEPT: Text(
        fr="{points} {points:point gagné|points gagnés} à l'échéance : votre niveau continue.",
        en="{points} {points:point|points} earned when it was looked at again: your tier goes on.",
    ),
    TierReason.GRACE: Text(
        fr="{points} {points:point gagné|points gagnés} à l'échéance, pas assez : un délai vous est laissé.",
        en="{points} {points:point|points} earned when it was looked at again, not enough: you have some time left.",
    ),
    TierReason.LOST: Text(
        fr="{points} {points:point gagné|points gagnés} à l'échéance, pas assez.",
        en="{points} {points:point|points} earned when it was looked at again, not enough.",
    ),
    TierReason.UNFOUNDED: Text(
        fr="Des achats ont été rendus : {points} {points:point compte|points comptent} encore.",
        en="Purchases came back: {points} {points:point counts|points count} still.",
    ),
}
"""Why a tier changed, or did not."""

OBSTACLES: dict[str, Text] = {
    "not_yet": Text(fr="Pas encore disponible.", en="Not available yet."),
    "over": Text(fr="Ce n'est plus proposé.", en="This is over."),
    "sold_out": Text(fr="Il n'y en a plus.", en="There is none left."),
    "limit_reached": Text(
        fr="Vous l'avez commandée autant de fois que possible.", en="You ordered it as often as one can."
    ),
    "not_enough_points": Text(
        fr="Il vous manque {missing} {missing:point|points}.", en="You need {missing} {missing:point|points} more."
    ),
}
"""What stands in the way of a reward, by the code of the obstacle."""
TOO_LITTLE_MONEY = Text(fr="Il vous manque {missing}.", en="You need {missing} more.")


def say_obstacle(code: str, missing: int, language: Language, *, money: str | None) -> str:
    """What stands in the way of a reward whose price is in points, or in `money` (ISO 4217)."""
    text = TOO_LITTLE_MONEY if money is not None and code == "not_enough_points" else OBSTACLES[code]
    return text.say(language, {"missing": said_amount(missing, money)})


def factor(percent: int, language: Language) -> str:
    """200 is `2`, 150 is `1,5`."""
    said = f"{percent / 100:.2f}".rstrip("0").rstrip(".")
    return said.replace(".", ",") if language == "fr" else said
