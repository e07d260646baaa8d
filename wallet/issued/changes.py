"""What changed of passes is noted in the transaction that changed it.

Triggers of the database note what changes in tables (decision 59): balances, tiers, cards, brands, programmes, codes
that were used up, and what rooms above put on passes. These verbs note what no table tells.
"""

import uuid

from app.sql import db
from wallet.issued import queries


def note_change(member_id: uuid.UUID, brand_id: uuid.UUID) -> None:
    """Let the member's passes of the brand be looked at again once this transaction has committed."""
    db.fetch(queries.NOTE, [member_id, brand_id])
