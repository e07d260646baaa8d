"""Whether a till was entitled to what it did without a network: the one rule, pure, for the server and for tests.

What happened at a till has happened; this says on whose account. What was entitled stands, and what it costs is within
what the brand accepted. All else is recorded and goes to the review of the brand.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from offers.offline.limits import OfflineLimits


class OfflineAction(StrEnum):
    """What a till did. A sale earns, and burns or redeems as far as points or coupons are in it."""

    IDENTIFY = "identify"
    EARN = "earn"
    BURN = "burn"
    REDEEM = "redeem"
    SALE = "sale"


class OfflineFault(StrEnum):
    """Why a till was not entitled. Of several the first of these is said."""

    REVOKED = "terminal_revoked"
    CLOCK = "clock_implausible"
    NO_SNAPSHOT = "no_snapshot"
    OLD_SNAPSHOT = "snapshot_too_old"
    NOT_ALLOWED = "action_not_allowed"
    NOT_RESERVED = "not_reserved"
    OVER_USE = "over_limit_of_use"
    OVER_TERMINAL = "over_limit_of_terminal"


REASONS = dict.fromkeys(OfflineFault, "offline_limit") | {OfflineFault.REVOKED: "revoked"}
"""The reason of a scan, of the closed list, for each fault."""


class Cover(StrEnum):
    """On whose account it stands."""

    NOTHING_SCARCE = "nothing_scarce"
    LEASE = "lease"
    LIMITS = "limits"


class OfflineClaim(NamedTuple):
    """What a till says that it did. `points` are those burnt, `minor` is what the coupons took off.

    `occurred_at` is what its clock said, which is ahead of ours by `clock_ahead_s` as it last reported; None if it
    never did. `has_voucher`: each coupon was shown as a voucher whose signature was verified; `voucher_minor` is the
    most that these say they may take off, None where they do not say.
    """

    action: OfflineAction
    occurred_at: datetime
    clock_ahead_s: float | None = 0.0
    points: int = 0
    coupons: int = 0
    minor: int = 0
    has_voucher: bool = False
    voucher_minor: int | None = None

    @property
    def happened_at(self) -> datetime:
        """When it was, by our clock."""
        return self.occurred_at - timedelta(seconds=self.clock_ahead_s or 0)

    @property
    def burns(self) -> bool:
        """Whether points went."""
        return self.points > 0 or self.action is OfflineAction.BURN

    @property
    def redeems(self) -> bool:
        """Whether coupons went."""
        return self.coupons > 0 or self.minor > 0 or self.action is OfflineAction.REDEEM

    @property
    def earns(self) -> bool:
        """Whether points came."""
        return self.action in (OfflineAction.EARN, OfflineAction.SALE)


class TerminalStanding(NamedTuple):
    """What a terminal did on trust since it last read a snapshot, and when it was revoked, if it was."""

    points_used: int = 0
    minor_used: int = 0
    coupons_used: int = 0
    revoked_at: datetime | None = None


class LeaseStanding(NamedTuple):
    """What was set aside for this terminal and is there still: points of the member, or coupons, until an instant."""

    points: int = 0
    coupons: int = 0
    ends_at: datetime | None = None


class SnapshotStanding(NamedTuple):
    """The snapshot that a terminal had: its number, and when the terminal last heard that it holds."""

    version: int
    read_at: datetime


class Entitlement(NamedTuple):
    """The judgement. What is `…_at_risk` counts towards the terminal's limits: nobody had set it aside."""

    is_entitled: bool
    fault: OfflineFault | None = None
    covered_by: Cover | None = None
    points_at_risk: int = 0
    minor_at_risk: int = 0
    coupons_at_risk: int = 0

    @property
    def reason(self) -> str | None:
        """The reason of the closed list, where it was not entitled."""
        return None if self.fault is None else REASONS[self.fault]


