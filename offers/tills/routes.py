"""The till's side: a pass is read, or what was done with it is recorded, alone or many at once; and what people at the
console make of conflicts."""

import uuid
from datetime import datetime
from functools import partial
from typing import Any

from flask import Response, jsonify

from app import clock
from app.accounts.terminal_profiles import profiles
from app.errors import Problem
from app.http.access import Role, brand_id, only, principal, store_id
from app.http.api import Blueprint, language, refuses
from app.http.idempotency import adds_secrets, idempotent
from app.http.pagination import Page, link_header, page_of
from app.http.problems import request_id
from offers.checkout.errors import SaleElsewhere
from offers.checkout.payment import cards_given
from offers.coupons.errors import UndoElsewhere, UndoWindowOver, UsedInSale
from offers.greetings import greetings
from offers.greetings.greetings import Greeted
from offers.offline.late_acts import TillAction
from offers.tills import batches, queries, reasons, recorded_scans, reversals, schemas, settlement
from offers.tills.acts import ScanAsked, TillPlace
from offers.tills.errors import (
    ScanConflictSettled,
    ScanConflictUnknown,
    ScanElsewhere,
    ScanIdReused,
    ScanNotReversible,
    TillScanUnknown,
)
from offers.tills.models import TillScan
from offers.tills.scan_answers import ScanAnswer
from wallet.authenticity.errors import CodeForged
from wallet.cards.errors import CardBlocked, NumberUnusable
from wallet.ledger.errors import TOO_LITTLE, DebtNotAllowed, PointsUnknown
from wallet.passes.errors import NOT_A_CODE, CardLost, PassUnknown
from wallet.scanning import scans
from wallet.scanning.errors import ScanUnknown
from wallet.scanning.scans import PassReading

blueprint = Blueprint("tills", __name__, url_prefix="/v1", description="What tills do with a pass, online and later")

