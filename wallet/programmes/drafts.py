"""A merchandiser writes the rules of a programme. Nothing is counted by them before an approval."""

import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from app import complaints
from app.accounts.models import Brand
from app.codes.article_numbers import impossible_gtins
from app.errors import Pointer, PreconditionFailed
from app.logs import log
from app.sql import db, locks
from wallet.ledger import durations
from wallet.ledger import queries as points
from wallet.ledger.currency_kinds import CurrencyKind
from wallet.ledger.errors import POINTS_UNKNOWN
from wallet.points.returns import Policy
from wallet.product_lists.usage import find_missing_in
from wallet.programmes import drafts, errors, queries, rules, versions
from wallet.programmes.errors import (
    ProgrammeApproved,
    ProgrammeContradictory,
    ProgrammeSelfApproval,
    ProgrammeStartPast,
)
from wallet.programmes.models import ProgrammeVersion
from wallet.programmes.rules import Programme, Rule, RuleKind
from wallet.purchases.errors import GTIN_WRONG

A_NOON, A_DAY = datetime(2026, 1, 1, 12, tzinfo=UTC), timedelta(days=1)


def draft_version(
    *, brand_id: uuid.UUID, programme: Programme, starts_at: datetime | None, by: uuid.UUID, now: datetime
) -> ProgrammeVersion:
    """A new version, not in force yet. Raises `ProgrammeContradictory`, which says where."""
    locks.lock_name(f"programme:{brand_id}")
    _check(programme, brand_id)
    version = db.all_of(queries.last_version(brand_id))[0] + 1
    made = db.add(
        ProgrammeVersion(
            brand_id=brand_id,
            version=version,
            content=rules.write_rules(programme),
            starts_at=starts_at,
            revision=1,
            drafted_by=by,
            drafted_at=now,
        )
    )
    log.info("programme_drafted", brand_id=str(brand_id), version=version, by=str(by))
    return made


def redraft_version(
    *,
    brand_id: uuid.UUID,
    version: int,
    revision: int,
    programme: Programme,
    starts_at: datetime | None,
    by: uuid.UUID,
    now: datetime,
) -> ProgrammeVersion:
    """Replace a draft.

    Raises `ProgrammeUnknown`, `ProgrammeApproved`, `PreconditionFailed`, `ProgrammeContradictory`.
    """
    found = to_change(brand_id=brand_id, version=version, revision=revision)
    _check(programme, brand_id)
    found.content, found.starts_at = rules.write_rules(programme), starts_at
    found.drafted_by, found.drafted_at = by, now
    found.revision += 1
    db.session().flush()
    log.info("programme_redrafted", brand_id=str(brand_id), version=version, by=str(by))
    return found


def to_change(*, brand_id: uuid.UUID, version: int, revision: int) -> ProgrammeVersion:
    """A draft, locked for somebody who read this revision of it.

    Raises `ProgrammeUnknown`, `ProgrammeApproved`, `PreconditionFailed`.
    """
    versions.the_version(brand_id=brand_id, version=version)
    found = db.all_of(db.locked(queries.version_of(brand_id, version)))[0]
    if found.approved_at is not None:
        raise ProgrammeApproved
    if found.revision != revision:
        raise PreconditionFailed
    return found


def _check(programme: Programme, brand_id: uuid.UUID) -> None:
    """Everything that a single field cannot say."""
    wrong = list(_wrong(programme, brand_id))
    if wrong:
        raise ProgrammeContradictory(errors=wrong)


def _wrong(programme: Programme, brand_id: uuid.UUID) -> Iterator[Pointer]:
    brand = db.get(Brand, brand_id)
    if brand is None or brand.currency != programme.currency:
        yield Pointer("/currency", errors.CURRENCY_FOREIGN)
    known = {one.id: one for one in db.all_of(points.currencies_of(brand_id))}
    stamps = {one.id for one in known.values() if one.kind == CurrencyKind.STAMPS}
    if programme.policy is Policy.UNLIMITED:
        given = {*programme.currencies(), *([programme.referral.currency_id] if programme.referral else [])}
        strict = [one for one in given if one in known and not known[one].may_go_negative]
        if strict:
            yield Pointer("/policy", errors.DEBT_NOT_ALLOWED)
    codes = Counter(rule.code for rule in programme.rules)
    for place, rule in enumerate(programme.rules):
        if codes[rule.code] > 1:
            yield Pointer(f"/rules/{place}/code", errors.NOT_UNIQUE)
        if rule.kind is RuleKind.STAMP and rule.currency_id in known.keys() - stamps:
            yield Pointer(f"/rules/{place}/currency_id", errors.NOT_STAMPS)
        for pointer in _wrong_in(rule, programme, set(known)):
            yield Pointer(f"/rules/{place}/{pointer.pointer}", pointer.complaint)
    yield from _wrong_articles(programme)
    yield from _wrong_lists(programme, brand_id)
    yield from _wrong_stores(programme, brand_id)
    yield from _wrong_in_ladder(programme, set(known))
    if programme.referral and programme.referral.currency_id not in known:
        yield Pointer("/referral/currency_id", POINTS_UNKNOWN)


