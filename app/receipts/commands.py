"""`ici verify-receipt`: anybody checks a receipt, with a public key and without a database."""

import json
from pathlib import Path

import click

from app import canonical, config
from app.config import Config
from app.receipts import signatures
from app.receipts.verification import ReceiptRefused
from app.receipts.verification import verify_receipt as verify


@click.command("verify-receipt")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--key", "given", multiple=True, help="Public key in hexadecimal, or a file saved from /v1/log/keys.")
def verify_receipt(file: Path, given: tuple[str, ...]) -> None:
    """Check that a receipt is ours, unchanged, and in the signed log.

    \b
    Without --key, the key of this installation's settings is used. Every byte of the file counts.
    Example: ici verify-receipt receipt.json --key keys.json
    """
    keys = dict(pair for one in given for pair in keys_in(one)) if given else own_key()
    try:
        receipt = verify(file.read_bytes(), keys=keys)
    except ReceiptRefused as refusal:
        raise click.ClickException(f"Refused. {refusal}") from refusal
    record, proof = receipt["record"], receipt["proof"]
    processing, event = record["processing"], record["event"]
    click.echo(f"Accepted: {event['event_state']} · {processing['touchpoint']} · {processing['purpose']}")
    click.echo(f"level {processing['level']}, {event['event_time']}, by {event['actor']}")
    click.echo(f"entry {proof['leaf_index']} of {proof['tree_size']}, signed {proof['checkpoint']['signed_at']}")


def keys_in(given: str) -> list[tuple[str, bytes]]:
    """The public keys that were named, each with its kid."""
    try:
        listed = json.loads(Path(given).read_bytes())["items"] if Path(given).is_file() else [{"public_key": given}]
        found = [canonical.read_hex(one["public_key"], size=32) for one in listed]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise click.ClickException("--key takes 64 hexadecimal digits, or a file saved from /v1/log/keys.") from error
    return [(signatures.key_id(public), public) for public in found]


def own_key() -> dict[str, bytes]:
    """The key that this installation signs with."""
    config.use_config(Config.load())
    return {signatures.key_id(signatures.public_key()): signatures.public_key()}
