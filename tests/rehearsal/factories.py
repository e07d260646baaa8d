"""A brand with a past: members who came, bought, and allowed what they allowed."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from app.accounts.models import Brand, Member
from app.sql import db
from geo.places.models import Store
from offers.planning.models import Offer
from offers.planning.spending import money_budgets
from offers.planning.spending.money_budgets import BudgetScope
from offers.rehearsal import rehearsals, wording
from offers.rehearsal.rehearsals import Rehearsal
from tests.consent.factories import give
from tests.factories import NOON, made, make_brand, make_console_user, make_member, make_store
from tests.planning.factories import make_draft, on_the_clock
from tests.purchases.factories import buy, line
from tests.wallet.factories import make_card
from wallet.purchases.basket import BasketLine

NOW = NOON
"""A Monday in May, noon in Paris; the offers of these tests begin on the Monday after."""

BEGINS, ENDS = on_the_clock("2026-05-25"), on_the_clock("2026-06-01")


class Regulars:
    """A brand, its store, and so many members; all of them have a card and allow the brand to show them offers, unless
    fewer are said to."""

    def __init__(
        self, members: int = 6, *, allowing: int | None = None, cards: int | None = None, **brand: Any
    ) -> None:
        with made():
            self.brand: Brand = make_brand(**brand)
            self.store: Store = make_store(self.brand)
            self.members: list[Member] = [make_member() for _ in range(members)]
            for number, member in enumerate(self.members):
                if cards is None or number < cards:
                    make_card(member, self.brand)
                if allowing is None or number < allowing:
                    give(member, self.brand, now=NOW)

    def buy(self, *lines: BasketLine, at: datetime, by: Sequence[Member] | None = None, **how: Any) -> None:
        """Let each of them buy this at an instant."""
        with made():
            for member in self.members if by is None else by:
                given = {"bought_at": at, "now": max(at, NOW), "receipt": uuid.uuid4().hex} | how
                buy(member, self.store, *(lines or (line(),)), **given)

    def draft(self, **given: Any) -> Offer:
        """An offer of the week to come."""
        return make_draft(self.brand, now=NOW, **({"starts_local": BEGINS, "ends_local": ENDS} | given))

    def rehearse(self, offer: Offer, **given: Any) -> Rehearsal:
        """Play it as the console would."""
        with db.system_transaction():
            return rehearsals.rehearse_offer(brand_id=self.brand.id, offer_id=offer.id, **({"now": NOW} | given))

    def figures(self, offer: Offer, **given: Any) -> dict[str, int | None]:
        """The numbers that the console reads, by their code."""
        card = wording.card(self.rehearse(offer, **given), "en")
        return {one["code"]: one["expected"] for one in card["figures"]}


def set_budget(brand: Brand, *, amount_minor: int, **scope: Any) -> None:
    """Say how much a brand's offers may cost."""
    with made():
        by = make_console_user(brand)
        money_budgets.set_budget(
            brand_id=brand.id, scope=BudgetScope(**scope), amount_minor=amount_minor, by=by.id, now=NOW
        )


def last_week(days: int = 0, hours: int = 0) -> datetime:
    """An instant of the week over which these offers are laid: so long after its Monday, ten in the morning."""
    return NOON - timedelta(days=7, hours=2) + timedelta(days=days, hours=hours)
