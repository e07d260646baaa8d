"""Refusals about results."""

from app.errors import Malformed
from app.languages import Text


class ExportTooLarge(Malformed):
    title = Text(
        fr="Plus de {most} lignes ; demandez moins de jours, ou une seule offre.",
        en="More than {most} rows; ask for fewer days, or for one offer.",
    )


class ResultsTooLong(Malformed):
    title = Text(fr="Demandez au plus {days} jours de résultats.", en="Ask for at most {days} days of results.")
