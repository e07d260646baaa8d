"""Puts rules that undo each other as they must have been meant.

Behind `;` a rule takes the place of earlier ones on its whole days, and what it closes begins at midnight. People who
write `08:00-12:00; 14:00-18:00`, `PH off; Mo-Sa 09:00-19:00` or a bar's `Mo-Sa 18:00-03:00; Su off` mean neither.
"""

from dataclasses import replace

from geo.places.hours.rules import (
    MINUTES_OF_DAY,
    HoursRule,
    HoursState,
    TimeSpan,
    spell_weekdays,
)

Rules = tuple[HoursRule, ...]


def rearrange_rules(rules: Rules) -> Rules:
    """Rules in which each holds: those that are given when none undoes another, else the nearest ones."""
    return _nights_kept(_halves_joined(_closings_last(rules)))


def _closings_last(rules: Rules) -> Rules:
    """A closing stands behind the rules of the week that would open its days again."""
    kept = list(rules)
    for rule in filter(_closes_whole_days, rules):
        at = kept.index(rule)
        undone = [number for number in range(at + 1, len(kept)) if _undoes(kept[number], rule)]
        if undone:
            kept.insert(undone[-1], kept.pop(at))
    return tuple(replace(rule, joined_by=";") if number == 0 else rule for number, rule in enumerate(kept))


def _halves_joined(rules: Rules) -> Rules:
    """`08:00-12:00; 14:00-18:00` is one day with a break, not an afternoon."""
    kept: list[HoursRule] = []
    for rule in rules:
        before = kept[-1] if kept else None
        if before is None or not _second_half(before, rule):
            kept.append(rule)
        elif rule.on_all_days or _same_days(before, rule):
            kept[-1] = replace(before, times=before.times + rule.times)
        else:
            kept.append(replace(rule, joined_by=","))
    return tuple(kept)


def _second_half(before: HoursRule, rule: HoursRule) -> bool:
    plain = (before, rule)
    if rule.joined_by != ";" or any(r.state is not HoursState.OPEN or r.comment or not r.times for r in plain):
        return False
    return _apart(before.times, rule.times) and _covers(rule, before)


def _covers(rule: HoursRule, other: HoursRule) -> bool:
    """Whether `rule` speaks of each day of `other`."""
    if rule.weekly is not None and other.weekly is not None:
        return rule.weekly >= other.weekly
    return rule.on_all_days or _same_days(rule, other)


def _same_days(one: HoursRule, other: HoursRule) -> bool:
    return (one.dates, one.holidays, one.weekdays) == (other.dates, other.holidays, other.weekdays)


def _apart(some: tuple[TimeSpan, ...], others: tuple[TimeSpan, ...]) -> bool:
    """Whether all times are known, of one day, and do not meet."""
    spans = sorted((s.start, s.end) for s in some + others if isinstance(s.start, int) and isinstance(s.end, int))
    if len(spans) < len(some) + len(others) or any(s.open_end for s in some + others):
        return False
    ends = [0] + [end for _, end in spans]
    return all(before <= start < end <= MINUTES_OF_DAY for before, (start, end) in zip(ends, spans, strict=False))


def _nights_kept(rules: Rules) -> Rules:
    """A night goes on after midnight though the next day has times of its own, or none.

    Only where the week alone decides and each day has its rule: then nothing but nights can change.
    """
    if any(rule.weekly is None or rule.joined_by.startswith("||") for rule in rules):
        return rules
    kept: list[HoursRule] = []
    for rule in rules:
        days = rule.weekly or frozenset()
        earlier = frozenset().union(*(other.weekly or frozenset() for other in kept))
        cut = rule.joined_by == ";" and _nights_into(kept, days)
        if cut and rule.state is HoursState.OPEN and not days & earlier:
            kept.append(replace(rule, joined_by=","))
        elif cut and _closes_whole_days(rule) and all(other.state is HoursState.OPEN for other in kept):
            kept = [without for other in kept if (without := _without(other, days)) is not None]
        else:
            kept.append(rule)
    return tuple(replace(rule, joined_by=";") if number == 0 else rule for number, rule in enumerate(kept))


def _nights_into(rules: list[HoursRule], days: frozenset[int]) -> bool:
    """Whether a night of one of these rules ends on one of these days, having begun on another."""
    return any(
        (day + 1) % 7 in days and day not in days
        for rule in rules
        for day in rule.weekly or ()
        if any(isinstance(s.start, int) and isinstance(s.end, int) and _is_night(s.start, s.end) for s in rule.times)
    )


def _is_night(start: int, end: int) -> bool:
    return end <= start or end > MINUTES_OF_DAY


def _without(rule: HoursRule, days: frozenset[int]) -> HoursRule | None:
    held = rule.weekly or frozenset()
    if not held & days:
        return rule
    return replace(rule, weekdays=spell_weekdays(held - days)) if held - days else None


def _closes_whole_days(rule: HoursRule) -> bool:
    return rule.state is HoursState.CLOSED and not rule.times and not rule.on_all_days


def _undoes(rule: HoursRule, closing: HoursRule) -> bool:
    """Whether a rule of the week opens all days of a closing; of a closing on holidays or dates, some are enough."""
    if rule.joined_by != ";" or rule.state is HoursState.CLOSED or rule.weekly is None:
        return False
    return closing.weekly is None or rule.weekly >= closing.weekly
