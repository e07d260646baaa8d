"""Background work of this room."""

from geo.beacons.health import count_days, forget_days
from geo.beacons.resolution import extend_ids, find_lost_clocks

JOBS = (extend_ids, find_lost_clocks, count_days, forget_days)
EVERY_S = {"extend_ids": 60, "find_lost_clocks": 300, "count_days": 3_600, "forget_days": 86_400}
