"""Schedules on the wire: days by a rule of RFC 5545 and by dates, times of the store's clock."""

from datetime import date
from typing import Any

import marshmallow as ma

from app.http.api import In, Instant, Out
from app.http.fields import LineField, Pattern
from offers.planning.schedules import daily_times, day_rules
from offers.planning.schedules.daily_times import DailyTime
from offers.planning.schedules.errors import (
    ALSO_EXCEPTED,
    NO_LENGTH,
    NOT_A_TIME_OF_DAY,
    RULE_OR_DATES,
    RULE_PART_WRONG,
    TIMES_OVERLAP,
)
from offers.planning.schedules.forecast import Effect
from offers.planning.schedules.recurrence import Holidays, Schedule

MOST_TIMES = 8
MOST_DATES = 366
WHOLE_DAY = DailyTime(0, daily_times.A_DAY)
STARTS = Pattern(r"^([01][0-9]|2[0-3]):[0-5][0-9]$", NOT_A_TIME_OF_DAY)
ENDS = Pattern(r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", NOT_A_TIME_OF_DAY)


class DailyTimeIn(In):
    """From one time to another; an end that does not come after the start is on the next day."""

    starts = ma.fields.String(required=True, validate=STARTS, metadata={"example": "17:00"})
    ends = ma.fields.String(required=True, validate=ENDS, metadata={"example": "19:00"})

    @ma.post_load
    def make(self, data: dict[str, str], **_: Any) -> DailyTime:
        if data["starts"] == data["ends"]:
            raise ma.ValidationError([NO_LENGTH], "ends")
        return daily_times.read_time(**data)


class DayRuleField(LineField):
    """A rule of RFC 5545 that names days, as it is kept."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return day_rules.spell_rule(text)
        except day_rules.RuleUnreadable as error:
            raise ma.ValidationError([RULE_PART_WRONG.with_facts(part=error.part or text)]) from error


def _days() -> Any:
    years = (date(day_rules.YEARS.start, 1, 1), date(day_rules.YEARS.stop - 1, 12, 31))
    day = ma.fields.Date(validate=ma.validate.Range(*years))
    return ma.fields.List(day, load_default=list, validate=ma.validate.Length(max=MOST_DATES))


class ScheduleIn(In):
    """When an offer fires inside its window, on the calendar and the clock of each store."""

    rule = DayRuleField(
        longest=day_rules.LONGEST_RULE,
        allow_none=True,
        load_default=None,
        metadata={"description": "RRULE of days, from the window's first day", "example": "FREQ=WEEKLY;BYDAY=TU"},
    )
    times = ma.fields.List(
        ma.fields.Nested(DailyTimeIn),
        load_default=lambda: [WHOLE_DAY],
        validate=ma.validate.Length(1, MOST_TIMES),
        metadata={"description": "Of each day; whole days unless given"},
    )
    but_not = _days()
    and_on = _days()
    holidays = ma.fields.Enum(Holidays, by_value=True, load_default=Holidays.ANY)
    while_open = ma.fields.Boolean(load_default=False, truthy={True}, falsy={False})

    @ma.validates_schema
    def together(self, data: dict[str, Any], **_: Any) -> None:
        if data["rule"] is None and not data["and_on"]:
            raise ma.ValidationError({"rule": [RULE_OR_DATES]})
        if daily_times.overlap(data["times"]):
            raise ma.ValidationError({"times": [TIMES_OVERLAP]})
        excepted = {place: [ALSO_EXCEPTED] for place, day in enumerate(data["and_on"]) if day in data["but_not"]}
        if excepted:
            raise ma.ValidationError({"and_on": excepted})

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> Schedule:
        days = {name: frozenset(data.pop(name)) for name in ("but_not", "and_on")}
        return Schedule(**data | days | {"times": tuple(sorted(data["times"]))})


class DailyTimeOut(Out):
    starts = ma.fields.String(required=True)
    ends = ma.fields.String(required=True)


class ScheduleOut(Out):
    rule = ma.fields.String(required=True, allow_none=True)
    times = ma.fields.List(ma.fields.Nested(DailyTimeOut), required=True)
    but_not = ma.fields.List(ma.fields.String(), required=True)
    and_on = ma.fields.List(ma.fields.String(), required=True)
    holidays = ma.fields.String(required=True)
    while_open = ma.fields.Boolean(required=True)


class FiringsIn(In):
    store = ma.fields.UUID(required=True)
    of = ma.fields.String(
        load_default="draft",
        validate=ma.validate.OneOf(["draft", "live"]),
        metadata={"description": "Which version; the other one, where there is only that"},
    )


class FiringOut(Out):
    """One firing at a store. `effect` is what a change of the clocks on that day does to it."""

    day = ma.fields.Date(required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    starts_local = ma.fields.String(required=True)
    ends_local = ma.fields.String(required=True)
    utc_offset = ma.fields.String(required=True, metadata={"example": "+02:00"})
    effect = ma.fields.String(required=True, allow_none=True, validate=ma.validate.OneOf([str(one) for one in Effect]))
    text = ma.fields.String(required=True)


class FiringsOut(Out):
    version = ma.fields.Integer(required=True)
    time_zone = ma.fields.String(required=True)
    holds_here = ma.fields.Boolean(required=True, metadata={"description": "Whether the offer is for this store"})
    when = ma.fields.String(required=True, allow_none=True)
    items = ma.fields.List(ma.fields.Nested(FiringOut), required=True)
