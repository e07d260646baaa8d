"""The command line `ici`. Each command lives in `app.commands`, or in the room whose verb it calls.

A problem that a person can mend is said in one sentence, without a traceback: exit code 1; 2 for a wrong command line.
"""

import importlib.util
import os
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.commands import database, housekeeping, serving, showing
from app.config import ConfigIncomplete
from app.postgres import ClusterProblem

ROOT = Path(__file__).resolve().parent.parent


class Sentences(click.Group):
    """A group whose known problems end as sentences."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (ClusterProblem, ConfigIncomplete) as error:
            raise click.ClickException(str(error)) from error
        except OperationalError as error:
            said = str(error.orig).strip().partition("\n")[0]
            raise click.ClickException(f"The database does not answer ({said}). Run `ici up`.") from error
        except ProgrammingError as error:
            if type(error.orig).__name__ == "UndefinedTable":
                raise click.ClickException("The database lacks our tables. Run `ici migrate`.") from error
            raise


@click.group(cls=Sentences, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="ici")
def main() -> None:
    """Ici: loyalty cards, permissions, and offers where you are.

    \b
    Start everything:   ici run
    Then look around:   ici status, ici routes, ici mailbox
    """
    # Settings and data belong to the project, wherever the command is typed.
    os.environ.setdefault("ICI_VAR", str(ROOT / "var"))


for command in (*database.COMMANDS, *serving.COMMANDS, *housekeeping.COMMANDS, *showing.COMMANDS):
    main.add_command(command)
if importlib.util.find_spec("geo.places.commands"):
    main.add_command(importlib.import_module("geo.places.commands").import_stores)

if __name__ == "__main__":
    main()
