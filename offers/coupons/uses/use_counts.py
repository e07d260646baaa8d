"""How often an offer was used by one member, one household or one phone, and whether once more is allowed.

A use counts from its redemption on until that is undone; so does one that an open sale keeps a coupon for, because it
was promised to whoever stands at that till. Counted are the uses that were noted for the household or the phone, and
those of everybody who is in the household now: whoever joins brings theirs along, and leaving gives nothing back.

A phone is the installation that was signed in when the coupon was claimed. What came otherwise (on paper, as a gift,
from an app that has not said which it is) counts by its member. An app makes its own number, so this limit stops who
opens a second wallet for a second coupon, not who writes programs.

Locks: after the coupons, the names `use:offer:whose` in their order. The second lock is the key of `OfferUse`, with a
last look at what was noted.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.errors import Problem, RequestInFlight
from app.languages import Moment, Phrase
from app.sql import db, locks
from offers.coupons.eligibility import Judged
from offers.coupons.errors import UseLimitReached
from offers.coupons.models import Coupon
from offers.coupons.uses import queries
from offers.planning.audiences import use_limits, wording
from offers.planning.audiences.use_limits import LimitedBy, LimitPeriod, UseLimits
from offers.planning.models import OfferVersion


class Subjects(NamedTuple):
    """Whose uses are counted together with a member's: their household, and who is in it. Without one, they alone."""

    member_id: uuid.UUID
    household_id: uuid.UUID
    fellows: Sequence[uuid.UUID]
    zone: str

    def subject_of(self, by: LimitedBy, installation_id: uuid.UUID | None) -> uuid.UUID:
        """What uses by a coupon of this phone are counted under."""
        if by is LimitedBy.HOUSEHOLD:
            return self.household_id
        return (installation_id if by is LimitedBy.INSTALLATION else None) or self.member_id


def limits_of(coupon: Coupon) -> UseLimits:
    """The limits of the version that a coupon (loaded with it) is of."""
    return use_limits.read_use_limits(coupon.version.use_limits)


def judge_uses(
    coupons: Sequence[Coupon],
    *,
    member_id: uuid.UUID,
    brand_id: uuid.UUID,
    sale_id: uuid.UUID | None,
    now: datetime,
    locked: bool,
    together: bool = True,
) -> dict[uuid.UUID, Problem]:
    """Which of these coupons of a member cannot be used now, by id, and why: `together` the second of them comes after
    the first. `sale_id` is the sale that they are for.

    Locked, what was counted stays so until the end of the transaction. Asks nothing where no coupon is limited.
    """
    limited = [coupon for coupon in coupons if coupon.version.use_limits]
    if not limited:
        return {}
    found: dict[uuid.UUID, Problem] = {}
    with db.system():  # a household's uses are those of several members
        subjects = _find_subjects(member_id, brand_id)
        if locked:
            _lock(limited, subjects)
        taken: dict[tuple[uuid.UUID, LimitedBy, uuid.UUID], list[datetime]] = {}
        for coupon in limited:
            used = _uses(coupon, subjects, taken, sale_id=sale_id, now=now)
            reached = use_limits.reached_limit(limits_of(coupon), used, now=now, zone=subjects.zone)
            if reached is not None:
                found[coupon.id] = refuse_use(reached, now=now, zone=subjects.zone)
                continue
            for times in used.values() if together else ():
                times.append(now)
    return found


def refuse_each(judged: Sequence[Judged], *, member_id: uuid.UUID, brand_id: uuid.UUID, now: datetime) -> list[Judged]:
    """Coupons of a member as they were judged, each also as if it alone were used now: what a till shows."""
    usable = [coupon for coupon, refusal in judged if refusal is None]
    asked: dict[str, Any] = {"member_id": member_id, "brand_id": brand_id, "sale_id": None, "now": now}
    over = judge_uses(usable, **asked, locked=False, together=False)
    return [(coupon, refusal or over.get(coupon.id)) for coupon, refusal in judged]


def require_use_left(
    version: OfferVersion,
    *,
    member_id: uuid.UUID,
    brand_id: uuid.UUID,
    installation_id: uuid.UUID | None,
    now: datetime,
) -> None:
    """Raise `UseLimitReached` for an offer that may be used no more by whoever claims it, ever: a coupon of it would be
    good for nothing."""
    limits = tuple(one for one in use_limits.read_use_limits(version.use_limits) if one.period is LimitPeriod.EVER)
    if not limits:
        return
    claimed = {"offer_id": version.offer_id, "version": version, "installation_id": installation_id}
    with db.system():
        subjects = _find_subjects(member_id, brand_id)
        used = _uses(db.as_read(Coupon, claimed), subjects, {}, sale_id=None, now=now)
    reached = use_limits.reached_limit(limits, used, now=now, zone=subjects.zone)
    if reached is not None:
        raise refuse_use(reached, now=now, zone=subjects.zone)


