"""The commands of programmes, as somebody types them."""

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner, Result

from app import config
from app.cli import main
from app.config import Config
from tests.programmes.factories import Club


def ici(settings: Config, *arguments: str) -> Result:
    environ = {
        "ICI_ENV": "test",
        "ICI_DATABASE_URL": settings.database_url,
        "ICI_SECRET": settings.secret,
        "ICI_VAR": str(settings.var),
        "ICI_PUBLIC_URL": settings.public_url,
    }
    try:
        return CliRunner().invoke(main, [*arguments], env=environ)
    finally:
        config.use_config(settings)


@pytest.fixture
def club() -> Club:
    return Club()


def test_purchases_are_counted_and_the_command_says_how_many(club: Club, settings: Config) -> None:
    club.purchase(1000)
    said = ici(settings, "award-purchases", "--brand", club.brand.code)
    assert (said.exit_code, club.available) == (0, 10), said.output
    assert said.output.startswith("1 purchases counted in")


def test_a_version_is_tried_on_what_was_bought(club: Club, settings: Config) -> None:
    club.buys(1000, now=datetime.now(UTC) - timedelta(days=3))
    said = ici(settings, "simulate-programme", "--brand", club.brand.code, "--version", "1")
    assert said.exit_code == 0, said.output
    assert "1 purchases of 1 members in 90 days." in said.output
    assert "Version 1, in force: 10 points." in said.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(("--brand", "nobody"), "There is no brand"), (("--version", "9"), "has no version 9")],
    ids=["an unknown brand", "an unknown version"],
)
def test_what_is_not_there_is_said_in_a_sentence(
    club: Club, settings: Config, arguments: tuple[str, ...], sentence: str
) -> None:
    given = dict(zip(("--brand", "--version"), (club.brand.code, "1"), strict=True)) | dict([arguments])
    said = ici(settings, "simulate-programme", *[word for pair in given.items() for word in pair])
    assert (said.exit_code, sentence in said.output) == (1, True), said.output
