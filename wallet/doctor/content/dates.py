"""The instants of a pass: when it ends, and when it matters (W3C, "Date and Time Formats"; Apple, object `Pass`)."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from wallet.doctor.ailments import Symptoms
from wallet.doctor.content.findings import DateAilment, IdentityAilment
from wallet.doctor.content.kinds import DATE, PASS, entries_of

W3C = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")
DAY = re.compile(r"\d{4}-\d\d-\d\d")


def check_dates(content: Mapping[str, Any], *, style: str | None, now: datetime, symptoms: Symptoms) -> None:
    """Note dates that wallets cannot read, or read otherwise than was meant, and a pass that is over."""
    ends = _read(content, "expirationDate", f"{PASS}#/expirationDate", symptoms)
    if ends is not None and ends <= now:
        symptoms.note(DateAilment.PASS_EXPIRED, f"{PASS}#/expirationDate", day=ends.date())
    if content.get("voided") is True:
        symptoms.note(DateAilment.PASS_VOIDED, f"{PASS}#/voided")
    _read(content, "relevantDate", f"{PASS}#/relevantDate", symptoms)
    relevant = [("relevantDates", one, entry) for one, entry in entries_of(content, "relevantDates", symptoms)]
    for _, about, entry in relevant:
        _check_relevant(entry, about, symptoms)
    if "relevantDate" in content and not relevant:
        symptoms.note(DateAilment.RELEVANT_DATE_OLD, f"{PASS}#/relevantDate")
    if style in ("storeCard", "coupon") and ("relevantDate" in content or relevant) and not content.get("locations"):
        symptoms.note(DateAilment.DATE_WITHOUT_PLACE, f"{PASS}#/relevantDates", style=style)


def _check_relevant(entry: Mapping[str, Any], about: str, symptoms: Symptoms) -> None:
    instants = {key: _read(entry, key, f"{about}/{key}", symptoms) for key in ("relevantDate", "date")}
    starts, ends = (_read(entry, key, f"{about}/{key}", symptoms) for key in ("startDate", "endDate"))
    named = [key for key in instants if key in entry]
    is_span = "startDate" in entry and "endDate" in entry
    if not named and not is_span:
        symptoms.note(DateAilment.DATE_NONE, about)
    if len(named) == 1:
        symptoms.note(DateAilment.DATE_ONE_SPELLING, about, key=named[0])
    if len(named) == 2 and instants["relevantDate"] != instants["date"]:
        symptoms.note(DateAilment.DATES_DISAGREE, about)
    if starts is not None and ends is not None and starts >= ends:
        symptoms.note(DateAilment.SPAN_BACKWARDS, about)


def _read(content: Mapping[str, Any], key: str, about: str, symptoms: Symptoms) -> datetime | None:
    said = content.get(key)
    if said is None:
        return None
    if not isinstance(said, str):
        symptoms.note(IdentityAilment.KIND_WRONG, about, key=key, kind=DATE)
        return None
    return read_instant(said, about=about, symptoms=symptoms)


def read_instant(said: str, *, about: str, symptoms: Symptoms) -> datetime | None:
    """The instant that a text names; None, and a note, where it names none."""
    found = W3C.fullmatch(said)
    if found is None and DAY.fullmatch(said) is None:
        symptoms.note(DateAilment.DATE_UNREADABLE, about, said=said)
        return None
    try:
        instant = datetime.fromisoformat(said)
    except ValueError:
        symptoms.note(DateAilment.DATE_UNREADABLE, about, said=said)
        return None
    if found is None or not found[3]:
        symptoms.note(DateAilment.DATE_WITHOUT_OFFSET, about, said=said)
        return None
    if found[3] != "Z" and ":" not in found[3]:
        symptoms.note(DateAilment.OFFSET_SPELT, about, said=said)
    return instant
