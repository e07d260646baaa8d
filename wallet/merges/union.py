"""Two members are one person: what the source has becomes the target's, and can be taken apart for thirty days.

The member says so by proving both: they are signed in to one, and a code reaches an address of the other. A brand's
administrator says so, with a reason, of a member whom nobody but that brand knows and who has no address of their own.
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from app.accounts import one_time_codes, sessions
from app.accounts import queries as accounts
from app.accounts.addresses import Address
from app.accounts.models import Member
from app.identity.models import MemberMerge, MergedMember
from app.identity.moves import MERGERS
from app.sql import db, locks
from app.sql.queues import work_through
from wallet.cards.errors import CardUnknown
from wallet.merges import queries
from wallet.merges.errors import MemberLeaving, MemberMerged, MergeBeyondBrand, MinorsStayApart, NothingToMerge

REVERSIBLE = timedelta(days=30)

BY_MEMBER, BY_CARD, BY_BRAND = "member", "card", "brand"


def merge_mine(
    *,
    member_id: uuid.UUID,
    session_id: uuid.UUID,
    address: Address,
    code: str,
    handle: str | None,
    client: str,
    now: datetime,
) -> MemberMerge:
    """Bring the wallet that another address opens into the member's own.

    Its addresses open this one from then on, so the sign-in that asks, `session_id`, must be fresh. `client` is the
    network that tries the code, `handle` that of the request for it. Raises `SignInStale`, `CodeNotAccepted`,
    `TooManyGuesses`, `NothingToMerge`, `MemberMerged`, `MemberLeaving`, `MinorsStayApart`.
    """
    sessions.require_fresh_sign_in(member_id=member_id, session_id=session_id, now=now)
    one_time_codes.prove_address(address=address, code=code, handle=handle, client=client, now=now)
    # Both wallets are proved to be theirs: from here on both are in sight.
    with db.system():
        owner = db.first(accounts.owner_of_address(address.kind, address.value))
        if owner is None or owner.member_id == member_id:
            raise NothingToMerge
        return unite_members(source_id=owner.member_id, target_id=member_id, cause=BY_MEMBER, by=member_id, now=now)


def merge_cards(
    *,
    brand_id: uuid.UUID,
    source_card_id: uuid.UUID,
    target_card_id: uuid.UUID,
    reason: str,
    by: uuid.UUID,
    now: datetime,
) -> MemberMerge:
    """An administrator brings the member of one card of the brand into that of another.

    Raises `CardUnknown`, `NothingToMerge`, `MergeBeyondBrand`, and as `merge_mine`.
    """
    source = db.first(queries.card_in_brand(brand_id, source_card_id))
    target = db.first(queries.card_in_brand(brand_id, target_card_id))
    if source is None or target is None:
        raise CardUnknown
    if source.member_id == target.member_id:
        raise NothingToMerge
    with db.system():  # whether the source has anything with others is not in the brand's sight
        if db.all_of(queries.beyond_brand(source.member_id, brand_id=brand_id))[0]:
            raise MergeBeyondBrand
        return unite_members(
            source_id=source.member_id,
            target_id=target.member_id,
            cause=BY_BRAND,
            by=by,
            brand_id=brand_id,
            reason=reason,
            now=now,
        )


def unite_members(
    *,
    source_id: uuid.UUID,
    target_id: uuid.UUID,
    cause: str,
    by: uuid.UUID,
    now: datetime,
    brand_id: uuid.UUID | None = None,
    reason: str | None = None,
) -> MemberMerge:
    """Make the source part of the target. Everything of both is in sight.

    Raises `MemberMerged`, `MemberLeaving`, `MinorsStayApart`.
    """
    lock_both(source_id, target_id)
    _check(source_id, target_id, now=now)
    merge = db.add(
        MemberMerge(
            member_id=target_id,
            source_id=source_id,
            cause=cause,
            brand_id=brand_id,
            by=by,
            reason=reason,
            merged_at=now,
            final_at=now + REVERSIBLE,
        )
    )
    # The second lock: a member is part of one other at a time.
    db.add(MergedMember(member_id=source_id, principal_id=target_id, merge_id=merge.id, merged_at=now))
    bring_wallet(merge, now=now)
    return merge


def bring_wallet(merge: MemberMerge, *, now: datetime) -> int:
    """Bring what the source has at this instant; how many things. Again: what came to it meanwhile."""
    came: Counter[str] = Counter(merge.moved)
    before = came.total()
    for room in MERGERS:
        came.update(room.merge(source_id=merge.source_id, target_id=merge.member_id, merge_id=merge.id, now=now))
    merge.moved = {kind: number for kind, number in sorted(came.items()) if number}
    db.session().flush()
    return came.total() - before


def gather_left_behind(*, now: datetime, left_before: datetime, at_once: int) -> int:
    """Bring what requests that were under way during a merge have left behind; how many things. In steps."""

    def waiting(most: int) -> Sequence[tuple[uuid.UUID, uuid.UUID]]:
        fresh = db.all_of(queries.fresh_merges(merged_before=left_before, most=most))
        return [(merge.member_id, merge.id) for merge in fresh]

    return work_through(
        waiting, lambda key: _gather(*key, now=now), what="wallet.merges.gather_left_behind", at_once=at_once
    )


def _gather(member_id: uuid.UUID, merge_id: uuid.UUID, *, now: datetime) -> int:
    seen = db.get(MemberMerge, (member_id, merge_id))
    if seen is None:
        return 0
    lock_both(seen.source_id, member_id)
    db.session().refresh(seen)
    if seen.gathered_at is not None or seen.split_at is not None:
        return 0
    found = bring_wallet(seen, now=now)
    seen.gathered_at = now
    db.session().flush()
    return found


def lock_both(source_id: uuid.UUID, target_id: uuid.UUID) -> None:
    """Let nobody else merge or part either of them until the end of the transaction."""
    for member_id in sorted((source_id, target_id)):
        locks.lock_name(f"merge:{member_id}")


def _check(source_id: uuid.UUID, target_id: uuid.UUID, *, now: datetime) -> None:
    if db.get(MergedMember, source_id) is not None or db.get(MergedMember, target_id) is not None:
        raise MemberMerged
    if db.all_of(queries.leaving(source_id, target_id)):
        raise MemberLeaving
    members = [db.get(Member, member_id) for member_id in (source_id, target_id)]
    if any(member is None or (member.minor_until and member.minor_until > now) for member in members):
        raise MinorsStayApart
