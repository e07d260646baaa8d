"""One row that was rewritten, whichever, is found: by the audit, by the member's receipt, or by a kept checkpoint.

Who rewrites here is the owner of the tables, whom no grant stops. Each test puts everything back.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, create_engine, text

from app import config
from app.accounts.models import Member
from app.cli import main
from app.config import Config
from app.receipts import audit, merkle, presentation, proofs
from app.receipts.verification import ReceiptRefused, verify_receipt
from app.sql import db
from tests import templates
from tests.consent.factories import give, ledger, say_no
from tests.crowding import other_connections
from tests.factories import make_brand, make_member
from tests.receipts.factories import keys, saved, seal_all

REWRITES = {
    "events that are not what their receipts say": "UPDATE permission_event SET state = 'refused' WHERE id = :event",
    "events that are not what their receipts say ": (
        "UPDATE permission_event SET expires_at = expires_at + interval '1 year' WHERE id = :event"
    ),
    "events without a receipt": "DELETE FROM receipt WHERE event_id = :event",
    "receipts without an event": "DELETE FROM permission_event WHERE id = :event",
    "receipts that are not what was committed to": (
        "UPDATE receipt SET record = replace(record, 'personalised_offers', 'partner_offers') WHERE event_id = :event"
    ),
    "receipts that are not what was committed to ": (
        "UPDATE leaf_salt SET salt = sha256(salt) WHERE event_id = :event"
    ),
    "receipts that are not those of the log": (
        "UPDATE receipt SET commitment = sha256(commitment) WHERE event_id = :event"
    ),
    "leaves that are not those of the tree": (
        "UPDATE log_leaf SET commitment = sha256(commitment)"
        " WHERE leaf_index = (SELECT leaf_index FROM receipt WHERE event_id = :event)"
    ),
    "leaves that are not those of the tree ": (
        "DELETE FROM log_leaf WHERE leaf_index = (SELECT leaf_index FROM receipt WHERE event_id = :event)"
    ),
    "nodes that are not made of those below": (
        "UPDATE log_node SET hash = sha256(hash) WHERE level = 1 AND position = 0"
    ),
    "checkpoints that are not those of the log": (
        "UPDATE log_checkpoint SET root = sha256(root) WHERE size = (SELECT max(size) FROM log_checkpoint)"
    ),
    "checkpoints that are not those of the log ": (
        "UPDATE log_checkpoint SET signed_at = signed_at - interval '1 day'"
        " WHERE size = (SELECT max(size) FROM log_checkpoint)"
    ),
}


@pytest.fixture(scope="module", autouse=True)
def alone(settings: Config) -> Iterator[Config]:
    """A database of its own: others leave events behind that no audit would accept."""
    server, name = templates.shared_cluster(), f"ici_audit_{os.getpid()}"
    server.create_database(name, template=templates.template_name())
    mine = replace(settings, database_url=server.url("app", name), owner_database_url=server.url("owner", name))
    with other_connections(mine.database_url):
        yield mine
    config.use_config(settings)
    server.drop_database(name)


@pytest.fixture(scope="module")
def owner(alone: Config) -> Iterator[Engine]:
    engine = create_engine(str(alone.owner_database_url))
    yield engine
    engine.dispose()


@pytest.fixture
def member(app: Any) -> Member:
    """Somebody with a few events, sealed; the second leaf of a pair among them."""
    member, brand = make_member(), make_brand()
    for _ in range(2):
        give(member, brand)
        say_no(member, brand)
    seal_all()
    return member


@contextmanager
def rewritten(owner: Engine, statement: str, **asked: Any) -> Iterator[None]:
    """Within this block everybody sees the rewritten row."""
    tables = ("permission_event", "receipt", "leaf_salt", "log_leaf", "log_node", "log_checkpoint")
    with owner.connect() as connection:
        connection.execute(text("SELECT set_config('ici.system', 'on', false)"))
        before = {table: list(connection.execute(text(f"SELECT * FROM {table}")).mappings()) for table in tables}
        assert connection.execute(text(statement), asked).rowcount == 1
        connection.commit()
        try:
            yield
        finally:
            connection.execute(text("SELECT set_config('ici.system', 'on', false)"))
            for table, rows in before.items():
                connection.execute(text(f"DELETE FROM {table}"))
                columns = list(rows[0])
                placed = ", ".join(f":{name}" for name in columns)
                values = [{k: json.dumps(v) if isinstance(v, dict) else v for k, v in row.items()} for row in rows]
                connection.execute(text(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({placed})"), values)
            connection.commit()


def findings() -> dict[str, int]:
    with db.system_transaction():
        return dict(audit.audit_ledger())


def given(member: Member) -> Any:
    return ledger(member)[0].id


def test_nothing_is_found_where_nothing_was_rewritten(member: Member) -> None:
    assert findings() == {}


def test_a_destroyed_salt_is_no_finding(member: Member) -> None:
    with db.system_transaction():
        db.execute(text("DELETE FROM leaf_salt WHERE member_id = :m"), {"m": member.id})
    assert findings() == {}


@pytest.mark.parametrize("what", ["claimed_at = NULL, evidence = evidence - 'os_permission'", "evidence = '{}'"])
def test_evidence_that_became_less_is_no_finding(member: Member, owner: Engine, what: str) -> None:
    """An erasure reduces it to what proves."""
    with rewritten(owner, f"UPDATE permission_event SET {what} WHERE id = :event", event=given(member)):
        assert findings() == {}


def test_evidence_that_became_another_is_found(member: Member, owner: Engine) -> None:
    change = "evidence = jsonb_set(evidence, '{screen_id}', '\"another\"')"
    with rewritten(owner, f"UPDATE permission_event SET {change} WHERE id = :event", event=given(member)):
        assert "events that are not what their receipts say" in findings()


@pytest.mark.parametrize(("what", "statement"), REWRITES.items(), ids=[name.strip() for name in REWRITES])
def test_one_rewritten_row_is_found(member: Member, owner: Engine, what: str, statement: str) -> None:
    asked = {"event": given(member)} if ":event" in statement else {}
    with rewritten(owner, statement, **asked):
        assert what.strip() in findings()
    assert findings() == {}


def test_a_rewritten_record_no_longer_verifies(member: Member, owner: Engine) -> None:
    statement = REWRITES["receipts that are not what was committed to"]
    with rewritten(owner, statement, event=given(member)), pytest.raises(ReceiptRefused, match="not in the log"):
        verify_receipt(saved(member, 0), keys=keys())


def kept() -> dict[str, Any]:
    with db.transaction():
        return dict(presentation.published(presentation.newest_checkpoint()))


def test_a_log_that_was_made_anew_is_found_by_an_old_checkpoint(member: Member) -> None:
    """Everything agrees with itself: the leaf, all nodes above it, and a new signature. Only who kept the old root
    can tell, and the proof of growth that they ask for cannot be made."""
    old = kept()
    size = old["tree_size"]
    with db.transaction():
        leaves = list(db.execute(text("SELECT commitment FROM log_leaf ORDER BY leaf_index")).scalars())
    leaves[0] = b"rewritten"
    peaks: list[bytes] = []
    nodes: dict[tuple[int, int], bytes] = {}
    for index, leaf in enumerate([*leaves[:size], b"one more"]):
        for level, position, hashed in merkle.grow(peaks, index, merkle.leaf_hash(leaf)):
            nodes[level, position] = hashed
    path = merkle.roots(merkle.consistency_spans(size, size + 1), nodes.__getitem__)
    assert not merkle.extends(
        first=size,
        first_root=bytes.fromhex(old["root"]),
        second=size + 1,
        second_root=merkle.fold(peaks),
        path=path,
    )


def test_the_log_keeps_every_checkpoint_that_was_kept(member: Member) -> None:
    old = kept()
    give(member, make_brand())
    seal_all()
    with db.transaction():
        assert audit.keeps(old)


@pytest.mark.parametrize("change", [{"root": "00" * 32}, {"tree_size": 10**9}, {"tree_size": 0}])
def test_the_log_does_not_keep_a_checkpoint_of_another(member: Member, change: dict[str, Any]) -> None:
    with db.transaction():
        assert not audit.keeps(kept_inside() | change)


def kept_inside() -> dict[str, Any]:
    return dict(presentation.published(presentation.newest_checkpoint()))


def command(settings: Config, *arguments: str) -> Any:
    environ = {
        "ICI_ENV": "test",
        "ICI_DATABASE_URL": settings.database_url,
        "ICI_SECRET": settings.secret,
        "ICI_PUBLIC_URL": settings.public_url,
        "ICI_VAR": str(settings.var),
    }
    try:
        return CliRunner().invoke(main, ["audit-log", *arguments], env=environ)
    finally:
        config.use_config(settings)


def test_the_command_says_that_all_is_well(member: Member, alone: Config, tmp_path: Path) -> None:
    file = tmp_path / "kept.json"
    file.write_text(json.dumps(kept()))
    said = command(alone, "--checkpoint", str(file))
    assert (said.exit_code, said.output) == (0, "Events, receipts, log and checkpoints agree.\n")


def test_the_command_fails_when_the_log_is_another(member: Member, alone: Config, tmp_path: Path) -> None:
    file = tmp_path / "kept.json"
    file.write_text(json.dumps(kept() | {"root": "00" * 32}))
    said = command(alone, "--checkpoint", str(file))
    assert said.exit_code == 1
    assert "not the one of the checkpoint" in said.output


def test_the_root_of_any_size_is_made_of_kept_nodes(member: Member) -> None:
    with db.transaction():
        assert proofs.compute_root(kept_inside()["tree_size"]).hex() == kept_inside()["root"]
