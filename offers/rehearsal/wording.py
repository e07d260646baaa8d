"""A rehearsal as its reader reads it: numbers with their ranges, what would run out, and what is not known."""

from collections.abc import Iterator
from typing import Any

from app.languages import Language, Money, Text
from offers.planning.review import reports
from offers.rehearsal.figures import FEWEST, TOO_FEW, Figure, count_members, ranged
from offers.rehearsal.rehearsals import Rehearsal
from offers.rehearsal.run_outs import RunOut

NOT_REACHED = Text(fr="{name} ({limit}) : pas d'épuisement attendu.", en="{name} ({limit}): not expected to run out.")
PERHAPS = Text(
    fr="{name} ({limit}) : pas d'épuisement attendu, mais possible dès le {earliest}.",
    en="{name} ({limit}): not expected to run out, but may do so from {earliest} on.",
)
REACHED = Text(
    fr="{name} ({limit}) : épuisement probable le {expected}, possible dès le {earliest}.",
    en="{name} ({limit}): runs out on {expected} probably, from {earliest} on perhaps.",
)
LIMITS: dict[str, Text] = {
    "total_limit": Text(fr="Limite totale de bons", en="Total limit of coupons"),
    "daily_limit": Text(fr="Limite de bons par jour", en="Limit of coupons per day"),
    "budget_day": Text(fr="Budget par jour", en="Budget per day"),
    "budget_week": Text(fr="Budget par semaine", en="Budget per week"),
    "budget_month": Text(fr="Budget par mois", en="Budget per month"),
    "budget_quarter": Text(fr="Budget par trimestre", en="Budget per quarter"),
    "budget_year": Text(fr="Budget par an", en="Budget per year"),
    "budget_life": Text(fr="Budget total", en="Budget in all"),
}

UNKNOWN: dict[str, Text] = {
    "behaviour_unchanged": Text(
        fr="On suppose que les membres feraient les mêmes courses : les visites et les achats que l'offre ferait naître"
        " ne sont pas comptés, ni ceux qui auraient eu lieu sans elle retranchés.",
        en="Members are taken to shop as they did: visits and purchases that the offer would cause are not counted, nor"
        " those taken off that would have happened without it.",
    ),
    "method": Text(
        fr="Les fourchettes sont celles de 1 000 tirages : les membres par bootstrap, le taux d'utilisation par une loi"
        " bêta.",
        en="Ranges are those of 1,000 draws: members by bootstrap, the rate of use by a beta distribution.",
    ),
    "permissions_of_today": Text(
        fr="Les autorisations et ce que l'on sait des membres sont ceux d'aujourd'hui, pas ceux de l'époque.",
        en="Permissions, and what is known of members, are those of today, not of that time.",
    ),
    "other_offers": Text(
        fr="Chaque panier est compté sans les autres offres ; les remises de caisse d'alors y restent.",
        en="Each basket is counted without other offers; what the till took off then stays off.",
    ),
    "rate_guessed": Text(
        fr="L'enseigne a peu montré d'offres : le taux d'utilisation est surtout une supposition (1 sur 20).",
        en="Few offers of the brand were shown, so the rate of use is mostly a guess (1 in 20).",
    ),
    "part_of_window": Text(
        fr="Seuls {days} jours de la période de l'offre ont été joués.",
        en="Only {days} days of the offer's window were played.",
    ),
    "short_past": Text(
        fr="Il y a peu d'achats dans la période jouée : les nombres sont fragiles.",
        en="There are few purchases in the time that was played: the numbers are fragile.",
    ),
    "drawn": Text(
        fr="Le passé est grand : une partie des membres, tirée au hasard, compte pour tous.",
        en="The past is large: some of the members, drawn by chance, count for all.",
    ),
    "margin_unsaid": Text(
        fr="La marge d'une utilisation n'est pas indiquée dans l'offre.",
        en="The offer does not say what one use brings in.",
    ),
    "coupon_days": Text(
        fr="Un bon pris pendant l'offre et utilisé après n'est pas compté.",
        en="A coupon claimed during the offer and used after it is not counted.",
    ),
}

