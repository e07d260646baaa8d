"""A brand begins, with its first administrator, says who answers for it, and changes."""

import secrets
from typing import Any

import click

from app import clock
from app.accounts.addresses import email_address
from app.accounts.brands import BrandDetails, create_brand, find_brand, send_from
from app.accounts.brands import edit_brand as change_brand
from app.accounts.brands import identify_brand as say_who_answers
from app.accounts.console_users import create_console_user
from app.accounts.errors import BrandExists
from app.accounts.queries import brand_with_code
from app.commands import preparation
from app.errors import Problem
from app.http.access import Role
from app.languages import LANGUAGES
from app.sql import db

PASSWORD_BYTES = 18


@click.command("found-brand")
@click.argument("code")
@click.option("--name", required=True, help="As members read it.")
@click.option("--country", "countries", multiple=True, required=True, help="ISO 3166-1 alpha-2; once for each.")
@click.option("--time-zone", required=True, help="IANA: the calendar of its budgets, points and coupons.")
@click.option("--currency", required=True, help="ISO 4217: what its prices are in.")
@click.option("--legal-name", help="Who is responsible for personal data (GDPR 13(1)(a)), as receipts name them.")
@click.option("--postal-address", help="Their address.")
@click.option("--privacy-contact", help="Where members write to about their data.")
@click.option("--admin", required=True, help="E-mail address of the first administrator.")
@click.option("--admin-name", default="Administrator", show_default=True)
def found_brand(code: str, admin: str, admin_name: str, **about: str) -> None:
    """Make a brand, and its first administrator, whose password is shown once.

    \b
    The administrator signs in at POST /v1/console/sessions and adds everybody else.
    Example: ici found-brand lilas --name "Maison Lilas" --country FR --time-zone Europe/Paris --currency EUR
             --admin ada@maison-lilas.example
    """
    try:
        email = email_address(admin).value
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--admin") from None
    password, now = secrets.token_urlsafe(PASSWORD_BYTES), clock.now()
    preparation.connect()
    try:
        with db.system_transaction():
            if db.first(brand_with_code(code)) is not None:
                raise BrandExists
            brand = create_brand(code=code, now=now, **about)
            create_console_user(
                brand_id=brand.id, email=email, name=admin_name, role=Role.ADMIN, password=password, now=now
            )
    except Problem as problem:
        raise _sentence(problem) from None
    click.echo(f"The brand {code} is there. Its administrator signs in with:")
    click.echo(f"  brand {code}, email {email}, password {password}")
    if not brand.identified:
        click.echo(f"It cannot ask its members for anything yet: ici identify-brand {code} says who answers for it.")
    click.echo("Next: ici import-stores, then the programme and its offers over the API.")


@click.command("identify-brand")
@click.argument("code")
@click.option("--legal-name", required=True, help="Who is responsible for personal data (GDPR 13(1)(a)).")
@click.option("--postal-address", required=True, help="Their address.")
@click.option("--privacy-contact", required=True, help="Where members write to about their data: e-mail or page.")
@click.option("--dpo-contact", help="The data protection officer, where there is one: e-mail or page.")
@click.option("--language", type=click.Choice(LANGUAGES), help="For members whose own there are no words in.")
@click.option("--requires-age/--no-requires-age", default=None, help="Do members say first if they are of age?")
def identify_brand(code: str, **about: Any) -> None:
    """Say who answers for a brand's personal data. Until then it can ask its members for nothing.

    \b
    The same over the API: PUT /v1/brand/identity.
    Example: ici identify-brand lilas --legal-name "Maison Lilas SAS" --privacy-contact dpo@maison-lilas.example
             --postal-address "14 rue des Lilas, 75019 Paris, FR"
    """
    preparation.connect()
    try:
        with db.system_transaction():
            brand = say_who_answers(brand_id=find_brand(code).id, **about)
    except Problem as problem:
        raise _sentence(problem) from None
    click.echo(f"{brand.name} ({code}): {brand.legal_name}, {brand.postal_address}, {brand.privacy_contact}")


@click.command("edit-brand")
@click.argument("code")
@click.option("--name", help="As members read it.")
@click.option("--country", "countries", multiple=True, help="ISO 3166-1 alpha-2; once for each.")
@click.option("--language", type=click.Choice(LANGUAGES), help="For members whose own there are no words in.")
@click.option("--mail-from", "mail_address", help="What its mail is from: an address whose domain lets us send.")
@click.option("--reply-to", help="Where answers to its mail go.")
@click.option("--colour", help="Of its name and buttons in mail: #rrggbb.")
@click.option("--sms-sender", help="Who its text messages come from: 11 letters and digits, or a number.")
@click.option("--web-domain", help="Its site, to which codes in text messages are bound.")
def edit_brand(code: str, **given: Any) -> None:
    """Change a brand. What is not named stays; an empty text takes away what may be missing.

    \b
    Its code, time zone and currency never change: cards, points and prices were promised in them.
    All but --mail-from over the API too: PUT /v1/brand.
    Example: ici edit-brand lilas --mail-from bonjour@maison-lilas.example --colour "#7b3fa0" --sms-sender LILAS
    """
    asked = {name: value or None for name, value in given.items() if value is not None and value != ()}
    preparation.connect()
    try:
        with db.system_transaction():
            brand = find_brand(code)
            if "mail_address" in asked:
                send_from(brand_id=brand.id, mail_address=asked.pop("mail_address"))
            details = {name: getattr(brand, name) for name in BrandDetails._fields} | asked
            details["name"] = details["name"] or ""
            brand = change_brand(brand_id=brand.id, version=brand.version, **details)
    except Problem as problem:
        raise _sentence(problem) from None
    mail = brand.mail_address or "the address of the installation"
    click.echo(f"{brand.name} ({code}): {', '.join(brand.countries)}, {brand.language}; its mail is from {mail}")


def _sentence(problem: Problem) -> click.ClickException:
    wrong = "".join(f"\n  {at.strip('/')}: {complaint.say('en')['detail']}" for at, complaint in problem.errors)
    return click.ClickException(problem.title.say("en", problem.facts) + wrong)