def find_phone(version: OfferVersion, *, member_id: uuid.UUID, session_id: uuid.UUID | None) -> uuid.UUID | None:
    """The phone on which a member is signed in so, where an offer is limited by phone: it is kept for nothing else."""
    if session_id is None or LimitedBy.INSTALLATION not in version.use_limits:
        return None
    found = db.send_statement(queries.INSTALLATION, {"member_id": member_id, "session_id": session_id})
    return found[0].installation_id if found else None


def note_uses(uses: Mapping[uuid.UUID, Coupon], *, member_id: uuid.UUID, brand_id: uuid.UUID, now: datetime) -> None:
    """Write down what these redemptions (by id, of coupons that were judged under locks) count for.

    Raises `RequestInFlight` if there are too many after all, which the locks rule out.
    """
    limited = {id: coupon for id, coupon in uses.items() if coupon.version.use_limits}
    if not limited:
        return
    with db.system():
        subjects = _find_subjects(member_id, brand_id)
        for redemption_id, coupon in limited.items():
            for by in dict.fromkeys(limit.by for limit in limits_of(coupon)):
                bounds = [limit for limit in limits_of(coupon) if limit.by is by]
                starts = [use_limits.period_start(one.period, now=now, zone=subjects.zone) for one in bounds]
                noted = {
                    "offer_id": coupon.offer_id,
                    "limited_by": str(by),
                    "subject_id": subjects.subject_of(by, coupon.installation_id),
                    "member_id": member_id,
                    "redemption_id": redemption_id,
                    "brand_id": brand_id,
                    "since": starts,
                    "most": [one.most for one in bounds],
                }
                if not db.send_statement(queries.NOTE_USE, noted):
                    raise RequestInFlight


def refuse_use(limit: use_limits.UseLimit, *, now: datetime, zone: str) -> UseLimitReached:
    """The refusal that says which limit is reached, and until when."""
    again_at = use_limits.starts_again(limit.period, now=now, zone=zone)
    facts: dict[str, Any] = {"limit": limit.most, "by": str(limit.by), "per": str(limit.period)}
    then = Phrase(wording.NEVER_AGAIN)
    if again_at is not None:
        facts["again_at"] = Moment(again_at, zone)
        then = Phrase(wording.AGAIN, {"at": facts["again_at"]})
    said: dict[str, Any] = {
        "whose": Phrase(wording.LIMITED[limit.by]),
        "period": Phrase(wording.PERIODS[limit.period]),
        "then": then,
    }
    return UseLimitReached(**facts, **said)


def _find_subjects(member_id: uuid.UUID, brand_id: uuid.UUID) -> Subjects:
    row = db.send_statement(queries.COUNTED_WITH, {"member_id": member_id, "brand_id": brand_id}).one()
    return Subjects(member_id, row.household_id or member_id, row.fellows or [member_id], row.time_zone)


def _lock(coupons: Sequence[Coupon], subjects: Subjects) -> None:
    names = {
        f"use:{coupon.offer_id}:{subjects.subject_of(limit.by, coupon.installation_id)}"
        for coupon in coupons
        for limit in limits_of(coupon)
    }
    locks.lock_names(sorted(names))


def _uses(
    coupon: Coupon,
    subjects: Subjects,
    taken: dict[tuple[uuid.UUID, LimitedBy, uuid.UUID], list[datetime]],
    *,
    sale_id: uuid.UUID | None,
    now: datetime,
) -> dict[LimitedBy, list[datetime]]:
    """When the offer of a coupon was used, for each whose limit it has; counted once for several coupons of a sale."""
    used: dict[LimitedBy, list[datetime]] = {}
    for by in dict.fromkeys(limit.by for limit in limits_of(coupon)):
        subject_id = subjects.subject_of(by, coupon.installation_id)
        key = (coupon.offer_id, by, subject_id)
        if key not in taken:
            members = {LimitedBy.MEMBER: [subjects.member_id], LimitedBy.HOUSEHOLD: list(subjects.fellows)}.get(by, [])
            asked = {
                "offer_id": coupon.offer_id,
                "limited_by": str(by),
                "subject_id": subject_id,
                "members": members,
                "installation_id": coupon.installation_id if by is LimitedBy.INSTALLATION else None,
                "sale_id": sale_id,
                "now": now,
            }
            taken[key] = [row.used_at for row in db.send_statement(queries.COUNTED_USES, asked)]
        used[by] = taken[key]
    return used
