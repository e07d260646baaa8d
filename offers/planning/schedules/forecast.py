"""The next firings of an offer at a store, as a merchandiser looks at them before they come: on which day, at which
offset from UTC, and what a change of the clocks does to them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from babel.dates import format_date

from app.languages import Language, Text
from offers.planning.schedules import recurrence
from offers.planning.schedules.recurrence import Firing, Schedule
from offers.planning.schedules.store_days import StoreDays

FORESEEN = 5
ONE_DAY, A_MINUTE = timedelta(days=1), timedelta(minutes=1)


class Effect(StrEnum):
    """What a change of the clocks does to a firing of that day."""

    UNCHANGED = "unchanged"
    SHORTER = "shorter"
    LONGER = "longer"
    FIRST_OF_TWO = "first_of_two"
    SKIPPED = "skipped"


EFFECTS = {
    Effect.UNCHANGED: Text(
        fr="l'heure change ce jour-là, hors de ce créneau", en="the clocks change that day, outside these hours"
    ),
    Effect.SHORTER: Text(
        fr="l'heure change : {minutes} {minutes:minute|minutes} de moins",
        en="the clocks change: {minutes} {minutes:minute|minutes} less",
    ),
    Effect.LONGER: Text(
        fr="l'heure change : {minutes} {minutes:minute|minutes} de plus",
        en="the clocks change: {minutes} {minutes:minute|minutes} more",
    ),
    Effect.FIRST_OF_TWO: Text(
        fr="l'horloge passe deux fois par cette heure : la première compte",
        en="the clocks show this hour twice: the first one counts",
    ),
    Effect.SKIPPED: Text(
        fr="l'horloge saute ce créneau : l'offre ne vaut pas cette fois-là",
        en="the clocks skip these hours: the offer does not fire that time",
    ),
}
ON_ONE_DAY = Text(fr="{day}, {starts} – {ends} (UTC{offset})", en="{day}, {starts} – {ends} (UTC{offset})")
OVER_DAYS = Text(
    fr="{day} à {starts} – {last} à {ends} (UTC{offset})", en="{day}, {starts} – {last}, {ends} (UTC{offset})"
)


@dataclass(frozen=True)
class Foreseen:
    """A firing with the offset from UTC at its start (`+02:00`), and what a change of the clocks does to it; null on a
    day without one. `changed_by` is how much longer it lasts than the clock says, less than none if shorter."""

    firing: Firing
    utc_offset: str
    effect: Effect | None
    changed_by: timedelta

    def say(self, language: Language) -> str:
        """The day and the hours on the store's clock, and the change of the clocks."""
        starts, ends = self.firing.starts_local, self.firing.ends_local
        one_day = (ends - A_MINUTE).date() == starts.date()
        midnight = one_day and ends.time() == time.min
        said = (ON_ONE_DAY if one_day else OVER_DAYS).say(
            language,
            {
                "day": _day(starts, language),
                "last": _day(ends, language),
                "starts": starts.strftime("%H:%M"),
                "ends": "24:00" if midnight else ends.strftime("%H:%M"),
                "offset": self.utc_offset,
            },
        )
        if self.effect is None:
            return said
        minutes = abs(self.changed_by) // A_MINUTE
        return f"{said}{' : ' if language == 'fr' else ': '}{EFFECTS[self.effect].say(language, {'minutes': minutes})}"


def foresee_firings(schedule: Schedule | None, *, at: StoreDays, now: datetime) -> Sequence[Foreseen]:
    """The next five firings, the one that is on included, and those between that a change of the clocks skips."""
    found = recurrence.next_firings(schedule, **at._asdict(), after=now, count=FORESEEN)
    until = found[-1].ends_at if len(found) == FORESEEN else now + 366 * ONE_DAY
    skipped = recurrence.skipped_firings(schedule, **at._asdict(), first=now, until=until)
    return [_foresee(one, ZoneInfo(at.zone)) for one in sorted([*found, *skipped], key=lambda one: one.starts_local)]


def _foresee(one: Firing, zone: ZoneInfo) -> Foreseen:
    offset = one.starts_at.astimezone(zone).strftime("%z")
    changed_by = (one.ends_at - one.starts_at) - (one.ends_local - one.starts_local)
    effect = _effect(one, changed_by, zone)
    return Foreseen(one, f"{offset[:3]}:{offset[3:5]}", effect, changed_by)


def _effect(one: Firing, changed_by: timedelta, zone: ZoneInfo) -> Effect | None:
    if one.starts_at == one.ends_at:
        return Effect.SKIPPED
    if changed_by:
        return Effect.LONGER if changed_by > timedelta() else Effect.SHORTER
    if any(_is_shown_twice(edge, zone) for edge in (one.starts_local, one.ends_local)):
        return Effect.FIRST_OF_TWO
    first = datetime.combine(one.day, time.min)
    last = datetime.combine((one.ends_local - A_MINUTE).date(), time.min) + ONE_DAY
    changes = _offset(first, zone) != _offset(last, zone) and last - first <= 2 * ONE_DAY
    return Effect.UNCHANGED if changes else None


def _is_shown_twice(local: datetime, zone: ZoneInfo) -> bool:
    return _offset(local, zone) > _offset(local.replace(fold=1), zone)


def _offset(local: datetime, zone: ZoneInfo) -> timedelta:
    return zone.utcoffset(local) or timedelta()


def _day(local: datetime, language: Language) -> str:
    weekday, day = (format_date(local.date(), pattern, locale=language) for pattern in ("EEEE", "d MMMM y"))
    return f"{weekday} {day.replace('1', '1er', 1) if language == 'fr' and local.day == 1 else day}"
