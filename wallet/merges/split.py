"""Two members who were merged are two again: what came and is still there goes back; what is gone stays gone."""

import uuid
from collections import Counter
from datetime import datetime

from app.accounts import sessions
from app.accounts.sessions import Ended
from app.identity.models import MemberMerge, MergedMember
from app.identity.moves import MERGERS
from app.languages import Moment
from app.sql import db
from wallet.merges import queries
from wallet.merges.errors import MergedSince, MergeFinal, MergeUnknown
from wallet.merges.union import lock_both


def split_mine(*, member_id: uuid.UUID, merge_id: uuid.UUID, session_id: uuid.UUID, now: datetime) -> MemberMerge:
    """Part two wallets that the member had merged. Twice is once.

    Raises `MergeUnknown`, `MergeFinal` after thirty days, `MergedSince`.
    """
    merge = db.first(queries.merge_of(member_id, merge_id))
    if merge is None:
        raise MergeUnknown
    with db.system():  # the other one is theirs too, as they proved
        return part_members(merge, but=session_id, now=now)


def split_as_brand(*, brand_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> MemberMerge:
    """Part two members whom the brand had merged. Raises as `split_mine`."""
    merge = db.first(queries.merge_by(brand_id, merge_id))
    if merge is None:
        raise MergeUnknown
    with db.system():
        return part_members(merge, but=None, now=now)


def part_members(merge: MemberMerge, *, but: uuid.UUID | None, now: datetime) -> MemberMerge:
    """Undo a merge. Whoever is signed in to the target signs in again, but for the sign-in that asks: by then an
    address opens one of the two only."""
    lock_both(merge.source_id, merge.member_id)
    merge = db.all_of(db.locked(queries.merge_of(merge.member_id, merge.id)))[0]
    if merge.split_at is not None:
        return merge
    if merge.final_at <= now:
        raise MergeFinal(until=Moment(merge.final_at, "Europe/Paris"))
    pointer = db.get(MergedMember, merge.source_id)
    if db.get(MergedMember, merge.member_id) is not None or pointer is None or pointer.merge_id != merge.id:
        raise MergedSince
    back: Counter[str] = Counter()
    for room in MERGERS:
        back.update(room.split(source_id=merge.source_id, target_id=merge.member_id, merge_id=merge.id, now=now))
    sessions.end_every_sign_in(member_id=merge.member_id, now=now, reason=Ended.SPLIT, but=but)
    db.session().delete(pointer)
    merge.stayed = {kind: int(came) - back[kind] for kind, came in merge.moved.items() if int(came) > back[kind]}
    merge.split_at = now
    db.session().flush()
    return merge
