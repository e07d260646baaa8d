"""What deserves a second look in hours that are stored: they hold, but perhaps not as somebody meant them.

Until the rules were read here, a library spelled them: it wrote `PH,Su` for `PH Su` and `"…"` for `open "…"`, and took
days without times as open day and night. What was typed then cannot be told any more.
"""

from collections.abc import Iterator
from dataclasses import replace

from app.languages import Text
from app.ops.imports.outcomes import Found, Said
from geo.places.hours.calendars import SCHOOL_ZONES
from geo.places.hours.grammar import RulesUnreadable, read_rules
from geo.places.hours.overrides import rearrange_rules
from geo.places.hours.rules import HoursRule, HoursState, spell_rules

HOURS = "opening_hours"


class HoursDoubt(Said):
    """Every doubt about hours that are stored."""

    UNREADABLE = (
        "hours_unreadable",
        Text(fr="horaires illisibles", en="unreadable opening hours"),
        Text(
            fr="ne se lit pas : les horaires comptent comme inconnus",
            en="cannot be read: the hours count as unknown",
        ),
    )
    OVERRIDDEN = (
        "hours_overridden",
        Text(fr="règles qui s'annulent", en="rules that undo each other"),
        Text(
            fr="une règle annule ce qu'une autre dit ; écrivez « {hours} » si toutes doivent tenir",
            en='one rule undoes what another says; write "{hours}" if all should hold',
        ),
    )
    HOLIDAY_OR_DAY = (
        "hours_holiday_or_day",
        Text(fr="jours fériés ou jours de la semaine", en="holidays or weekdays"),
        Text(
            fr="« {either} » vaut pour les uns et les autres ; écrivez « {both} » si un jour doit être les deux",
            en='"{either}" holds on either; write "{both}" if a day must be both',
        ),
    )
    NEVER_SURELY_OPEN = (
        "hours_never_surely_open",
        Text(fr="jamais ouvert à coup sûr", en="never surely open"),
        Text(
            fr="le magasin ne compte jamais comme ouvert : à cause d'un commentaire ou d'une fin qui manque",
            en="the store never counts as open, because of a comment or of a missing end",
        ),
    )
    COMMENTED = (
        "hours_commented",
        Text(fr="horaires avec commentaire", en="times with a comment"),
        Text(
            fr='avec un commentaire, le magasin compte comme fermé ; écrivez « open "{comment}" » s\'il est ouvert',
            en='with a comment the store counts as closed; write open "{comment}" if it is open then',
        ),
    )
    SCHOOL_UNKNOWN = (
        "hours_school_unknown",
        Text(fr="vacances scolaires inconnues", en="school holidays that are not known"),
        Text(
            fr="les vacances scolaires de {country} ne sont pas connues : ce qui en dépend compte comme fermé",
            en="the school holidays of {country} are not known: what depends on them counts as closed",
        ),
    )


def find_doubts(text: str, *, country: str) -> list[Found]:
    """Every doubt about the hours of a store in `country` (ISO 3166-1 alpha-2)."""
    try:
        rules = read_rules(text)
    except RulesUnreadable:
        return [Found(HoursDoubt.UNREADABLE, HOURS)]
    return list(_doubts(rules, country))


def _doubts(rules: tuple[HoursRule, ...], country: str) -> Iterator[Found]:
    meant = rearrange_rules(rules)
    if meant != rules:
        yield Found(HoursDoubt.OVERRIDDEN, HOURS, {"hours": spell_rules(meant)})
    for rule in rules:
        if rule.either:
            yield Found(HoursDoubt.HOLIDAY_OR_DAY, HOURS, _spellings(rule))
    unsure = [rule for rule in rules if rule.times and rule.state is not HoursState.CLOSED and not _surely_opens(rule)]
    if unsure and not any(map(_surely_opens, rules)):
        yield Found(HoursDoubt.NEVER_SURELY_OPEN, HOURS)
    else:
        yield from (Found(HoursDoubt.COMMENTED, HOURS, {"comment": r.comment}) for r in unsure if r.comment)
    if country not in SCHOOL_ZONES and any(days.kind == "SH" for rule in rules for days in rule.holidays):
        yield Found(HoursDoubt.SCHOOL_UNKNOWN, HOURS, {"country": country})


def _surely_opens(rule: HoursRule) -> bool:
    return rule.state is HoursState.OPEN and (not rule.times or any(span.end is not None for span in rule.times))


def _spellings(rule: HoursRule) -> dict[str, str]:
    days = replace(rule, dates="", times=(), state=HoursState.CLOSED, comment=None)
    return {"either": spell_rules((days,)), "both": spell_rules((replace(days, either=False),))}
