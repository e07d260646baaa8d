"""Row-level security stands behind every query: a forgotten condition shows nothing, rather than somebody else's."""

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, create_engine, select, text
from sqlalchemy.exc import ProgrammingError

from app.accounts.models import Member, MemberIdentifier
from app.config import Config
from app.consent.models import PermissionEvent
from app.factory import Ici
from app.sql import db, hot_statements, policies
from app.sql.db import Reader
from tests.crowding import one_connection
from tests.factories import make_brand, make_member
from tests.speaking import Speaker
from tests.wallet.factories import make_card
from tests.world import Side, make_side
from wallet.cards.models import Card

TABLES: list[Table] = list(db.Base.metadata.sorted_tables)
PERSONAL = [table for table in TABLES if "readers" in table.info]
NAMES = [table.name for table in PERSONAL]

FOUND_BY_SOMETHING_ELSE = {
    "member_identifier": "the directory that finds a member by the address they sign in with",
    "pass_code": "the directory that finds a member by the code that a till scans",
    "receipt_number": "finds a purchase by the number of its receipt, whoever it is said to belong to",
    "gift_code": "the directory that finds a gift by the code that somebody was sent",
    "sale_number": "finds a sale by what a till calls it, so that it is one sale whoever it is for",
    "card_number": "the directory that finds a member by another number of their card",
    "idempotency_key": "keyed by whoever sends, who may be a terminal",
    "offer_use": "keyed by whose uses count together, who may be a household or a phone",
    "stop_link": "the directory that finds what a stop link stops",
}
"""Personal tables whose primary key does not begin with member_id, and why."""


def readers(table: Table) -> Sequence[Reader]:
    found: Sequence[Reader] = table.info["readers"]
    return found


def catalogue(question: str, **asked: Any) -> list[Any]:
    """Rows of the database's own catalogue."""
    with db.transaction():
        return list(db.execute(text(question), asked).all())


def security(table: str) -> tuple[bool, bool]:
    """Whether row security is on, and whether it holds for the owner too."""
    ((on, forced),) = catalogue(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = to_regclass(:table)", table=table
    )
    return on, forced


def policies_of(table: str) -> list[Any]:
    return catalogue(
        "SELECT permissive, roles::text, cmd, qual, with_check FROM pg_policies WHERE tablename = :table", table=table
    )


def partitions() -> list[str]:
    """The tables that hold the rows of a partitioned personal table."""
    rows = catalogue(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent::regclass::text = ANY(:names)", names=NAMES
    )
    return [name for (name,) in rows]


def simple(expression: str) -> str:
    """An expression without the spaces, parentheses, casts and names that PostgreSQL adds when it prints one."""
    for noise in ("\n", " ", "(", ")", "AS"):
        expression = expression.replace(noise, "")
    for function in ("ici_is_system", "ici_member", "ici_brand", "ici_principal"):
        expression = expression.replace(f"{function}{function}", function)
    return expression.lower()


def test_every_table_about_somebody_says_so() -> None:
    about_somebody = {table.name for table in TABLES if {"member_id", "principal_id"} & set(table.columns.keys())}
    assert about_somebody - set(NAMES) == set()


def test_the_database_has_no_table_about_somebody_that_we_do_not_know() -> None:
    rows = catalogue(
        "SELECT DISTINCT table_name FROM information_schema.columns WHERE table_schema = 'public'"
        " AND column_name IN ('member_id', 'principal_id')"
    )
    assert {name for (name,) in rows} <= set(NAMES) | set(partitions())


@pytest.mark.parametrize("table", PERSONAL, ids=NAMES)
def test_a_table_is_read_by_a_column_that_it_has(table: Table) -> None:
    columns = {f"{reader}_id" for reader in readers(table) if reader is not Reader.SYSTEM}
    assert columns <= set(table.columns.keys())


@pytest.mark.parametrize("table", PERSONAL, ids=NAMES)
def test_row_security_is_on_and_holds_for_the_owner_too(table: Table) -> None:
    assert security(table.name) == (True, True)


@pytest.mark.parametrize("table", PERSONAL, ids=NAMES)
def test_a_table_has_the_one_policy_that_its_model_states(table: Table) -> None:
    ((permissive, roles, command, using, check),) = policies_of(table.name)
    assert (permissive, roles, command) == ("PERMISSIVE", "{public}", "ALL")
    assert simple(using) == simple(check or using) == simple(db.policy_expression(readers(table)))


