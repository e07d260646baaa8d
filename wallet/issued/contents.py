"""What a pass says now, in no wallet's words: both draw from this.

Read afresh whenever it is needed, after the row of the pass: so what is said is never older than its revision. What
changed in between says so by a revision of its own.
"""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.canonical import write_json
from app.sql import db
from wallet.cards.models import CardStatus
from wallet.issued import queries, sources
from wallet.issued.models import IssuedPass, PassKind
from wallet.programmes.queries import STARTS
from wallet.programmes.versions import Versions


class BalanceShown(NamedTuple):
    """Points of one currency that can be spent, and when the next of them are over."""

    currency: str
    name_fr: str
    name_en: str
    amount: int
    expires_at: datetime | None
    money: str | None = None
    """The ISO 4217 currency of which `amount` is minor units, where it is money."""

    @property
    def card_size(self) -> int | None:
        """Of stamps, how many fill a card; None for what is no stamp."""
        return None


class StampsShown(NamedTuple):
    """Stamps of one currency, of which `card_size` fill a card, and when the next of them are over."""

    currency: str
    name_fr: str
    name_en: str
    amount: int
    expires_at: datetime | None
    card_size: int

    @property
    def money(self) -> str | None:
        """None: stamps are no money."""
        return None


class TierShown(NamedTuple):
    """The member's tier, and until when it is kept at least."""

    code: str
    name_fr: str
    name_en: str
    until: datetime | None


class CouponShown(NamedTuple):
    """A coupon that can be used: until `ends_local` on the wall clock of each store, everywhere until `ends_at`."""

    id: uuid.UUID
    code: str
    title_fr: str
    title_en: str
    description_fr: str
    description_en: str
    ends_at: datetime
    ends_local: datetime


class PlaceShown(NamedTuple):
    """A place where the pass shows itself: degrees (WGS 84), what the phone says there, and from how far (metres) where
    the usual distance is too much."""

    lon: float
    lat: float
    text_fr: str
    text_en: str
    max_distance_m: int | None


class BeaconShown(NamedTuple):
    """The beacons by which the pass shows itself: all of the UUID, or those of one major number."""

    uuid: uuid.UUID
    major: int | None
    text_fr: str
    text_en: str


class PassContents(NamedTuple):
    """All that a pass says. `may_notify`: whether a change may announce itself on the phone's locked screen.

    `revision` and `changed_at` are those of the pass; at `changes_at` it says something else by time alone.
    """

    kind: PassKind
    brand_id: uuid.UUID
    brand_name: str
    serial: str
    member_id: uuid.UUID
    display_name: str
    code: str
    """What a till scans."""
    revision: int
    changed_at: datetime
    code_used: int | None = None
    """The last revision by whose code something was spent; the next one shows another code."""
    balances: tuple[BalanceShown | StampsShown, ...] = ()
    tier: TierShown | None = None
    coupons: tuple[CouponShown, ...] = ()
    places: tuple[PlaceShown, ...] = ()
    beacon: BeaconShown | None = None
    may_notify: bool = False
    expires_at: datetime | None = None
    is_void: bool = False
    changes_at: datetime | None = None


NOT_SAID = ("member_id", "revision", "changed_at", "changes_at")
"""What `digest_of` leaves out: about the pass, and not on it."""

Whose = tuple[uuid.UUID, uuid.UUID]
"""A member and a brand."""


class _Facts(NamedTuple):
    """What is known of many members and brands."""

    names: Mapping[uuid.UUID, str]
    cards: Mapping[Whose, Any]
    balances: Mapping[Whose, tuple[BalanceShown | StampsShown, ...]]
    tiers: Mapping[Whose, TierShown]
    next_programme: Mapping[uuid.UUID, datetime]


def read_contents(passes: Sequence[IssuedPass], *, now: datetime) -> list[PassContents]:
    """What these passes say now, in their order; in few statements, however many they are."""
    if not passes:
        return []
    facts = _read_facts(passes, now)
    said: dict[uuid.UUID, dict[str, Any]] = {held.id: _by_card(held, facts) for held in passes}
    for source in sources.SOURCES:
        for pass_id, fields in source(passes, now).items():
            said[pass_id] = _joined(said[pass_id], fields)
    return [PassContents(**said[held.id]) for held in passes]


