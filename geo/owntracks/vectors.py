"""What a phone lets OwnTracks do, as far as its messages say so: the vector of its installation (`app.phones`).

A `status` says it. So does a region event: Apple delivers those with "always" only, and Android registers fences only
for an app that may use the position in the background; whoever sends one had that at the time. Nothing else is
believed, and what is older than the last word changes nothing, so that an event which waited in the phone does not
undo a "denied" that came after it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.phones import installations
from app.phones.errors import ReportFromTheFuture, ReportTooOld
from app.phones.models import Installation
from geo.owntracks.messages import SaidStatus
from geo.owntracks.models import OwntracksAccess

APP = "OwnTracks"


def note_vector(
    access: OwntracksAccess,
    known: Installation | None,
    *,
    status: SaidStatus | None,
    events: Sequence[datetime],
    now: datetime,
) -> Installation | None:
    """Keep what a status, or region events of our own fences, say of the phone's settings; return what is `known` of
    them then, None if nothing is."""
    if status is not None:
        return _kept(access, known, location=status.location, precision=status.precision, at=now, now=now)
    past = [at for at in events if at <= now + installations.AHEAD]
    if past:
        return _kept(access, known, location="always", precision="precise", at=max(past), now=now)
    return known


def _kept(
    access: OwntracksAccess, known: Installation | None, *, at: datetime, now: datetime, **said: Any
) -> Installation | None:
    """The app says nothing of Bluetooth and notifications, so what another report said of them stays."""
    try:
        return installations.report_installation(
            member_id=access.member_id,
            session_id=None,
            installation_id=access.installation_id,
            now=now,
            platform=access.platform,
            app_version=APP,
            bluetooth=known is not None and known.bluetooth,
            notifications=known is not None and known.notifications,
            reported_at=at,
            **said,
        )
    except (ReportTooOld, ReportFromTheFuture):
        return known  # nobody can rely on it, and the app could do nothing about a refusal
