"""Who must know that passes changed: the rooms above that tell wallets. They add themselves when they are loaded.

Each is called in the transaction that gives the passes their new revision, so that what it queues exists exactly if
the revision does. One that raises undoes the revision of these passes, which are tried again.
"""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime

from wallet.issued.models import IssuedPass

AFTER_PASS_CHANGED: list[Callable[[Sequence[IssuedPass], datetime], None]] = []
"""Called with the passes as they are now and the instant, once for a batch."""

AFTER_PASS_MOVED: list[Callable[[Sequence[uuid.UUID], uuid.UUID, uuid.UUID], None]] = []
"""Called with ids of passes that went from a member (the second) to another (the third), as two wallets became one
or were parted: what a room keeps of these passes under the first belongs to the other from now on."""
