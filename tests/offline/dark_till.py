"""A small honest till: it decides by itself while it has no network, keeps what it did in a queue, and brings it later.

It speaks to the doors alone. A test, or a tour, switches its network off (`is_dark`), bends its clock (`ahead`), and
gives it a `network` that loses or repeats what is sent.
"""

import base64
import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from wallet.authenticity import vouchers
from wallet.authenticity.errors import CodeForged
from wallet.authenticity.shown import read_shown
from wallet.authenticity.vouchers import VoucherKey

BATCH = 100


class Caller(Protocol):
    """Whoever sends requests with the till's key: a `Speaker` of the tests."""

    def get(self, path: str, **options: Any) -> Any: ...

    def post(self, path: str, json: Any = None, **options: Any) -> Any: ...


Network = Callable[[Callable[[], Any]], Any]
"""Sends a request, perhaps more than once; gives the answer, or None where it was lost."""


def good_network(send: Callable[[], Any]) -> Any:
    """Every request arrives once, and so does its answer."""
    return send()


@dataclass
class DarkTill:
    """One till, with what it knows, what it did on trust since it last read a snapshot, and what waits."""

    calls: Caller
    brand_id: uuid.UUID
    terminal_id: uuid.UUID
    network: Network = good_network
    ahead: timedelta = timedelta(0)
    is_dark: bool = False
    version: int | None = None
    policy: Mapping[str, Any] = field(default_factory=dict)
    keys: Sequence[VoucherKey] = ()
    ended: set[bytes] = field(default_factory=set)
    offers: Sequence[Mapping[str, Any]] = ()
    leases: list[dict[str, Any]] = field(default_factory=list)
    read_at: datetime | None = None
    points_used: int = 0
    minor_used: int = 0
    coupons_used: int = 0
    used: set[str] = field(default_factory=set)
    queue: dict[str, dict[str, Any]] = field(default_factory=dict)
    parked: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    seq: int = 0
    clock_is_good: bool = True

    def now(self) -> datetime:
        """What its clock says."""
        return datetime.now(UTC) + self.ahead

    # With a network

    def sync(self) -> bool:
        """Say how it is, bring what waits, then read what is new: in this order, since reading begins a new period."""
        return self.report() and self.bring() and self.read()

    def report(self) -> bool:
        """Say what its clock says and how much waits; whether that arrived."""
        said = {"clock_at": self.now().isoformat(), "queue_length": len(self.queue)}
        answer = None if self.is_dark else self.calls.post("/v1/terminal/report", said)
        return answer is not None and bool(answer.status_code == 200)

    def read(self) -> bool:
        """Read the snapshot, or what changed; whether it is whole."""
        if self.is_dark:
            return False
        while True:
            since = {"since": self.version} if self.version else {}
            answer = self.network(lambda since=since: self.calls.get("/v1/terminal/snapshot", query_string=since))
            if answer is None or answer.status_code != 200:
                return False
            said = answer.get_json()
            self._learn(said)
            if said["is_complete"]:
                self.read_at = self.now()
                self.points_used = self.minor_used = self.coupons_used = 0
                return True

    def bring(self) -> bool:
        """Send what waits, oldest first, until the server has said of each what became of it; whether nothing waits.

        What it will never take is put aside, and keeps nothing back.
        """
        for _ in range(100):
            if self.is_dark or not self.queue:
                break
            scans = list(self.queue.values())[:BATCH]
            answer = self.network(lambda scans=scans: self.calls.post("/v1/scans/batch", {"scans": scans}))
            if answer is not None and answer.status_code == 401:
                break
            for item in answer.get_json()["items"] if answer is not None and answer.status_code == 200 else ():
                self._settle(item)
        return not self.queue

    def pair_again(self, calls: Caller) -> None:
        """Go on with the key of another terminal: what waits says which one did it."""
        for scan in self.queue.values():
            scan["terminal_id"] = str(self.terminal_id)
        self.calls = calls

    def _learn(self, said: Mapping[str, Any]) -> None:
        if said["since"] is None:
            self.ended.clear()
        self.ended |= set(_digests(said["ended"]))
        self.ended -= set(_digests(said["stands_again"]))
        self.version = said["version"]
        self.offers = self.offers if said["offers"] is None else said["offers"]
        self.policy = said["policy"] or self.policy
        self.leases = self.leases if said["leases"] is None else said["leases"]
        if said["voucher_keys"] is not None:
            self.keys = [_key(one) for one in said["voucher_keys"]]
        difference = self.now() - datetime.fromisoformat(said["server_time"])
        self.clock_is_good = abs(difference.total_seconds()) <= self.policy["clock_drift_s"]

    def _settle(self, item: Mapping[str, Any]) -> None:
        name = item["scan_id"]
        if item["answer"] is not None:
            self.told[name] = item["answer"]
        elif item["send_again"]:
            return
        else:
            self.parked[name] = item["problem"]
        self.queue.pop(name, None)

    # Without one

    def identify(self, code: str) -> dict[str, Any]:
        """Look who it is."""
        return self._note("identify", code, is_ok=self._stands(code))

    def burn(self, code: str, *, currency_id: uuid.UUID, points: int, minor: int = 0) -> dict[str, Any]:
        """Take points for something, if it may."""
        held = self._lease_of("points", code)
        on_trust = 0 if held is not None and held["left"] >= points else points
        is_ok = self._may("may_burn", code) and self._is_within("points", on_trust)
        if is_ok:
            self.points_used += on_trust
            self._drop(held)
        wish = {"currency_id": str(currency_id), "points": points}
        return self._note("burn", code, is_ok=is_ok, points=wish, value_minor=minor)

    def redeem(self, code: str, *, minor: int) -> dict[str, Any]:
        """Take a coupon, if it is leased to this till, or is a voucher that can be believed."""
        held = self._lease_of("coupon", read_shown(code).code)
        is_ok = self._may("may_redeem", code)
        if is_ok and held is None:
            is_ok = self._is_within("minor", minor) and self._has_coupons_left() and self._believes(code, minor)
            if is_ok:
                self.minor_used += minor
                self.coupons_used += 1
        elif is_ok:
            self._drop(held)
        self.used |= {read_shown(code).code} if is_ok else set()
        return self._note("redeem", code, is_ok=is_ok, value_minor=minor)

    def _may(self, act: str, code: str) -> bool:
        if self.read_at is None or not self.clock_is_good or not self._stands(code):
            return False
        is_fresh = self.now() - self.read_at <= timedelta(seconds=self.policy["snapshot_age_s"])
        return is_fresh and bool(self.policy[act])

    def _is_within(self, what: str, amount: int) -> bool:
        used: int = getattr(self, f"{what}_used")
        return bool(amount <= self.policy[f"{what}_per_use"] and used + amount <= self.policy[f"{what}_per_terminal"])

    def _has_coupons_left(self) -> bool:
        return bool(self.coupons_used < self.policy["coupons_per_terminal"])

    def _believes(self, code: str, minor: int) -> bool:
        """Whether it is a voucher of the brand that is signed, has not ended, and says so much; of a coupon that was
        not used here, since of one coupon a phone can get many vouchers."""
        try:
            said = vouchers.read_voucher(code, self.keys)
        except CodeForged:
            return False
        is_ours = said.brand == vouchers.brand_part(self.brand_id) and said.expires_at > self.now()
        return is_ours and said.code not in self.used and minor <= (said.value_minor or minor)

    def _stands(self, code: str) -> bool:
        return hashlib.sha256(read_shown(code).code.encode()).digest()[:6] not in self.ended

    def _lease_of(self, kind: str, code: str) -> dict[str, Any] | None:
        now = self.now()
        held = (one for one in self.leases if one["kind"] == kind and one["code"] == code)
        return next((one for one in held if datetime.fromisoformat(one["ends_at"]) > now), None)

    def _drop(self, lease: dict[str, Any] | None) -> None:
        if lease is not None:
            self.leases = [one for one in self.leases if one["id"] != lease["id"]]

    def _note(self, action: str, code: str, *, is_ok: bool, **given: Any) -> dict[str, Any]:
        """Write down what it did, before anything is sent."""
        self.seq += 1
        scan = {
            "scan_id": str(uuid.uuid4()),
            "action": action,
            "code": code,
            "decided": "offline",
            "local_result": "ok" if is_ok else "refused",
            "occurred_at": self.now().isoformat(),
            "device_seq": self.seq,
            "snapshot_version": self.version,
        } | given
        self.queue[scan["scan_id"]] = scan
        return scan


def _digests(codes: str) -> list[bytes]:
    content = base64.b64decode(codes)
    return [content[place : place + 6] for place in range(0, len(content), 6)]


def _key(said: Mapping[str, Any]) -> VoucherKey:
    instants = (datetime.fromisoformat(said[name]) for name in ("signs_from", "signs_until", "verifies_until"))
    return VoucherKey(said["key_id"], base64.b64decode(said["public_key"]), *instants)
