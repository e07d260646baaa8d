"""Members bring others to a brand: both get points once the first purchase stands, and lose them when it comes back.

The purchase only marks the referral. A job gives the points, so that no till waits for the balance of another member,
and locks the two members' balances in the order of their ids, then the referral.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import MemberIdentifier
from app.sql import db, locks
from wallet.ledger import book_store
from wallet.passes.codes import new_code, read_code
from wallet.points import earning, returns
from wallet.programmes import periods, queries, versions
from wallet.programmes.errors import (
    ReferralCodeExhausted,
    ReferralCodeUnknown,
    ReferralNotOffered,
    ReferralOfOneself,
    ReferralTaken,
    ReferralTooLate,
)
from wallet.programmes.models import MemberReferral, ReferralCode, ReferralState
from wallet.programmes.rules import Period, Programme, Referral
from wallet.programmes.versions import Versions
from wallet.programmes.wording import BROUGHT, REFERRAL_VOID, WAS_BROUGHT
from wallet.purchases.models import Purchase
from wallet.purchases.returns import value_of

OPEN = (ReferralState.DUE, ReferralState.VOID)
"""What the job has yet to do something about."""


def my_code(*, member_id: uuid.UUID, brand_id: uuid.UUID, now: datetime) -> ReferralCode:
    """The member's code with a brand, made when it is first asked for. Raises `ReferralNotOffered`."""
    _offered(brand_id, now=now)
    made = insert(ReferralCode).values(member_id=member_id, brand_id=brand_id, code=new_code(), made_at=now)
    db.execute(made.on_conflict_do_nothing(index_elements=["member_id", "brand_id"]))
    return db.all_of(queries.referral_code_of(member_id, brand_id))[0]


def declare_referral(*, member_id: uuid.UUID, brand_id: uuid.UUID, code: str, now: datetime) -> MemberReferral:
    """Say who brought one, before the first purchase. The same code twice is once.

    Raises `CodeMistyped`, `ReferralNotOffered`, `ReferralCodeUnknown`, `ReferralOfOneself` (the same member, or the
    same mailbox), `ReferralTooLate`, `ReferralTaken`, `ReferralCodeExhausted`.
    """
    referral = _offered(brand_id, now=now)
    # Whose code it is, is another member's: what of them is looked at stays in here.
    with db.system():
        found = db.first(queries.referral_code(brand_id, read_code(code)))
        if found is None:
            raise ReferralCodeUnknown
        referrer = found.member_id
        locks.lock_name(f"referral:{brand_id}:{referrer}")
        known = db.first(queries.referral_of(member_id, brand_id))
        if known is not None:
            if known.principal_id != referrer:
                raise ReferralTaken
            return known
        back = db.first(queries.referral_of(referrer, brand_id, by=member_id))
        if back is not None or _same_person(member_id, referrer):
            raise ReferralOfOneself
        if db.first(queries.any_purchase(member_id, brand_id)) is not None:
            raise ReferralTooLate
        _check_limit(referral, referrer, brand_id, now=now)
        return db.add(
            MemberReferral(
                member_id=member_id,
                brand_id=brand_id,
                principal_id=referrer,
                state=ReferralState.WAITING,
                declared_at=now,
                changed_at=now,
            )
        )


def referrals_card(*, member_id: uuid.UUID, brand_id: uuid.UUID) -> dict[str, Any]:
    """A member's code with a brand, whom they brought by how far it came, and whether they were brought."""
    code = db.first(queries.referral_code_of(member_id, brand_id))
    mine = db.first(queries.referral_of(member_id, brand_id))
    return {
        "code": code.code if code else None,
        "brought": dict(db.rows(queries.referrals_by_state(member_id, brand_id))),
        "mine": mine,
    }


def qualify_referrals(
    *, member_id: uuid.UUID, brand_id: uuid.UUID, purchases: Sequence[Purchase], versions: Versions, now: datetime
) -> None:
    """After purchases: the first that is large enough makes a waiting referral due."""
    row = db.first(queries.referral_of(member_id, brand_id))
    if row is None or row.state != ReferralState.WAITING:
        return
    for purchase in purchases:
        found = versions.at(purchase.bought_at)
        referral = found.programme.referral if found else None
        if found is not None and referral is not None and purchase.net_minor >= max(referral.least_minor, 1):
            row.state, row.purchase_id, row.version, row.changed_at = ReferralState.DUE, purchase.id, found.version, now
            db.session().flush()
            return


