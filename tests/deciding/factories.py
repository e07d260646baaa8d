"""Members who ask what is near them, and what stands behind the answer."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from app import clock
from app.accounts.models import Brand, Member
from app.consent.models import PermissionEvent, PermissionState
from app.sql import db
from geo.places.models import Place, Store
from offers.deciding.models import Decision
from offers.planning.drafts import InASale
from offers.planning.models import Offer
from tests.consent.factories import give
from tests.factories import PARIS, make_brand, make_member, make_store, member_token
from tests.learning.factories import BREAD, forbid, learn, permit
from tests.planning.factories import make_offer, publish
from tests.purchases.factories import buy, line
from tests.speaking import Speaker
from wallet.purchases.basket import Products

LON, LAT = PARIS
STEP = 0.001  # about 110 metres to the north


class Asker:
    """A member with their phone."""

    def __init__(self, anyone: Speaker) -> None:
        self.member: Member = make_member()
        self.phone = anyone.with_token(member_token(self.member))

    def ask(self, *, lat: float = LAT, lon: float = LON, **given: Any) -> TestResponse:
        """Ask what is near here."""
        return self.phone.post("/v1/nearby-offers", {"lat": lat, "lon": lon, "accuracy_m": 10} | given)

    def explained(self, answer: TestResponse) -> dict[str, Any]:
        """The explanation of an answer."""
        assert answer.status_code == 200, answer.get_json()
        found: dict[str, Any] = self.phone.get(f"/v1/decisions/{answer.get_json()['decision_id']}").get_json()
        return found

    def outcomes(self, answer: TestResponse) -> dict[str, str]:
        """What became of each offer that was considered, by the offer's id."""
        return {one["offer_id"]: one["outcome"] for one in self.explained(answer)["considered"]}

    def allows(self, brand: Brand, **given: Any) -> PermissionState:
        """A standing yes to the brand."""
        return give(self.member, brand, now=clock.now(), **given)

    def decision(self, answer: TestResponse) -> Decision:
        """What is kept of an answer."""
        with db.system_transaction():
            kept = db.get(Decision, (self.member.id, uuid.UUID(answer.get_json()["decision_id"])))
        assert kept is not None
        return kept


def make_shop(brand: Brand, *, north: int = 1, **given: Any) -> Store:
    """A published store so many steps north of where members stand; its hours are unknown unless given."""
    store = make_store(brand, lat=LAT + north * STEP, **given)
    publish(store, now=clock.now())
    return store


def offer_at(brand: Brand, **given: Any) -> Offer:
    """A live offer."""
    return make_offer(brand, now=clock.now(), **given)


def shown(answer: TestResponse) -> list[str]:
    """The ids of the offers of an answer, in its order."""
    assert answer.status_code == 200, answer.get_json()
    return [one["offer"]["id"] for one in answer.get_json()["offers"]]


def set_hours(store: Store, *, open_now: bool | None) -> None:
    """Make the read model say that the store is open, closed, or of unknown hours."""
    hours = {True: "{(,)}", False: "{}", None: None}[open_now]
    with db.system_transaction():
        db.execute(update(Place).where(Place.store_id == store.id).values(open_during=hours))


def stand(member: Member, cells: Sequence[PermissionState]) -> None:
    """Let permissions stand as they are given here, each with the event that made it."""
    with db.system_transaction():
        for cell in cells:
            cell.member_id = member.id
            names = ("touchpoint", "purpose", "brand_id", "scope_kind", "scope_id", "level", "state", "expires_at")
            same = {name: getattr(cell, name) for name in names}
            event = PermissionEvent(
                member_id=member.id,
                id=cell.event_id,
                actor="data_subject",
                evidence={},
                recorded_at=clock.now(),
                max_uses=cell.uses_left,
                **same,
            )
            db.add_all([event, cell])


class Town(Asker):
    """A brand with one shop and one offer near a member who allows it."""

    def __init__(self, anyone: Speaker, **offer: Any) -> None:
        super().__init__(anyone)
        self.brand: Brand = make_brand()
        self.store = make_shop(self.brand)
        self.offer = offer_at(self.brand, **offer)
        self.allows(self.brand)


BAKERY, DAIRY = (InASale(products=Products(categories=frozenset({path}))) for path in ("food/bakery", "food/dairy"))


class Shopper(Town):
    """A member who buys bread and nothing else, near a brand with two offers of one priority: bread and milk."""

    def __init__(self, anyone: Speaker) -> None:
        super().__init__(anyone, in_a_sale=DAIRY)
        self.milk, self.bread = self.offer, offer_at(self.brand, in_a_sale=BAKERY)

    def buys_bread(self, *, times: int = 5) -> None:
        """Every other day, until yesterday."""
        for number in range(times):
            at = clock.now() - timedelta(days=1 + 2 * number)
            bread = line(150, gtin=BREAD, category="food/bakery/bread", label="Baguette")
            buy(self.member, self.store, bread, bought_at=at, now=at)

    def permits_profiling(self, *, learn_now: bool = True) -> None:
        """A yes to being shown offers by what they buy; what they bought is learnt."""
        permit(self.member, self.brand, now=clock.now())
        if learn_now:
            learn(self.member, self.brand, now=clock.now())

    def forbids_profiling(self) -> None:
        forbid(self.member, self.brand, now=clock.now())


@contextmanager
def certain() -> Iterator[None]:
    """Without its share of chance an order follows the scores alone, and nothing is drawn."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("offers.deciding.scores.led_by_chance", lambda *_: None)
        patch.setattr("offers.deciding.scores.strata_of", lambda *_: (0,) * 8)
        yield
