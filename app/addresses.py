"""What may stand between two slashes of an address."""

from typing import Any

from werkzeug.routing import Map, UnicodeConverter


class Segment(UnicodeConverter):
    """Text without control characters: PostgreSQL cannot hold a NUL, and nobody types the others. Else 404."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(map, *args, **kwargs)
        self.regex = self.regex.replace("[^/]", "[^/\\x00-\\x1f\\x7f]")
