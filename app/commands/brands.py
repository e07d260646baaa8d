"""A brand begins with its first administrator, says who answers for it, changes, lets an administrator in again.

And whoever is signed in, to a console or as a member, is signed out.
"""

import uuid
from typing import Any

import click

from app import clock
from app.accounts import queries, sessions
from app.accounts.addresses import Address, email_address, phone_number
from app.accounts.brands import BrandDetails, create_brand, find_brand, send_from
from app.accounts.brands import edit_brand as change_brand
from app.accounts.brands import identify_brand as say_who_answers
from app.accounts.errors import BrandExists
from app.accounts.models import Brand
from app.accounts.queries import brand_with_code
from app.accounts.sessions import Ended
from app.commands import preparation
from app.errors import Problem
from app.languages import LANGUAGES
from app.sql import db
from app.staff import invitations, rescue, sign_ins
from app.staff.tickets import NewTicket


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
    """Make a brand, and its first administrator, with a link by which they choose their password, once.

    \b
    It works for seven days. A program sends the secret and a password to POST /v1/console/passwords, signs in at
    POST /v1/console/sessions, and invites everybody else at POST /v1/console/users.
    Example: ici found-brand lilas --name "Maison Lilas" --country FR --time-zone Europe/Paris --currency EUR
             --admin ada@maison-lilas.example
    """
    email, now = _address(admin), clock.now()
    preparation.connect()
    try:
        with db.system_transaction():
            if db.first(brand_with_code(code)) is not None:
                raise BrandExists
            brand = create_brand(code=code, now=now, **about)
            ticket = invitations.open_brand(brand=brand, email=email, name=admin_name, now=now)
    except Problem as problem:
        raise _sentence(problem) from None
    click.echo(f"The brand {code} is there. Its administrator chooses a password here, within seven days:")
    _show(ticket, brand=code, email=email)
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


@click.command("rescue-admin")
@click.argument("code")
@click.option("--admin", help="E-mail address of the administrator; may be left out where there is one only.")
def rescue_admin(code: str, admin: str | None) -> None:
    """Let an administrator in again who has lost their password or second factor, or was disabled.

    \b
    Shows a link by which they choose a new password within an hour. Their old password, second factors and sessions
    end at once. An address that nobody has becomes a new administrator's; anybody else's becomes an administrator's.
    It is written down with the brand's staff events (GET /v1/console/staff-events).
    Example: ici rescue-admin lilas --admin ada@maison-lilas.example
    """
    email = None if admin is None else _address(admin)
    preparation.connect()
    with db.system_transaction():
        brand = preparation.brand_named(code)
        rescued = rescue.rescue_administrator(brand=brand, email=email or _only_administrator(brand), now=clock.now())
    click.echo(f"{rescued.user.name} ({code}) chooses a new password here, within an hour:")
    _show(rescued.ticket, brand=code, email=rescued.user.email)


@click.command("end-sign-ins")
@click.option("--member", metavar="ADDRESS", help="E-mail address, phone number or id of a member.")
@click.option("--brand", metavar="CODE", help="Everybody at the console of this brand, or one of them with --staff.")
@click.option("--staff", metavar="ADDRESS", help="E-mail address of somebody at the console of --brand.")
@click.option("--everybody", is_flag=True, help="All members, and all consoles.")
def end_sign_ins(member: str | None, brand: str | None, staff: str | None, everybody: bool) -> None:
    """Sign somebody out everywhere: a member, somebody at a console, all of a console, or everybody.

    \b
    Their tokens stop at once; they sign in again as they always do. Twice changes nothing. Of staff it is written down
    with the brand's staff events. To keep somebody out, disable them.
    Example: ici end-sign-ins --member ada@example.org
    """
    if [member is not None, brand is not None, everybody].count(True) != 1 or (staff is not None and brand is None):
        raise click.UsageError("Say whose: --member ADDRESS, --brand CODE [--staff ADDRESS], or --everybody.")
    preparation.connect()
    with db.system_transaction():
        ended = _end_of_member(member) if member else _end_at_consoles(brand, staff)
        if everybody:
            ended += sessions.end_sign_ins_of_everybody(now=clock.now())
    click.echo(f"Sign-ins ended: {ended}.")


def _only_administrator(brand: Brand) -> str:
    known = [user.email for user in rescue.find_administrators(brand=brand)]
    if len(known) != 1:
        whom = ", ".join(known) or "none"
        raise click.ClickException(f"Say whom to let in: --admin ADDRESS. Administrators of {brand.code}: {whom}.")
    return known[0]


def _address(typed: str) -> str:
    try:
        return email_address(typed).value
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--admin") from None


def _end_of_member(typed: str) -> int:
    return sessions.end_every_sign_in(member_id=_member_id(typed), now=clock.now(), reason=Ended.OPERATOR)


def _end_at_consoles(code: str | None, typed: str | None) -> int:
    brand_id = None if code is None else preparation.brand_named(code).id
    email = None if typed is None else _any_address(typed, option="--staff").value
    return sign_ins.end_sessions_of_staff(brand_id=brand_id, email=email, now=clock.now())


def _member_id(typed: str) -> uuid.UUID:
    try:
        return uuid.UUID(typed)
    except ValueError:
        address = _any_address(typed, option="--member")
    owner = db.first(queries.owner_of_address(address.kind, address.value))
    if owner is None:
        raise click.ClickException("This address opens no wallet.")
    return owner.member_id


def _any_address(typed: str, *, option: str) -> Address:
    try:
        return email_address(typed) if "@" in typed else phone_number(typed)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None


def _show(ticket: NewTicket, *, brand: str, email: str) -> None:
    click.echo(f"  {ticket.link}")
    click.echo(f"  brand {brand}, email {email}, secret {ticket.secret}")
    click.echo("Nobody else learns the password; the secret works once, on that page or at POST /v1/console/passwords.")


def _sentence(problem: Problem) -> click.ClickException:
    wrong = "".join(f"\n  {at.strip('/')}: {complaint.say('en')['detail']}" for at, complaint in problem.errors)
    return click.ClickException(problem.title.say("en", problem.facts) + wrong)
