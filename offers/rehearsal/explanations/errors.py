"""Refusals of explanations."""

from app.errors import NotFound
from app.languages import Text


class StoreNotOfBrand(NotFound):
    title = Text(fr="L'enseigne n'a pas ce magasin.", en="The brand has no such store.")
