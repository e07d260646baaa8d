"""What an order needs of live offers is known before the first answer, and asked for once."""

from app.accounts.models import Brand
from app.sql import hot_statements
from offers.deciding import facts
from offers.deciding.facts import read_live_facts, read_offer_facts
from offers.planning.models import Offer
from tests.deciding.factories import offer_at
from tests.tracing import sent_statements


def forget(*offers: Offer) -> None:
    for offer in offers:
        facts._offers.pop((offer.number, 1), None)


def asked_for(*offers: Offer) -> list[str]:
    with hot_statements.kept_connection() as connection, sent_statements() as sent:
        read_offer_facts(connection, [(offer.number, 1) for offer in offers])
    return sent


def test_a_process_knows_live_offers_before_anybody_asks(brand: Brand) -> None:
    offers = [offer_at(brand), offer_at(brand)]
    forget(*offers)
    assert read_live_facts() >= 2
    assert asked_for(*offers) == []


def test_a_version_that_came_later_is_asked_for_once(brand: Brand) -> None:
    read_live_facts()
    offer = offer_at(brand)
    forget(offer)
    assert [len(asked_for(offer)) for _ in range(2)] == [1, 0]
