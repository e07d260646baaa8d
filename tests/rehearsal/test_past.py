"""What a rehearsal knows of the past besides purchases: passes that were scanned, and questions near a store."""

from datetime import timedelta

import pytest

from app import clock
from app.sql import db
from offers.planning.models import Offer
from offers.rehearsal import past, rehearsals
from offers.rehearsal.estimates import Rate
from offers.rehearsal.past import AskedPast
from offers.rehearsal.rehearsals import Rehearsal
from tests.coupons.factories import acting_at, claim
from tests.deciding.factories import Asker, make_shop, offer_at
from tests.factories import make_brand, make_terminal
from tests.planning.factories import make_draft
from tests.purchases.factories import buy
from tests.rehearsal.factories import Regulars, last_week
from tests.speaking import Speaker
from tests.wallet.factories import make_card
from wallet.scanning import scans


class Street:
    """Some members with cards near a store with one live offer."""

    def __init__(self, anyone: Speaker, members: int = 6) -> None:
        self.brand = make_brand()
        self.store = make_shop(self.brand)
        self.live = offer_at(self.brand)
        self.askers = [Asker(anyone) for _ in range(members)]
        self.cards = [make_card(one.member, self.brand) for one in self.askers]
        for one in self.askers:
            one.allows(self.brand)

    def draft(self) -> Offer:
        """An offer of a week to come, which is laid over one that ends in two days."""
        begins = (clock.now() + timedelta(days=2)).replace(tzinfo=None)
        return make_draft(self.brand, starts_local=begins, ends_local=begins + timedelta(days=7))

    def rehearse(self) -> Rehearsal:
        """Played some days from now, so that today is among the days over which it is laid."""
        now = clock.now() + timedelta(days=2)
        with db.system_transaction():
            return rehearsals.rehearse_offer(brand_id=self.brand.id, offer_id=self.draft().id, now=now)


@pytest.fixture
def street(anyone: Speaker) -> Street:
    return Street(anyone)


def test_who_asks_near_a_store_would_be_shown_the_offer(street: Street) -> None:
    for one in street.askers:
        one.ask()
    done = street.rehearse()
    assert (len(done.past.questions), len(done.reached.first_shown)) == (6, 6)
    assert not done.reached.purchases


def test_a_pass_that_is_scanned_is_a_visit(street: Street) -> None:
    terminal, _ = make_terminal(street.store)
    for card in street.cards:
        with acting_at(terminal):
            scans.read_pass(
                code=card.code,
                brand_id=street.brand.id,
                store_id=street.store.id,
                terminal_id=terminal.id,
                now=clock.now(),
            )
    done = street.rehearse()
    assert (len(done.past.scans), len(done.reached.in_time)) == (6, 6)


def test_the_rate_is_what_members_did_with_what_they_were_shown(street: Street) -> None:
    for one in street.askers:
        one.ask()
        one.ask()
    claim(street.askers[0].member, street.live, now=clock.now())
    reactions = street.rehearse().reactions
    assert (reactions.claimed, reactions.used) == (Rate(6, 1, 6), Rate(6, 0, 6))


def test_of_a_large_past_whole_members_are_drawn_and_count_for_several() -> None:
    shop = Regulars(40)
    shop.buy(at=last_week())
    shop.buy(at=last_week(days=1))
    asked = AskedPast(
        shop.brand.id, "EUR", {shop.store.id: shop.store.number}, last_week() - timedelta(days=1), last_week(days=2)
    )
    with db.system_transaction():
        found = past.read_past(asked, most=20)
    bought = [visit.member_id for visit in found.purchases]
    assert found.scale == 4
    assert 0 < len(bought) < 80
    assert all(bought.count(member_id) == 2 for member_id in bought)


def test_what_is_bought_in_other_money_is_no_visit_that_could_be_priced() -> None:
    shop = Regulars(1)
    buy(shop.members[0], shop.store, currency="CHF", bought_at=last_week(), now=last_week())
    assert shop.rehearse(shop.draft()).past.purchases == []
