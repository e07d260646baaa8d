"""The same choice for a phone whose app is OwnTracks: which fences it shall watch.

Such a phone says nothing between two crossings of its fences. So one that was told to watch nothing would never ask
again: where no offer makes a fence worth it, this choice is left to the permissions alone.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from app.consent.decision.phone_conditions import Phone
from app.phones.models import Installation
from app.sql import db
from geo.presence.allowance import BY_FENCE, grounds_of, read_watching
from geo.presence.listeners import Asking
from offers.regions.capability import Hindrance, judge_phone
from offers.regions.choice import Platform
from offers.regions.plans import choose_among
from offers.regions.reach import RegionsAsked, find_reach

SILENT = {Hindrance.UNREPORTED, Hindrance.REPORT_OLD}
"""OwnTracks seldom says what its phone allows; that it says nothing is nothing against it."""


def choose_owntracks_fences(asking: Asking, now: datetime) -> Sequence[uuid.UUID] | None:
    """The fences of the stores that are worth most to the member, the best first, by `geo.owntracks.choosers`.

    None where no offer makes one worth it; none at all for a phone that says that it cannot watch.
    """
    watching = read_watching(member_id=asking.member_id, now=now)
    if not grounds_of(watching, BY_FENCE):
        return None
    phone = None
    if asking.installation_id is not None:
        phone = db.get(Installation, (asking.member_id, asking.installation_id))
    said = None if phone is None else Phone(*(getattr(phone, name) for name in Phone._fields))
    judged = judge_phone(said, now=now)
    if not judged.watches_fences and not SILENT & {*judged.hindrances}:
        return ()
    platform = Platform.IOS if phone is None else Platform(phone.platform)
    asked = RegionsAsked(asking.member_id, asking.session_id, platform, "fr", now)
    chosen = choose_among(asked, watching, find_reach(asked, watching, listens=False))
    return [one.fence.id for one in chosen.fences] or None
