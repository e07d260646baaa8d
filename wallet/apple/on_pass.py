"""What Apple Wallet does when passes change, move from a member to another, or are to be added to a phone."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from app.sql import db
from wallet.apple import pushes, queries
from wallet.apple.downloads import WALLET, link_pass
from wallet.issued.models import IssuedPass

NAME, add_pass = WALLET, link_pass


def follow_passes(passes: Sequence[IssuedPass], now: datetime) -> None:
    """Let the phones that hold these passes be woken, once each."""
    pushes.ask_pushes(passes, now)


def move_passes(ids: Sequence[uuid.UUID], source_id: uuid.UUID, target_id: uuid.UUID) -> None:
    """Let the copies of these passes belong to the member who holds the passes now."""
    db.execute(queries.move_registrations(ids, source_id, target_id))