FEW_SHOWN, FEW_PURCHASES = 100, 100


def card(done: Rehearsal, language: Language) -> dict[str, Any]:
    """The rehearsal in words and numbers. Shape: `schemas.RehearsalOut`."""
    currency = done.laid.brand.currency
    overlay = done.laid.overlay
    return {
        "offer_id": done.laid.version.offer_id,
        "version": done.laid.version.version,
        "first_day": overlay.begins.date(),
        "days": overlay.days,
        "past_first_day": overlay.back(overlay.begins).date(),
        "weeks": overlay.weeks,
        "figures": [one.card(currency=currency, language=language) for one in figures_of(done)],
        "conflicts": reports.describe_review(done.review, language)["items"] if done.review is not None else [],
        "run_outs": [_run_out(one, currency, language) for one in done.run_outs],
        "not_known": [
            {"code": code, "text": UNKNOWN[code].say(language, {"days": overlay.days})} for code in unknown_of(done)
        ],
    }


def figures_of(done: Rehearsal) -> Iterator[Figure]:
    """Every number, in the order in which it is read."""
    reached, scale = done.reached, done.past.scale
    seen = sum(1 for _ in done.past.visits)
    yield Figure.of_amount("visits", round(seen * scale), behind=len(reached.in_stores))
    yield count_members("members_in_stores", len(reached.in_stores), scale=scale)
    yield count_members("members_in_time", len(reached.in_time), scale=scale)
    yield count_members("members_permitting", len(reached.permitting), scale=scale)
    yield count_members("reach", len(reached.first_shown), scale=scale)
    able = len(done.priced.by_member)
    yield count_members("members_able", able, scale=scale * done.priced.scale)
    yield Figure("used_of_shown_bp", round(done.reactions.used.mean * 10_000), done.reactions.used.members)
    yield ranged("uses", done.estimate.uses, behind=able)
    yield ranged("cost_minor", done.estimate.cost_minor, behind=able)
    if done.estimate.most.points:
        yield ranged("points", done.estimate.points, behind=able)
    if done.margin_minor is not None:
        yield ranged("margin_minor", done.margin_minor, behind=able)
    yield Figure.of_amount("most_uses", done.estimate.most.uses, behind=able)
    yield Figure.of_amount("most_cost_minor", done.estimate.most.cost_minor, behind=able)
    if done.priced.cut:
        cut = round(sum(done.priced.cut.values()) * scale * done.priced.scale)
        yield Figure.of_amount("cut_by_law", cut, behind=len(done.priced.cut))


def unknown_of(done: Rehearsal) -> Iterator[str]:
    """What the numbers do not know."""
    yield from ("method", "behaviour_unchanged", "permissions_of_today", "other_offers", "coupon_days")
    if done.reactions.used.shown < FEW_SHOWN:
        yield "rate_guessed"
    if done.laid.overlay.ends < done.laid.version.ends_local:
        yield "part_of_window"
    if len(done.past.purchases) < FEW_PURCHASES:
        yield "short_past"
    if done.past.scale > 1 or done.priced.scale > 1:
        yield "drawn"
    if done.laid.version.margin_minor is None:
        yield "margin_unsaid"


def _run_out(one: RunOut, currency: str, language: Language) -> dict[str, Any]:
    limit = Money(one.limit, currency) if one.code.startswith("budget_") else one.limit
    name = LIMITS[one.code].say(language)
    days = {"earliest": one.earliest, "expected": one.expected, "latest": one.latest, "days": one.days}
    told = {"code": one.code, "limit": one.limit}
    if one.behind < FEWEST:
        hidden: dict[str, Any] = dict.fromkeys(days)
        return {**told, **hidden, "text": TOO_FEW.say(language, {"name": name, "fewest": FEWEST})}
    said = REACHED if one.expected else PERHAPS if one.earliest else NOT_REACHED
    return {**told, **days, "text": said.say(language, {**days, "name": name, "limit": limit})}
