"""A plan costs the same statements however many stores and offers there are."""

import uuid

from tests.deciding.factories import offer_at
from tests.regions.factories import Street, make_beacon
from tests.speaking import Speaker
from tests.tracing import sent_statements

PLAN = 12
"""Who asks (with BEGIN); what is known of the member, what they said; the savepoint and the search; offers, tastes; the
fences of the stores, their beacons; the fences within the bubble; COMMIT."""


def test_more_stores_and_offers_cost_a_plan_no_more_statements(anyone: Speaker) -> None:
    street = Street(anyone)
    street.lets(street.brand, "beacon")
    make_beacon(street.stores[0], uuid.uuid4())
    street.plan()
    with sent_statements() as few:
        street.plan()
    for _ in range(3):
        offer_at(street.brand)
    make_beacon(street.stores[1], uuid.uuid4())
    with sent_statements() as many:
        street.plan()
    assert len(many) == len(few) <= PLAN


def test_without_a_permission_nothing_is_searched(anyone: Speaker) -> None:
    street = Street(anyone)
    street.forbids(street.brand)
    with sent_statements() as sent:
        assert street.plans().status_code == 403
    assert not any("place" in one for one in sent)
