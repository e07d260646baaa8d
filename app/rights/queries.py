"""Questions about rights requests, erasures and retention."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    Select,
    Update,
    Uuid,
    any_,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import joinedload

from app.accounts.models import Brand, Member
from app.consent.models import CONSENT, NO, PERMITTING, Objection, PermissionEvent, PermissionState, Purpose, Recipient
from app.identity.models import MergedMember
from app.messages.models import Sink
from app.rights.models import (
    Erasure,
    ErasureStep,
    MemberActivity,
    Remnant,
    RequestKind,
    RequestState,
    RetentionRun,
    RightsRequest,
)


def requests_of(member_id: uuid.UUID) -> Select[RightsRequest]:
    """What a member asked."""
    return select(RightsRequest).options(joinedload(RightsRequest.brand)).where(RightsRequest.member_id == member_id)


def request_of(member_id: uuid.UUID, request_id: uuid.UUID) -> Select[RightsRequest]:
    """One request, if the member made it."""
    return requests_of(member_id).where(RightsRequest.id == request_id)


def requests_to(brand_id: uuid.UUID | None, *, state: str | None = None) -> Select[RightsRequest]:
    """What was asked of a brand, or of the wallet as a whole; perhaps only in one state."""
    asked = select(RightsRequest).options(joinedload(RightsRequest.brand)).where(RightsRequest.brand_id == brand_id)
    return asked if state is None else asked.where(RightsRequest.state == state)


def request_to(brand_id: uuid.UUID | None, request_id: uuid.UUID) -> Select[RightsRequest]:
    """One request, if it was made to this brand (None: to the wallet): without the brand, so that it can be locked."""
    return select(RightsRequest).where(RightsRequest.brand_id == brand_id, RightsRequest.id == request_id)


def unwarned(*, received_before: datetime, due_before: datetime) -> Select[RightsRequest]:
    """Open requests that have waited long, or are soon due after an extension, and for which no alarm rang."""
    long_wait = (RightsRequest.extended_at.is_(None)) & (RightsRequest.received_at <= received_before)
    soon_due = (RightsRequest.extended_at.is_not(None)) & (RightsRequest.due_at <= due_before)
    return select(RightsRequest).where(
        RightsRequest.closed_at.is_(None), RightsRequest.warned_at.is_(None), long_wait | soon_due
    )


def newly_late(*, now: datetime) -> Select[RightsRequest]:
    """Open requests whose time is over, and which nobody has found late yet."""
    return select(RightsRequest).where(
        RightsRequest.closed_at.is_(None), RightsRequest.breached_at.is_(None), RightsRequest.due_at <= now
    )


def waiting(*, received_before: datetime, soon: datetime, now: datetime) -> Select[int, int]:
    """How many open requests ask for attention, and how many of them are late."""
    pressing = (RightsRequest.received_at <= received_before) & (RightsRequest.extended_at.is_(None))
    pressing |= RightsRequest.due_at <= soon
    return select(func.count().filter(pressing), func.count().filter(RightsRequest.due_at <= now)).where(
        RightsRequest.closed_at.is_(None)
    )


def close_erasure_requests(member_id: uuid.UUID, *, now: datetime) -> Update:
    """Answer a member's requests for the erasure of the wallet: it is complete."""
    mine = (RightsRequest.member_id == member_id, RightsRequest.kind == RequestKind.ERASURE)
    done = {"state": RequestState.ANSWERED, "closed_at": now}
    return update(RightsRequest).where(*mine, RightsRequest.closed_at.is_(None)).values(done)


def erasure_of(member_id: uuid.UUID) -> Select[Erasure]:
    """The erasure of a member, if one was asked for."""
    return select(Erasure).where(Erasure.member_id == member_id)


def erasures_to_finish(*, most: int) -> Select[uuid.UUID]:
    """The members whose erasure is written down and not complete, the oldest first."""
    return select(Erasure.member_id).where(Erasure.completed_at.is_(None)).order_by(Erasure.requested_at).limit(most)


def steps_done(member_id: uuid.UUID) -> Select[str]:
    """The steps of an erasure that are done."""
    return select(ErasureStep.step).where(ErasureStep.member_id == member_id)


def erasures_known(member_ids: Collection[uuid.UUID]) -> Select[uuid.UUID]:
    """Those of these members whose erasure this database knows."""
    # One array, however many: a file of years has more names than a statement may have parameters.
    asked = literal(list(member_ids), ARRAY(Uuid()))
    return select(Erasure.member_id).where(Erasure.member_id == any_(asked))


def erasures_to_repeat() -> Select[uuid.UUID]:
    """Erasures that a restored backup had undone, and that are not done again yet."""
    return select(Erasure.member_id).where(Erasure.cause == "restored", Erasure.completed_at.is_(None))


def erasures_completed_before(instant: datetime) -> Select[Erasure]:
    """Erasures whose proof is old enough to go."""
    return select(Erasure).where(Erasure.completed_at < instant)


