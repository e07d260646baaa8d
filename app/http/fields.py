"""Text on the wire, as PostgreSQL and people can hold it: no NUL, no lone surrogate, no surprise at the ends."""

from typing import Any

import marshmallow as ma

from app.characters import SEEN_BY_NOBODY, remove_spaces, trim_ends

ENDS = "[" + "".join(f"\\u{ord(sign):04x}" for sign in SEEN_BY_NOBODY) + "]*"
"""What may stand around a text, as the patterns of the document say it."""


class Pattern(ma.validate.Regexp):
    """The whole text must match. Python's `$` alone lets a last line end pass, which the document's `$` does not."""

    def __call__(self, value: Any) -> Any:
        """The value, or `ValidationError`."""
        if self.regex.fullmatch(value) is None:
            raise ma.ValidationError(self._format_error(value))
        return value


class LineField(ma.fields.String):
    """One line of text, without the spaces and line ends around it: `shortest` to `longest` characters, no control
    characters."""

    default_error_messages = {"not_text": "Not text that can be stored."}
    signs = r"[^\u0000-\u001f\u007f]*"

    def __init__(self, *, longest: int, shortest: int = 1, **kwargs: Any) -> None:
        rules = [ma.validate.Length(shortest, longest), Pattern(f"^{self.signs}$", error="Control characters.")]
        metadata = {"pattern": f"^{ENDS}{self.signs}{ENDS}$"} | kwargs.pop("metadata", {})
        super().__init__(validate=rules, metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        # JSON can spell half a surrogate pair; Python keeps it, and neither UTF-8 nor PostgreSQL can.
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise self.make_error("not_text")
        return trim_ends(text)


class OneTimeCodeField(ma.fields.String):
    """Six digits, however they are grouped: people read them out, and mails show them, three by three."""

    def __init__(self) -> None:
        super().__init__(
            required=True,
            validate=Pattern(r"^[0-9]{6}$", error="Six digits."),
            metadata={"pattern": f"^(?:{ENDS}-?{ENDS}[0-9]){{6}}{ENDS}$", "example": "123456"},
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return remove_spaces(super()._deserialize(value, attr, data, **kwargs)).replace("-", "")


class Prose(LineField):
    """Text of several lines, trimmed; the only control characters are tabs and line ends."""

    signs = r"[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*"
