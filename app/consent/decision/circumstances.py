"""All that an answer is judged by and told with, read once: one statement, under the member's lock.

A yes or a no is about one cell. The cell, its purpose, its recipient, the words that were shown and what replaces them,
the member and their phones are handed on from here to the ledger, to the rooms that follow it and to the answer, and
none of them asks again.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    exists,
    func,
    join,
    literal,
    literal_column,
    or_,
    select,
)

from app.accounts.models import Brand, Member, MemberSession
from app.consent.decision.phone_conditions import NO_FACTS, Facts, Phone, phone_in
from app.consent.models import (
    CELL_KEY,
    Objection,
    PermissionState,
    Purpose,
    PurposeText,
    Recipient,
    ScopeKind,
)
from app.consent.noes import rest
from app.consent.registry.models import ShownText
from app.consent.registry.words import Words, words_read
from app.languages import LANGUAGES
from app.phones.models import Installation
from app.sql import db
from app.sql.store_tables import AREA, AREA_STORE, STORE


class Circumstances(NamedTuple):
    """What was found. `place_known` says whether a scope that is a store or an area is the brand's own; `words` are
    those that the evidence names; `replaced_at` when a text that changes what is agreed to replaces it, or replaces the
    one that the cell rests on when none is named."""

    brand: Brand | None
    goal: Purpose | None
    recipient: Recipient | None
    place_known: bool
    facts: Facts
    cells: Sequence[PermissionState]
    member: Member | None
    words: Words | None = None
    replaced_at: datetime | None = None
    objected: bool = False

    @property
    def cell(self) -> PermissionState | None:
        """The one cell that was asked for."""
        return self.cells[0] if self.cells else None


def read_circumstances(
    key: Mapping[str, Any], *, evidence: Mapping[str, Any] | None, session_id: uuid.UUID | None, now: datetime
) -> Circumstances:
    """What a yes to the cell with this key (`CELL_KEY`) is judged by. `session_id`: whose phone counts."""
    said = evidence or {}
    language = str(said.get("locale", "")).partition("-")[0]
    shown = {
        "sha256": said.get("text_sha256"),
        "language": language if language in LANGUAGES else None,
        "text_version": said.get("version"),
    }
    found = db.execute(FOR_A_YES, _bound(key, session_id) | shown | {"now": now}).one()
    return Circumstances(
        brand=found.Brand,
        goal=found.Purpose,
        recipient=found.Recipient,
        place_known=found.place_known,
        facts=facts_in(found.Member, asking=found.asking, phones=found.phones, now=now),
        cells=() if found.PermissionState is None else (found.PermissionState,),
        member=found.Member,
        words=words_read(
            found.PurposeText,
            found.ShownText,
            brand=found.Brand,
            touchpoint=key["touchpoint"],
            recipient=found.Recipient,
        ),
        replaced_at=found.replaced_at,
        objected=found.objected,
    )


def read_inside(
    key: Mapping[str, Any], *, recipient: str | None, session_id: uuid.UUID | None, now: datetime
) -> Circumstances:
    """What a no to a scope is judged by. `cells` are all that lie inside it, of one recipient or of all of them.

    `recipient` of the result is that of the cell at the scope itself.
    """
    found = db.execute(FOR_A_NO, _bound(key, session_id) | {"named": recipient}).all()
    first = found[0]
    about = next((row for row in found if row.at_scope), first if recipient is not None else None)
    return Circumstances(
        brand=first.Brand,
        goal=first.Purpose,
        recipient=about.Recipient if about is not None else None,
        place_known=first.place_known,
        facts=facts_in(first.Member, asking=first.asking, phones=first.phones, now=now),
        cells=[row.PermissionState for row in found if row.PermissionState is not None],
        member=first.Member,
    )


def facts_in(
    member: Any, *, asking: uuid.UUID | None, phones: Sequence[Mapping[str, Any]] | None, now: datetime
) -> Facts:
    """The member (`minor_until`, `restricted_at`), the phone that asks, and all that reported."""
    if member is None:
        return NO_FACTS
    known = {one["id"]: phone for one in phones or () if (phone := phone_in(one)) is not None}
    return Facts(
        minor=member.minor_until is not None and member.minor_until > now,
        restricted=member.restricted_at is not None,
        asking=known.get(str(asking)),
        phones=tuple(known.values()),
        resting=rest.rests(),
    )


def _bound(key: Mapping[str, Any], session_id: uuid.UUID | None) -> dict[str, Any]:
    """Words that are no codes are none that the database might take, and stand for nothing there."""
    codes = {name: key[name] if key[name].isidentifier() else "" for name in ("touchpoint", "purpose")}
    return {**key, **codes, "session_id": session_id}


def _asked(name: str) -> Any:
    """A part of the cell's key, as the statement is told it."""
    return bindparam(name, type_=PermissionState.__table__.c[name].type)


def _place_known() -> Any:
    kind, place, brand = _asked("scope_kind"), _asked("scope_id"), _asked("brand_id")
    return or_(
        kind == ScopeKind.BRAND,
        and_(kind == ScopeKind.STORE, exists().where(STORE.c.id == place, STORE.c.brand_id == brand)),
        and_(kind == ScopeKind.AREA, exists().where(AREA.c.id == place, AREA.c.brand_id == brand)),
    )


def _asking() -> Any:
    """The phone of the sign-in that asks."""
    session_id = bindparam("session_id", type_=Uuid())
    sessions = MemberSession.__table__.c
    mine = (sessions.member_id == _asked("member_id"), sessions.id == session_id)
    return select(sessions.installation_id).where(*mine).scalar_subquery()


