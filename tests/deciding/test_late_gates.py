"""Gates that look at the clock of a schedule, at money, and at the member: each with its reason, in one order."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app import clock
from app.sql import db
from offers.deciding.ranking import EXPLAINED, GATES, Outcome
from offers.deciding.wording import Addressee, explain_factors, explain_outcome
from offers.planning.audiences.for_whom import ForWhom
from offers.planning.audiences.use_limits import LimitedBy, LimitPeriod, UseLimit
from tests.deciding.dismissing import dismiss
from tests.deciding.factories import Town, shown
from tests.factories import make_member, make_terminal, member_token
from tests.merges.factories import merge, split
from tests.speaking import Speaker
from tests.wallet.factories import make_card


def change(statement: str, **values: Any) -> None:
    with db.system_transaction():
        db.execute(text(statement), values)


def outcome(town: Town) -> str:
    answer = town.ask()
    assert shown(answer) == []
    return town.outcomes(answer)[str(town.offer.id)]


def test_an_offer_that_does_not_fire_now_says_so(anyone: Speaker) -> None:
    town = Town(anyone)
    never = "UPDATE offer_place SET firings = '{}' WHERE offer_number = :number"
    change(never, number=town.offer.number)
    assert outcome(town) == "outside_schedule"


def test_an_offer_that_fires_now_is_shown(anyone: Speaker) -> None:
    town = Town(anyone)
    now = "UPDATE offer_place SET firings = tstzmultirange(tstzrange(now() - interval '1 h', now() + interval '1 h'))"
    change(f"{now} WHERE offer_number = :number", number=town.offer.number)
    assert shown(town.ask()) == [str(town.offer.id)]


def test_an_offer_whose_money_is_spent_says_so(anyone: Speaker) -> None:
    """Also to whom holds a coupon of it: the till would refuse that."""
    town = Town(anyone)
    town.phone.post(f"/v1/offers/{town.offer.id}/coupons")
    change("UPDATE live_offer SET spent_until = 'infinity' WHERE offer_id = :id", id=town.offer.id)
    assert outcome(town) == "budget_spent"


def test_an_offer_for_new_members_is_for_nobody_else(anyone: Speaker) -> None:
    town = Town(anyone, for_whom=ForWhom(new_member_days=30))
    assert outcome(town) == "not_for_you"
    make_card(town.member, town.brand, now=clock.now() - timedelta(days=3))
    assert shown(town.ask()) == [str(town.offer.id)]


def test_an_offer_that_was_used_as_often_as_it_may_for_now_says_so(anyone: Speaker) -> None:
    once_a_week = (UseLimit(LimitedBy.MEMBER, LimitPeriod.WEEK, 1),)
    town = Town(anyone, member_limit=5, use_limits=once_a_week)
    coupon = town.phone.post(f"/v1/offers/{town.offer.id}/coupons").get_json()
    till = town.phone.with_token(make_terminal(town.store)[1])
    assert shown(town.ask()) == [str(town.offer.id)]
    assert till.post(f"/v1/coupons/{coupon['code']}/redemptions", {}).status_code == 201
    assert outcome(town) == "limit_reached"


def test_the_first_gate_that_stops_an_offer_is_the_reason(anyone: Speaker) -> None:
    town = Town(anyone, for_whom=ForWhom(new_member_days=30))
    dismiss(town.member, town.offer)
    assert outcome(town) == "dismissed"
    change("UPDATE live_offer SET spent_until = 'infinity' WHERE offer_id = :id", id=town.offer.id)
    assert outcome(town) == "budget_spent"
    change("UPDATE offer_place SET firings = '{}' WHERE offer_number = :number", number=town.offer.number)
    assert outcome(town) == "outside_schedule"
    order = [gate.name.lower() for gate in GATES]
    assert order.index("outside_schedule") < order.index("budget_spent") < order.index("dismissed")


def test_two_wallets_that_become_one_hide_what_both_hid_and_give_it_back(anyone: Speaker) -> None:
    town, other = Town(anyone), make_member()
    dismiss(other, town.offer)
    merged = merge(other, town.member, now=clock.now())
    town.phone = town.phone.with_token(member_token(town.member))
    assert outcome(town) == "dismissed"
    split(merged, now=clock.now())
    town.phone = town.phone.with_token(member_token(town.member))
    assert shown(town.ask()) == [str(town.offer.id)]


@pytest.mark.parametrize("reader", list(Addressee))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_outcome_is_said_to_everybody(reader: Addressee, language: Any) -> None:
    said = [explain_outcome(one, reader=reader, language=language) for one in Outcome]
    assert all(said)
    if reader is not Addressee.MEMBER:
        assert not [text for text in said if text.startswith(("Vous ", "You "))]
    assert len(EXPLAINED) == len(Outcome)


def test_staff_never_read_what_somebody_buys() -> None:
    logs = {"affinity": (0, 100), "priority": (0, 100)}
    said = {reader: explain_factors(logs, reader=reader, language="en", label="Tea") for reader in Addressee}
    assert said[Addressee.MEMBER] == "Because you often buy: Tea."
    assert "Tea" not in said[Addressee.STAFF] + said[Addressee.MERCHANDISER]


def test_nothing_that_speaks_for_an_offer_is_said_to_be_nothing() -> None:
    logs = {"affinity": (-3_000_000, 100), "priority": (0, 100), "discovery": (0, 25)}
    assert explain_factors(logs, reader=Addressee.MEMBER, language="fr").startswith("Rien de particulier")