def digest_of(contents: PassContents) -> bytes:
    """The fingerprint of all that a pass says: two that say the same have the same."""
    said = {name: _plain(value) for name, value in contents._asdict().items() if name not in NOT_SAID}
    return hashlib.blake2b(write_json(said), digest_size=16).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, BalanceShown) and value.money is None:
        value = tuple(value[:-1])  # what passes said before there was money, they say still
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value if value is None or isinstance(value, (str, int, float)) else str(value)


def _joined(said: dict[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    instants = [part["changes_at"] for part in (said, fields) if part.get("changes_at") is not None]
    is_void = said["is_void"] or bool(fields.get("is_void"))
    return {**said, **fields, "is_void": is_void, "changes_at": min(instants, default=None)}


def _by_card(held: IssuedPass, facts: _Facts) -> dict[str, Any]:
    """What the member's card makes the pass say. A card that may not act voids its own pass alone."""
    whose = held.member_id, held.brand_id
    card = facts.cards.get(whose)
    said: dict[str, Any] = {
        "kind": PassKind(held.kind),
        "brand_id": held.brand_id,
        "brand_name": facts.names[held.brand_id],
        "serial": held.serial,
        "member_id": held.member_id,
        "display_name": card.display_name if card is not None else "",
        "code": "",
        "revision": held.revision,
        "changed_at": held.changed_at,
        "is_void": held.ended_at is not None,
        "changes_at": None,
    }
    if held.kind == PassKind.CARD:
        if card is None or card.id != held.target_id:
            return said | {"is_void": True}
        said["is_void"] |= card.status != CardStatus.ACTIVE
        said["code"], said["code_used"] = card.code, card.used_revision
        said["balances"] = facts.balances.get(whose, ())
        said["tier"] = facts.tiers.get(whose)
        said["changes_at"] = facts.next_programme.get(held.brand_id)
    return said


def _read_facts(passes: Sequence[IssuedPass], now: datetime) -> _Facts:
    asked = queries.values_for(passes)
    wanted = (queries.BALANCES, queries.BRAND_NAMES, queries.CARDS, STARTS, queries.TIERS)
    amounts, names, cards, starts, levels = db.send_statements(*((one, asked) for one in wanted))
    balances: dict[Whose, tuple[BalanceShown | StampsShown, ...]] = {}
    for row in amounts:
        whose = row.member_id, row.brand_id
        said = (row.code, row.name_fr, row.name_en, row.available, row.expires_at)
        one = BalanceShown(*said, row.money) if row.card_size is None else StampsShown(*said, row.card_size)
        balances[whose] = (*balances.get(whose, ()), one)
    tiers, next_programme = _tiers_of(asked["brands"], starts, levels, now)
    return _Facts(
        names={row.id: row.name for row in names},
        cards={(row.member_id, row.brand_id): row for row in cards},
        balances=balances,
        tiers=tiers,
        next_programme=next_programme,
    )


def _tiers_of(
    brands: Sequence[uuid.UUID], starts: Sequence[Any], levels: Sequence[Any], now: datetime
) -> tuple[dict[Whose, TierShown], dict[uuid.UUID, datetime]]:
    """The tiers by member and brand, as the programme in force calls them, and when the next programme begins."""
    begun: dict[uuid.UUID, list[tuple[int, datetime | None]]] = {brand_id: [] for brand_id in brands}
    for row in starts:
        begun[row.brand_id].append((row.version, row.starts_at))
    versions = {brand_id: Versions(brand_id, known) for brand_id, known in begun.items()}
    ladders = {
        brand_id: {tier.code: tier.name for tier in found.programme.ladder.tiers}
        for brand_id, known in versions.items()
        if (found := known.at(now)) is not None and found.programme.ladder is not None
    }
    tiers = {}
    for row in levels:
        name = ladders.get(row.brand_id, {}).get(row.tier)
        if name is not None:
            tiers[row.member_id, row.brand_id] = TierShown(row.tier, name.fr, name.en, row.check_at)
    begins = {brand_id: known.next_start(now) for brand_id, known in versions.items()}
    return tiers, {brand_id: at for brand_id, at in begins.items() if at is not None}
