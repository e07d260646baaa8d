"""Questions about messages, stop links and sinks."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, Update, and_, bindparam, case, delete, exists, func, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.sql.dml import ReturningDelete, ReturningInsert

from app.accounts.models import Brand, IdentifierKind, Member, MemberIdentifier
from app.consent.models import OWN, PERMITTING, PermissionState, Purpose
from app.messages.models import WAITING, Message, MessageStatus, Sink, SinkNotice, StopLink
from app.sql.store_tables import AREA_STORE


def message_with(member_id: uuid.UUID, id: uuid.UUID) -> Select[Message]:
    """One message."""
    return select(Message).where(Message.member_id == member_id, Message.id == id)


def messages_of(member_id: uuid.UUID) -> Select[Message]:
    """Everything that was sent to a member, waits for them, or was stopped."""
    return select(Message).where(Message.member_id == member_id)


def message_by_key(*, member_id: uuid.UUID, brand_id: uuid.UUID, key: str) -> Select[Message]:
    """The message that was asked for with this key."""
    return select(Message).where(Message.member_id == member_id, Message.brand_id == brand_id, Message.key == key)


def lease(*, now: datetime, until: datetime, limit: int) -> Update:
    """Take what is due, passing over what another sender is taking; nobody else takes it before `until`."""
    due = (
        select(Message.member_id, Message.id)
        .where(Message.status.in_((*WAITING, MessageStatus.LEAVING)), Message.due_at <= now)
        .order_by(Message.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (
        update(Message)
        .where(tuple_(Message.member_id, Message.id).in_(due))
        .values(due_at=until)
        .returning(Message.member_id, Message.id, Message.touchpoint)
        .execution_options(synchronize_session=False)
    )


def _waiting_kinds() -> Select[*tuple[Any, ...]]:
    messages = Message.__table__.c
    narrowed = []
    for name in ("brand_id", "touchpoint", "purpose"):
        wanted = bindparam(name, type_=messages[name].type)
        narrowed.append(or_(wanted.is_(None), messages[name] == wanted))
    mine = messages.member_id == bindparam("member_id", type_=messages.member_id.type)
    return (
        select(messages.brand_id, messages.touchpoint, messages.purpose, messages.store_id)
        .distinct()
        .where(mine, messages.status.in_(WAITING), *narrowed)
    )


WAITING_KINDS = _waiting_kinds()
"""For what and where a member's messages wait, each once; of any brand, touchpoint or purpose that is null."""


def cancellation(
    member_id: uuid.UUID,
    *,
    brand_id: uuid.UUID,
    touchpoint: str,
    purpose: str,
    store_id: uuid.UUID | None,
    reason: str,
    now: datetime,
) -> Update:
    """Stop what waits for one thing at one place."""
    return (
        update(Message)
        .where(
            Message.member_id == member_id,
            Message.brand_id == brand_id,
            Message.touchpoint == touchpoint,
            Message.purpose == purpose,
            Message.store_id.is_not_distinct_from(store_id),
            Message.status.in_(WAITING),
        )
        .values(status=MessageStatus.CANCELLED, reason=reason, settled_at=now)
        .execution_options(synchronize_session=False)
    )


def _after_a_no() -> Select[int, bool]:
    about = ("member_id", "brand_id", "touchpoint", "purpose")
    messages, cells = Message.metadata.tables["message"], PermissionState.metadata.tables["permission_state"]
    # A parameter with the name of a column would be taken for what the update sets.
    asked = {name: bindparam(f"about_{name}", type_=messages.c[name].type) for name in about}
    waiting = [messages.c[name] == asked[name] for name in about] + [messages.c.status.in_(WAITING)]
    yes = exists().where(
        *(cells.c[name] == asked[name] for name in about), cells.c.recipient == OWN, cells.c.state.in_(PERMITTING)
    )
    stopped = (
        update(messages)
        .where(*waiting, ~yes)
        .values(
            status=MessageStatus.CANCELLED,
            reason=bindparam("said", type_=messages.c.reason.type),
            settled_at=bindparam("now", type_=messages.c.settled_at.type),
        )
        .returning(messages.c.id)
        .cte("stopped")
    )
    cancelled = select(func.count()).select_from(stopped).scalar_subquery()
    return select(cancelled.label("cancelled"), exists().where(*waiting).label("waited"))


AFTER_A_NO = _after_a_no()
"""Stop all that waits for one thing, if the member allows it in no scope any more: how many that were, and whether
anything waited before."""


CANCELLATION_AFTER_NOES = text(
    """
    UPDATE message SET status = 'cancelled', reason = said.reason, settled_at = said.instant
      FROM unnest(CAST(:brands AS uuid[]), CAST(:touchpoints AS text[]), CAST(:purposes AS text[]),
                  CAST(:reasons AS text[]), CAST(:instants AS timestamptz[]))
           AS said (brand_id, touchpoint, purpose, reason, instant)
     WHERE message.member_id = :member AND message.status IN ('queued', 'held')
       AND (message.brand_id, message.touchpoint, message.purpose) = (said.brand_id, said.touchpoint, said.purpose)
       AND NOT EXISTS (
           SELECT FROM permission_state AS cell
            WHERE cell.member_id = :member AND cell.recipient = '' AND cell.state IN ('given', 'renewed')
              AND (cell.brand_id, cell.touchpoint, cell.purpose) = (said.brand_id, said.touchpoint, said.purpose))
    """
)
"""Stop all that waits for several things at once, those that the member allows in no scope any more."""


