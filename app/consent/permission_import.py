"""Permissions brought from another system, as a table of lines: proof or nothing, and never more than was.

A line without its evidence becomes `unknown`, which never permits (GDPR 7(1): whoever cannot prove has nothing). A
line never raises what the member answered here, and a no is always taken.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from app.accounts.addresses import Address, email_address, phone_number
from app.accounts.brands import find_brand
from app.accounts.models import Brand, MemberIdentifier
from app.accounts.queries import owner_of_address
from app.clock import in_utc
from app.consent import queries
from app.consent.decision.phone_conditions import INSIDE
from app.consent.errors import AnswerRefused
from app.consent.findings import PermissionFinding
from app.consent.ledger.confirmation import METHOD
from app.consent.ledger.events import lock_permissions, record_event
from app.consent.ledger.evidence import find_seen, proof_of
from app.consent.ledger.grants import USES
from app.consent.ledger.withdrawal import record_no
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
from app.consent.registry.validation import check_level, check_precision, check_purpose, check_recipient
from app.consent.registry.words import require_age, require_identified
from app.consent.suppression.suppression_list import is_suppressed
from app.errors import Problem
from app.ops.imports.outcomes import Found, JudgedRow, Report, RowFault, RowOutcome, Said, Summary
from app.ops.imports.tables import TableLine
from app.sql import db, locks

COLUMNS = {
    "brand": ("brand", "enseigne"),
    "email": ("email", "mail", "emailaddress", "courriel", "adresseemail"),
    "phone": ("phone", "phonenumber", "mobile", "telephone", "portable"),
    "touchpoint": ("touchpoint", "pointdecontact"),
    "purpose": ("purpose", "finalite"),
    "recipient": ("recipient", "destinataire"),
    "level": ("level", "niveau"),
    "given_at": ("givenat", "given", "donnele"),
    "text_sha256": ("textsha", "sha", "empreinte"),
    "locale": ("locale", "langue"),
    "channel": ("channel", "canal"),
    "screen_id": ("screenid", "screen", "ecran"),
    "app_version": ("appversion", "version"),
    "method": ("method", "methode", "geste"),
}
REQUIRED = ("brand", "touchpoint", "purpose", "level")
PROOF = ("text_sha256", "locale", "channel", "screen_id", "app_version", "method")

UNCHANGED = (PermissionFinding.KEPT_AS_ANSWERED, PermissionFinding.ALREADY_NO)
ACCEPTED = (
    PermissionFinding.GIVEN,
    PermissionFinding.LOWERED,
    PermissionFinding.WITHDRAWN,
    PermissionFinding.REFUSED,
)


class _Left(Exception):
    """A line that cannot be taken, and why."""

    def __init__(self, finding: Said, about: str, **facts: object) -> None:
        super().__init__(finding)
        self.found = Found(finding, about, facts)


def import_permissions(lines: Sequence[TableLine], *, now: datetime, report: Report) -> Summary:
    """Take the lines one by one; `report` hears of each, in order.

    A line that cannot be taken is told and leaves no trace; the others stand.
    """
    locks.lock_name("import_permissions")
    summary = Summary()
    for line in lines:
        try:
            outcome, found = _judged(_take(line, now=now))
        except _Left as left:
            outcome, found = RowOutcome.REFUSED, left.found
        except Problem as problem:
            code = PermissionFinding.with_code(problem.code())
            outcome, found = RowOutcome.REFUSED, Found(code, "", problem.facts, sentence=problem.title)
        judged = JudgedRow(line.number, outcome, (found,))  # no address: a report lies about, and must name nobody
        summary.count(judged)
        report(judged)
    return summary


def _judged(became: PermissionFinding | None) -> tuple[RowOutcome, Found]:
    """The outcome of what became of a line; a yes without proof that was noted before is nothing new."""
    if became is None:
        return RowOutcome.UNCHANGED, Found(PermissionFinding.UNKNOWN, "")
    if became is PermissionFinding.UNKNOWN:
        return RowOutcome.CORRECTED, Found(became, "level")
    if became in ACCEPTED:
        return RowOutcome.ACCEPTED, Found(became, "")
    return RowOutcome.UNCHANGED if became in UNCHANGED else RowOutcome.REFUSED, Found(became, "")


def _take(line: TableLine, *, now: datetime) -> PermissionFinding | None:
    if not line.storable:
        raise _Left(RowFault.TEXT_UNSTORABLE, "")
    if line.overfull:
        raise _Left(PermissionFinding.TOO_MANY_CELLS, "", cells=line.cells, columns=line.width)
    brand, level, touchpoint = find_brand(_code(line, "brand")), _level(line), _code(line, "touchpoint")
    if level is Level.NONE:
        return _take_no(line, brand=brand, touchpoint=touchpoint, now=now)
    purpose = check_purpose(_code(line, "purpose"))
    recipient = check_recipient(_code(line, "recipient") or None, goal=purpose, brand_id=brand.id)
    check_precision(purpose, touchpoint=touchpoint)
    check_level(level, touchpoint=touchpoint)
    owner = db.first(owner_of_address(*_address(line)))
    if owner is None:
        return PermissionFinding.MEMBER_UNKNOWN
    lock_permissions(owner.member_id)
    scope = (ScopeKind.BRAND, brand.id)
    key = (owner.member_id, touchpoint, purpose.code, brand.id, *scope, recipient)
    blank = PermissionState(**dict(zip(CELL_KEY, key, strict=True)))
    cell = db.first(queries.cell_at(blank))
    if purpose.marketing and is_suppressed(channel=touchpoint, address=owner.value, brand_id=brand.id, now=now):
        return PermissionFinding.OPPOSED
    require_identified(brand)
    require_age(brand, db.first(queries.member_as_now(owner.member_id)))
    return _import_yes(cell, blank, line, owner=owner, level=level, purpose=purpose, now=now)


def _take_no(line: TableLine, *, brand: Brand, touchpoint: str, now: datetime) -> PermissionFinding:
    """A no ends whatever the member allowed, to every recipient unless one is named, also for what is asked no more."""
    owner = db.first(owner_of_address(*_address(line)))
    if owner is None:
        return PermissionFinding.MEMBER_UNKNOWN
    lock_permissions(owner.member_id)
    cells = db.all_of(queries.cells_of(member_id=owner.member_id, brand_id=brand.id))
    stood = {cell.event_id: cell.state for cell in cells}
    record_no(
        member_id=owner.member_id,
        brand_id=brand.id,
        touchpoint=touchpoint,
        purpose=_code(line, "purpose"),
        recipient=_code(line, "recipient") or None,
        evidence={"imported": True},
        actor=Actor.CONTROLLER,
        now=now,
    )
    stand = {cell.event_id for cell in db.all_of(queries.cells_of(member_id=owner.member_id, brand_id=brand.id))}
    if stand == stood.keys():
        return PermissionFinding.ALREADY_NO
    ended = any(state in PERMITTING for event_id, state in stood.items() if event_id not in stand)
    return PermissionFinding.WITHDRAWN if ended else PermissionFinding.REFUSED


def _import_yes(
    cell: PermissionState | None,
    blank: PermissionState,
    line: TableLine,
    *,
    owner: MemberIdentifier,
    level: Level,
    purpose: Purpose,
    now: datetime,
) -> PermissionFinding | None:
    """A yes counts only where nothing was answered here, or below what was; without proof it is `unknown`.

    None where that was noted before.
    """
    if cell is not None and cell.permits(now):
        if level not in INSIDE.get(Level(cell.level), ()):
            return PermissionFinding.KEPT_AS_ANSWERED
        evidence = {"imported": True, "lowered_from": str(cell.event_id)}
        _record(cell, State.GIVEN, level=level, evidence=evidence, ends_at=cell.expires_at, now=now)
        return PermissionFinding.LOWERED
    if cell is not None and cell.state != State.UNKNOWN:
        return PermissionFinding.KEPT_AS_ANSWERED
    given_at, evidence = _proof(line, blank, owner=owner, purpose=purpose, now=now)
    ends_at = None if given_at is None else given_at + timedelta(days=purpose.validity_days)
    if ends_at is None or ends_at <= now:
        if cell is not None:
            return None
        _record(blank, State.UNKNOWN, level=level, evidence={"imported": True}, ends_at=None, now=now)
        return PermissionFinding.UNKNOWN
    _record(cell or blank, State.GIVEN, level=level, evidence=evidence, ends_at=ends_at, given_at=given_at, now=now)
    return PermissionFinding.GIVEN


def _proof(
    line: TableLine, cell: PermissionState, *, owner: MemberIdentifier, purpose: Purpose, now: datetime
) -> tuple[datetime | None, dict[str, Any]]:
    """When the yes was given and what proves it; no instant when anything of the proof is missing or wrong.

    A yes that stands on a phone's position, on a link or on a parent is proved by nothing that a table can hold.
    """
    evidence = {name: line.get(name) for name in PROOF if line.get(name)}
    given_at = _given_at(line)
    member = db.first(queries.member_as_now(owner.member_id))
    alone = member is not None and member.minor_until is None
    unlinked = purpose.double_opt_in and evidence.get("method") != METHOD
    if given_at is None or not alone or unlinked or TOUCHPOINTS[cell.touchpoint].positioned:
        return None, {}
    if given_at.tzinfo is None or given_at > now:
        return None, {}
    try:
        proof = proof_of(
            evidence, cell=cell, seen=find_seen(evidence, cell=cell, now=given_at), now=given_at, elsewhere=True
        )
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


def _code(line: TableLine, column: str) -> str:
    """A code as we write it: a spreadsheet may have made capitals of it."""
    return (line.get(column) or "").lower()


def _level(line: TableLine) -> Level:
    try:
        return Level(_code(line, "level"))
    except ValueError:
        raise _Left(PermissionFinding.LEVEL_UNREADABLE, "level") from None


def _given_at(line: TableLine) -> datetime | None:
    given = line.get("given_at")
    try:
        at = None if given is None else datetime.fromisoformat(given.upper())
        return at if at is None or at.tzinfo is None else in_utc(at)
    except ValueError:
        raise _Left(PermissionFinding.GIVEN_AT_UNREADABLE, "given_at") from None


def _address(line: TableLine) -> Address:
    email = line.get("email")
    try:
        return phone_number(line.get("phone") or "") if email is None else email_address(email)
    except ValueError:
        raise _Left(PermissionFinding.ADDRESS_UNREADABLE, "phone" if email is None else "email") from None
