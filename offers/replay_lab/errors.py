"""What a replay cannot begin with: said to whoever runs the command, and no refusal of the API."""

from typing import Any

from app.languages import Language, Text

FENCE_UNKNOWN = Text(
    fr="L'enseigne n'a pas de zone en service « {code} », et il n'y a pas de fichier de ce nom.",
    en='The brand has no fence in force "{code}", and there is no file of that name.',
)
FILE_UNREADABLE = Text(fr="{file} n'est pas du GeoJSON lisible.", en="{file} is no GeoJSON that can be read.")


class ReplayImpossible(Exception):
    """The command line names something that is not there."""

    def __init__(self, text: Text, **facts: Any) -> None:
        super().__init__(text.en)
        self.text, self.facts = text, facts

    def say_why(self, language: Language) -> str:
        """The reason, as a sentence."""
        return self.text.say(language, self.facts)
