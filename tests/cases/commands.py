"""A command of Ici on the database that is open already."""

from typing import Any
from unittest.mock import patch

from click.testing import CliRunner, Result


def run_command(command: Any, *words: object) -> Result:
    """What it says, and the code that it ends with."""
    with patch("app.commands.preparation.connect"):
        return CliRunner().invoke(command, [str(word) for word in words])
