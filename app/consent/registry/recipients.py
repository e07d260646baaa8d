"""A brand names those to whom it passes data on. Each is a question of its own to every member."""

import uuid
from datetime import datetime

from app.consent.models import Recipient
from app.consent.registry.errors import RecipientNotTaken
from app.consent.registry.validation import check_purpose
from app.sql import db


def name_recipient(
    *, brand_id: uuid.UUID, purpose: str, code: str, name: str, country: str, now: datetime
) -> Recipient:
    """Put somebody on the list of a purpose. Nobody is permitted anything by that.

    Raises `PurposeUnknown`, `PurposeBundled`, `PurposeNeedsNoPermission`, `RecipientNotTaken` or `RecipientExists`.
    """
    if check_purpose(purpose).recipient_kind is None:
        raise RecipientNotTaken
    return db.add(Recipient(brand_id=brand_id, purpose=purpose, code=code, name=name, country=country, added_at=now))