def _phones() -> Any:
    """The member's phones with what each reported, as `phone_in` reads it."""
    phones = Installation.__table__.c
    pairs = [part for name in ("id", *Phone._fields) for part in (literal_column(f"'{name}'"), phones[name])]
    mine = phones.member_id == _asked("member_id")
    return select(func.json_agg(func.json_build_object(*pairs))).where(mine).scalar_subquery()


def _objected() -> Any:
    """Whether the member objects to the direct marketing that this purpose is, if it is any."""
    stands = exists().where(
        Objection.member_id == _asked("member_id"),
        Objection.lifted_at.is_(None),
        or_(Objection.brand_id.is_(None), Objection.brand_id == _asked("brand_id")),
    )
    return and_(func.coalesce(Purpose.marketing, literal_column("false")), stands)


def _shown() -> Any:
    """The text that the evidence names, by its version or by a fingerprint: its own, or that of the filled words."""
    sha256, version = bindparam("sha256", type_=Text()), bindparam("text_version", type_=PurposeText.version.type)
    by_version = and_(
        sha256.is_(None),
        PurposeText.purpose == _asked("purpose"),
        PurposeText.locale == func.coalesce(bindparam("language", type_=Text()), Brand.language),
        PurposeText.version == version,
        PurposeText.published_at <= bindparam("now", type_=PurposeText.published_at.type),
    )
    filled = [getattr(PurposeText, name) == getattr(ShownText, name) for name in ("purpose", "locale", "version")]
    return or_(PurposeText.sha256 == sha256, and_(*filled), by_version)


def _read() -> Any:
    """Words that were shown for this very question."""
    same = [getattr(ShownText, name) == _asked(name) for name in ("brand_id", "touchpoint", "purpose", "recipient")]
    return and_(ShownText.sha256 == bindparam("sha256", type_=Text()), *same)


def _replaced_at() -> Any:
    later = PurposeText.__table__.alias("later")
    rests_on = func.coalesce(PurposeText.version, PermissionState.text_version)
    replaces = (later.c.purpose == _asked("purpose"), later.c.version > rests_on, later.c.material)
    return select(func.min(later.c.published_at)).where(*replaces).scalar_subquery()


def _at_scope() -> Any:
    """A cell of the scope itself."""
    return and_(PermissionState.scope_kind == _asked("scope_kind"), PermissionState.scope_id == _asked("scope_id"))


def _inside() -> Any:
    """The cells of one touchpoint and purpose that lie in the scope: itself, and the stores and areas inside it."""
    kind, place, named = _asked("scope_kind"), _asked("scope_id"), bindparam("named", type_=Text())
    stores = select(AREA_STORE.c.store_id).where(AREA_STORE.c.area_id == place)
    held = and_(kind == ScopeKind.AREA, PermissionState.scope_kind == ScopeKind.STORE)
    same = [
        getattr(PermissionState, name) == _asked(name) for name in ("member_id", "brand_id", "touchpoint", "purpose")
    ]
    within = or_(kind == ScopeKind.BRAND, _at_scope(), and_(held, PermissionState.scope_id.in_(stores)))
    return and_(*same, within, or_(named.is_(None), PermissionState.recipient == named))


EVER = select(literal(1).label("one")).subquery("ever")  # one row, whatever else is found


def _recipient_is(code: Any) -> Any:
    same = (Recipient.brand_id == _asked("brand_id"), Recipient.purpose == _asked("purpose"), Recipient.code == code)
    return and_(*same)


_FOUND = (EVER.c.one, Brand, Purpose, Recipient, Member, PermissionState, _place_known().label("place_known"))
_PHONES = (_asking().label("asking"), _phones().label("phones"))
_AROUND = (
    join(EVER, Member, Member.id == _asked("member_id"), isouter=True)
    .outerjoin(Brand, Brand.id == _asked("brand_id"))
    .outerjoin(Purpose, Purpose.code == _asked("purpose"))
)

FOR_A_YES: Select[*tuple[Any, ...]] = (
    select(
        *_FOUND, *_PHONES, PurposeText, ShownText, _replaced_at().label("replaced_at"), _objected().label("objected")
    )
    .select_from(_AROUND)
    .outerjoin(Recipient, _recipient_is(_asked("recipient")))
    .outerjoin(PermissionState, and_(*(getattr(PermissionState, name) == _asked(name) for name in CELL_KEY)))
    .outerjoin(ShownText, _read())
    .outerjoin(PurposeText, _shown())
    .execution_options(populate_existing=True)
)

FOR_A_NO: Select[*tuple[Any, ...]] = (
    select(*_FOUND, *_PHONES, _at_scope().label("at_scope"))
    .select_from(_AROUND)
    .outerjoin(PermissionState, _inside())
    .outerjoin(Recipient, _recipient_is(func.coalesce(PermissionState.recipient, cast(_asked("recipient"), Text))))
    .order_by(PermissionState.scope_kind, PermissionState.scope_id, PermissionState.recipient)
    .execution_options(populate_existing=True)
)

_MEMBERS = Member.__table__.c
FACTS: Select[*tuple[Any, ...]] = select(_MEMBERS.minor_until, _MEMBERS.restricted_at, *_PHONES).where(
    _MEMBERS.member_id == _asked("member_id")
)
"""A row, not an entity: what `facts_in` reads of a member, and of their phones."""
