"""What an order needs of live offers is known before the first answer, and asked for once."""

from app.accounts.models import Brand
from app.sql import db, hot_statements
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


def test_an_offer_that_only_a_newer_release_understands_keeps_no_other_from_being_known(brand: Brand) -> None:
    offers = [offer_at(brand) for _ in range(3)]
    forget(*offers)
    with db.system_transaction():
        change = "UPDATE offer_version SET for_whom = '{\"later\": 1}' WHERE offer_id = $1 RETURNING 1"
        assert db.fetch(change, [offers[1].id]) == [(1,)]
    read_live_facts()
    assert [(offer.number, 1) in facts._offers for offer in offers] == [True, False, True]
