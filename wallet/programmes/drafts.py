"""A merchandiser writes the rules of a programme. Nothing is counted by them before an approval."""

import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from app.accounts.models import Brand
from app.errors import Pointer, PreconditionFailed
from app.logs import log
from app.sql import db, locks
from wallet.ledger import durations
from wallet.ledger import queries as points
from wallet.points.returns import Policy
from wallet.programmes import drafts, queries, rules, versions
from wallet.programmes.errors import (
    ProgrammeApproved,
    ProgrammeContradictory,
    ProgrammeSelfApproval,
    ProgrammeStartPast,
)
from wallet.programmes.models import ProgrammeVersion
from wallet.programmes.rules import Programme, Rule, RuleKind
from wallet.purchases.article_numbers import impossible_gtins

A_NOON, A_DAY = datetime(2026, 1, 1, 12, tzinfo=UTC), timedelta(days=1)


def draft_version(
    *, brand_id: uuid.UUID, programme: Programme, starts_at: datetime | None, by: uuid.UUID, now: datetime
) -> ProgrammeVersion:
    """A new version, not in force yet. Raises `ProgrammeContradictory`, which says where."""
    _check(programme, brand_id)
    locks.lock_name(f"programme:{brand_id}")
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
        yield _pointer("/currency", "currency_foreign", "The brand counts in another currency.")
    known = {one.id: one for one in db.all_of(points.currencies_of(brand_id))}
    if programme.policy is Policy.UNLIMITED:
        given = {*programme.currencies(), *([programme.referral.currency_id] if programme.referral else [])}
        strict = [one for one in given if one in known and not known[one].may_go_negative]
        if strict:
            yield _pointer("/policy", "debt_not_allowed", "These points may not become negative.")
    codes = Counter(rule.code for rule in programme.rules)
    for place, rule in enumerate(programme.rules):
        if codes[rule.code] > 1:
            yield _pointer(f"/rules/{place}/code", "not_unique", "Two rules have this code.")
        for pointer in _wrong_in(rule, programme, set(known)):
            yield _pointer(f"/rules/{place}/{pointer['pointer']}", pointer["code"], pointer["detail"])
    yield from _wrong_articles(programme)
    yield from _wrong_in_ladder(programme, set(known))
    if programme.referral and programme.referral.currency_id not in known:
        yield _pointer("/referral/currency_id", "points_unknown", "Not a points currency of the brand.")


def _wrong_in(rule: Rule, programme: Programme, known: set[uuid.UUID]) -> Iterator[Pointer]:
    multiplier = rule.kind is RuleKind.MULTIPLIER
    if not multiplier and rule.currency_id not in known:
        yield _pointer("currency_id", "points_unknown", "Not a points currency of the brand.")
    if not multiplier and rule.points < 1:
        yield _pointer("points", "required", "How many points it gives.")
    if multiplier and (rule.currency_id is not None or rule.points or rule.caps):
        yield _pointer("kind", "multiplier", "A multiplier gives and caps nothing of its own: caps are of its rules.")
    if multiplier and rule.factor_percent <= 100:
        yield _pointer("factor_percent", "required", "More than 100.")
    if (rule.kind is RuleKind.EVENT) != (rule.event is not None):
        yield _pointer("event", "event", "An event rule names its event, and no other rule does.")
    if rule.multiplies - {one.code for one in programme.rules if one.kind is not RuleKind.MULTIPLIER}:
        yield _pointer("multiplies", "rule_unknown", "There is no such rule.")
    if rule.when.tiers - {tier.code for tier in (programme.ladder.tiers if programme.ladder else ())}:
        yield _pointer("when/tiers", "tier_unknown", "There is no such tier.")


def _wrong_articles(programme: Programme) -> Iterator[Pointer]:
    """Rules about articles that no till can ever sell."""
    for place, rule in enumerate(programme.rules):
        for number in impossible_gtins(rule.products.gtins):
            yield _pointer(f"/rules/{place}/products/gtins", "gtin_wrong", number)


def _wrong_in_ladder(programme: Programme, known: set[uuid.UUID]) -> Iterator[Pointer]:
    ladder = programme.ladder
    if ladder is None:
        return
    if ladder.currency_id not in known:
        yield _pointer("/ladder/currency_id", "points_unknown", "Not a points currency of the brand.")
    steps = [tier.from_points for tier in ladder.tiers]
    if steps != sorted(set(steps)) or len({tier.code for tier in ladder.tiers}) != len(ladder.tiers):
        yield _pointer("/ladder/tiers", "not_rising", "From low to high, each with a code of its own.")
    if durations.is_life(ladder.keeps) and _soon(ladder.keeps):
        yield _pointer("/ladder/keeps", "too_short", "A tier is kept for a day at least.")
    for name, lasts in (("keeps", ladder.keeps), ("grace", ladder.grace)):
        if lasts is not None and ((lasts == durations.UNLIMITED and name == "grace") or not durations.is_life(lasts)):
            yield _pointer(f"/ladder/{name}", "not_a_duration", "Not a duration.")


def _soon(lasts: str) -> bool:
    """Whether a duration is over within a day: then a tier would be looked at again and again."""
    end = durations.end(lasts, since=A_NOON, zone="UTC")
    return end is not None and end < A_NOON + A_DAY


def _pointer(pointer: str, code: str, detail: str) -> Pointer:
    return {"pointer": pointer, "code": code, "detail": detail}


def approve_version(
    *, brand_id: uuid.UUID, version: int, revision: int, by: uuid.UUID, now: datetime
) -> ProgrammeVersion:
    """Approve a draft: from its start on, or from now, purchases are judged by it. It never changes afterwards.

    A start in the past would judge purchases anew, so it is refused; but for a brand's first version, before which
    nothing was judged: then what was bought since is counted by it.
    Raises `ProgrammeUnknown`, `ProgrammeApproved`, `PreconditionFailed`, `ProgrammeSelfApproval`, `ProgrammeStartPast`;
    `ProgrammeContradictory` for an article number that a draft of before may hold.
    """
    locks.lock_name(f"programme:{brand_id}")
    found = drafts.to_change(brand_id=brand_id, version=version, revision=revision)
    if found.drafted_by == by:
        raise ProgrammeSelfApproval
    wrong = list(_wrong_articles(rules.read_rules(found.content)))
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
