"""A phone reports, and visits begin, go on and end: the room's one verb for phones."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from geo.presence.facts import Report, ReportFinding
from geo.presence.transitions import Transition


class Taken(NamedTuple):
    """What a report came to: what happened, what listeners answer, and what had no effect and why."""

    transitions: Sequence[Transition]
    answers: Sequence[Mapping[str, Any]]
    findings: Sequence[ReportFinding]
    kept: int = 0
    """How many items of the report had an effect, or had had it before."""


def take_report(
    *,
    member_id: uuid.UUID,
    session_id: uuid.UUID | None,
    installation_id: uuid.UUID | None,
    report: Report,
    now: datetime,
    background: bool,
) -> Taken:
    """Keep of a report what the member's permissions allow, and say what happened by it; the same report twice, in
    parallel or in another order, has one effect. Never raises for what is not permitted: `require_permitted` does.
    """
    raise NotImplementedError


def require_permitted(taken: Taken) -> None:
    """Refuse a report of which nothing was permitted, with the reason. Raises one of the `PermissionMissing` family."""
    raise NotImplementedError
