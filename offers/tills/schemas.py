"""Recorded scans on the wire. Money in minor units, points as integers."""

import uuid
from datetime import datetime
from typing import Any

import marshmallow as ma
import orjson

from app import complaints
from app.errors import Malformed, Problem
from app.http.api import In, Instant, Out, ProblemOut
from app.http.fields import LineField, Pattern, Prose
from app.http.pagination import PageIn, PageOut
from app.http.reading import pointers
from offers.checkout import sale_cards
from offers.checkout.pricing import Asked
from offers.checkout.schemas import MONEY, SaleCommitIn, SaleOut, SalePointsIn, asked_of
from offers.coupons.schemas import RedemptionOut
from offers.greetings.greetings import Greeted
from offers.greetings.schemas import GreetedOut
from offers.offline.late_acts import TillAction
from offers.tills.acts import ScanAsked
from offers.tills.errors import NOT_OF_ACTION, OTHER_CODE, PART_MISSING
from offers.tills.models import ConflictSettlement, LocalResult, ScanDecided, ScanReason, ScanResult
from wallet.authenticity.models import ProofStanding
from wallet.passes.models import CodeKind
from wallet.purchases.basket import Basket, BasketLine
from wallet.purchases.schemas import known_currency
from wallet.scanning.schemas import ScanIn, ScanOut

MOST_SCANS = 100
OF_ACTION = {
    TillAction.IDENTIFY: (),
    TillAction.REDEEM: (),
    TillAction.EARN: ("purchase",),
    TillAction.BURN: ("points",),
    TillAction.SALE: ("sale",),
}
"""What each action needs; nothing of the others may be there."""
PARTS = ("purchase", "points", "sale")
RECORDED = ("action", *PARTS, "offer_id", "occurred_at", "local_result", "device_seq", "terminal_id")
"""What only a scan with a name may say."""
COUNT = ma.validate.Range(0, 2**53 - 1)
CAN = ("needs_input",)


class TillPurchaseIn(In):
    """An amount that was paid, of which points are earned; without its articles."""

    amount_minor = ma.fields.Integer(required=True, strict=True, validate=MONEY)
    currency = ma.fields.String(
        required=True,
        validate=[Pattern(r"^[A-Z]{3}$", complaints.NOT_A_CURRENCY), known_currency],
        metadata={"description": "ISO 4217"},
    )
    terminal = LineField(longest=60, required=True, metadata={"description": "The till's own name of itself"})
    receipt = LineField(longest=100, required=True)


