"""`ici rehearse`, as somebody types it."""

import uuid
from datetime import timedelta

from click.testing import CliRunner, Result

from app import clock, config
from app.cli import main
from app.config import Config
from tests.planning.factories import make_draft, on_the_clock
from tests.rehearsal.factories import Regulars


def ici(settings: Config, *arguments: str) -> Result:
    environ = {
        "ICI_ENV": "test",
        "ICI_DATABASE_URL": settings.database_url,
        "ICI_SECRET": settings.secret,
        "ICI_VAR": str(settings.var),
        "ICI_PUBLIC_URL": settings.public_url,
    }
    try:
        return CliRunner().invoke(main, ["rehearse", *arguments], env=environ)
    finally:
        config.use_config(settings)


def test_what_an_offer_would_do_is_told_in_sentences(settings: Config) -> None:
    shop = Regulars(6)
    shop.buy(at=clock.now() - timedelta(days=3))
    offer = make_draft(shop.brand, starts_local=on_the_clock("2026-01-01"), ends_local=on_the_clock("2098-01-01"))
    said = ici(settings, str(offer.id), "--brand", shop.brand.code, "--language", "fr")
    assert said.exit_code == 0, said.output
    assert "Pricing their baskets." in said.output
    assert "Utilisations attendues" in said.output


def test_what_is_not_there_is_said_in_a_sentence(settings: Config) -> None:
    shop = Regulars(1)
    nobody, nothing = (
        ici(settings, str(uuid.uuid4()), "--brand", "nobody"),
        ici(settings, str(uuid.uuid4()), "--brand", shop.brand.code),
    )
    assert (nobody.exit_code, "There is no brand" in nobody.output) == (1, True)
    assert (nothing.exit_code, "No such offer" in nothing.output) == (1, True)
