"""Receipts and the log on the wire. Hashes, keys and signatures are lower-case hexadecimal."""

import json
from pathlib import Path

import marshmallow as ma

from app.consent.models import Level, State
from app.http.api import In, Instant, Out
from app.http.fields import Values
from app.http.pagination import PageOut
from app.http.serialization import describe_object

SIZE = ma.validate.Range(1, 2**53 - 1)
STATES = [str(state) for state in State]
SCHEMA = json.loads((Path(__file__).parent / "schema.json").read_bytes())
RecordOut = describe_object(SCHEMA["properties"]["record"], whole=SCHEMA, name="Record")
"""What was answered to what: the part of a receipt that is proven, as its JSON Schema describes it."""


class ListedReceiptOut(Out):
    """One receipt: `promised` until it is in the log, then `sealed`; `closed` once its time of proof is over."""

    event_id = ma.fields.UUID(required=True)
    status = ma.fields.String(required=True, validate=ma.validate.OneOf(("promised", "sealed", "closed")))
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(STATES))
    touchpoint = ma.fields.String(required=True)
    purpose = ma.fields.String(required=True)
    level = ma.fields.String(required=True, validate=ma.validate.OneOf([str(level) for level in Level]))
    issued_at = Instant(required=True)
    leaf_index = ma.fields.Integer(required=True, allow_none=True)


class ReceiptsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(ListedReceiptOut), required=True)


class SignatureOut(Out):
    """Ed25519 over the canonical JSON of what is stated, without the signature itself."""

    alg = ma.fields.String(required=True)
    kid = ma.fields.String(required=True, metadata={"description": "Which key of /v1/log/keys"})
    signed_at = ma.fields.String(required=True)
    signature = ma.fields.String(required=True)


class ProofOut(Out):
    """That the record is in the log: from the leaf by `path` to `root`, which the checkpoint signs."""

    canonicalization = ma.fields.String(required=True)
    leaf = ma.fields.String(required=True)
    salt = ma.fields.String(required=True)
    log_id = ma.fields.String(required=True)
    leaf_index = ma.fields.Integer(required=True)
    tree_size = ma.fields.Integer(required=True)
    root = ma.fields.String(required=True)
    path = ma.fields.List(ma.fields.String(), required=True)
    checkpoint = ma.fields.Nested(SignatureOut, required=True)


class ReceiptOut(Out):
    """A receipt, as canonical JSON (RFC 8785): keep the bytes. Described in full by /v1/receipts/schema."""

    schema_version = ma.fields.String(required=True)
    receipt_id = ma.fields.UUID(required=True)
    issued_at = ma.fields.String(required=True)
    record = ma.fields.Nested(RecordOut, required=True)
    proof = ma.fields.Nested(ProofOut, required=True)


class PromiseOut(Out):
    """What we state and sign: this commitment will be in the log by then."""

    type = ma.fields.String(required=True)
    alg = ma.fields.String(required=True)
    kid = ma.fields.String(required=True)
    log_id = ma.fields.String(required=True)
    event_id = ma.fields.UUID(required=True)
    commitment = ma.fields.String(required=True, metadata={"description": "hmac-sha256(salt, jcs(record))"})
    promised_at = ma.fields.String(required=True)
    sealed_by = ma.fields.String(required=True)
    signature = ma.fields.String(required=True)


class PromisedOut(Out):
    """A receipt that waits for the log, with our signed promise."""

    status = ma.fields.String(required=True, validate=ma.validate.OneOf(("promised",)))
    record = ma.fields.Nested(RecordOut, required=True)
    salt = ma.fields.String(required=True)
    promise = ma.fields.Nested(PromiseOut, required=True)


class ReceiptSchemaOut(Out):
    """A JSON Schema (2020-12)."""

    schema = ma.fields.String(required=True, data_key="$schema")
    id = ma.fields.String(required=True, data_key="$id")
    title = ma.fields.String(required=True)
    type = ma.fields.String(required=True)
    additional_properties = ma.fields.Boolean(required=True, data_key="additionalProperties")
    required_ = ma.fields.List(ma.fields.String(), required=True, data_key="required")
    properties = Values(required=True)
    definitions = Values(required=True, data_key="$defs")


class CheckpointOut(SignatureOut):
    """What we signed about the whole log when it had `tree_size` leaves."""

    type = ma.fields.String(required=True)
    log_id = ma.fields.String(required=True)
    tree_size = ma.fields.Integer(required=True)
    root = ma.fields.String(required=True)


class GrowthQuery(In):
    """Two sizes of the log, the smaller first."""

    first = ma.fields.Integer(required=True, validate=SIZE, data_key="from")
    second = ma.fields.Integer(required=True, validate=SIZE, data_key="to")


class ConsistencyOut(Out):
    """That the log with `to` leaves begins with the log of `from` leaves (RFC 9162 section 2.1.4)."""

    first = ma.fields.Integer(required=True, data_key="from")
    second = ma.fields.Integer(required=True, data_key="to")
    path = ma.fields.List(ma.fields.String(), required=True)


class LogKeyOut(Out):
    kid = ma.fields.String(required=True)
    alg = ma.fields.String(required=True)
    public_key = ma.fields.String(required=True, metadata={"description": "The 32 bytes of the Ed25519 public key"})


class LogKeysOut(Out):
    items = ma.fields.List(ma.fields.Nested(LogKeyOut), required=True)