class TillScanIn(ScanIn):
    """What was scanned or typed. With a `scan_id` of the till's own it is recorded: it happens once, whatever is sent
    how often, and answers say what became of it."""

    scan_id = ma.fields.UUID(load_default=None, metadata={"description": "Made and kept by the till before it sends"})
    action = ma.fields.Enum(TillAction, by_value=True, load_default=None)
    sale = ma.fields.Nested(SaleCommitIn, load_default=None, metadata={"description": "With the same code"})
    purchase = ma.fields.Nested(TillPurchaseIn, load_default=None)
    points = ma.fields.Nested(SalePointsIn, load_default=None, metadata={"description": "To burn"})
    offer_id = ma.fields.UUID(load_default=None, metadata={"description": "Of the coupon, where a card is shown"})
    value_minor = ma.fields.Integer(
        strict=True, load_default=0, validate=MONEY, metadata={"description": "What the till took off for it"}
    )
    occurred_at = Instant(load_default=None, metadata={"description": "By the till's clock; now unless offline"})
    decided = ma.fields.Enum(ScanDecided, by_value=True, load_default=ScanDecided.ONLINE)
    local_result = ma.fields.Enum(LocalResult, by_value=True, load_default=None)
    snapshot_version = ma.fields.Integer(strict=True, load_default=None, validate=COUNT)
    device_seq = ma.fields.Integer(
        strict=True, load_default=None, validate=COUNT, metadata={"description": "Grows by one with each scan"}
    )
    symbology = LineField(longest=20, load_default=None, metadata={"description": "What was read: qr, code128…"})
    supports = ma.fields.List(
        ma.fields.String(validate=ma.validate.Length(1, 40)),
        load_default=list,
        validate=ma.validate.Length(max=20),
        metadata={"description": f"What the till can do: {', '.join(CAN)}; others are ignored"},
    )
    cashier_number = ma.fields.String(
        load_default=None,
        validate=Pattern(r"^[0-9]{1,8}$"),
        metadata={"description": "Who it was offline, where no PIN could be checked"},
    )
    terminal_id = ma.fields.UUID(
        load_default=None, metadata={"description": "The terminal that made it, if the till was paired anew since"}
    )

    @ma.validates_schema
    def parts(self, data: dict[str, Any], **_: Any) -> None:
        wrong: dict[str, Any] = {}
        if data["scan_id"] is None:
            wrong = {name: [NOT_OF_ACTION] for name in RECORDED if data[name] is not None}
        elif data["action"] is None:
            wrong = {"action": [PART_MISSING]}
        else:
            needed = OF_ACTION[data["action"]]
            wrong |= {name: [PART_MISSING] for name in needed if data[name] is None}
            wrong |= {name: [NOT_OF_ACTION] for name in PARTS if name not in needed and data[name] is not None}
            if data["decided"] is ScanDecided.OFFLINE:
                wrong |= {one: [PART_MISSING] for one in ("occurred_at", "local_result") if data[one] is None}
            if data["sale"] is not None and data["sale"]["code"] != data["code"]:
                wrong["sale"] = {"code": [OTHER_CODE]}
        if wrong:
            raise ma.ValidationError(wrong)


def scan_asked(said: dict[str, Any], *, store_id: uuid.UUID, now: datetime) -> ScanAsked:
    """What a till asks, from what it said."""
    occurred_at = said["occurred_at"] or now
    sale = _basket(said, occurred_at, store_id=store_id)
    points = said["points"]
    content = {
        "code": said["code"],
        "kind": said["kind"] and str(said["kind"]),
        "offer_id": said["offer_id"] and str(said["offer_id"]),
        "points": points and {"currency_id": str(points.currency_id), "points": points.points},
        "value_minor": said["value_minor"],
        "sale": sale and {**sale_cards.content_of(sale), "terminal": sale.terminal, "receipt": sale.receipt},
        "charged_minor": said["sale"] and said["sale"]["charged_minor"],
    }
    names = ("scan_id", "action", "code", "kind", "offer_id", "points", "value_minor", "decided", "local_result")
    more = ("snapshot_version", "device_seq", "cashier_number", "symbology", "terminal_id")
    return ScanAsked(
        **{name: said[name] for name in (*names, *more)},
        occurred_at=occurred_at,
        content=content,
        sale=sale,
        charged_minor=said["sale"] and said["sale"]["charged_minor"],
        supports=frozenset(said["supports"]),
    )


def _basket(said: dict[str, Any], occurred_at: datetime, *, store_id: uuid.UUID) -> Asked | None:
    if said["sale"] is not None:
        return asked_of(said["sale"], store_id=store_id, now=occurred_at)
    if said["purchase"] is None:
        return None
    paid = said["purchase"]
    line = BasketLine(1, 1, paid["amount_minor"])
    basket = Basket(currency=paid["currency"], bought_at=occurred_at, lines=(line,), store_id=store_id)
    return Asked(code=said["code"], terminal=paid["terminal"], receipt=paid["receipt"], basket=basket)


SCAN = TillScanIn()


def read_scan(sent: Any, *, store_id: uuid.UUID, now: datetime) -> ScanAsked:
    """A scan of a batch. Raises `Malformed`."""
    try:
        said = SCAN.load(sent)
    except ma.ValidationError as error:
        raise Malformed(errors=pointers({"json": error.messages})) from None
    if said["scan_id"] is None:
        raise Malformed(errors=pointers({"json": {"scan_id": [PART_MISSING]}}))
    return scan_asked(said, store_id=store_id, now=now)


