"""Permissions brought from another system, as a table of lines: proof or nothing, and never more than was.

A line without its evidence becomes `unknown`, which never permits (GDPR 7(1): whoever cannot prove has nothing). A
line never raises what the member answered here, and a no is always taken.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app.accounts.addresses import Address, email_address, phone_number
from app.accounts.brands import find_brand
from app.accounts.queries import owner_of_address
from app.consent import queries
from app.consent.decision.phone_conditions import INSIDE
from app.consent.errors import AnswerRefused
from app.consent.ledger.confirmation import METHOD
from app.consent.ledger.events import lock_permissions, record_event
from app.consent.ledger.evidence import find_seen, proof_of
from app.consent.ledger.grants import USES, check_level, check_precision, check_purpose, check_recipient
from app.consent.ledger.withdrawal import say_no
from app.consent.models import (
    CELL_KEY,
    PERMITTING,
    Actor,
    Level,
    PermissionEvent,
    PermissionState,
    Purpose,
    ScopeKind,
    State,
)
from app.consent.registry.touchpoints import TOUCHPOINTS
from app.consent.suppression.suppression_list import is_suppressed
from app.errors import Problem
from app.sql import db

COLUMNS = ("brand", "email", "phone", "touchpoint", "purpose", "recipient", "level", "given_at")
PROOF = ("text_sha256", "locale", "channel", "screen_id", "app_version", "method")


class ImportOutcome(NamedTuple):
    """What became of a line: `given`, `lowered`, `withdrawn`, `unknown`, or why it was left (`opposed`, …)."""

    line: int
    became: str


def import_permissions(lines: Iterable[Mapping[str, str]], *, now: datetime, first: int = 2) -> Iterator[ImportOutcome]:
    """Take the lines one by one. A line that cannot be taken is told and leaves no trace; the others stand.

    `first` is the number of the first of them; the first line of a file holds the names.
    """
    for number, line in enumerate(lines, start=first):
        try:
            yield ImportOutcome(
                number, _take({name: (line.get(name) or "").strip() for name in COLUMNS + PROOF}, now=now)
            )
        except Problem as problem:
            yield ImportOutcome(number, problem.code())
        except ValueError:
            yield ImportOutcome(number, "malformed")


def _take(line: Mapping[str, str], *, now: datetime) -> str:
    brand = find_brand(line["brand"])
    purpose, level = check_purpose(line["purpose"]), Level(line["level"])
    recipient = check_recipient(line.get("recipient") or None, goal=purpose, brand_id=brand.id)
    check_precision(purpose, touchpoint=line["touchpoint"])
    if level is not Level.NONE:
        check_level(level, touchpoint=line["touchpoint"])
    owner = db.first(owner_of_address(*_address(line)))
    if owner is None:
        return "member_unknown"
    lock_permissions(owner.member_id)
    scope = (ScopeKind.BRAND, brand.id)
    key = (owner.member_id, line["touchpoint"], purpose.code, brand.id, *scope, recipient)
    blank = PermissionState(**dict(zip(CELL_KEY, key, strict=True)))
    cell = db.first(queries.cell_at(blank))
    if level is Level.NONE:
        return _refuse(cell or blank, now=now)
    if purpose.marketing and is_suppressed(channel=line["touchpoint"], address=owner.value, brand_id=brand.id, now=now):
        return "opposed"
    return _import_yes(cell, blank, line, level=level, validity_days=purpose.validity_days, now=now)


def _refuse(cell: PermissionState, *, now: datetime) -> str:
    if cell.state in (State.REFUSED, State.WITHDRAWN):
        return "already_no"
    return say_no(cell, now=now, evidence={"imported": True}, actor=Actor.CONTROLLER).state


def _import_yes(
    cell: PermissionState | None,
    blank: PermissionState,
    line: Mapping[str, str],
    *,
    level: Level,
    validity_days: int,
    now: datetime,
) -> str:
    """A yes counts only where nothing was answered here, or below what was; without proof it is `unknown`."""
    if cell is not None and cell.permits(now):
        if level not in INSIDE.get(Level(cell.level), ()):
            return "kept_as_answered"
        evidence = {"imported": True, "lowered_from": str(cell.event_id)}
        _record(cell, State.GIVEN, level=level, evidence=evidence, ends_at=cell.expires_at, now=now)
        return "lowered"
    if cell is not None and cell.state != State.UNKNOWN:
        return "kept_as_answered"
    given_at, evidence = _proof(line, now=now)
    ends_at = None if given_at is None else given_at + timedelta(days=validity_days)
    if ends_at is None or ends_at <= now:
        if cell is None:
            _record(blank, State.UNKNOWN, level=level, evidence={"imported": True}, ends_at=None, now=now)
        return str(State.UNKNOWN)
    _record(cell or blank, State.GIVEN, level=level, evidence=evidence, ends_at=ends_at, given_at=given_at, now=now)
    return str(State.GIVEN)


def _proof(line: Mapping[str, str], *, now: datetime) -> tuple[datetime | None, dict[str, Any]]:
    """When the yes was given and what proves it; no instant when anything of the proof is missing or wrong.

    A yes that stands on a phone's position, on a link or on a parent is proved by nothing that a table can hold.
    """
    evidence = {name: line[name] for name in PROOF if line.get(name)}
    goal = db.get(Purpose, line["purpose"])
    owner = db.first(owner_of_address(*_address(line)))
    member = db.first(queries.member_as_now(owner.member_id)) if owner is not None else None
    alone = member is not None and member.minor_until is None
    linked = goal is not None and goal.double_opt_in and evidence.get("method") != METHOD
    if not line.get("given_at") or not alone or linked or TOUCHPOINTS[line["touchpoint"]].positioned:
        return None, {}
    given_at = datetime.fromisoformat(line["given_at"])
    if given_at.tzinfo is None or given_at > now:
        return None, {}
    try:
        seen = find_seen(evidence, purpose=line["purpose"], now=given_at)
        proof = proof_of(evidence, purpose=line["purpose"], touchpoint=line["touchpoint"], seen=seen, now=given_at)
    except AnswerRefused:
        return None, {}
    return given_at, proof | {"imported": True}


def _record(
    cell: PermissionState,
    state: State,
    *,
    level: Level,
    evidence: dict[str, Any],
    ends_at: datetime | None,
    now: datetime,
    given_at: datetime | None = None,
) -> None:
    record_event(
        PermissionEvent(
            **{name: getattr(cell, name) for name in CELL_KEY},
            level=level,
            state=state,
            actor=Actor.CONTROLLER,
            expires_at=ends_at,
            max_uses=USES.get(level) if state in PERMITTING else None,
            evidence=evidence,
            recorded_at=now,
            claimed_at=given_at,
        )
    )


def _address(line: Mapping[str, str]) -> Address:
    return email_address(line["email"]) if line.get("email") else phone_number(line.get("phone", ""))
