"""What may stand between two slashes of an address."""

from typing import Any

from werkzeug.routing import IntegerConverter, Map, UnicodeConverter


class Segment(UnicodeConverter):
    """Text without control characters: PostgreSQL cannot hold a NUL, and nobody types the others. Else 404."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(map, *args, **kwargs)
        self.regex = self.regex.replace("[^/]", "[^/\\x00-\\x1f\\x7f]")


class Number(IntegerConverter):
    """A whole number that a column of PostgreSQL can hold. Else 404.

    The bound is in the pattern: one that is looked at after the pattern makes Werkzeug say 405 to a write.
    """

    regex = r"\d{1,9}"

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=999_999_999)