def erasures() -> Select[Erasure]:
    """Every erasure that this database knows."""
    return select(Erasure).order_by(Erasure.requested_at)


def erasures_to_look_at_again(*, before: datetime, most: int) -> Select[uuid.UUID]:
    """Complete erasures that wait for their second look."""
    waiting = select(Erasure.member_id).where(Erasure.completed_at <= before, Erasure.handles.is_not(None))
    return waiting.order_by(Erasure.completed_at).limit(most)


def noes_since(instant: datetime) -> Select[PermissionEvent]:
    """Every no since an instant, the oldest first."""
    noes = select(PermissionEvent).where(PermissionEvent.state.in_(NO), PermissionEvent.recorded_at > instant)
    return noes.order_by(PermissionEvent.recorded_at)


def objections_since(instant: datetime) -> Select[Objection]:
    """The objections to marketing that stand, of those since an instant."""
    return select(Objection).where(Objection.lifted_at.is_(None), Objection.objected_at > instant)


def restricted_since(instant: datetime) -> Select[Member]:
    """Members who asked since an instant that their data be not used. Who is part of another rests for that."""
    alone = Member.id.not_in(select(MergedMember.member_id))
    return select(Member).where(Member.restricted_at > instant, alone)


def newest_runs() -> Select[str, datetime, datetime | None]:
    """Each retention job: when it first ran, and when it last came to its end."""
    complete_at = func.max(RetentionRun.ran_at).filter(RetentionRun.complete).label("complete_at")
    first_at = func.min(RetentionRun.ran_at).label("first_at")
    return select(RetentionRun.job, first_at, complete_at).group_by(RetentionRun.job)


def asleep_since(instant: datetime, *, most: int) -> Select[MemberActivity]:
    """Members with no act since this instant, not told yet."""
    alone = MemberActivity.member_id.not_in(select(MergedMember.member_id))  # who is part of another goes with them
    asleep = select(MemberActivity).where(
        MemberActivity.last_act_at < instant, MemberActivity.warned_at.is_(None), alone
    )
    return asleep.order_by(MemberActivity.last_act_at).limit(most)


def tell_again(member_ids: Sequence[uuid.UUID]) -> Update:
    """Let a later run tell these members what did not reach them."""
    return update(MemberActivity).where(MemberActivity.member_id.in_(member_ids)).values(warned_at=None)


def warned_before(instant: datetime, *, asleep_since: datetime, most: int) -> Select[MemberActivity]:
    """Members who were told before this instant, have done nothing, and are not being erased yet."""
    asleep = select(MemberActivity).where(
        MemberActivity.last_act_at < asleep_since,
        MemberActivity.warned_at <= instant,
        MemberActivity.member_id.not_in(select(Erasure.member_id)),
        MemberActivity.member_id.not_in(select(MergedMember.member_id)),
    )
    return asleep.order_by(MemberActivity.last_act_at).limit(most)


def remnants(*, most: int) -> Select[Remnant]:
    """What waits to be shed, the oldest first."""
    return select(Remnant).order_by(Remnant.since).limit(most)


def purposes_standing(member_id: uuid.UUID, *, brand_id: uuid.UUID | None, now: datetime) -> Select[str]:
    """The purposes that a member allows now by any touchpoint anywhere, with one brand or with any."""
    standing = select(PermissionState.purpose).where(
        PermissionState.member_id == member_id,
        PermissionState.state.in_(PERMITTING),
        or_(PermissionState.expires_at.is_(None), PermissionState.expires_at > now),
    )
    return standing if brand_id is None else standing.where(PermissionState.brand_id == brand_id)


def purposes_by_consent() -> Select[str]:
    """The purposes that members grant and end."""
    return select(Purpose.code).where(Purpose.legal_basis == CONSENT)


def newest_act() -> Select[Any]:
    """The last act that is noted."""
    return select(func.max(MemberActivity.last_act_at))


def every_purpose() -> Select[Purpose]:
    """The registry of purposes."""
    return select(Purpose).order_by(Purpose.code)


def enabled_sinks(brand_ids: Collection[uuid.UUID] | None) -> Select[str, Sink]:
    """The systems that brands give data to, of these brands or of all, each with its brand's code."""
    asked = select(Brand.code, Sink).join(Brand, Brand.id == Sink.brand_id).where(Sink.enabled_at.is_not(None))
    return asked.where(Sink.brand_id.in_(brand_ids)) if brand_ids is not None else asked


def recipients_named(brand_ids: Collection[uuid.UUID] | None) -> Select[str, Recipient]:
    """Whom these brands, or all, pass data on to by name, each with its brand's code."""
    asked = select(Brand.code, Recipient).join(Brand, Brand.id == Recipient.brand_id).order_by(Recipient.code)
    return asked.where(Recipient.brand_id.in_(brand_ids)) if brand_ids is not None else asked
