"""Refusals about scans."""

from app.errors import NotFound
from app.languages import Text


class ScanUnknown(NotFound):
    title = Text(fr="Cette lecture n'existe pas.", en="There is no such scan.")
