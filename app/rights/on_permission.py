"""What rights do when a permission changes."""

from collections.abc import Sequence
from datetime import datetime

from app.consent.decision.circumstances import Circumstances
from app.consent.models import PermissionEvent
from app.rights.retention import purpose_end


def follow(event: PermissionEvent, now: datetime, known: Circumstances | None = None) -> None:
    """Mark what was collected only for a purpose that ends here."""
    purpose_end.mark_remnants(event)


def follow_all(events: Sequence[PermissionEvent]) -> None:
    """Mark what was collected only for purposes that end here."""
    purpose_end.mark_all(events)
