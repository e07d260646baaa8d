"""What a moment costs: what is around it, tastes, what may be shown, however many offers there are; and two rows."""

from app import clock
from app.consent.models import Level
from app.sql import db
from geo.presence.listeners import Asking
from geo.presence.transitions import Transition
from offers.triggers.sightings import answer_transitions
from offers.triggers.tags import scan_tag
from tests.deciding.factories import offer_at
from tests.speaking import Speaker
from tests.tracing import sent_statements
from tests.triggers.factories import BREAD, Visitor, minutes_ago

MOMENT = 3
"""Around it, then tastes and candidates in one trip; the rows of decision and trigger travel with COMMIT."""
SHELF = MOMENT + 1
"""What the offers are about, unless the process knows it."""
TAG = 6
"""What a tag leads to, where it hangs and what is permitted there; besides the moment."""


def sent_for(visitor: Visitor, *happened: Transition) -> list[str]:
    with db.member_transaction(visitor.member.id), sent_statements() as sent:
        answer_transitions(Asking(visitor.member.id, None, None, background=False), happened, clock.now())
    return sent


def test_an_arrival_costs_three_statements_however_many_offers_there_are(anyone: Speaker) -> None:
    visitor = Visitor(anyone)
    for _ in range(5):
        offer_at(visitor.brand)
    assert len(sent_for(visitor, visitor.enters())) == MOMENT


def test_a_shelf_costs_one_more_at_first(anyone: Speaker) -> None:
    visitor = Visitor(anyone)
    before = visitor.stands_before(visitor.shelf, occurred_at=minutes_ago(2))
    assert len(sent_for(visitor, before)) == SHELF
    assert len(sent_for(visitor, visitor.stands_before(visitor.make_zone(products=BREAD)))) == MOMENT


def test_what_is_no_occasion_costs_nothing(anyone: Speaker) -> None:
    visitor = Visitor(anyone)
    assert sent_for(visitor, visitor.enters(is_late=True)) == []


def test_what_is_not_decided_costs_one_statement(anyone: Speaker) -> None:
    visitor = Visitor(anyone)
    assert len(sent_for(visitor, visitor.enters(confidence=0))) == 1


def test_a_tag_costs_little_besides(anyone: Speaker) -> None:
    visitor = Visitor(anyone)
    visitor.permits("qr", level=Level.ALERT_ON_REQUEST)
    tag = visitor.make_tag()
    with db.member_transaction(visitor.member.id), sent_statements() as sent:
        scan_tag(member_id=visitor.member.id, session_id=None, code=tag.code, language="fr", now=clock.now())
    assert len(sent) <= MOMENT + TAG
