"""What terminals say of themselves, on the wire."""

from typing import Any

import marshmallow as ma

from app.accounts.black_box.reports import TerminalSign
from app.accounts.schemas import TerminalOut
from app.http.api import In, Instant, Out
from app.http.fields import LineField
from app.http.pagination import PageOut

REPORTED = (
    "hardware",
    "software",
    "reported_at",
    "clock_drift_s",
    "queue_length",
    "oldest_queued_at",
    "battery_percent",
)
OF_TERMINAL = ("id", "store_id", "name", "profile", "created_at", "paired_at", "revoked_at", *REPORTED)


class LastScanIn(In):
    """A scan of a till, in short: no code, and nothing of whose it was."""

    scan_id = ma.fields.UUID(required=True)
    action = LineField(longest=20, required=True)
    result = LineField(longest=40, required=True)
    at = Instant(required=True)

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, str]:
        return {name: value if isinstance(value, str) else str(value) for name, value in data.items()}


class TerminalReportIn(In):
    clock_at = Instant(required=True, metadata={"description": "What its clock says as it sends this"})
    queue_length = ma.fields.Integer(required=True, strict=True, validate=ma.validate.Range(0, 1_000_000))
    oldest_queued_at = Instant(load_default=None, metadata={"description": "By its own clock"})
    battery_percent = ma.fields.Integer(strict=True, load_default=None, validate=ma.validate.Range(0, 100))
    hardware = LineField(load_default=None, longest=100)
    software = LineField(load_default=None, longest=100)
    last_scans = ma.fields.List(ma.fields.Nested(LastScanIn), load_default=list, validate=ma.validate.Length(max=20))


class TerminalReportOut(Out):
    """What it may be told in return."""

    now = Instant(required=True, metadata={"description": "Our clock"})
    clock_drift_s = ma.fields.Integer(required=True, metadata={"description": "By how much its own is ahead"})
    profile = ma.fields.String(required=True)
    signs = ma.fields.List(ma.fields.Enum(TerminalSign, by_value=True), required=True)


class TerminalKeyOut(Out):
    """A new key, shown once. The old one works until a request came with this one."""

    key = ma.fields.String(required=True)
    terminal_id = ma.fields.UUID(required=True)


class TerminalStandingOut(TerminalOut):
    """A terminal, with what it last said of itself and what is wrong with it."""

    hardware = ma.fields.String(required=True, allow_none=True)
    software = ma.fields.String(required=True, allow_none=True)
    reported_at = Instant(required=True, allow_none=True)
    clock_drift_s = ma.fields.Integer(required=True, allow_none=True)
    queue_length = ma.fields.Integer(required=True, allow_none=True)
    oldest_queued_at = Instant(required=True, allow_none=True)
    battery_percent = ma.fields.Integer(required=True, allow_none=True)
    signs = ma.fields.List(ma.fields.Enum(TerminalSign, by_value=True), required=True)

    @ma.pre_dump
    def flat(self, told: dict[str, Any], **_: Any) -> dict[str, Any]:
        terminal = told["terminal"]
        return {name: getattr(terminal, name) for name in OF_TERMINAL} | {"signs": told["signs"]}


class TerminalsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(TerminalStandingOut), required=True)