@pytest.mark.parametrize("readers", [(Reader.MEMBER,), (Reader.MEMBER, Reader.BRAND), (Reader.PRINCIPAL,)], ids=str)
def test_a_migration_protects_a_table_as_models_state_it(settings: Config, readers: tuple[Reader, ...]) -> None:
    engine = create_engine(settings.owner_database_url or "")
    with engine.connect() as owner:  # whose transaction is never committed
        owner.execute(text("CREATE TABLE secret (member_id uuid, brand_id uuid, principal_id uuid)"))
        policies.protect_table(lambda statement: owner.execute(text(statement)), "secret", *readers)
        ((using, check),) = owner.execute(text("SELECT qual, with_check FROM pg_policies WHERE tablename = 'secret'"))
        forced = owner.execute(text("SELECT relforcerowsecurity FROM pg_class WHERE oid = 'secret'::regclass"))
        assert forced.scalar_one()
    engine.dispose()
    assert simple(using) == simple(check) == simple(db.policy_expression(readers))


def test_a_partition_is_not_a_way_around() -> None:
    """A partition that is asked by its own name obeys its own policies only: it must have them, or be out of reach."""
    reachable = [
        name for name in partitions() if catalogue("SELECT 1 WHERE has_table_privilege(:name, 'SELECT')", name=name)
    ]
    assert partitions()
    assert [name for name in reachable if security(name) != (True, True)] == []


@pytest.mark.parametrize("table", PERSONAL, ids=NAMES)
def test_rows_of_one_member_lie_together(table: Table) -> None:
    first = next(iter(table.primary_key.columns)).name
    assert first == "member_id" or table.name in FOUND_BY_SOMETHING_ELSE


def test_the_role_of_the_application_is_nobody_special() -> None:
    (flags,) = catalogue(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles"
        " WHERE rolname = current_user"
    )
    assert not any(flags)


def test_the_role_of_the_application_owns_nothing() -> None:
    assert (
        catalogue(
            "SELECT relname FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
        )
        == []
    )


def test_the_role_of_the_application_is_a_member_of_no_other() -> None:
    assert (
        catalogue(
            "SELECT roleid FROM pg_auth_members WHERE member = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
        )
        == []
    )


def test_the_role_of_the_application_can_create_nothing() -> None:
    ((allowed,),) = catalogue("SELECT has_schema_privilege('public', 'CREATE')")
    assert not allowed


@pytest.mark.parametrize(
    "act", ["UPDATE permission_event SET level = 'none'", "DELETE FROM permission_event", "TRUNCATE permission_event"]
)
def test_nobody_rewrites_the_ledger_of_permissions(act: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), db.system_transaction():
        db.execute(text(act))


@pytest.fixture(scope="module")
def side(app: Ici) -> Side:
    return make_side(Speaker(app.test_client()))


@pytest.mark.parametrize("table", PERSONAL, ids=NAMES)
def test_without_saying_for_whom_nothing_is_seen(side: Side, table: Table) -> None:
    assert visible(table) == 0


def visible(table: Table) -> int:
    """How many rows a transaction of nobody sees."""
    with db.transaction():
        return int(db.execute(text(f"SELECT count(*) FROM {table.name}")).scalar_one())


def test_without_saying_for_whom_nothing_is_written() -> None:
    member = make_member()
    address = MemberIdentifier(
        kind="email", value=f"{uuid.uuid4()}@example.org", member_id=member.id, verified_at=member.created_at
    )
    with pytest.raises(ProgrammingError, match="row-level security"), db.transaction():
        db.add(address)


def add_as(member: Member, thing: Any) -> None:
    with db.transaction():
        db.become(member_id=member.id)
        db.add(thing)


def test_a_member_cannot_write_for_somebody_else() -> None:
    me, them, brand = make_member(), make_member(), make_brand()
    card = Card(member_id=them.id, brand_id=brand.id, code=uuid.uuid4().hex, display_name="x", joined_at=me.created_at)
    with pytest.raises(ProgrammingError, match="row-level security"):
        add_as(me, card)


def cards_seen(**who: Any) -> set[uuid.UUID]:
    with db.transaction():
        db.become(**who)
        return set(db.all_of(select(Card.id)))