def reconsider_referral(*, member_id: uuid.UUID, purchase_id: uuid.UUID, now: datetime) -> None:
    """After a return: a referral whose purchase is not large enough any more waits again, or is to be taken back."""
    row = db.first(db.locked(queries.referral_by_purchase(member_id, purchase_id)))
    if row is None or row.state not in (ReferralState.DUE, ReferralState.REWARDED) or row.version is None:
        return
    referral = _programme(row).referral
    lines = db.all_of(queries.lines_of(member_id, purchase_id))
    left = sum(value_of(one, before=0, now=one.parts - one.returned_quantity) for one in lines)
    if referral is not None and left >= max(referral.least_minor, 1):
        return
    if row.state == ReferralState.DUE:
        row.state, row.purchase_id, row.version = ReferralState.WAITING, None, None
    else:
        row.state = ReferralState.VOID
    row.changed_at = now
    db.session().flush()


def settle_referral(*, member_id: uuid.UUID, brand_id: uuid.UUID, now: datetime) -> None:
    """Give both what is due, or take back what is void. A transaction of the system's; again is once.

    Locks what a return locks, in its order: balances, then the referral, which is looked at again then. What has
    changed meanwhile is left to the next time.
    """
    seen = db.first(queries.referral_of(member_id, brand_id))
    if seen is None or seen.state not in OPEN:
        return
    programme, principal_id, version = _programme(seen), seen.principal_id, seen.version
    referral = programme.referral
    if referral is None:
        return
    shares = {member_id: (referral.referred_points, WAS_BROUGHT), principal_id: (referral.referrer_points, BROUGHT)}
    for one in sorted(shares):  # a merge of the two comes to their balances in an order of its own
        locks.lock_name(f"merge:{one}")
    for one in sorted(shares):
        book_store.open_book(member_id=one, currency_id=referral.currency_id, now=now)
    row = db.first(db.locked(queries.referral_of(member_id, brand_id)))
    if row is None or row.state not in OPEN or (row.principal_id, row.version) != (principal_id, version):
        return
    for one, (amount, reason) in sorted(shares.items()):
        if row.state == ReferralState.DUE:
            _give(row, one, amount, reason, referral, now=now)
        else:
            _take_back(row, one, referral, programme, now=now)
    row.state = ReferralState.REWARDED if row.state == ReferralState.DUE else ReferralState.TAKEN_BACK
    row.changed_at = now
    db.session().flush()


def _give(
    row: MemberReferral, member_id: uuid.UUID, amount: int, reason: str, referral: Referral, *, now: datetime
) -> None:
    if amount:
        earning.earn_points(
            member_id=member_id,
            currency_id=referral.currency_id,
            points=amount,
            source=f"referral:{row.purchase_id}",
            reason=reason,
            waits=referral.waits,
            now=now,
        )


def _take_back(
    row: MemberReferral, member_id: uuid.UUID, referral: Referral, programme: Programme, *, now: datetime
) -> None:
    source = f"referral:{row.purchase_id}"
    given = db.first(queries.earned_from(member_id, referral.currency_id, source=source))
    if given is not None:
        returns.take_back_earn(
            member_id=member_id,
            currency_id=referral.currency_id,
            earn_id=given.id,
            source=f"{source}:void",
            reason=REFERRAL_VOID,
            policy=programme.policy,
            now=now,
        )


def _programme(row: MemberReferral) -> Programme:
    return versions.read_approved(row.brand_id, row.version or 0)


def _offered(brand_id: uuid.UUID, *, now: datetime) -> Referral:
    found = versions.in_force(brand_id=brand_id, at=now)
    if found is None or found.programme.referral is None:
        raise ReferralNotOffered
    return found.programme.referral


def _check_limit(referral: Referral, referrer: uuid.UUID, brand_id: uuid.UUID, *, now: datetime) -> None:
    if referral.most_per_year is None:
        return
    zone = db.all_of(queries.zone_of_brand(brand_id))[0]
    since, _ = periods.window(Period.YEAR, at=now, zone=zone)
    if db.all_of(queries.referrals_since(referrer, brand_id, since=since or now))[0] >= referral.most_per_year:
        raise ReferralCodeExhausted(most=referral.most_per_year)


def _same_person(one: uuid.UUID, other: uuid.UUID) -> bool:
    """Whether two wallets are one, or are opened by the same mailbox: what stands behind a + does not matter."""
    return one == other or bool(_mailboxes(one) & _mailboxes(other))


def _mailboxes(member_id: uuid.UUID) -> set[str]:
    known: Sequence[MemberIdentifier] = db.all_of(queries.addresses_of(member_id))
    return {_mailbox(one.value) if one.kind == "email" else one.value for one in known}


def _mailbox(address: str) -> str:
    name, _, host = address.lower().rpartition("@")
    return f"{name.partition('+')[0]}@{host}"
