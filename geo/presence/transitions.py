"""What happens in a visit, as others are told of it: values, no table."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from geo.presence.models import NOWHERE


class TransitionKind(StrEnum):
    ENTERED = "entered"
    DWELLED = "dwelled"
    EXITED = "exited"
    ZONE_ENTERED = "zone_entered"
    CROSSED = "crossed"  # passed across a fence without a stop: counted, and never a reason for anything else


class Evidence(StrEnum):
    """What a visit was seen by first."""

    FIX = "fix"
    BEACON = "beacon"
    DECLARED = "declared"
    TAG = "tag"


class Transition(NamedTuple):
    """One thing that happened. `confidence` goes from 0 (none: a mock position) to 3 (high).

    `is_late`: too long ago, or over already, so that it can bring nothing any more. What is crossed has no visit and
    may have no store (`NOWHERE`).
    """

    kind: TransitionKind
    visit_id: uuid.UUID
    brand_id: uuid.UUID
    store_id: uuid.UUID
    fence_id: uuid.UUID | None
    fence_version: int | None
    zone_id: uuid.UUID | None
    occurred_at: datetime
    evidence: Evidence
    confidence: int
    permission_event_id: uuid.UUID
    is_late: bool

    @property
    def may_trigger(self) -> bool:
        """Whether it may bring an offer."""
        return not self.is_late and self.kind is not TransitionKind.CROSSED and self.store_id != NOWHERE
