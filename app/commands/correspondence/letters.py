"""The words of a brand's letters: published from a folder, looked at before and after."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from app import clock
from app.accounts.brands import find_brand, sender_of
from app.accounts.errors import BrandUnknown
from app.accounts.models import Brand
from app.carriers import channels
from app.carriers.channels import Mail
from app.carriers.errors import LetterWordsWrong
from app.carriers.letters.composition import Writing, compose_letter, compose_sms
from app.carriers.letters.gsm_alphabet import ONE_PART, count_gsm_letters
from app.carriers.letters.kinds import KINDS
from app.carriers.letters.publication import publish_letters as publish_all
from app.carriers.letters.publication import read_letters
from app.commands import preparation
from app.languages import LANGUAGES, Language
from app.ops.imports.reports import dry

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@contextmanager
def about(code: str, *, dry_run: bool = False) -> Iterator[Brand]:
    """A transaction about one brand, whose refusals end as sentences; a dry run leaves no trace."""
    preparation.connect()
    try:
        with dry(dry_run):
            yield find_brand(code)
    except BrandUnknown:
        raise click.ClickException(f"There is no brand {code}.") from None
    except LetterWordsWrong as wrong:
        raise click.ClickException(str(wrong)) from None


@click.command("publish-letters")
@click.argument("brand")
@click.argument("folder", type=FOLDER)
def publish_letters(brand: str, folder: Path) -> None:
    """Make the words in a folder all the words that a brand has of its own; what is not there is said in ours.

    \b
    sign_in_code.fr.txt      the subject, an empty line, the text
    sign_in_code.fr.html     the same as HTML, between our head and our foot
    sign_in_code.fr.sms.txt  the text message
    Places are names in braces ({code}, {link}, {brand}); `ici preview-mail` shows what comes of them.
    Example: ici publish-letters lilas ./letters
    """
    with about(brand) as found:
        letters = read_letters(folder, brand_id=found.id, now=clock.now())
        count = publish_all(letters, brand_id=found.id)
    click.echo(f"{brand} writes {count} letters in its own words.")


@click.command("preview-mail")
@click.argument("brand")
@click.argument("kind", type=click.Choice(sorted(KINDS)))
@click.option("--language", type=click.Choice(LANGUAGES), default="fr", show_default=True)
@click.option("--folder", type=FOLDER, help="Words that are not published yet; nothing is changed.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="Where the files go.")
def preview_mail(brand: str, kind: str, language: Language, folder: Path | None, out: Path) -> None:
    """Write a letter of a brand with made-up facts: an .eml for a mail program, an .html for a browser; say its text.

    Example: ici preview-mail lilas sign_in_code --language fr --out previews
    """
    with about(brand, dry_run=True) as found:
        if folder is not None:
            publish_all(read_letters(folder, brand_id=found.id, now=clock.now()), brand_id=found.id)
        writing = Writing(sender_of(found), language, KINDS[kind].example)
        letter = compose_letter(KINDS[kind], writing)
        sms = compose_sms(KINDS[kind], writing) if KINDS[kind].sms is not None else None
    mail = Mail("reader@example.org", letter.subject, letter.text, clock.now(), html=letter.html, sender=letter.sender)
    out.mkdir(parents=True, exist_ok=True)
    name = out / f"{brand}.{kind}.{language}"
    Path(f"{name}.eml").write_bytes(channels.write_mail(mail).as_bytes())
    Path(f"{name}.html").write_text(letter.html, encoding="utf-8")
    click.echo(f"{name}.eml\n{name}.html\n\n{letter.subject}\n\n{letter.text}")
    if sms is not None:
        click.echo(f"Text message, {count_gsm_letters(sms)} of {ONE_PART} characters:\n\n{sms}")