def _wrong_in(rule: Rule, programme: Programme, known: set[uuid.UUID]) -> Iterator[Pointer]:
    multiplier = rule.kind is RuleKind.MULTIPLIER
    if not multiplier and rule.currency_id not in known:
        yield Pointer("currency_id", POINTS_UNKNOWN)
    if not multiplier and rule.points < 1:
        yield Pointer("points", errors.POINTS_MISSING)
    if multiplier and (rule.currency_id is not None or rule.points or rule.caps):
        yield Pointer("kind", errors.MULTIPLIER)
    if multiplier and rule.factor_percent <= 100:
        yield Pointer("factor_percent", complaints.out_of_range(above=100))
    if (rule.kind is RuleKind.EVENT) != (rule.event is not None):
        yield Pointer("event", errors.EVENT)
    if rule.multiplies - {one.code for one in programme.rules if one.kind is not RuleKind.MULTIPLIER}:
        yield Pointer("multiplies", errors.RULE_UNKNOWN)
    if rule.when.tiers - {tier.code for tier in (programme.ladder.tiers if programme.ladder else ())}:
        yield Pointer("when/tiers", errors.TIER_UNKNOWN)


def _wrong_articles(programme: Programme) -> Iterator[Pointer]:
    """Rules about articles that no till can ever sell."""
    for place, rule in enumerate(programme.rules):
        for number in impossible_gtins(rule.products.gtins):
            yield Pointer(f"/rules/{place}/products/gtins", GTIN_WRONG.with_facts(number=number))


def _wrong_lists(programme: Programme, brand_id: uuid.UUID) -> Iterator[Pointer]:
    """Rules about lists of articles that the brand does not have."""
    for place, rule in enumerate(programme.rules):
        yield from find_missing_in(brand_id=brand_id, products=rule.products, pointer=f"/rules/{place}/products")
    meals = programme.tenders.meal_articles
    yield from find_missing_in(brand_id=brand_id, products=meals, pointer="/tenders/meal_articles")


def _wrong_stores(programme: Programme, brand_id: uuid.UUID) -> Iterator[Pointer]:
    """Rules for stores that are not the brand's: whether they are somebody else's, nobody is told."""
    named = set[uuid.UUID]().union(*(rule.when.stores for rule in programme.rules))
    strangers = named - set(db.all_of(queries.stores_of_brand(brand_id, named)) if named else ())
    for place, rule in enumerate(programme.rules):
        if rule.when.stores & strangers:
            yield Pointer(f"/rules/{place}/when/stores", complaints.NOT_OF_THE_BRAND)


def _wrong_in_ladder(programme: Programme, known: set[uuid.UUID]) -> Iterator[Pointer]:
    ladder = programme.ladder
    if ladder is None:
        return
    if ladder.currency_id not in known:
        yield Pointer("/ladder/currency_id", POINTS_UNKNOWN)
    steps = [tier.from_points for tier in ladder.tiers]
    if steps != sorted(set(steps)) or len({tier.code for tier in ladder.tiers}) != len(ladder.tiers):
        yield Pointer("/ladder/tiers", errors.NOT_RISING)
    if durations.is_life(ladder.keeps) and _soon(ladder.keeps):
        yield Pointer("/ladder/keeps", errors.UNDER_A_DAY)
    for name, lasts in (("keeps", ladder.keeps), ("grace", ladder.grace)):
        if lasts is not None and ((lasts == durations.UNLIMITED and name == "grace") or not durations.is_life(lasts)):
            yield Pointer(f"/ladder/{name}", complaints.NOT_A_DURATION)


def _soon(lasts: str) -> bool:
    """Whether a duration is over within a day: then a tier would be looked at again and again."""
    end = durations.end(lasts, since=A_NOON, zone="UTC")
    return end is not None and end < A_NOON + A_DAY


def approve_version(
    *, brand_id: uuid.UUID, version: int, revision: int, by: uuid.UUID, now: datetime
) -> ProgrammeVersion:
    """Approve a draft: from its start on, or from now, purchases are judged by it. It never changes afterwards.

    A start in the past would judge purchases anew, so it is refused; but for a brand's first version, before which
    nothing was judged: then what was bought since is counted by it.
    Raises `ProgrammeUnknown`, `ProgrammeApproved`, `PreconditionFailed`, `ProgrammeSelfApproval`, `ProgrammeStartPast`;
    `ProgrammeContradictory` for an article number or a store that a draft of before may hold.
    """
    locks.lock_name(f"programme:{brand_id}")
    found = drafts.to_change(brand_id=brand_id, version=version, revision=revision)
    if found.drafted_by == by:
        raise ProgrammeSelfApproval
    programme = rules.read_rules(found.content)
    wrong = [
        *_wrong_articles(programme),
        *_wrong_lists(programme, brand_id),
        *_wrong_stores(programme, brand_id),
    ]
    if wrong:
        raise ProgrammeContradictory(errors=wrong)
    begun = db.first(queries.approved_versions(brand_id)) is not None
    if begun and found.starts_at is not None and found.starts_at < now:
        raise ProgrammeStartPast
    found.starts_at = found.starts_at or now
    found.approved_by, found.approved_at = by, now
    found.revision += 1
    db.session().flush()
    log.info("programme_approved", brand_id=str(brand_id), version=version, by=str(by))
    return found
