"""Background work of this room."""

from geo.availability.articles import forget_old_articles
from geo.availability.service_times import forget_old_waits

JOBS = (forget_old_articles, forget_old_waits)
EVERY_S = {"forget_old_articles": 86_400}
"""Looking for old prices reads all of them."""
