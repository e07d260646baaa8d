"""What Google Wallet does when passes change, move from a member to another, or are to be added to a phone."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from wallet.google import copies
from wallet.google.save_links import WALLET, offer_link
from wallet.issued.models import IssuedPass

NAME, add_pass = WALLET, offer_link


def follow_passes(passes: Sequence[IssuedPass], now: datetime) -> None:
    """Let Google be told of these passes, as far as members want them there."""
    copies.note_changes(passes, now=now)


def move_passes(ids: Sequence[uuid.UUID], source_id: uuid.UUID, target_id: uuid.UUID) -> None:
    """Let the copies of these passes belong to the member who holds the passes now."""
    copies.move_copies(ids, from_id=source_id, to_id=target_id)