def judge_offline(
    *,
    claim: OfflineClaim,
    policy: OfflineLimits,
    terminal: TerminalStanding,
    lease: LeaseStanding | None,
    snapshot: SnapshotStanding | None,
    now: datetime,
) -> Entitlement:
    """Whether a till was entitled to what it says that it did without a network, and on whose account.

    A lease counts if it had not ended then; what it does not reach must be within the limits. Who looks up a pass needs
    a key that was good, who lets somebody earn a clock besides, and who gives away a snapshot besides.
    """
    risk = _risk_beyond(_held_then(lease, claim), claim)
    fault = (
        _fault_of_terminal(claim, policy, terminal, snapshot, now=now)
        or _fault_of_action(claim, policy, risk)
        or _fault_of_amount(risk, claim, policy, terminal)
    )
    if fault is not None:
        return Entitlement(False, fault, None, *risk)
    if not claim.burns and not claim.redeems:
        return Entitlement(True, None, Cover.NOTHING_SCARCE)
    return Entitlement(True, None, Cover.LIMITS if any(risk) else Cover.LEASE, *risk)


class _Risk(NamedTuple):
    points: int
    minor: int
    coupons: int


def _risk_beyond(lease: LeaseStanding, claim: OfflineClaim) -> _Risk:
    """What of a claim a lease does not reach; of several coupons all are leased, or all are at risk."""
    coupons = max(1, claim.coupons) if claim.redeems else 0
    is_leased = lease.coupons >= coupons
    points = max(0, claim.points - lease.points)
    return _Risk(points, 0 if is_leased else claim.minor, 0 if is_leased else coupons)


def _held_then(lease: LeaseStanding | None, claim: OfflineClaim) -> LeaseStanding:
    is_over = lease is None or lease.ends_at is None or lease.ends_at <= claim.happened_at
    return LeaseStanding() if lease is None or is_over else lease


def _fault_of_terminal(
    claim: OfflineClaim,
    policy: OfflineLimits,
    terminal: TerminalStanding,
    snapshot: SnapshotStanding | None,
    *,
    now: datetime,
) -> OfflineFault | None:
    happened_at, drift = claim.happened_at, timedelta(seconds=policy.clock_drift_s)
    if terminal.revoked_at is not None and terminal.revoked_at <= happened_at:
        return OfflineFault.REVOKED
    if claim.action is OfflineAction.IDENTIFY:
        return None  # who only looked gave nothing away
    if abs(claim.clock_ahead_s or 0) > policy.clock_drift_s or happened_at > now + drift:
        return OfflineFault.CLOCK
    if not claim.burns and not claim.redeems:
        return None  # nothing was given away by what it knew
    if snapshot is None:
        return OfflineFault.NO_SNAPSHOT
    is_old = happened_at - snapshot.read_at > timedelta(seconds=policy.snapshot_age_s)
    return OfflineFault.OLD_SNAPSHOT if is_old else None


def _fault_of_action(claim: OfflineClaim, policy: OfflineLimits, risk: _Risk) -> OfflineFault | None:
    acts = ((claim.earns, policy.may_earn), (claim.burns, policy.may_burn), (claim.redeems, policy.may_redeem))
    if any(did and not may for did, may in acts):
        return OfflineFault.NOT_ALLOWED
    return OfflineFault.NOT_RESERVED if risk.coupons and not claim.has_voucher else None


def _fault_of_amount(
    risk: _Risk, claim: OfflineClaim, policy: OfflineLimits, terminal: TerminalStanding
) -> OfflineFault | None:
    is_beyond = claim.voucher_minor is not None and risk.minor > claim.voucher_minor
    if is_beyond or risk.points > policy.points_per_use or risk.minor > policy.minor_per_use:
        return OfflineFault.OVER_USE
    totals = (
        (risk.points, terminal.points_used, policy.points_per_terminal),
        (risk.minor, terminal.minor_used, policy.minor_per_terminal),
        (risk.coupons, terminal.coupons_used, policy.coupons_per_terminal),
    )
    return OfflineFault.OVER_TERMINAL if any(one and used + one > most for one, used, most in totals) else None
