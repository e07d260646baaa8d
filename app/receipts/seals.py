"""Put what waits into the log and sign it: in the background, by one sealer at a time, so no request waits for it.

A receipt is sealed only when the transaction that wrote it and all before it have ended (`queries.ENDED`), so the order
of the log is the order of transactions and none can still appear in the middle. Leaves, nodes, the receipts' places
and the checkpoint are one transaction: whatever happens, each receipt is in the log once or not yet.

A log that a restored backup made shorter than what was signed goes on under a new name: so no key ever signs two roots
for one size of one log.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, text

from app.logs import log
from app.receipts import merkle, proofs, queries, signatures, witness
from app.receipts.models import Log, LogCheckpoint, LogKey, LogLeaf, LogNode
from app.receipts.witness import NotedCheckpoint
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
    size = db.all_of(queries.log_size())[0]
    peaks = [hashed for _, _, hashed in _nodes(size)]
    _go_on(size, peaks, [receipt.commitment for receipt in receipts], now=now)
    if not receipts:
        return 0
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
    named = _log().id
    stated = signatures.checkpoint(log_id=f"urn:uuid:{named}", size=size, root=root, signed_at=now, kid=kid)
    signature = signatures.sign_bytes(stated)
    signed = db.add(LogCheckpoint(log_id=named, size=size, root=root, signed_at=now, kid=kid, signature=signature))
    db.before_commit(witness.note_checkpoints, signed)
    return signed


def log_id() -> str:
    """The name of the log that goes on."""
    return f"urn:uuid:{_log().id}"


def _log() -> Log:
    found = db.first(queries.the_log())
    if found is None:
        raise RuntimeError("the migrations made no log")
    return found


def _go_on(size: int, peaks: Sequence[bytes], waiting: Sequence[bytes], *, now: datetime) -> None:
    """Begin a new log with the entries that there are, if the one that was signed for is not this one any more."""
    noted, newest = witness.noted_checkpoint(), db.first(queries.newest_checkpoint())
    if noted is None:
        if newest is not None:
            witness.note_checkpoints([newest])  # the file was lost, or began later
        return
    if is_continued(noted, size=size, peaks=peaks, waiting=waiting):
        return
    log.warning("log_begun_anew", entries=size, signed_for=noted.size)
    db.add(Log(number=_log().number + 1, id=db.new_id()))
    if size:
        sign_checkpoint(size=size, root=merkle.fold(peaks), now=now)


def is_continued(noted: NotedCheckpoint, *, size: int, peaks: Sequence[bytes], waiting: Sequence[bytes]) -> bool:
    """Whether the log of so many leaves begins with the one that was noted, or comes to it with the commitments that
    wait: a sealer that died before its commit left those as they were."""
    if noted.log_id != _log().id:
        return db.first(queries.log_called(noted.log_id)) is not None  # one that ended here before ours began
    if noted.size <= size:
        return proofs.compute_root(noted.size) == noted.root
    again = list(peaks)
    for index, commitment in enumerate(waiting[: noted.size - size], start=size):
        merkle.grow(again, index, merkle.leaf_hash(commitment))
    return len(waiting) >= noted.size - size and merkle.fold(again) == noted.root


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
