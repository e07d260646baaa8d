"""Somebody whom nobody knows, in a town with shops."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from werkzeug.test import TestResponse

from app import clock
from app.accounts.models import Brand
from app.sql import db
from geo.availability.models import ServiceKind
from geo.availability.service_times import publish_wait
from geo.places.models import Store
from offers.planning.models import Audience, Offer
from tests.availability.factories import tell, told
from tests.deciding.factories import make_shop
from tests.factories import PARIS, make_brand
from tests.planning.factories import make_offer
from tests.speaking import Speaker

LON, LAT = PARIS
POINTS = {"kind": "points", "points": 200}
A_WEEK, TWO_DAYS, HOUR = timedelta(days=7), timedelta(days=2), timedelta(hours=1)


class Stranger:
    """Asks about one brand of their own, so that no other test's shops are there."""

    def __init__(self, anyone: Speaker) -> None:
        self.brand: Brand = make_brand()
        self.anyone = anyone

    def ask(self, **given: Any) -> TestResponse:
        """What is around, of this brand unless said otherwise."""
        fix = {"lat": LAT, "lon": LON, "accuracy_m": 10, "brand": self.brand.code}
        asked = {name: value for name, value in (fix | given).items() if value is not None}
        return self.anyone.post("/v1/around", asked)

    def told(self, **given: Any) -> dict[str, Any]:
        """The answer."""
        answer = self.ask(**given)
        assert answer.status_code == 200, answer.get_json()
        found: dict[str, Any] = answer.get_json()
        return found

    def stores(self, **given: Any) -> list[dict[str, Any]]:
        """The stores of the answer."""
        found: list[dict[str, Any]] = self.told(**given)["stores"]
        return found

    def names(self, **given: Any) -> list[str]:
        """The names of the stores of the answer."""
        return [one["store"]["name"] for one in self.stores(**given)]

    def shop(self, name: str = "Rivoli", *, north: int = 1, **given: Any) -> Store:
        """A published shop of the brand, so many steps of 110 metres to the north."""
        return make_shop(self.brand, name=name, north=north, **given)

    def offer(self, **given: Any) -> Offer:
        """An offer that is announced to everybody; it reduces no price, so that none is to be stated."""
        return make_offer(self.brand, now=clock.now(), **({"audience": Audience.EVERYBODY, "benefit": POINTS} | given))

    def offered(self, **given: Any) -> list[str]:
        """The ids of the offers of the answer."""
        return [one["id"] for one in self.told(**given)["offers"]]


def stocked(store: Store, **given: Any) -> None:
    """Tea at 2.49 €, ten of them, an hour ago, unless something else is said."""
    tell(store, told(store, **({"as_of": clock.now() - HOUR} | given)))


def waiting(
    store: Store, kind: ServiceKind = ServiceKind.TILLS, minutes: int = 8, *, ago: timedelta = HOUR * 0
) -> None:
    now = clock.now()
    with db.system_transaction():
        publish_wait(store_id=store.id, kind=kind, minutes=minutes, told_minutes=30, said_at=now - ago, now=now)


def change(statement: str, **values: Any) -> None:
    with db.system_transaction():
        db.execute(text(statement), values)


def opening(store: Store, *spans: tuple[datetime, datetime]) -> None:
    """Let the read model say that a store is open exactly then."""
    ranges = ",".join(f"[{begins.isoformat()},{ends.isoformat()})" for begins, ends in spans)
    change("UPDATE place SET open_during = :ranges WHERE store_id = :id", ranges=f"{{{ranges}}}", id=store.id)