class UnreadScan(ma.fields.Nested):
    """A scan that is read later, by itself: one that is malformed keeps no other back."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, partial: Any = None, **kwargs: Any) -> Any:
        return value


class ScanBatchIn(In):
    """Scans in the order in which they happened, each as `POST /v1/scans` takes it; a malformed one is refused in its
    place."""

    scans = ma.fields.List(UnreadScan(TillScanIn), required=True, validate=ma.validate.Length(1, MOST_SCANS))


class BalanceAfterOut(Out):
    currency_id = ma.fields.UUID(required=True)
    points = ma.fields.Integer(required=True, metadata={"description": "That can be spent"})


class FirstUseOut(Out):
    """When and where a coupon was used."""

    at = Instant(required=True)
    store = ma.fields.String(required=True)
    terminal = ma.fields.String(required=True)


class _Told(Out):
    """What became of a recorded scan."""

    scan_id = ma.fields.UUID()
    action = ma.fields.Enum(TillAction, by_value=True)
    result = ma.fields.Enum(ScanResult, by_value=True)
    reason = ma.fields.Enum(
        ScanReason, by_value=True, allow_none=True, metadata={"description": "Take one that you do not know as refused"}
    )
    message = ma.fields.String(metadata={"description": "The sentence to show"})
    attention = ma.fields.Boolean(metadata={"description": "Whether staff have to look"})
    texts = ma.fields.List(ma.fields.String(), metadata={"description": "More to show"})
    balance_after = ma.fields.List(ma.fields.Nested(BalanceAfterOut))
    replayed = ma.fields.Boolean(metadata={"description": "It was recorded before"})
    reversed_at = Instant(allow_none=True)
    conflict_id = ma.fields.UUID(allow_none=True)
    first_use = ma.fields.Nested(FirstUseOut, allow_none=True)
    redemption = ma.fields.Nested(RedemptionOut)
    sale = ma.fields.Nested(SaleOut)


class TillScanOut(_Told):
    """What became of a recorded scan. Of a pass that was read it is a `ScannedOut`."""

    scan_id = ma.fields.UUID(required=True)
    action = ma.fields.Enum(TillAction, by_value=True, required=True)
    result = ma.fields.Enum(ScanResult, by_value=True, required=True)
    message = ma.fields.String(required=True)
    replayed = ma.fields.Boolean(required=True)
    id = ma.fields.UUID()
    kind = ma.fields.Enum(CodeKind, by_value=True)
    code = ma.fields.String()
    display_name = ma.fields.String(allow_none=True)
    card_id = ma.fields.UUID(allow_none=True)
    coupon_id = ma.fields.UUID(allow_none=True)
    coupons_url = ma.fields.String()
    standing = ma.fields.Enum(ProofStanding, by_value=True)


REFUSAL = TillScanOut()


class ScannedOut(GreetedOut, _Told):
    """Whom the pass names, and what staff need to know; of a recorded scan also what became of it."""

    @ma.pre_dump
    def flat(self, told: Any, **_: Any) -> dict[str, Any]:
        said: dict[str, Any] = super().flat(told) if isinstance(told, Greeted) else told
        return said


SHOWN = ScanOut()


def tell_pass(body: dict[str, Any]) -> dict[str, Any]:
    """An answer to a recorded scan, with what a look-up says of the pass."""
    reading = body["reading"]
    return {**body, **(SHOWN.flat(reading) if reading is not None else {})}


def write_scanned(greeted: Greeted) -> bytes:
    """The JSON text of `ScannedOut` for a pass that was read, and nothing done with it: tills wait for it, and what is
    told of a member is plain already."""
    told = SHOWN.flat(greeted.reading) | {"member": greeted.member}
    return orjson.dumps(told, option=orjson.OPT_UTC_Z)


class BatchItemOut(Out):
    """One scan of a batch: what became of it, or why it was not taken."""

    scan_id = ma.fields.String(required=True, allow_none=True)
    answer = ma.fields.Nested(TillScanOut, required=True, allow_none=True)
    problem = ma.fields.Nested(ProblemOut, required=True, allow_none=True)
    send_again = ma.fields.Boolean(
        required=True, metadata={"description": "False with a problem: put it aside, it will never be taken"}
    )


class ScanBatchOut(Out):
    items = ma.fields.List(ma.fields.Nested(BatchItemOut), required=True)


class ScanConflictsIn(PageIn):
    state = ma.fields.String(load_default="open", validate=ma.validate.OneOf(["open", "settled"]))


class ConflictSettlementIn(In):
    """How a conflict is settled, and why. Points put the member's right, with `corrected`."""

    settlement = ma.fields.Enum(ConflictSettlement, by_value=True, required=True)
    words = Prose(longest=400, required=True)
    points = ma.fields.Integer(strict=True, load_default=0, validate=ma.validate.Range(-10_000_000, 10_000_000))
    currency_id = ma.fields.UUID(load_default=None)

    @ma.validates_schema
    def correction(self, data: dict[str, Any], **_: Any) -> None:
        is_correction = data["settlement"] is ConflictSettlement.CORRECTED
        if data["points"] and not is_correction:
            raise ma.ValidationError({"points": [NOT_OF_ACTION]})
        if data["points"] and data["currency_id"] is None:
            raise ma.ValidationError({"currency_id": [PART_MISSING]})


