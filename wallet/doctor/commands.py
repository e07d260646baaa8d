"""`ici passes check`: what is wrong with a pass, ours or anybody's, and how it is mended."""

import json
import sys
from pathlib import Path

import click
from cryptography import x509

from app import clock
from app.languages import LANGUAGES, Language
from wallet.doctor.container.archive import MOST_BYTES
from wallet.doctor.examination import examine_pass
from wallet.doctor.reports import write_lines, write_record

FAULTY, NO_PASS = 1, 2


@click.group("passes")
def passes() -> None:
    """Look at passes of Apple Wallet and of whoever reads them."""


@passes.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, allow_dash=True, path_type=Path))
@click.option(
    "--root",
    "roots",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
    help="An authority to believe besides Apple's (PEM), as that of a trial; once for each.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the report.")
def check(file: Path, roots: tuple[Path, ...], as_json: bool, language: Language) -> None:
    """Say what is wrong with a .pkpass, or with each pass of a .pkpasses, and how it is mended.

    \b
    Looked at: the zip, every digest, the signature, the certificates and their dates, pass.json, translations,
    pictures, barcodes (drawn and read back), and what other wallets than Apple's stumble over. Nothing is asked of
    the network, so a revoked certificate is not noticed. Works without a database; `-` reads standard input.
    A fault makes wallets refuse the pass or show something wrong, a warning some of them or some day, a remark says
    what could be better. The exit code is 0 without a fault, 1 with one, 2 for what is no pass.
    Example: ici passes check card.pkpass --root root.pem --language fr
    """
    authorities = [one for path in roots for one in _authorities_in(path)]
    examination = examine_pass(_content_of(file), now=clock.now(), roots=authorities)
    if as_json:
        click.echo(json.dumps(write_record(examination, language), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(write_lines(examination, language)).lstrip())
    if not examination.is_pass:
        raise SystemExit(NO_PASS)
    if not examination.is_sound:
        raise SystemExit(FAULTY)


def _content_of(file: Path) -> bytes:
    """At most one byte more than a pass may unpack to: enough to say that it is too much."""
    if str(file) == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    with file.open("rb") as opened:
        return opened.read(MOST_BYTES + 1)


def _authorities_in(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except ValueError as error:
        raise click.BadParameter(f"{path} holds no certificate as PEM.", param_hint="--root") from error
