"""Refusals of profiles."""

from app.errors import NotFound
from app.languages import Text


class ProfileVersionUnknown(NotFound):
    title = Text(
        fr="Il n'y a pas de version {version} de cette présentation.",
        en="There is no version {version} of this profile.",
    )
