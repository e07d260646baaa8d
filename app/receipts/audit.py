"""Look through everything for one row that was rewritten: events, receipts, salts, leaves, nodes, checkpoints.

Whoever rewrites rows with the rights of the owner, makes the whole log anew and signs it again passes all of this but
one: a checkpoint that somebody else kept. That is why checkpoints are public.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import TextClause, text

from app import canonical
from app.receipts import proofs, queries, signatures, witness
from app.receipts.issuance import EVIDENCE_KEPT, commitment
from app.receipts.models import LogCheckpoint
from app.receipts.presentation import published
from app.receipts.record import event_told
from app.sql import db

AT_A_TIME = 1_000
OF_THE_EVIDENCE = ("indication", "parental_evidence_id")


class AuditFinding(NamedTuple):
    """How many rows of one kind are not as they were."""

    what: str
    rows: int


STATEMENTS = {
    "leaves that are not those of the tree": (
        "SELECT count(*) FROM log_leaf AS leaf FULL JOIN (SELECT * FROM log_node WHERE level = 0) AS node"
        " ON node.position = leaf.leaf_index"
        " WHERE node.hash IS DISTINCT FROM sha256('\\x00'::bytea || leaf.commitment)"
    ),
    "nodes that are not made of those below": (
        "SELECT count(*) FROM log_node AS below LEFT JOIN log_node AS beside"
        " ON beside.level = below.level AND beside.position = below.position + 1"
        " LEFT JOIN log_node AS above ON above.level = below.level + 1 AND above.position = below.position / 2"
        " WHERE below.position % 2 = 0"
        " AND above.hash IS DISTINCT FROM sha256('\\x01'::bytea || below.hash || beside.hash)"
    ),
    "receipts that are not those of the log": (
        "SELECT count(*) FROM receipt LEFT JOIN log_leaf USING (leaf_index)"
        " WHERE receipt.leaf_index IS NOT NULL AND receipt.commitment IS DISTINCT FROM log_leaf.commitment"
    ),
    "events without a receipt": (
        "SELECT count(*) FROM permission_event AS event LEFT JOIN receipt"
        " ON receipt.member_id = event.member_id AND receipt.event_id = event.id"
        " WHERE receipt.event_id IS NULL AND event.recorded_at > clock_timestamp() - :proven"
    ),
    "receipts without an event": (
        "SELECT count(*) FROM receipt LEFT JOIN permission_event AS event"
        " ON COALESCE(receipt.child_id, receipt.member_id) = event.member_id AND receipt.event_id = event.id"
        " WHERE event.id IS NULL"
    ),
}


def audit_ledger() -> list[AuditFinding]:
    """What is not as it was; nothing when all is well. The caller acts as the system. Reads everything once."""
    found = [AuditFinding(what, db.execute(_asked(statement)).scalar_one()) for what, statement in STATEMENTS.items()]
    found.append(AuditFinding("checkpoints that are not those of the log", sum(1 for _ in _wrong_checkpoints())))
    found.append(AuditFinding("checkpoints noted outside that are not of the log", int(_lost_the_noted())))
    forged, differing = 0, 0
    for event, record, committed, salt in db.stream(queries.everything_receipted(), size=AT_A_TIME):
        forged += salt is not None and commitment(record.encode(), salt) != committed
        told = json.loads(record)["event"]
        differing += not _says(told, event_told(event, entity=told["entity_id"]))
    found.append(AuditFinding("receipts that are not what was committed to", forged))
    found.append(AuditFinding("events that are not what their receipts say", differing))
    return [finding for finding in found if finding.rows]


def keeps(checkpoint: Mapping[str, Any]) -> bool:
    """Whether our log still begins with the log of this checkpoint, as somebody kept it (`GET /v1/log/checkpoint`)."""
    then: int = checkpoint["tree_size"]
    if not 0 < then <= db.all_of(queries.log_size())[0]:
        return False
    return proofs.compute_root(then) == canonical.read_hex(checkpoint["root"], size=32)


def _lost_the_noted() -> bool:
    """Whether the log that goes on has lost entries which were signed for: the next seal begins another."""
    noted, goes_on = witness.noted_checkpoint(), db.first(queries.the_log())
    if noted is None or goes_on is None:
        return False
    if noted.log_id != goes_on.id:
        return db.first(queries.log_called(noted.log_id)) is None
    if noted.size > db.all_of(queries.log_size())[0]:
        return True
    return proofs.compute_root(noted.size) != noted.root


def _asked(statement: str) -> TextClause:
    asked = text(statement)
    return asked.bindparams(proven=EVIDENCE_KEPT) if ":proven" in statement else asked


def _says(told: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether an event is what its receipt says. Its evidence may have become less (an erasure), never another."""
    facts = [{name: value for name, value in one.items() if name not in OF_THE_EVIDENCE} for one in (told, now)]
    shown, still = told.get("indication", {}), now.get("indication", {})
    return facts[0] == facts[1] and {**shown, **still} == shown


def _wrong_checkpoints() -> Iterator[LogCheckpoint]:
    keys = {key.kid: key.public_key for key in db.all_of(queries.log_keys())}
    size = db.all_of(queries.log_size())[0]
    for one in db.all_of(queries.checkpoints()):
        stated = dict(published(one))
        signature = canonical.read_hex(stated.pop("signature"), size=64)
        known = one.kid in keys and signatures.is_signed(stated, signature, public_key=keys[one.kid])
        if not known or one.size > size or proofs.compute_root(one.size) != one.root:
            yield one
