"""Commands that show: what runs, the mail of development, the API's document and its doors."""

import io
import json
import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import OperationalError

from app import logs
from app.carriers.channels import MAILBOX
from app.commands import migrations, preparation
from app.commands.server import is_ready
from app.config import Config
from app.ops.database.migrations_head import expected_head, is_newer
from app.ops.own_name import own_name, spell_commands
from app.ops.own_servers import find_servers
from app.settings import ConfigIncomplete

ONE_TIME_CODE = re.compile(r"(?<!\d)(?:\d{6}|\d{3}(?: \d{3}){3})(?!\d)")


@click.command()
@click.option("--url", help="Ask this server, whosever it is, instead of those of this folder.")
def status(url: str | None) -> None:
    """Show what runs of this folder: the private database, the version of its tables, the servers.

    \b
    Example: ici status
             ici status --url http://127.0.0.1:8000
    """
    state = preparation.private_cluster().status()
    if state.running:
        click.echo(f"database   PostgreSQL {state.version} runs (process {state.pid}), data in {state.data}")
    elif state.version:
        click.echo(f"database   PostgreSQL {state.version} is stopped, data in {state.data}")
    else:
        click.echo(spell_commands("database   no private database yet; `ici up` makes one"))
    click.echo(f"tables     {spell_commands(tables())}")
    for line in servers(asked=url):
        click.echo(f"server     {line}")


def servers(*, asked: str | None) -> list[str]:
    """A line for each server: where it is, whether it takes traffic, and whose it is."""
    own = {server.url: server.pid for server in find_servers(preparation.var_folder())}
    if not own and asked is None:
        return [f"none runs from {preparation.var_folder().parent}; `{own_name()} serve` starts one"]
    return [_server_line(url, own.get(url)) for url in ([asked.rstrip("/")] if asked else own)]


def _server_line(url: str, pid: int | None) -> str:
    ready = "ready" if is_ready(url) else "nothing ready"
    whose = f"process {pid} of this folder" if pid else "not of this folder"
    return f"{ready} at {url} ({whose})"


def tables() -> str:
    """The version of the tables, and what to do when it is not ours."""
    try:
        head = migrations.current_head(Config.load().owner_database_url or Config.load().database_url)
    except ConfigIncomplete:
        return "unknown: no settings yet"
    except OperationalError:
        return "unknown: the database does not answer"
    if head == expected_head():
        return f"up to date ({head})"
    if is_newer(head):
        return f"at {head}, newer than this code, which expects {expected_head()}"
    return f"at {head or 'nothing'}, this code expects {expected_head()}: run `ici migrate`"


@click.command()
@click.option("--to", default="", help="Only messages to this address (or a part of it).")
@click.option("--follow", is_flag=True, help="Wait for more.")
@click.option("--code", is_flag=True, help="Only the newest one-time code, for you or a script to type.")
def mailbox(to: str, follow: bool, code: bool) -> None:
    """Show what the development channels sent, newest last: one-time codes are here.

    \b
    Example: ici mailbox --to ada@example.org
             ici mailbox --to ada@example.org --code
    """
    messages = messages_of(preparation.var_folder() / MAILBOX, to=to, follow=follow and not code)
    if not code:
        for message in messages:
            click.echo(spoken(message))
        return
    codes = [found[0] for message in messages if (found := ONE_TIME_CODE.search(str(message.get("text", ""))))]
    if not codes:
        raise click.ClickException(f"No code was sent{' to ' + to if to else ''} yet. Ask for one in the app.")
    click.echo(codes[-1].replace(" ", ""))


def messages_of(file: Path, *, to: str, follow: bool) -> Iterator[dict[str, Any]]:
    """The messages in a mailbox to this address, or to any that holds this part of one."""
    for line in lines_of(file, follow=follow):
        message: dict[str, Any] = json.loads(line)
        if to in str(message.get("to", "")):
            yield message


def lines_of(file: Path, *, follow: bool) -> Iterator[str]:
    """The whole lines of a file; with `follow`, also those to come."""
    while follow and not file.exists():
        time.sleep(0.5)
    if not file.exists():
        return
    with file.open(encoding="utf-8") as opened:
        pending = ""
        while True:
            pending += opened.readline()
            if pending.endswith("\n"):
                yield pending
                pending = ""
            elif follow:
                time.sleep(0.5)
            else:
                return


def spoken(message: dict[str, Any]) -> str:
    """A message as a person reads it: its head on one line, its text below."""
    head = "  ".join(str(message[name]) for name in ("at", "channel", "to", "subject") if message.get(name))
    body = "".join(f"\n    {line}" for line in str(message.get("text", "")).splitlines())
    return head + body


@click.command()
def openapi() -> None:
    """Print the OpenAPI 3.1 document, byte for byte as the server gives it. It needs no database.

    Example: ici openapi > openapi.json
    """
    click.echo(document_text(), nl=False)


@click.command()
def routes() -> None:
    """List the doors of the API: method, path, who may knock, what it is for.

    Example: ici routes | grep terminal
    """
    rows = [
        (method.upper(), path, ", ".join(operation.get("x-roles", ["anyone"])), operation.get("summary", ""))
        for path, operations in json.loads(document_text())["paths"].items()
        for method, operation in operations.items()
        if isinstance(operation, dict)
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    for row in sorted(rows, key=lambda row: (row[1], row[0])):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        click.echo("  ".join([*cells, row[3]]).rstrip())


def document_text() -> bytes:
    """The bytes of the document that the server gives. Settings that are not in it are made up when there are none."""
    from app.factory import create_app

    try:
        settings = Config.load()
    except ConfigIncomplete:
        made_up = {"ICI_DATABASE_URL": "postgresql+psycopg:///ici", "ICI_SECRET": secrets.token_hex(32)}
        settings = Config.load({"ICI_ENV": "test"} | made_up)
    application = create_app(settings)
    logs.configure(stream=io.BytesIO())  # our own request is no news
    return application.test_client().get("/openapi.json").get_data()
