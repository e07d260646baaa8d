"""What a member can take away: a receipt with its proof, or our signed promise of one while it waits to be sealed."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.errors import NotFound
from app.receipts import proofs, queries, signatures
from app.receipts.errors import LogTooShort, ReceiptClosed
from app.receipts.models import LeafSalt, LogCheckpoint, Receipt
from app.receipts.seals import log_id
from app.sql import db

SCHEMA_VERSION = "urn:ici:permission-receipt:1"
CANONICALIZATION = "RFC8785"
LEAF = "sha256(00||hmac-sha256(salt,jcs(record)))"
SEALED_WITHIN = timedelta(seconds=60)
"""How long after its event a receipt is in the log at the latest: what we promise, and what raises the alarm."""


@dataclass(frozen=True)
class Listed:
    """One line of the list of receipts."""

    event_id: uuid.UUID
    status: str
    state: str
    touchpoint: str
    purpose: str
    level: str
    issued_at: datetime
    leaf_index: int | None


def listed(receipts: Sequence[Receipt], *, member_id: uuid.UUID) -> Sequence[Listed]:
    """These receipts of a member, each with what it is about and whether it can be shown."""
    salted = set(db.all_of(queries.salted(member_id, [receipt.event_id for receipt in receipts])))
    return [_listed(receipt, provable=receipt.event_id in salted) for receipt in receipts]


def receipt_of(*, member_id: uuid.UUID, event_id: uuid.UUID) -> Mapping[str, Any]:
    """The receipt of an event with its proof in the newest checkpoint, or the promise of it: `status` is `promised`.

    Raises `NotFound`, and `ReceiptClosed` once its salt is destroyed.
    """
    receipt = db.get(Receipt, (member_id, event_id))
    if receipt is None:
        raise NotFound
    salt = db.get(LeafSalt, (member_id, event_id))
    if salt is None:
        raise ReceiptClosed
    return promise_receipt(receipt, salt.salt) if receipt.leaf_index is None else sealed(receipt, salt.salt)


def sealed(receipt: Receipt, salt: bytes) -> Mapping[str, Any]:
    """The receipt as a document of its own; `GET /v1/receipts/schema` describes it."""
    signed = newest_checkpoint()
    index = receipt.leaf_index or 0
    path = proofs.prove_inclusion(index=index, size=signed.size)
    return {
        "schema_version": SCHEMA_VERSION,
        "receipt_id": str(receipt.event_id),
        "issued_at": signatures.instant(receipt.issued_at),
        "record": json.loads(receipt.record),
        "proof": {
            "canonicalization": CANONICALIZATION,
            "leaf": LEAF,
            "salt": salt.hex(),
            "log_id": f"urn:uuid:{signed.log_id}",
            "leaf_index": index,
            "tree_size": signed.size,
            "root": signed.root.hex(),
            "path": [hashed.hex() for hashed in path],
            "checkpoint": {
                "alg": signatures.ALGORITHM,
                "kid": signed.kid,
                "signed_at": signatures.instant(signed.signed_at),
                "signature": signed.signature.hex(),
            },
        },
    }


def promise_receipt(receipt: Receipt, salt: bytes) -> Mapping[str, Any]:
    """Our word, signed, that this record will be in the log in time. With record and salt it can be held against us."""
    stated = {
        "type": "promise",
        "alg": signatures.ALGORITHM,
        "kid": signatures.key_id(signatures.public_key()),
        "log_id": log_id(),
        "event_id": str(receipt.event_id),
        "commitment": receipt.commitment.hex(),
        "promised_at": signatures.instant(receipt.issued_at),
        "sealed_by": signatures.instant(receipt.issued_at + SEALED_WITHIN),
    }
    return {
        "status": "promised",
        "record": json.loads(receipt.record),
        "salt": salt.hex(),
        "promise": {**stated, "signature": signatures.sign_bytes(stated).hex()},
    }


def newest_checkpoint() -> LogCheckpoint:
    """What was signed last. Raises `NotFound` while nothing was."""
    signed = db.first(queries.newest_checkpoint())
    if signed is None:
        raise NotFound
    return signed


def checkpoint_at(size: int) -> LogCheckpoint:
    """What was signed when the log had so many leaves. Raises `NotFound` when nothing was signed just then."""
    signed = db.first(queries.checkpoints_at(size))
    if signed is None:
        raise NotFound
    return signed


def published(signed: LogCheckpoint) -> Mapping[str, Any]:
    """A checkpoint as anybody may read, keep and verify it."""
    stated = signatures.checkpoint(
        log_id=f"urn:uuid:{signed.log_id}",
        size=signed.size,
        root=signed.root,
        signed_at=signed.signed_at,
        kid=signed.kid,
    )
    return {**stated, "signature": signed.signature.hex()}


def show_consistency(*, first: int, second: int) -> Mapping[str, Any]:
    """What proves that the log only grew between two sizes. Raises `LogTooShort`, and `NotFound` of an empty log."""
    size = newest_checkpoint().size
    if not first <= second <= size:
        raise LogTooShort(size=size)
    path = proofs.prove_consistency(first=first, second=second)
    return {"first": first, "second": second, "path": [hashed.hex() for hashed in path]}


def keys() -> Sequence[Mapping[str, str]]:
    """The public keys of the log: those that have signed, and the one that signs now."""
    known = {key.kid: key.public_key for key in db.all_of(queries.log_keys())}
    now = signatures.public_key()
    known[signatures.key_id(now)] = now
    return [{"kid": kid, "alg": signatures.ALGORITHM, "public_key": public.hex()} for kid, public in known.items()]


def _listed(receipt: Receipt, *, provable: bool) -> Listed:
    record = json.loads(receipt.record)
    waits = "promised" if receipt.leaf_index is None else "sealed"
    return Listed(
        event_id=receipt.event_id,
        status=waits if provable else "closed",
        state=record["event"]["event_state"],
        touchpoint=record["processing"]["touchpoint"],
        purpose=record["processing"]["purpose"],
        level=record["processing"]["level"],
        issued_at=receipt.issued_at,
        leaf_index=receipt.leaf_index,
    )
