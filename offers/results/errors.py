"""Refusals about results."""

from app.errors import Malformed
from app.languages import Text


class ResultsTooLong(Malformed):
    title = Text(fr="Demandez au plus {days} jours de résultats.", en="Ask for at most {days} days of results.")
