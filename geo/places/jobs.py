"""Background work of this room."""

from geo.places.read_model import refresh_opening_hours

JOBS = (refresh_opening_hours,)
