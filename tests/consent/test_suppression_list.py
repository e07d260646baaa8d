"""The opposition list: keyed hashes that stop marketing, and nothing else."""

import uuid
from datetime import timedelta

from sqlalchemy import inspect, select

from app.accounts.models import Member, MemberIdentifier
from app.consent.models import Suppression
from app.consent.suppression import suppression_list
from app.sql import db
from tests.accounts.factories import new_email, new_phone
from tests.factories import NOON, make_member, save

LATER = NOON + timedelta(days=400)


def is_opposed(channel: str, address: str, *, brand_id: uuid.UUID | None = None) -> bool:
    with db.system_transaction():
        return suppression_list.is_suppressed(channel=channel, address=address, brand_id=brand_id, now=LATER)


def oppose(channel: str, address: str, *, brand_id: uuid.UUID | None = None) -> None:
    with db.system_transaction():
        suppression_list.suppress_address(channel=channel, address=address, brand_id=brand_id, now=NOON)


def member_with(**addresses: str) -> Member:
    member = make_member()
    for kind, value in addresses.items():
        save(MemberIdentifier(kind=kind, value=value, member_id=member.id, verified_at=NOON))
    return member


def test_an_address_that_is_not_on_the_list_is_free() -> None:
    assert not is_opposed("email", new_email())


def test_an_address_on_the_list_is_stopped() -> None:
    email = new_email()
    oppose("email", email)
    assert is_opposed("email", email)


def test_a_number_that_may_not_be_written_to_may_still_be_called() -> None:
    phone = new_phone()
    oppose("sms", phone)
    assert (is_opposed("sms", phone), is_opposed("phone", phone)) == (True, False)


def test_an_opposition_to_one_brand_does_not_stop_another() -> None:
    email, mine, other = new_email(), uuid.uuid4(), uuid.uuid4()
    oppose("email", email, brand_id=mine)
    assert (is_opposed("email", email, brand_id=mine), is_opposed("email", email, brand_id=other)) == (True, False)


def test_an_opposition_to_all_stops_each() -> None:
    email = new_email()
    oppose("email", email)
    assert is_opposed("email", email, brand_id=uuid.uuid4())


def test_an_attempt_that_is_stopped_renews_the_opposition() -> None:
    email = new_email()
    oppose("email", email)
    is_opposed("email", email)
    with db.system_transaction():
        entry = db.first(select(Suppression).where(Suppression.renewed_at == LATER).order_by(Suppression.since))
    assert entry is not None
    assert entry.since <= NOON


def test_opposing_twice_is_one_entry_with_its_first_date() -> None:
    email = new_email()
    oppose("email", email)
    oppose("email", email)
    assert is_opposed("email", email)


def test_every_address_of_a_member_goes_on_the_list() -> None:
    email, phone = new_email(), new_phone()
    member = member_with(email=email, phone=phone)
    with db.system_transaction():
        entries = suppression_list.suppress_member(member_id=member.id, now=NOON)
    assert entries == 3
    assert all(is_opposed(*one) for one in (("email", email), ("sms", phone), ("phone", phone)))


def test_a_member_may_take_their_addresses_off_the_list() -> None:
    email = new_email()
    member = member_with(email=email)
    with db.system_transaction():
        suppression_list.suppress_member(member_id=member.id, now=NOON)
        suppression_list.lift_suppression(member_id=member.id)
    assert not is_opposed("email", email)


def test_the_list_holds_a_keyed_hash_and_dates_and_nothing_else() -> None:
    assert set(inspect(Suppression).columns.keys()) == {"channel", "address_hash", "since", "renewed_at"}


def test_the_key_of_the_list_is_its_own() -> None:
    """Who knows the hash of an address from elsewhere does not find it here."""
    email = new_email()
    oppose("email", email)
    from app.accounts.addresses import email_address

    with db.system_transaction():
        known = select(Suppression).where(Suppression.address_hash == email_address(email).hashed())
        assert db.first(known) is None