class ScanConflictOut(Out):
    """What a till without a network did though it should not have: who, what, and what it cost."""

    id = ma.fields.UUID(required=True)
    scan_id = ma.fields.UUID(required=True)
    terminal_id = ma.fields.UUID(required=True)
    terminal = ma.fields.String(required=True)
    store_id = ma.fields.UUID(required=True)
    cashier_id = ma.fields.UUID(required=True, allow_none=True)
    cashier_number = ma.fields.String(required=True, allow_none=True)
    card_id = ma.fields.UUID(required=True, allow_none=True)
    action = ma.fields.Enum(TillAction, by_value=True, required=True)
    reason = ma.fields.Enum(ScanReason, by_value=True, required=True, allow_none=True)
    occurred_at = Instant(required=True)
    received_at = Instant(required=True)
    points = ma.fields.Integer(required=True)
    value_minor = ma.fields.Integer(required=True)
    currency = ma.fields.String(required=True, allow_none=True)
    loss_points = ma.fields.Integer(required=True)
    loss_minor = ma.fields.Integer(required=True)
    reversed_at = Instant(required=True, allow_none=True)
    settlement = ma.fields.Enum(ConflictSettlement, by_value=True, required=True, allow_none=True)
    settled_words = ma.fields.String(required=True, allow_none=True)
    settled_by_id = ma.fields.UUID(required=True, allow_none=True)
    settled_at = Instant(required=True, allow_none=True)

    @ma.pre_dump
    def flat(self, told: dict[str, Any], **_: Any) -> dict[str, Any]:
        names = [name for name in self.fields if name not in ("terminal", "card_id")]
        scan = told["scan"]
        return {name: getattr(scan, name) for name in names} | {
            "terminal": told["terminal"],
            "card_id": told["card_id"],
            "action": TillAction(scan.action),
            "reason": scan.reason and ScanReason(scan.reason),
            "settlement": scan.settlement and ConflictSettlement(scan.settlement),
        }


class ScanConflictsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(ScanConflictOut), required=True)


def batch_item(sent: Any, answer: Any, *, language: Any, instance: str, is_passing: bool) -> dict[str, Any]:
    """What is said of one scan of a batch."""
    named = sent.get("scan_id") if isinstance(sent, dict) else None
    problem = answer.body(language=language, instance=instance) if isinstance(answer, Problem) else None
    return {
        "scan_id": named if isinstance(named, str) else None,
        "answer": None if problem else tell_pass(answer.body),
        "problem": problem,
        "send_again": is_passing,
    }
