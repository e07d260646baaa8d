"""A member who lets a brand choose offers from what they buy, and their leaflet."""

from datetime import datetime, timedelta
from typing import Any

from werkzeug.test import TestResponse

from app import clock
from offers.planning.models import Offer
from tests.factories import member_token
from tests.learning.factories import Regular, permit
from tests.planning.factories import make_offer, publish
from tests.speaking import Speaker
from wallet.purchases.basket import BasketLine

TEA = BasketLine(position=1, quantity=1, gross_minor=500, category="food/tea", label="Thé")


class Reader(Regular):
    """With a phone. What they buy is learnt at once."""

    def __init__(self, anyone: Speaker, *, permits: bool = True) -> None:
        super().__init__(permits=False)
        self.now: datetime = clock.now()
        if permits:
            permit(self.member, self.brand, now=self.now - timedelta(days=40))
        publish(self.store, now=self.now)
        self.phone = anyone.with_token(member_token(self.member))

    def buys(self, *lines: BasketLine, days_ago: int = 1, **given: Any) -> None:
        at = self.now - timedelta(days=days_ago)
        self.buy(*(lines or (TEA,)), bought_at=at, now=at, **given)
        self.learn(now=self.now)

    def offer(self, **given: Any) -> Offer:
        """A live offer of the brand."""
        return make_offer(self.brand, now=self.now, **given)

    def reads(self, path: str = "/v1/leaflet", **asked: Any) -> TestResponse:
        """The leaflet of this week."""
        return self.phone.get(path, query_string={"brand": self.brand.code, **asked})


def listed(answer: TestResponse) -> list[str]:
    """The ids of the offers of a leaflet, in its order."""
    assert answer.status_code == 200, answer.get_json()
    return [item["offer"]["id"] for item in answer.get_json()["items"]]
