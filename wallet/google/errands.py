"""What is to be told of copies that are due: read at once for many of them, written in Google's words, before anything
is sent."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.settings import GoogleAccess
from app.sql import db
from wallet.authenticity.patterns import GooglePattern, patterns_for_google
from wallet.designs.designs import Design, read_design
from wallet.google import accounts, queries
from wallet.google.copies import new_copy
from wallet.google.models import GoogleClass, GoogleCopy
from wallet.google.resources.classes import WantedClass, class_for, digest_of_class, write_class
from wallet.google.resources.objects import digest_of_object, digest_of_ringing, empty_object, write_object
from wallet.google.rings import WantedRing, reserve_rings
from wallet.issued.contents import PassContents, read_contents
from wallet.issued.issuance import issue_pass
from wallet.issued.models import IssuedPass, PassKind


class ClassErrand(NamedTuple):
    """A class that Google does not have as it should be. `is_new`: it was never told."""

    wanted: WantedClass
    body: dict[str, Any]
    digest: bytes
    is_new: bool


class GoogleErrand(NamedTuple):
    """One copy that is due, as it should be at Google at this revision. `body` is null where nothing need be sent.

    `rings`: a change of it may be heard. `takes_away`: something that it has there is in it no longer.
    """

    copy: GoogleCopy
    revision: int
    body: dict[str, Any] | None
    class_id: str | None
    digest: bytes
    ringing: bytes
    rings: bool
    takes_away: bool
    linked: tuple[str, ...]


class GoogleErrands(NamedTuple):
    """What one batch comes to."""

    classes: list[ClassErrand]
    objects: list[GoogleErrand]


def prepare_errands(pass_ids: Sequence[uuid.UUID], *, known: GoogleAccess, now: datetime) -> GoogleErrands:
    """What is to be told of these copies. A copy whose pass is gone goes as well; coupons on a card get copies beside
    it, which are due from now on."""
    copies = db.all_of(queries.copies_of(pass_ids))
    passes = {held.id: held for held in db.all_of(queries.passes_of(pass_ids))}
    for copy in copies:
        if copy.pass_id not in passes:
            db.session().delete(copy)
    db.session().flush()
    standing = [copy for copy in copies if copy.pass_id in passes]
    facts = _read_facts(standing, passes, now=now)
    _want_offers(standing, facts.contents, now=now)
    written = [_write_errand(copy, facts, now=now) for copy in standing]
    ringing = [each for each in written if each.rings]
    allowed = reserve_rings(
        [WantedRing(each.copy.member_id, each.copy.pass_id, f"revision-{each.revision}") for each in ringing], now=now
    )
    classes = [each for each in facts.classes.values() if each is not None]
    return GoogleErrands(
        prepare_classes(classes, facts.designs, known=known),
        [each._replace(rings=each.copy.pass_id in allowed) for each in written],
    )


def prepare_classes(
    wanted: Sequence[WantedClass], designs: Mapping[uuid.UUID, Design], *, known: GoogleAccess
) -> list[ClassErrand]:
    """The classes among these that Google does not have as they should be."""
    callback = accounts.addresses(known).callback
    told: dict[str, GoogleClass] = {
        each.id: each for each in db.all_of(queries.classes_with({one.id for one in wanted}))
    }
    found = []
    for one in dict.fromkeys(wanted):
        body = write_class(one, designs[one.brand_id], callback=callback)
        digest = digest_of_class(body)
        before = told.get(one.id)
        if before is None or before.told_digest != digest:
            found.append(ClassErrand(one, body, digest, before is None or before.told_digest is None))
    return found


class _Facts(NamedTuple):
    """What is known of many copies, by their passes; designs by their brands, changing codes by the code."""

    passes: Mapping[uuid.UUID, IssuedPass]
    contents: Mapping[uuid.UUID, PassContents]
    classes: Mapping[uuid.UUID, WantedClass | None]
    linked: Mapping[uuid.UUID, Sequence[str]]
    designs: Mapping[uuid.UUID, Design]
    patterns: Mapping[str, GooglePattern]


def _read_facts(copies: Sequence[GoogleCopy], passes: Mapping[uuid.UUID, IssuedPass], *, now: datetime) -> _Facts:
    contents = dict(zip(passes, read_contents(list(passes.values()), now=now), strict=True))
    designs = {brand_id: read_design(brand_id) for brand_id in {copy.brand_id for copy in copies}}
    rotating = {contents[copy.pass_id].code for copy in copies if designs[copy.brand_id].rotates} - {""}
    linked: dict[uuid.UUID, list[str]] = {}
    for card, offer in db.rows(queries.linked_copies([copy.pass_id for copy in copies])):
        linked.setdefault(card, []).append(offer)
    return _Facts(
        passes=passes,
        contents=contents,
        classes={copy.pass_id: class_for(contents[copy.pass_id], issuer=copy.issuer) for copy in copies},
        linked=linked,
        designs=designs,
        patterns=patterns_for_google(codes=rotating, now=now) if rotating else {},
    )


def _write_errand(copy: GoogleCopy, facts: _Facts, *, now: datetime) -> GoogleErrand:
    held, said, wanted = facts.passes[copy.pass_id], facts.contents[copy.pass_id], facts.classes[copy.pass_id]
    is_over = copy.removed_at is not None or (copy.kind == PassKind.CARD and held.ended_at is not None)
    class_id = copy.class_id if wanted is None or is_over else wanted.id
    body: dict[str, Any] = {}
    if class_id is not None and is_over:
        body = empty_object(copy.object_id, class_id)
    elif class_id is not None:
        ids = {"object_id": copy.object_id, "class_id": class_id}
        pattern = facts.patterns.get(said.code)
        body = write_object(said, facts.designs[copy.brand_id], pattern=pattern, now=now, **ids)
    digest, ringing = digest_of_object(body), digest_of_ringing(body)
    is_told = copy.told_digest == digest and not copy.doubtful
    return GoogleErrand(
        copy=copy,
        revision=held.revision,
        # What was over before Google heard of it need not be heard of.
        body=None if is_told or class_id is None else body,
        class_id=class_id,
        digest=digest,
        ringing=ringing,
        rings=said.may_notify and not is_told and not is_over and not said.is_void and _is_heard(copy, ringing),
        takes_away=not set(copy.told_fields) <= body.keys(),
        linked=tuple(facts.linked.get(copy.pass_id, ())),
    )


def _is_heard(copy: GoogleCopy, ringing: bytes) -> bool:
    """Whether somebody holds it, and what rings is not what it was."""
    return copy.saved_at is not None and copy.told_ringing is not None and copy.told_ringing != ringing


def _want_offers(copies: Sequence[GoogleCopy], contents: Mapping[uuid.UUID, PassContents], *, now: datetime) -> None:
    """Coupons that a card shows come to Google as offers beside it, each by a pass of its own: there they appear by
    themselves in the wallet that holds the card. One that the member ended, or took out, does not come again by itself;
    one beside a pass of the card that ended goes over to the next."""
    shown = {
        coupon.id: copy
        for copy in copies
        if copy.kind == PassKind.CARD and not contents[copy.pass_id].is_void
        for coupon in contents[copy.pass_id].coupons
    }
    known = db.rows(queries.targets_with_copies(shown)) if shown else ()
    rows = []
    for coupon_id, copy in shown.items():
        if all(coupon_id != row.target_id for row in known):
            whose = {"member_id": copy.member_id, "brand_id": copy.brand_id}
            held = issue_pass(**whose, kind=PassKind.COUPON, target_id=coupon_id, now=now)
            held = db.session().scalars(queries.pass_kept_still(held.member_id, held.id)).one()
            rows.append(new_copy(held, issuer=copy.issuer, now=now, card_pass_id=copy.pass_id))
    if rows:
        db.execute(queries.new_copies(rows))
    apart = [row for row in known if row.is_held and row.card_pass_id not in (None, shown[row.target_id].pass_id)]
    if apart:
        cards = [shown[row.target_id] for row in apart]
        members, passes = [card.member_id for card in cards], [card.pass_id for card in cards]
        db.fetch(queries.LINK_ANEW, [members, [row.pass_id for row in apart], passes, now])
