"""Refusals about what phones report."""

from app.errors import Problem
from app.languages import Text


class ReportTooOld(Problem):
    status = 422
    title = Text(
        fr="Ce relevé du téléphone date de plus d'un jour.", en="This report of the phone is more than a day old."
    )
    remedy = Text(fr="Relevez les réglages de nouveau.", en="Read the settings again.")


class ReportFromTheFuture(Problem):
    status = 422
    title = Text(fr="Ce relevé du téléphone est daté du futur.", en="This report of the phone is dated in the future.")
    remedy = Text(fr="Vérifiez l'heure du téléphone.", en="Check the clock of the phone.")
