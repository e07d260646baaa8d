"""A child and a parent say yes together (GDPR 8, French act article 45): neither alone suffices, either may withdraw.

The child invites; the parent, who is a member too and signed in as themselves, accepts and declares that they hold
parental authority. No identity paper is asked: two acts by two proved addresses are proportionate to offers.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from app.accounts.models import Brand
from app.codes import sealed
from app.consent import queries as consent
from app.consent.ledger.events import lock_permissions_for_yes, record_event
from app.consent.ledger.evidence import Evidence, find_seen, keep_seen, proof_of
from app.consent.ledger.withdrawal import record_no
from app.consent.models import CELL_KEY, OWN, Actor, Pending, PermissionEvent, PermissionState, Recipient, Scope, State
from app.consent.queries import member_as_now
from app.consent.registry.words import require_identified
from app.errors import NotFound
from app.family import queries
from app.family.errors import InvitationNotAccepted, NothingPending, NotMinor, ParentNotEligible
from app.family.models import ParentalLink
from app.receipts import issuance
from app.sql import db

LASTING = timedelta(minutes=30)

PHONE = "os_permission"
OF_THE_CHILDS_PHONE = (PHONE, "asked_level")
"""What a child's evidence says of their phone, which is not the parent's to say."""


def invite_parent(*, member_id: uuid.UUID, now: datetime) -> sealed.Invitation:
    """Let one parent answer together with this child, within half an hour. Raises `NotMinor`."""
    if not is_minor(member_id, now=now):
        raise NotMinor
    made = sealed.make_invitation(member_id=member_id, expires_at=now + LASTING)
    db.add(ParentalLink(member_id=member_id, code_hash=made.code_hash, invited_at=now, expires_at=made.expires_at))
    return made


def accept_invitation(*, parent_id: uuid.UUID, code: str, now: datetime) -> ParentalLink:
    """Answer together with the child who made this code, as holder of parental authority.

    Raises `InvitationNotAccepted`, the same whatever is wrong, and `ParentNotEligible`.
    """
    if is_minor(parent_id, now=now):
        raise ParentNotEligible
    child_id, code_hash = _read(code)
    if child_id == parent_id:
        raise ParentNotEligible
    db.become(member_id=child_id, principal_id=parent_id)
    link = db.first(queries.invitation(child_id, code_hash, now=now))
    if link is None:
        raise InvitationNotAccepted
    link.principal_id, link.accepted_at = parent_id, now
    db.session().flush()
    return link


def stand_for(*, parent_id: uuid.UUID, child_id: uuid.UUID, now: datetime) -> ParentalLink:
    """The link by which this parent answers together with this child, whose rows the transaction sees from now on.

    Raises `NotFound` for anybody else, and once the child is of age.
    """
    link = next((one for one in db.all_of(queries.links_of_parent(parent_id)) if one.member_id == child_id), None)
    if link is None:
        raise NotFound
    db.become(member_id=child_id, principal_id=parent_id)
    if not is_minor(child_id, now=now):
        raise NotFound
    return link


def approve_permission(
    *,
    parent_id: uuid.UUID,
    child_id: uuid.UUID,
    brand: Brand,
    touchpoint: str,
    purpose: str,
    evidence: Evidence,
    now: datetime,
    scope: Scope | None = None,
    recipient: str | None = None,
) -> PermissionState:
    """Say yes together with the child, to exactly what the child said yes to; return the cell.

    `evidence` proves the parent's own act (GDPR 7(1), 8(2)) and is what the event holds, whose predecessor holds the
    child's; only what the child's phone allows is kept from there. The parent gets a receipt of their own.

    Raises `NotFound` for somebody else's child, `NothingPending` when the child has not asked, `BrandUnidentified` and
    what `proof_of` raises.
    """
    link = stand_for(parent_id=parent_id, child_id=child_id, now=now)
    lock_permissions_for_yes(child_id, purpose=purpose)
    asked_scope = tuple(scope) if scope is not None else ("brand", brand.id)
    cells = db.all_of(consent.cells_of(member_id=child_id, brand_id=brand.id, touchpoint=touchpoint, purpose=purpose))
    key = (*asked_scope, recipient or OWN)
    cell = next((one for one in cells if (one.scope_kind, one.scope_id, one.recipient) == key), None)
    asked = db.get(PermissionEvent, (child_id, cell.event_id)) if cell is not None else None
    if cell is None or asked is None or cell.pending != Pending.PARENT:
        raise NothingPending
    if asked.expires_at is not None and asked.expires_at <= now:
        raise NothingPending
    proof = _proof_of_parent(evidence, asked, brand=brand, now=now)
    carried = {name: asked.evidence[name] for name in OF_THE_CHILDS_PHONE if name in asked.evidence}
    by_both = {"parental_evidence_id": str(link.id), "asked_by_child": str(asked.id)}
    given = record_event(
        PermissionEvent(
            **{name: getattr(asked, name) for name in CELL_KEY},
            level=asked.level,
            state=State.GIVEN,
            actor=Actor.DATA_SUBJECT_WITH_PARENT,
            expires_at=asked.expires_at,
            max_uses=asked.max_uses,
            evidence=proof | carried | by_both,
            recorded_at=now,
        )
    )
    issuance.issue_to_parent(parent_id=parent_id, child_id=child_id, event_ids=[given.event_id])
    return given


def _proof_of_parent(evidence: Evidence, asked: PermissionEvent, *, brand: Brand, now: datetime) -> dict[str, Any]:
    """What proves the parent's act, without their phone: the one that counts is the child's."""
    require_identified(brand)
    recipient = db.get(Recipient, (brand.id, asked.purpose, asked.recipient)) if asked.recipient != OWN else None
    seen = find_seen(evidence, cell=asked, brand=brand, recipient=recipient, now=now)
    proof = proof_of(evidence, cell=asked, seen=seen, now=now)
    keep_seen(evidence, seen.words, now=now)
    return {name: said for name, said in proof.items() if name != PHONE}


def withdraw_for_child(*, parent_id: uuid.UUID, child_id: uuid.UUID, now: datetime, **cell: Any) -> PermissionState:
    """Say no for the child; takes what `record_no` takes. The parent gets a receipt of each no that this made.

    Raises `NotFound` for somebody else's child.
    """
    link = stand_for(parent_id=parent_id, child_id=child_id, now=now)
    by_parent = {"parental_evidence_id": str(link.id)}
    ended, known = record_no(
        member_id=child_id, now=now, evidence=by_parent, actor=Actor.DATA_SUBJECT_WITH_PARENT, **cell
    )
    said = consent.events_with(child_id, [one.event_id for one in (ended, *known.cells)], parental_evidence_id=link.id)
    issuance.issue_to_parent(parent_id=parent_id, child_id=child_id, event_ids=db.all_of(said))
    return ended


def children(*, parent_id: uuid.UUID) -> Sequence[ParentalLink]:
    """For whom this member answers."""
    return db.all_of(queries.links_of_parent(parent_id))


def is_minor(member_id: uuid.UUID, *, now: datetime) -> bool:
    """Whether this member is below the age of consent."""
    member = db.first(member_as_now(member_id))
    return member is not None and member.minor_until is not None and member.minor_until > now


def _read(code: str) -> tuple[uuid.UUID, bytes]:
    invitation = sealed.read_invitation(code)
    if invitation is None:
        raise InvitationNotAccepted
    return invitation
