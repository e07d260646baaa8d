"""Put what waits into the log and sign it: in the background, by one sealer at a time, so no request waits for it.

A receipt is sealed only when the transaction that wrote it and all before it have ended (`queries.ENDED`), so the order
of the log is the order of transactions and none can still appear in the middle. Leaves, nodes, the receipts' places
and the checkpoint are one transaction: whatever happens, each receipt is in the log once or not yet.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, text

from app.receipts import merkle, queries, signatures
from app.receipts.models import LogCheckpoint, LogKey, LogLeaf, LogNode
from app.sql import db, locks

MOST_AT_ONCE = 5_000

PLACE = text(
    "UPDATE receipt SET leaf_index = sealed.leaf_index FROM unnest(CAST(:members AS uuid[]), CAST(:events AS uuid[]),"
    " CAST(:indexes AS bigint[])) AS sealed (member_id, event_id, leaf_index)"
    " WHERE receipt.member_id = sealed.member_id AND receipt.event_id = sealed.event_id"
)


def seal_log(*, now: datetime, most: int = MOST_AT_ONCE) -> int:
    """Seal what may be sealed, at most so many, and sign a checkpoint over it; return how many."""
    locks.lock_name("receipts.log")
    receipts = db.rows(queries.waiting().limit(most))
    if not receipts:
        return 0
    size = db.all_of(queries.log_size())[0]
    peaks = [hashed for _, _, hashed in _nodes(size)]
    leaves: list[dict[str, Any]] = []
    nodes: list[dict[str, Any]] = []
    for index, receipt in enumerate(receipts, start=size):
        leaves.append({"leaf_index": index, "commitment": receipt.commitment, "sealed_at": now})
        for level, position, hashed in merkle.grow(peaks, index, merkle.leaf_hash(receipt.commitment)):
            nodes.append({"level": level, "position": position, "hash": hashed})
    db.execute(insert(LogLeaf), leaves)
    db.execute(insert(LogNode), nodes)
    _place(receipts, size)
    sign_checkpoint(size=size + len(receipts), root=merkle.fold(peaks), now=now)
    return len(receipts)


def sign_checkpoint(*, size: int, root: bytes, now: datetime) -> LogCheckpoint:
    """Sign the log as it stands, and keep the key that verifies it."""
    public = signatures.public_key()
    kid = signatures.key_id(public)
    if db.get(LogKey, kid) is None:
        db.add(LogKey(kid=kid, public_key=public, first_used_at=now))
    stated = signatures.checkpoint(log_id=log_id(), size=size, root=root, signed_at=now, kid=kid)
    return db.add(LogCheckpoint(size=size, root=root, signed_at=now, kid=kid, signature=signatures.sign_bytes(stated)))


def log_id() -> str:
    """The name of our log."""
    return f"urn:uuid:{db.all_of(queries.the_log())[0].id}"


def _nodes(size: int) -> Sequence[tuple[int, int, bytes]]:
    """The complete subtrees of the log, from left to right."""
    wanted = merkle.cover(0, size)
    found = {(level, position): hashed for level, position, hashed in db.rows(queries.nodes(wanted))} if wanted else {}
    return [(level, position, found[level, position]) for level, position in wanted]


def _place(receipts: Sequence[Any], size: int) -> None:
    """Tell each receipt where it stands, all in one statement."""
    db.execute(
        PLACE,
        {
            "members": [receipt.member_id for receipt in receipts],
            "events": [receipt.event_id for receipt in receipts],
            "indexes": list(range(size, size + len(receipts))),
        },
    )