def test_a_member_sees_what_is_theirs_and_nothing_else(side: Side) -> None:
    make_card(make_member(), side.brand)
    assert cards_seen(member_id=side.member.id) == {side.card.id}


def test_a_brand_sees_its_own_members_and_nobody_elses(side: Side) -> None:
    brand = make_brand()
    card = make_card(side.member, brand)
    assert cards_seen(brand_id=brand.id) == {card.id}


def test_a_brand_does_not_read_what_members_allow(side: Side) -> None:
    with db.transaction():
        db.become(brand_id=side.brand.id)
        assert db.all_of(select(PermissionEvent)) == []


def test_whom_a_transaction_acts_for_ends_with_it(side: Side, settings: Config) -> None:
    """The next request gets the same connection from the pool, and must not inherit anything."""
    with one_connection(settings):
        cards_seen(member_id=side.member.id)
        with db.transaction():
            assert db.all_of(select(Card)) == []


def test_whom_a_transaction_acts_for_ends_with_its_failure(side: Side, settings: Config) -> None:
    with one_connection(settings):
        with pytest.raises(ProgrammingError), db.system_transaction():
            db.execute(text("SELECT nothing"))
        with db.transaction():
            assert db.all_of(select(Card)) == []


def test_the_short_way_sees_nothing_by_itself() -> None:
    assert cells_seen_by_the_short_way() == 0


def test_the_short_way_forgets_whom_a_statement_named(side: Side) -> None:
    with hot_statements.kept_connection() as connection:
        hot_statements.ask_statement(connection, NAME_A_MEMBER, [side.member.id])
    assert cells_seen_by_the_short_way() == 0


def test_a_statement_that_names_several_members_sees_each_only_in_turn(side: Side) -> None:
    """Each row of `turn` names a member, then counts what is visible: one's own cells, and nothing for the others."""
    other = make_side(Speaker(side.phone.client))
    asked = [[side.member.id, other.member.id], [other.member.id, side.member.id]]
    with hot_statements.kept_connection() as connection:
        seen = hot_statements.ask_statement(connection, COUNT_CELLS_IN_TURN, asked)
    assert [(own > 0, others) for own, others in seen] == [(True, 0), (True, 0)]


def cells_seen_by_the_short_way() -> int:
    with hot_statements.kept_connection() as connection:
        [(count,)] = hot_statements.ask_statement(connection, COUNT_CELLS, [])
    return int(count)


NAME_A_MEMBER = "SELECT set_config('ici.member_id', $1, true)"
COUNT_CELLS = "SELECT count(*) FROM permission_state"
COUNT_CELLS_IN_TURN = """
SELECT found.* FROM (
 SELECT set_config('ici.member_id', mine::text, true)::uuid AS mine, other
 FROM unnest($1::uuid[], $2::uuid[]) AS t(mine, other) OFFSET 0
) AS turn CROSS JOIN LATERAL (
 SELECT count(*) FILTER (WHERE member_id = mine), count(*) FILTER (WHERE member_id = other)
 FROM permission_state WHERE member_id IN (mine, other)
) AS found
"""


def test_only_the_edge_and_commands_act_as_the_system() -> None:
    """`db.system()` sees everything, so every use of it is on this list, and read when it grows."""
    root = Path(db.__file__).parent.parent
    users = {
        str(file.relative_to(root))
        for package in ("app", "geo", "wallet", "offers")
        for file in (root / package).rglob("*.py")
        if "db.system()" in file.read_text(encoding="utf-8")
    }
    assert users <= {
        "app/accounts/sessions.py",
        "app/ops/health.py",
        "app/messages/stop_links.py",
        "offers/coupons/gifts.py",  # the code of a gift opens one coupon of somebody else's
        "wallet/ledger/merged_ledgers.py",  # the ledger of who became part of a member goes on in theirs
        "wallet/points/returns.py",
        "wallet/merges/registration.py",  # who proved that another wallet is theirs too is not its member yet
        "wallet/programmes/referrals.py",  # whose code it is, and whether one mailbox opens both wallets
        "wallet/merges/split.py",
        "wallet/merges/union.py",
        "wallet/cards/printed_cards.py",  # whoever types a printed card's code and check is not its member yet
    }
