"""The command line `ici`. Each command lives in `app.commands`, or in the room whose verb it calls.

A problem that a person can mend is said in one sentence, without a traceback: exit code 1; 2 for a wrong command line.
"""

import gc
import importlib
import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import psycopg
from psycopg.errors import DeadlockDetected, LockNotAvailable, QueryCanceled, UndefinedTable
from sqlalchemy.exc import DBAPIError

from app.ops.database.postgres import ClusterProblem
from app.ops.own_name import spell_commands
from app.ops.own_servers import FolderRefused
from app.settings import ConfigIncomplete

ROOT = Path(__file__).resolve().parent.parent
CHECKOUT = (ROOT / "pyproject.toml").exists()
"""Whether this code runs where it is written, and not from a package."""

COMMANDS = {
    "apple": "wallet.apple.commands",
    "audit-log": "app.commands.audit",
    "award-purchases": "wallet.programmes.commands",
    "beacons": "geo.beacons.commands",
    "check-stores": "geo.places.commands",
    "clearing": "offers.manufacturers.commands",
    "decisions": "offers.deciding.commands",
    "down": "app.commands.database",
    "drill-restore": "app.commands.backups.drills",
    "edit-brand": "app.commands.brands",
    "end-sign-ins": "app.commands.brands",
    "erase": "app.commands.database",
    "fences": "geo.fences.commands",
    "firings": "offers.planning.commands",
    "found-brand": "app.commands.brands",
    "google": "wallet.google.commands",
    "identify-brand": "app.commands.brands",
    "import-beacons": "geo.beacons.commands",
    "import-portability": "app.commands.rights",
    "import-balances": "wallet.points.commands",
    "import-codes": "offers.coupons.commands",
    "import-fences": "geo.fences.commands",
    "import-members": "wallet.cards.commands",
    "import-permissions": "app.commands.permissions",
    "import-articles": "wallet.product_lists.commands",
    "import-prices": "geo.availability.commands",
    "import-purchases": "wallet.purchases.commands",
    "import-stores": "geo.places.commands",
    "jobs": "app.commands.housekeeping",
    "ledger": "wallet.points.commands",
    "mailbox": "app.commands.inspection",
    "migrate": "app.commands.migrations",
    "migrations": "app.commands.migrations",
    "openapi": "app.commands.inspection",
    "passes": "wallet.doctor.commands",
    "preview-mail": "app.commands.correspondence.letters",
    "print-cards": "wallet.cards.commands",
    "print-codes": "offers.coupons.commands",
    "print-gift-cards": "wallet.gift_cards.commands",
    "processing-register": "app.commands.rights",
    "publish-letters": "app.commands.correspondence.letters",
    "publish-text": "app.commands.permissions",
    "read-model": "offers.planning.commands",
    "rehearse": "offers.rehearsal.commands",
    "relearn": "offers.learning.commands",
    "rescue-admin": "app.commands.brands",
    "rights-requests": "app.commands.rights",
    "replay": "offers.replay_lab.commands",
    "replay-erasures": "app.commands.rights",
    "replay-noes": "app.commands.rights",
    "routes": "app.commands.inspection",
    "run": "app.commands.server",
    "seed": "app.commands.database",
    "serve": "app.commands.server",
    "set-dwell-time": "geo.presence.commands",
    "simulate-programme": "wallet.programmes.commands",
    "sinks": "app.commands.sinks",
    "status": "app.commands.inspection",
    "up": "app.commands.database",
    "values": "offers.learning.commands",
    "verify-receipt": "app.receipts.commands",
}
"""Each command and its module, which is loaded when the command is called: none waits for another's libraries."""


class Sentences(click.Group):
    """A group that loads its commands when they are needed, and whose known problems end as sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = getattr(importlib.import_module(COMMANDS[cmd_name]), cmd_name.replace("-", "_"))
        return _spelled(found)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return self._invoked(ctx)
        except click.UsageError:
            raise
        except click.ClickException as error:
            raise click.ClickException(spell_commands(error.message)) from error

    def _invoked(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (ClusterProblem, ConfigIncomplete, FolderRefused) as error:
            raise click.ClickException(str(error)) from error
        except (DBAPIError, psycopg.Error) as error:
            sentence = _told(error.orig if isinstance(error, DBAPIError) else error)
            if sentence is None:
                raise
            raise click.ClickException(sentence) from error


def _told(error: BaseException | None) -> str | None:
    """What a person can do about an error of the database; None for one that is a fault of ours."""
    said = str(error).strip().partition("\n")[0]
    match error:
        case UndefinedTable():
            return "The database lacks our tables. Run `ici migrate`."
        case LockNotAvailable() | QueryCanceled() | DeadlockDetected():
            return f"The database was too busy ({said}). What was not finished was undone; try again."
        case psycopg.OperationalError(sqlstate=None | "57P01" | "57P02" | "57P03"):
            return f"The database does not answer ({said}). Run `ici up`."
        case psycopg.OperationalError():
            return f"The database refuses ({said})."
    return None


def _spelled(command: click.Command) -> click.Command:
    """The command, whose help names commands as this person can type them."""
    command.help = spell_commands(command.help or "")
    for part in getattr(command, "commands", {}).values():
        _spelled(part)
    return command


def show_version(context: click.Context, _: click.Parameter, asked: bool) -> None:
    """Say which release this is, and at which version it expects the tables."""
    if asked and not context.resilient_parsing:
        from app.ops.database.migrations_head import expected_head  # brings Alembic, which few commands need

        click.echo(f"ici {version('ici')}, tables {expected_head()}")
        context.exit()


@click.group(cls=Sentences, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=show_version, help="Say the release."
)
def main() -> None:
    """Ici: loyalty cards, permissions, and offers where you are.

    \b
    Start everything:   ici run
    Then look around:   ici status, ici routes, ici mailbox
    """
    # What is loaded now stays. The collector, which would walk it again and again, took a third of every start.
    gc.set_threshold(100_000, 20, 20)
    # Settings and data belong to the project, wherever the command is typed; a package has no folder of its own.
    os.environ.setdefault("ICI_VAR", str((ROOT if CHECKOUT else Path.cwd()) / "var"))


_spelled(main)

if __name__ == "__main__":
    main()