def areas_of(store_id: uuid.UUID) -> Select[uuid.UUID]:
    """The areas that a store lies in."""
    return select(AREA_STORE.c.area_id).where(AREA_STORE.c.store_id == store_id)


def addressee(message: Message, kind: IdentifierKind) -> Select[str, str | None, bool | None]:
    """The member's language, the address of this kind that they proved first, whether the message is marketing."""
    return (
        select(Member.language, MemberIdentifier.value, Purpose.marketing)
        .outerjoin(MemberIdentifier, and_(MemberIdentifier.member_id == Member.id, MemberIdentifier.kind == kind))
        .outerjoin(Purpose, Purpose.code == message.purpose)
        .where(Member.id == message.member_id)
        .order_by(MemberIdentifier.verified_at, MemberIdentifier.value)
        .limit(1)
    )


def stop_link(*, member_id: uuid.UUID, brand_id: uuid.UUID, touchpoint: str, purpose: str) -> Select[StopLink]:
    """The link that stops this for the member."""
    return select(StopLink).where(
        StopLink.member_id == member_id,
        StopLink.brand_id == brand_id,
        StopLink.touchpoint == touchpoint,
        StopLink.purpose == purpose,
    )


def new_stop_link(**columns: Any) -> Insert:
    """Make the link, unless another sender is making it."""
    return insert(StopLink).values(**columns).on_conflict_do_nothing()


def sink_called(brand_id: uuid.UUID, code: str) -> Select[Sink]:
    """The sink of a brand with this code."""
    return select(Sink).where(Sink.brand_id == brand_id, Sink.code == code)


def sinks(brand_id: uuid.UUID | None = None) -> Select[*tuple[Any, ...]]:
    """The sinks of a brand, or of all brands, each with its brand's code."""
    question: Select[*tuple[Any, ...]] = (
        select(Sink, Brand.code).join(Brand, Brand.id == Sink.brand_id).order_by(Brand.code, Sink.code)
    )
    return question if brand_id is None else question.where(Sink.brand_id == brand_id)


def sinks_to_tell(*, brand_ids: Collection[uuid.UUID] | None, purpose: str | None) -> Select[Sink]:
    """The enabled sinks, of these brands or of all, that were given data for this purpose, or for any."""
    question = select(Sink).where(Sink.enabled_at.is_not(None)).order_by(Sink.id)
    if brand_ids is not None:
        question = question.where(Sink.brand_id.in_(brand_ids))
    return question if purpose is None else question.where(Sink.purposes.contains([purpose]))


def notices_due(*, now: datetime, until: datetime, limit: int) -> Update:
    """Take the notices to try now; nobody else takes them before `until`."""
    due = (
        select(SinkNotice.member_id, SinkNotice.id)
        .where(SinkNotice.acknowledged_at.is_(None), SinkNotice.due_at <= now)
        .order_by(SinkNotice.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (
        update(SinkNotice)
        .where(tuple_(SinkNotice.member_id, SinkNotice.id).in_(due))
        .values(due_at=until, tries=SinkNotice.tries + 1)
        .returning(SinkNotice.member_id, SinkNotice.id)
        .execution_options(synchronize_session=False)
    )


def new_notices(rows: Sequence[dict[str, Any]]) -> ReturningInsert[Any]:
    """Notices to several sinks, each once for one fact."""
    return insert(SinkNotice).values(rows).on_conflict_do_nothing().returning(SinkNotice.id)


def confirmed_before(instant: datetime) -> ReturningDelete[Any]:
    """Delete what was confirmed before."""
    return delete(SinkNotice).where(SinkNotice.acknowledged_at <= instant).returning(SinkNotice.id)


def notice_with(member_id: uuid.UUID, id: uuid.UUID) -> Select[SinkNotice]:
    """One notice."""
    return select(SinkNotice).where(SinkNotice.member_id == member_id, SinkNotice.id == id)


def standing_of_sinks(
    *, now: datetime, since: datetime, sink_ids: Collection[uuid.UUID] | None = None
) -> Select[*tuple[Any, ...]]:
    """Per sink: (id, unconfirmed, late, seconds that the oldest unconfirmed waits, slowest confirmation since)."""
    waits = SinkNotice.acknowledged_at.is_(None)
    took = func.extract("epoch", SinkNotice.acknowledged_at - SinkNotice.created_at)
    question: Select[*tuple[Any, ...]] = (
        select(
            SinkNotice.sink_id,
            func.count().filter(waits),
            func.count().filter(waits, SinkNotice.bound_at <= now),
            func.extract("epoch", now - func.min(case((waits, SinkNotice.created_at)))),
            func.max(took).filter(SinkNotice.acknowledged_at > since),
        )
        .where((SinkNotice.created_at > since - timedelta(days=1)) | waits)
        .group_by(SinkNotice.sink_id)
    )
    return question if sink_ids is None else question.where(SinkNotice.sink_id.in_(sink_ids))
