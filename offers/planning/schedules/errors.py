"""Refusals about schedules, and what can be wrong with one."""

from app.complaints import declare_complaint
from app.errors import Malformed
from app.languages import Text


class ScheduleNeverFires(Malformed):
    """`errors` name each date that lies outside the window, or point at the schedule: none of its days and times falls
    into the window at a store, for holidays, exceptions, closed doors or clocks that skip it."""

    title = Text(
        fr="Avec ces horaires, l'offre ne vaudrait jamais dans sa période.",
        en="With this schedule the offer would never fire within its window.",
    )


RULE_PART_WRONG = declare_complaint(
    "rule_part_wrong",
    Text(
        fr="{part} ne convient pas : il faut une règle par jours (RFC 5545), comme FREQ=WEEKLY;BYDAY=TU,TH.",
        en="{part} will not do: it must be a rule in days (RFC 5545), such as FREQ=WEEKLY;BYDAY=TU,TH.",
    ),
)
RULE_OR_DATES = declare_complaint(
    "rule_or_dates", Text(fr="Donnez une règle, ou des dates (and_on).", en="Give a rule, or dates (and_on).")
)
NOT_A_TIME_OF_DAY = declare_complaint(
    "not_a_time_of_day", Text(fr="Il faut une heure, comme 17:00.", en="It must be a time of the day, such as 17:00.")
)
NO_LENGTH = declare_complaint(
    "no_length",
    Text(
        fr="Le début et la fin sont la même heure ; un jour entier va de 00:00 à 24:00.",
        en="It starts and ends at the same time; a whole day goes from 00:00 to 24:00.",
    ),
)
TIMES_OVERLAP = declare_complaint(
    "times_overlap", Text(fr="Deux horaires d'un jour se recouvrent.", en="Two times of a day overlap.")
)
ALSO_EXCEPTED = declare_complaint(
    "also_excepted", Text(fr="Cette date est aussi une exception.", en="This date is also an exception.")
)
DATE_OUTSIDE_WINDOW = declare_complaint(
    "date_outside_window",
    Text(fr="Le {day} est hors de la période de l'offre.", en="{day} is outside the window of the offer."),
)
FIRES_NEVER = declare_complaint(
    "fires_never",
    Text(fr="Aucun jour ni aucune heure ne convient.", en="No day and no time comes of this."),
)
