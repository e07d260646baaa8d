"""A brand begins, with its first administrator."""

import secrets

import click

from app import clock
from app.accounts.addresses import email_address
from app.accounts.brands import create_brand
from app.accounts.console_users import create_console_user
from app.accounts.errors import BrandExists
from app.accounts.queries import brand_with_code
from app.commands import preparation
from app.errors import Problem
from app.http.access import Role
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
        wrong = "".join(f"\n  {one['pointer'].strip('/')}: {one['detail']}" for one in problem.errors)
        raise click.ClickException(problem.title.say("en", problem.facts) + wrong) from None
    click.echo(f"The brand {code} is there. Its administrator signs in with:")
    click.echo(f"  brand {code}, email {email}, password {password}")
    click.echo("Next: ici import-stores, then the programme and its offers over the API.")
