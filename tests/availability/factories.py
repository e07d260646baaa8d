"""What stores say of their articles."""

import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from app.accounts.models import Brand
from app.languages import Text
from app.sql import db
from geo.availability.articles import ArticleTold, Telling, tell_articles
from geo.availability.commands import import_prices
from geo.availability.models import StoreEvent
from geo.availability.store_events import EventGiven, plan_event
from geo.places.models import Store
from tests.factories import NOON, console_token, made, make_brand, make_console_user, make_store, make_terminal
from tests.planning.factories import publish
from tests.speaking import Speaker

TEA, COFFEE = "3017620422003", "3228857000166"
FULL_TEA = f"0{TEA}"


def told(store: Store, **given: Any) -> ArticleTold:
    """Tea at 2.49 €, ten of them, unless something else is said."""
    fields = {"gtin": FULL_TEA, "sku": None, "as_of": NOON, "price_minor": 249, "stock": 10}
    fields |= given
    if fields["price_minor"] is not None:
        fields.setdefault("currency", "EUR")
    if fields["stock"] is not None:
        fields["is_stocked"] = fields["stock"] > 0
    return ArticleTold(store.number, **fields)


def tell(store: Store, *articles: ArticleTold, **given: Any) -> list[Telling]:
    """Let a store say it."""
    with made():
        return tell_articles(brand_id=store.brand_id, told=articles or [told(store, **given)])


def known_at(store: Store) -> dict[str, Any]:
    """What is known of the articles of a store, by their keys: price, its instant, stock, whether any, its instant."""
    with db.system_transaction():
        rows = db.execute(
            text(
                "SELECT key, price_minor, price_at, stock, is_stocked, stock_at FROM store_article"
                " JOIN brand_article ON number = article_number WHERE store_number = :store"
            ),
            {"store": store.number},
        ).all()
    return {key: tuple(rest) for key, *rest in rows}


class Shop:
    """A brand with one published store, its till and its people at the console."""

    def __init__(self, anyone: Speaker, **given: Any) -> None:
        self.brand: Brand = make_brand()
        self.store: Store = make_store(self.brand, reference="S1", **given)
        publish(self.store)
        self.till = anyone.with_token(make_terminal(self.store)[1])
        self.merchandiser = anyone.with_token(console_token(make_console_user(self.brand)))

    @property
    def articles(self) -> str:
        """Where this store says what it has."""
        return f"/v1/stores/{self.store.id}/articles"


def announced(store: Store, *, now: datetime = NOON) -> StoreEvent:
    """A tasting at a store, on a Saturday."""
    given = EventGiven(
        store_ids=[store.id],
        title=Text(fr="Dégustation", en="Tasting"),
        text=Text(fr="", en=""),
        starts_local=datetime.fromisoformat("2026-05-23T10:00"),
        ends_local=datetime.fromisoformat("2026-05-23T18:00"),
    )
    with made():
        return plan_event(brand_id=store.brand_id, given=given, by=uuid.uuid4(), now=now)


Bring = Callable[..., Result]


def bringing(brand: Brand, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Bring:
    """Import a file of prices of a brand from its text or bytes."""
    monkeypatch.setattr("app.commands.preparation.connect", lambda: None)

    def bring(content: str | bytes, *words: str) -> Result:
        file = folder / "prices.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return CliRunner().invoke(import_prices, [str(file), "--brand", brand.code, *words])

    return bring


def last_line(answer: Result) -> str:
    """How many rows had which outcome."""
    return answer.stdout.strip().splitlines()[-1]
