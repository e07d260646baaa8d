"""Copies are a member's: they move with passes, are in the export without what opens them, and end with the member."""

from app import clock
from app.rights.export import access_export
from tests.factories import NOON, made, make_member
from tests.google.factories import SOON, balance, copy_of, object_id, run, tell, want
from tests.merges.factories import merge
from tests.tracing import sent_statements
from wallet.google import copies, queries
from wallet.google.rings import WantedRing, reserve_rings


def test_a_member_who_is_erased_leaves_nothing_of_theirs_at_google(google, sayings, member, held):
    sayings.change(held, balances=balance(5))
    want(held)
    tell()
    run("DELETE FROM google_copy WHERE member_id = :id", id=member.id)
    run("DELETE FROM issued_pass WHERE member_id = :id", id=member.id)
    tell(now=clock.now())
    assert google.things["loyaltyObject"][object_id(held)].keys() == {"id", "classId", "state"}
    run("DELETE FROM google_farewell WHERE object_id = 'none'")
    assert tell(now=clock.now()) == 0


def test_what_google_never_had_needs_no_farewell(google, member, held):
    want(held)
    run("DELETE FROM google_copy WHERE member_id = :id", id=member.id)
    tell(now=clock.now())
    assert google.taken == []


def test_copies_and_rings_go_with_their_passes(google, member, held):
    want(held)
    other = make_member()
    with made():
        reserve_rings([WantedRing(member.id, held.id, "revision-1")], now=NOON)
    merge(member, other, now=clock.now())
    assert copy_of(held).member_id == other.id
    assert tell() == 1


def test_the_export_says_which_wallet_and_since_when_and_no_more(google, member, held):
    want(held)
    tell()
    with made():
        said = access_export.access_export(member_id=member.id, language="en", now=SOON)
    [table] = [each for each in said["data"] if each["table"] == "google_copy"]
    [row] = table["rows"]
    assert row["created_at"]
    assert not {"serial", "told_digest", "issuer"} & row.keys()


def test_changes_of_a_whole_batch_are_queued_by_one_statement(google, held):
    want(held)
    with made(), sent_statements() as sent:
        copies.note_changes([held] * 50, now=SOON)
    assert len(sent) <= 2


def test_a_fourth_ring_of_a_day_is_none_and_a_repeat_is_the_same(google, member, held):
    def ring(about, now=NOON):
        with made():
            return bool(reserve_rings([WantedRing(member.id, held.id, about)], now=now))

    assert [ring(f"revision-{n}") for n in range(4)] == [True, True, True, False]
    assert ring("revision-1")
    assert ring("revision-9", now=SOON.replace(day=SOON.day + 1, hour=SOON.hour + 1))


def test_rings_of_before_are_forgotten(google, member, held):
    with made():
        reserve_rings([WantedRing(member.id, held.id, "revision-1")], now=NOON)
    statement, values = queries.forgotten_rings(SOON)
    assert statement.startswith("DELETE")
    assert values == [SOON]
