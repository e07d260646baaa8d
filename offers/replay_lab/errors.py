"""What a replay cannot begin with."""

from app.errors import NotFound
from app.languages import Text


class ReplayFenceUnknown(NotFound):
    title = Text(
        fr="L'enseigne n'a pas de zone en service « {code} », et il n'y a pas de fichier de ce nom.",
        en='The brand has no fence in force "{code}", and there is no file of that name.',
    )


class ReplayFileUnreadable(NotFound):
    title = Text(fr="{file} n'est pas du GeoJSON lisible.", en="{file} is no GeoJSON that can be read.")
