"""What rooms above this one put on passes: coupons, places, whether it may notify. They add themselves when loaded."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from wallet.issued.models import IssuedPass

Source = Callable[[Sequence[IssuedPass], datetime], Mapping[uuid.UUID, Mapping[str, Any]]]
"""Says of many passes, in few statements, fields of `PassContents` by the id of the pass. Of several sources that say
one field of a pass the last counts, but a pass is void as soon as one says so, and is looked at again at the first
`changes_at`."""

SOURCES: list[Source] = []
