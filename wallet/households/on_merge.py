"""Two wallets that become one have one household: the target's. What the source was shown stays with others."""

import uuid
from datetime import datetime

from wallet.households.departure import forget_household


def merge(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """The source leaves its household: others showed their cards to a wallet that is no more."""
    return {"household_ties": forget_household(source_id)}


def split(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Nothing goes back: the others have not invited anybody since."""
    return {"household_ties": 0}
