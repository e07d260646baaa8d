"""Background work of this room."""

from geo.places.publishing import refresh_opening_hours

JOBS = (refresh_opening_hours,)
