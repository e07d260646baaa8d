"""What receipts do when a permission changes: every event has one from its first moment."""

from collections.abc import Sequence
from datetime import datetime

from app.consent.decision.circumstances import Circumstances
from app.consent.models import PermissionEvent
from app.receipts import issuance


def follow(event: PermissionEvent, now: datetime, known: Circumstances | None = None) -> None:
    """Issue the receipt of the event, from what is known already where its verb read that."""
    issuance.issue_receipt(event, known)


def follow_all(events: Sequence[PermissionEvent]) -> None:
    """Issue the receipts of many noes of one member."""
    issuance.issue_all(events)