Body = dict[str, Any]
REFUSED = "Recorded: refused, or something is asked; or nobody knows whose pass it was"
EITHER = {"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in ("ScannedOut", "TillScanOut")]}


@blueprint.post("/scans")
@only(Role.TERMINAL)
@idempotent
@adds_secrets(lambda body: cards_given.add_codes_to_answer(body, brand_id=brand_id()))
@refuses(PassUnknown, *NOT_A_CODE, CardBlocked, CardLost, CodeForged, NumberUnusable, ScanIdReused, ScanElsewhere)
@blueprint.arguments(schemas.TillScanIn)
@blueprint.alt_response(200, schema=schemas.TillScanOut, description=REFUSED, success=True)
@blueprint.response(201, schemas.ScannedOut)
def scan_pass(shown: Body) -> Any:
    """Read a member's card or coupon, or what else stands for the card; or record what was done with it.

    Its code names the member, and says where their usable coupons are. With the till's own `scan_id` and an `action`
    it is recorded: whatever is sent how often, it happens once, and a refusal is an answer (200).
    """
    now = clock.now()
    if shown["scan_id"] is None:
        seen = {"code": shown["code"], "kind": shown["kind"], "terminal_id": principal().id}
        greeted = greetings.read_and_greet(**seen, **_where(), language=language(), now=now)
        where = {"Location": f"/v1/scans/{greeted.reading.scan.id}"}
        return Response(schemas.write_scanned(greeted), 201, where, mimetype="application/json")
    asked = _allowed(schemas.scan_asked(shown, store_id=store_id(), now=now))
    return _tell(recorded_scans.answer_scan(asked, at=_place(), language=language(), now=now), now)


@blueprint.post("/scans/batch")
@only(Role.TERMINAL)
@blueprint.arguments(schemas.ScanBatchIn)
@blueprint.response(200, schemas.ScanBatchOut)
def record_scans(sent: Body) -> Body:
    """Record up to 100 scans, each by itself and in their order, as a till sends that was without a network.

    No `Idempotency-Key`: each scan has its own name, and sent again answers what became of it.
    """
    now = clock.now()
    reads = [partial(_read, one, now) for one in sent["scans"]]
    answers = batches.answer_scans(reads, at=_place(), language=language(), now=now)
    return {"items": [_item(one, answer) for one, answer in zip(sent["scans"], answers, strict=True)]}


@blueprint.get("/scans/<uuid:scan_id>")
@only(Role.TERMINAL)
@refuses(ScanUnknown)
@blueprint.response(200, schemas.ScannedOut)
@blueprint.doc(responses={200: {"content": {"application/json": {"schema": EITHER}}}})
def read_scan(scan_id: uuid.UUID) -> Any:
    """A scan that a terminal of this store made, by our id or by the till's own; for a till that lost the answer."""
    now = clock.now()
    try:
        answer = reversals.find_scan(scan_id=scan_id, at=_place(), language=language(), now=now)
    except TillScanUnknown:
        return _greet(scans.look_again(scan_id=scan_id, **_where(), now=now), now)
    return _tell(answer, now)


@blueprint.post("/scans/<uuid:till_scan_id>/reversal")
@only(Role.TERMINAL)
@idempotent
@refuses(TillScanUnknown, ScanElsewhere, ScanNotReversible, UndoElsewhere, UndoWindowOver, UsedInSale, SaleElsewhere)
@refuses(DebtNotAllowed)
@blueprint.response(200, schemas.TillScanOut)
def reverse_scan(till_scan_id: uuid.UUID) -> Body:
    """Take back what a recorded scan of this store did, by the till's own name of it. Twice is once."""
    answer = reversals.reverse_scan(scan_id=till_scan_id, at=_place(), language=language(), now=clock.now())
    return schemas.tell_pass(dict(answer.body))


@blueprint.get("/console/scan-conflicts")
@only(Role.ADMIN, Role.AUDITOR)
@blueprint.arguments(schemas.ScanConflictsIn, location="query")
@blueprint.response(200, schemas.ScanConflictsOut)
def list_scan_conflicts(asked: Body) -> Any:
    """What tills without a network did though they should not have, newest first: who, what, and the loss."""
    found = queries.conflicts_in(brand_id(), settled=asked.pop("state") == "settled")
    page = page_of(found, sort=TillScan.received_at, id=TillScan.id, **asked)
    return Page(settlement.tell_conflicts(page.items, brand_id=brand_id(), now=clock.now()), page.next), link_header(
        page
    )


@blueprint.post("/console/scan-conflicts/<uuid:conflict_id>/settlement")
@only(Role.ADMIN)
@idempotent
@refuses(ScanConflictUnknown, ScanConflictSettled, ScanNotReversible, PointsUnknown, *TOO_LITTLE, DebtNotAllowed)
@blueprint.arguments(schemas.ConflictSettlementIn)
@blueprint.response(200, schemas.ScanConflictOut)
def settle_scan_conflict(wish: Body, conflict_id: uuid.UUID) -> Body:
    """Settle a conflict: bear its loss, take back what the till did, or put the member's points right.

    No `If-Match`: a conflict is settled once.
    """
    now, by = clock.now(), principal().id
    scan = settlement.settle_conflict(conflict_id=conflict_id, brand_id=brand_id(), by=by, **wish, now=now)
    return settlement.tell_conflicts([scan], brand_id=brand_id(), now=now)[0]


def _where() -> Body:
    return {"brand_id": brand_id(), "store_id": store_id()}


def _place() -> TillPlace:
    someone = principal()
    who: Body = {"terminal_id": someone.id, "sent_by_id": someone.id, "cashier_id": someone.cashier_id}
    return TillPlace(**_where(), **who, profile=someone.profile or "")


def _read(sent: Any, now: datetime) -> ScanAsked:
    return _allowed(schemas.read_scan(sent, store_id=store_id(), now=now))


def _allowed(asked: ScanAsked) -> ScanAsked:
    profiles.require_action(principal().profile or "", asked.action)
    return asked


def _greet(reading: PassReading, now: datetime) -> Greeted:
    return greetings.greet_member(reading, language=language(), now=now)


def _tell(answer: ScanAnswer, now: datetime) -> Any:
    told = schemas.tell_pass(dict(answer.body))
    if not answer.is_made:
        return jsonify(schemas.REFUSAL.dump(told))
    is_look = told["action"] == TillAction.IDENTIFY and told["reading"] is not None
    return told | ({"member": _greet(told["reading"], now).member} if is_look else {})


def _item(sent: Any, answer: Any) -> Body:
    is_passing = isinstance(answer, Problem) and reasons.is_passing(answer)
    if isinstance(answer, ScanAnswer) and "sale" in answer.body:
        cards_given.add_codes(answer.body["sale"], brand_id=brand_id())
    return schemas.batch_item(sent, answer, language=language(), instance=request_id(), is_passing=is_passing)
