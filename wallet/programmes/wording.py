"""Why a programme gave points, in words. The sentence is made when the points are, so that it outlives its rule."""

from app.languages import Language, Text
from wallet.points.wording import REASONS
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
ON_UNITS = Text(fr="{title}, {units} unités", en="{title}, {units} units")
ON_ONE_UNIT = Text(fr="{title}, 1 unité", en="{title}, 1 unit")
TIMES = Text(fr="{sentence} ; ×{factor} ({titles})", en="{sentence}; ×{factor} ({titles})")
CUT = Text(
    fr="{sentence} ; au plus {most} points {period} : {cut} de moins",
    en="{sentence}; at most {most} points {period}: {cut} less",
)


def factor(percent: int, language: Language) -> str:
    """200 is `2`, 150 is `1,5`."""
    said = f"{percent / 100:.2f}".rstrip("0").rstrip(".")
    return said.replace(".", ",") if language == "fr" else said
