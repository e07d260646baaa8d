"""After a backup was restored."""

import json
import uuid
from pathlib import Path

import click

from app import clock
from app.characters import decode_leniently
from app.commands import preparation
from app.consent.noes import rest
from app.errors import Problem
from app.http.reading import parse_json
from app.languages import LANGUAGES, Language
from app.ops.signs import OK
from app.rights import jobs, queries, replay
from app.rights.erasure import after_restore, outside_ledger
from app.rights.export import restoration
from app.rights.export.processing_register import as_markdown, make_register
from app.rights.models import RightsRequest
from app.rights.requests import answers
from app.sql import db
from app.sql.queues import ThingsFailed


@click.command()
def replay_erasures() -> None:
    """Erase again whom a restored backup brought back. `/readyz` is red until this is done.

    \b
    Reads the notes in ICI_ERASURE_LEDGER (var/erasures.jsonl unless set). Twice changes nothing.
    Example: ici replay-erasures
    """
    preparation.connect()
    with db.system_transaction():
        found = after_restore.adopt_erasures(now=clock.now())
        damaged = outside_ledger.read_notes().damaged
    finished = 0
    try:
        while touched := jobs.finish_erasures(now=clock.now()):
            finished += touched
    except ThingsFailed as failure:
        raise click.ClickException(f"{failure} could not be finished: the log says why. Run it again.") from failure
    click.echo(f"Unknown here: {found}. Finished: {finished}.")
    if damaged:
        raise click.ClickException(
            f"{damaged} lines of the ledger cannot be verified: is ICI_LASTING_SECRET (or ICI_SECRET) the right one?"
        )
    with db.system_transaction():
        sign = after_restore.gate(clock.now())
    if sign.detail != OK:
        raise click.ClickException(sign.detail)


@click.command()
def replay_noes() -> None:
    """Say again the noes that a restored backup has forgotten. Until this is done `/readyz` is red and every yes rests.

    \b
    Reads the same file as `ici replay-erasures`. Twice changes nothing.
    Example: ici replay-noes
    """
    preparation.connect()
    try:
        said = replay.replay_noes(now=clock.now())
    except ThingsFailed as failure:
        raise click.ClickException(f"{failure} could not be said again: the log says why. Run it again.") from failure
    with db.system_transaction():
        sign = rest.gate(clock.now())
    click.echo(f"Said again: {said}.")
    if sign.detail != OK:
        raise click.ClickException(sign.detail)


@click.command("processing-register")
@click.option("--format", "form", type=click.Choice(["json", "markdown"]), default="markdown", show_default=True)
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
def processing_register(form: str, language: Language) -> None:
    """Print the record of processing (GDPR article 30), made from the purposes and the map of personal data.

    Example: ici processing-register --format json
    """
    preparation.connect()
    with db.system_transaction():
        register = make_register(language=language)
    if form == "json":
        click.echo(json.dumps(register, ensure_ascii=False, indent=2))
    else:
        click.echo(as_markdown(register, language=language), nl=False)


@click.command("import-portability")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--member", "member_id", type=click.UUID, required=True, help="The wallet, made by signing in.")
def import_portability(file: Path, member_id: uuid.UUID) -> None:
    """Give a wallet back what its member had provided, from a file of GET /v1/me/portability.

    \b
    The member signs in first: that proves an address, which no file can. Cards and names and the language come
    back; permissions do not, they are asked again. The same file twice changes nothing more.
    Example: ici import-portability mine.json --member 01a2012e-b508-7451-8814-0a1c957c6330
    """
    preparation.connect()
    try:
        with db.system_transaction():
            restored = restoration.restore_wallet(
                document=parse_json(decode_leniently(file.read_bytes())), member_id=member_id, now=clock.now()
            )
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file.name} is not text in UTF-8.") from error
    except Problem as problem:
        raise click.ClickException(problem.title.en) from problem
    click.echo(", ".join(f"{name}: {count}" for name, count in restored.items()))
    if restored.get("left_out"):
        raise click.ClickException("Some rows hold a character that nothing can keep, and were left out.")


@click.command("rights-requests")
@click.option("--answer", "answered", type=click.UUID, help="Close this request with the text given by --text.")
@click.option("--refuse", "refused", type=click.UUID, help="Refuse this request with the reason given by --text.")
@click.option("--text", default="", help="What the member reads.")
def rights_requests(answered: uuid.UUID | None, refused: uuid.UUID | None, text: str) -> None:
    """Show the open requests that are addressed to no brand but to the wallet, or close one.

    Brands answer theirs at their console. Example: ici rights-requests --answer 01a2… --text "Corrected."
    """
    preparation.connect()
    if (answered or refused) and not text:
        raise click.UsageError("--text is missing: the member reads it.")
    now = clock.now()
    try:
        with db.system_transaction():
            if answered:
                answers.answer_request(brand_id=None, request_id=answered, text=text, now=now)
            if refused:
                answers.refuse_request(brand_id=None, request_id=refused, reason=text, now=now)
            for request in db.all_of(queries.requests_to(None).order_by(RightsRequest.due_at)):
                if request.closed_at is None:
                    click.echo(f"{request.id}  {request.kind}  {request.state}  due {request.due_at:%Y-%m-%d}")
    except Problem as problem:
        raise click.ClickException(problem.title.en) from problem
