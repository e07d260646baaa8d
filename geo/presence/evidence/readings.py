"""What a report needs to know, read in one trip: permissions, the beacons it heard, their stores and visits.

Which stores those are is known only when the beacons are. So the trip asks about the stores where this process met the
same frames last, and what it finds of them counts only if the report turns out to be about these stores and no others;
else it is read again. A beacon that was moved costs a trip, and never an answer about the wrong store. An id that
changes with time (Eddystone EID) is not remembered.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.consent.models import OWN, PERMITTING
from app.sql import db
from app.sql.trips import Call
from geo.beacons.hearing import Advertised, Heard, ask_beacons, recognise_if
from geo.beacons.models import BeaconKind
from geo.presence.evidence.permits import BEACON, PresencePermits, ask_permits, permits_in
from geo.presence.evidence.stores import PresenceKnown, ask_known, known_in, read_known
from geo.presence.facts import Report
from geo.presence.listeners import Asking
from geo.presence.models import PURPOSE

IF_PERMITTED = recognise_if(
    "(SELECT count(*) FROM permission_state WHERE member_id = $5 AND purpose = $6 AND touchpoint = $7"
    " AND recipient = $8 AND state = ANY ($9::text[])) > 0"
)
"""Which beacons were heard, for a member (5) who permits that somewhere; whether it counts now is judged after. It
counts, since of an EXISTS the planner may hope to meet one early in the whole table of everybody's permissions."""

MOST_MET = 50_000

_met: dict[tuple[str, bytes], uuid.UUID] = {}
"""In which store a frame was, when it was heard last by anybody; forgotten now and then."""


class Readings(NamedTuple):
    """What the first trip of a report brought. `heard` are the rows about its beacons, None where it has none; `known`
    is of the stores that were `expected`, None where none was."""

    member_id: uuid.UUID
    since: int
    permits: PresencePermits
    heard: Sequence[Any] | None
    expected: frozenset[uuid.UUID]
    known: PresenceKnown | None

    def known_of(self, store_ids: Collection[uuid.UUID]) -> PresenceKnown:
        """What is known of the stores that the report is about; in another trip where others were expected."""
        if self.known is not None and self.expected == store_ids:
            return self.known
        return read_known(member_id=self.member_id, store_ids=store_ids, since=self.since)


def advertised_in(report: Report) -> list[Advertised]:
    """The frames of a report, in its order: of beacons heard, then of those whose reach a phone came into or out of."""
    heard = [Advertised(one.kind, one.frame, one.at) for one in report.beacons]
    said = [one for one in report.crossings if one.frame is not None]
    return heard + [Advertised(one.kind or "", one.frame or b"", one.at) for one in said]


def read_ahead(asking: Asking, report: Report, *, since: int, now: datetime, first: Call) -> Readings:
    """Send the statement that locks `first`, and with it all that can be asked already."""
    member_id = asking.member_id
    frames = advertised_in(report)
    expected = frozenset(filter(None, (_met.get((frame.kind, frame.id)) for frame in frames)))
    whose = [member_id, PURPOSE, BEACON, OWN, [str(state) for state in PERMITTING]]
    hearing = [ask_beacons(frames, now=now, statement=IF_PERMITTED, values=whose)] if frames else []
    knowing = ask_known(member_id=member_id, store_ids=expected, since=since) if expected else []
    permitting = ask_permits(member_id=member_id, session_id=asking.session_id, installation_id=asking.installation_id)
    _, who, *found = db.fetch_each(first, permitting, *hearing, *knowing)
    return Readings(
        member_id,
        since,
        permits_in(who, background=asking.background, now=now),
        found[0] if frames else None,
        expected,
        known_in(*found[1:], member_id=member_id) if expected else None,
    )


def note_stores(frames: Sequence[Advertised], heard: Sequence[Heard | None]) -> None:
    """Remember where these frames are, for the next report that has them."""
    if len(_met) > MOST_MET:
        _met.clear()
    for frame, one in zip(frames, heard, strict=True):
        if one is not None and frame.kind != BeaconKind.EDDYSTONE_EID:
            _met[frame.kind, frame.id] = one.store_id
