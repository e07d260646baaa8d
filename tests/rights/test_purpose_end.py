"""What was collected only for a purpose goes with the permission for it; what serves anything else stays."""

from sqlalchemy import select

from app.accounts.models import Brand, Member
from app.rights.models import Remnant
from app.rights.retention import purpose_end
from app.sql import db
from offers.deciding.models import Decision
from tests.consent.factories import give, say_no
from tests.factories import NOON, make_brand, make_member, save
from tests.wallet.factories import make_card
from wallet.cards.models import Card


def decide(member: Member) -> Decision:
    return save(
        Decision(
            member_id=member.id,
            id=db.new_id(),
            decided_at=NOON,
            policy="test",
            permission_event_ids=[],
            considered=[],
            shown=0,
            context={},
        )
    )


def shed() -> None:
    purpose_end.shed_remnants(now=NOON)


def decisions(member: Member) -> int:
    with db.system_transaction():
        return len(db.all_of(select(Decision).where(Decision.member_id == member.id)))


def marks(member: Member) -> int:
    with db.system_transaction():
        return len(db.all_of(select(Remnant).where(Remnant.member_id == member.id)))


def member_who_allowed(*brands: Brand) -> Member:
    member = make_member()
    for brand in brands:
        give(member, brand)
    decide(member)
    return member


def test_a_withdrawal_leaves_a_mark_in_its_own_transaction() -> None:
    brand = make_brand()
    member = member_who_allowed(brand)
    say_no(member, brand)
    assert marks(member) == 1


def test_a_refusal_leaves_none() -> None:
    member = make_member()
    say_no(member, make_brand())
    assert marks(member) == 0


def test_what_served_only_the_purpose_goes() -> None:
    brand = make_brand()
    member = member_who_allowed(brand)
    say_no(member, brand)
    shed()
    assert (decisions(member), marks(member)) == (0, 0)


def test_it_stays_while_another_brand_is_allowed() -> None:
    brand, other = make_brand(), make_brand()
    member = member_who_allowed(brand, other)
    say_no(member, brand)
    shed()
    assert decisions(member) == 1


def test_it_stays_when_the_member_has_said_yes_again() -> None:
    brand = make_brand()
    member = member_who_allowed(brand)
    say_no(member, brand)
    give(member, brand)
    shed()
    assert decisions(member) == 1


def test_it_stays_while_another_purpose_of_it_is_allowed() -> None:
    brand = make_brand()
    member = member_who_allowed(brand)
    give(member, brand, purpose="in_store_offers")
    say_no(member, brand)
    shed()
    assert decisions(member) == 1


def test_what_serves_the_contract_stays() -> None:
    brand = make_brand()
    member = member_who_allowed(brand)
    make_card(member, brand)
    say_no(member, brand)
    shed()
    with db.system_transaction():
        assert len(db.all_of(select(Card).where(Card.member_id == member.id))) == 1


def test_somebody_elses_stays() -> None:
    brand = make_brand()
    member, other = member_who_allowed(brand), member_who_allowed(brand)
    say_no(member, brand)
    shed()
    assert decisions(other) == 1


def test_there_is_something_to_shed() -> None:
    """Without a table that serves only purposes that members end, this room would do nothing, unseen."""
    assert [table.name for table in purpose_end.tables_for("personalised_offers")] != []
