"""Text on the wire, as PostgreSQL and people can hold it: no NUL, no lone surrogate, no surprise at the ends."""

from typing import Any

import marshmallow as ma


class Pattern(ma.validate.Regexp):
    """The whole text must match. Python's `$` alone lets a last line end pass, which the document's `$` does not."""

    def __call__(self, value: Any) -> Any:
        """The value, or `ValidationError`."""
        if self.regex.fullmatch(value) is None:
            raise ma.ValidationError(self._format_error(value))
        return value


class LineField(ma.fields.String):
    """One line of text, trimmed: `shortest` to `longest` characters, no control characters."""

    default_error_messages = {"not_text": "Not text that can be stored."}
    pattern = r"^[^\u0000-\u001f\u007f]*$"

    def __init__(self, *, longest: int, shortest: int = 1, **kwargs: Any) -> None:
        rules = [ma.validate.Length(shortest, longest), ma.validate.Regexp(self.pattern, error="Control characters.")]
        super().__init__(validate=rules, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        # JSON can spell half a surrogate pair; Python keeps it, and neither UTF-8 nor PostgreSQL can.
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise self.make_error("not_text")
        return text.strip()


class Prose(LineField):
    """Text of several lines, trimmed; the only control characters are tabs and line ends."""

    pattern = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"
