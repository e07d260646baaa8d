"""A member takes their receipts away; anybody reads the log that proves them."""

import uuid
from pathlib import Path
from typing import Any

from flask import Response

from app import canonical
from app.errors import NotFound
from app.http.access import Role, member_id, only
from app.http.api import Blueprint, refuses
from app.http.pagination import PageIn, link_header, page_of
from app.receipts import presentation, queries
from app.receipts.errors import LogTooShort, ReceiptClosed
from app.receipts.models import Receipt
from app.receipts.schemas import (
    CheckpointOut,
    ConsistencyOut,
    GrowthQuery,
    LogKeysOut,
    PromisedOut,
    ReceiptOut,
    ReceiptSchemaOut,
    ReceiptsOut,
)

blueprint = Blueprint("receipts", __name__, url_prefix="/v1", description="Proof of what a member allowed")

SCHEMA = (Path(__file__).parent / "schema.json").read_bytes()
STATUS = {"promised": 202}


@blueprint.get("/receipts")
@only(Role.MEMBER)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, ReceiptsOut)
def read_receipts(page: dict[str, Any]) -> Any:
    """My receipts, one for every yes, no and end, newest first."""
    found = page_of(queries.receipts_of(member_id()), sort=Receipt.issued_at, id=Receipt.event_id, **page)
    listed = presentation.listed(found.items, member_id=member_id())
    return {"items": listed, "next": found.next}, link_header(found)


@blueprint.get("/receipts/<uuid:event_id>")
@only(Role.MEMBER)
@refuses(ReceiptClosed)
@blueprint.response(200, ReceiptOut)
@blueprint.alt_response(202, schema=PromisedOut, description="Promised: not in the log yet", success=True)
def read_receipt(event_id: uuid.UUID) -> Any:
    """The receipt of one event of mine, with its proof; a signed promise (202) in the seconds before it is sealed.

    Save the body as it is: it is canonical JSON (RFC 8785), and `ici verify-receipt` refuses it after any change.
    """
    receipt = presentation.receipt_of(member_id=member_id(), event_id=event_id)
    status = STATUS.get(receipt.get("status", ""), 200)
    return Response(canonical.write_json(receipt), status=status, mimetype="application/json")


@blueprint.get("/receipts/schema")
@only(Role.ANYONE)
@blueprint.response(200, ReceiptSchemaOut)
def read_receipt_schema() -> Any:
    """The JSON Schema of a receipt."""
    return Response(SCHEMA, mimetype="application/json")


@blueprint.get("/log/checkpoint")
@only(Role.ANYONE)
@refuses(NotFound)
@blueprint.response(200, CheckpointOut)
def read_newest_checkpoint() -> Any:
    """What we signed last about the log of all permissions. Keep it, and ask for consistency with a later one."""
    return presentation.published(presentation.newest_checkpoint())


@blueprint.get("/log/checkpoints/<int(max=9007199254740991):size>")
@only(Role.ANYONE)
@blueprint.response(200, CheckpointOut)
def read_checkpoint(size: int) -> Any:
    """What we signed when the log had so many leaves."""
    return presentation.published(presentation.checkpoint_at(size))


@blueprint.get("/log/consistency")
@only(Role.ANYONE)
@refuses(NotFound, LogTooShort)
@blueprint.arguments(GrowthQuery, location="query")
@blueprint.response(200, ConsistencyOut)
def read_consistency(asked: dict[str, int]) -> Any:
    """The proof that the log only grew between two sizes, and nothing in it was changed."""
    return presentation.show_consistency(**asked)


@blueprint.get("/log/keys")
@only(Role.ANYONE)
@blueprint.response(200, LogKeysOut)
def read_log_keys() -> Any:
    """The public keys that sign the log, the oldest first."""
    return {"items": presentation.keys()}
