"""Refusals about passes that members hold."""

from app.errors import NotFound
from app.languages import Text


class IssuedPassUnknown(NotFound):
    title = Text(fr="Ce pass n'existe pas.", en="There is no such pass.")
