"""Background work of this room."""

from offers.offline.leases import end_leases
from offers.offline.snapshots import forget_endings, forget_periods

JOBS = (end_leases, forget_endings, forget_periods)
EVERY_S = {"end_leases": 30, "forget_endings": 86_400, "forget_periods": 86_400}
