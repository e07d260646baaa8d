"""`ici apple`: the certificates of passes, and how the phones that hold them are."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import click
from sqlalchemy import select

from app import clock, config
from app.accounts.models import Brand
from app.commands import preparation
from app.sql import db
from wallet.apple import identities, queries, trial_pki
from wallet.apple.certificates import PassIdentity

SHOWN = 10


@click.group()
def apple() -> None:
    """Look after passes of Apple Wallet: certificates, phones, pushes.

    \b
    Example: ici apple status
             ici apple test-pki var/apple
    """


@apple.command("test-pki")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--pass-type", default=trial_pki.PASS_TYPE, show_default=True, help="Identifier of the pass type.")
@click.option("--team", default=trial_pki.TEAM, show_default=True, help="Identifier of the team.")
def test_pki(folder: Path, pass_type: str, team: str) -> None:
    """Make certificates for trials, shaped as Apple's are: a root, an intermediate called G4, one of a pass type.

    \b
    Everything holds but one thing: no phone trusts them. Production refuses them.
    Example: ici apple test-pki var/apple
    """
    if folder.exists() and any(folder.iterdir()):
        raise click.ClickException(f"{folder} is not empty; it stays as it is.")
    if not pass_type.startswith("pass."):
        raise click.ClickException("The identifier of a pass type begins with pass.")
    if folder.exists():
        folder.rmdir()
    trial_pki.make_test_pki(folder.absolute(), now=clock.now(), pass_type=pass_type, team=team)
    click.echo(f"Made {folder}: {', '.join(sorted(one.name for one in folder.iterdir()))}.")
    click.echo(f"Sign with it: ICI_APPLE_CERTIFICATES={folder.absolute()}")


@apple.command()
def status() -> None:
    """Show the certificates and when they end, the phones that hold passes, who waits to be woken, what phones say.

    Example: ici apple status
    """
    preparation.connect()
    now, settings = clock.now(), config.current()
    every = identities.load_identities().every()
    known = _known_codes([brand for brand, _ in every])
    if not every:
        click.echo("certificates  none: ICI_APPLE_CERTIFICATES is not set, so Apple Wallet is not offered")
    for brand, identity in every:
        strange = "" if brand in known else "; no brand has this code"
        click.echo(f"certificate   {_certificate_line(brand, identity, now)}{strange}")
    click.echo(f"push service  {settings.apple_push_url}")
    with db.system_transaction():
        for pass_type, phones, copies in db.rows(queries.copies_by_type()):
            click.echo(f"copies        {pass_type}: {copies} on {phones} phones")
        [(waiting, first_asked_at, refused)] = db.rows(queries.waiting_pushes())
        since = f", the first for {(now - first_asked_at).total_seconds():.0f} s" if waiting else ""
        click.echo(
            f"pushes        {waiting} phones wait to be woken{since}; {refused} refused for our certificate's sake"
        )
        for pass_type, reason in db.rows(queries.refusals_of_us()):
            click.echo(f"refused       {pass_type}: {reason}")
        for said in db.all_of(queries.sentences_since((now - timedelta(days=7)).date(), SHOWN)):
            click.echo(f"phones say    {said.day} {said.count} times: {said.words}")


def _known_codes(brands: Sequence[str]) -> set[str]:
    """Those of these codes that a brand has, and the empty one of the installation."""
    with db.system_transaction():
        return {"", *db.all_of(select(Brand.code).where(Brand.code.in_(brands)))}


def _certificate_line(brand: str, identity: PassIdentity, now: datetime) -> str:
    days = (identity.ends_at - now).days
    whose = f"of {brand}" if brand else "of the installation"
    state = f"ends {identity.ends_at:%Y-%m-%d}, in {days} days" if identity.is_valid(now) else "is not valid now"
    trial = "; a trial that no phone trusts" if identity.is_trial else ""
    return f"{identity.pass_type} (team {identity.team}) {whose}: {state}{trial}"
