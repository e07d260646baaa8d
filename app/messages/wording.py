"""The words of a message, in both languages, with the place of its stop link."""

from typing import Any, Self

from app.languages import Language, Text
from app.messages.errors import StopLinkMissing

STOP = "{stop}"


class MessageWords:
    """A subject and a text. The text must say how to stop it: Directive 2002/58 article 13(4), CPCE L34-5."""

    def __init__(self, *, subject: Text, text: Text) -> None:
        """Raises `StopLinkMissing` unless both languages of the text have their `{stop}`."""
        if not (STOP in text.fr and STOP in text.en):
            raise StopLinkMissing
        self.subject, self.text = subject, text

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Self:
        """The words as `kept` them."""
        return cls(subject=Text(**kept["subject"]), text=Text(**kept["text"]))

    def kept(self) -> dict[str, Any]:
        """As JSON that can be stored."""
        return {
            "subject": {"fr": self.subject.fr, "en": self.subject.en},
            "text": {"fr": self.text.fr, "en": self.text.en},
        }

    def spoken(self, language: Language, *, stop_url: str) -> tuple[str, str]:
        """Subject and text as one member reads them. Nothing else in them is a place to fill."""
        pick = (self.subject.fr, self.text.fr) if language == "fr" else (self.subject.en, self.text.en)
        return pick[0], pick[1].replace(STOP, stop_url)
