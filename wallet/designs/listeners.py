"""Whoever must know that passes of a brand look otherwise from now on: a room above adds itself when it is loaded."""

import uuid
from collections.abc import Callable
from datetime import datetime

AFTER_DESIGN_CHANGED: list[Callable[[uuid.UUID, datetime], None]] = []
"""Called with the brand and the time, in the transaction of the change."""
