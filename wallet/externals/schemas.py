"""External cards on the wire. Money in minor units with its ISO 4217 currency, points as integers."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

import marshmallow as ma
from babel.numbers import is_currency

from app import complaints
from app.http.api import In, Instant, Out
from app.http.fields import LineField, Pattern, Prose
from app.http.pagination import PageIn, PageOut
from wallet.externals.errors import MONEY_OR_POINTS
from wallet.externals.models import Encoding, Source, Symbology
from wallet.externals.rows import (
    EARLIEST,
    LARGEST_BALANCE,
    LATEST,
    LONGEST_GROUP,
    LONGEST_NOTE,
    LONGEST_NUMBER,
    LONGEST_PROGRAMME,
    MOST_GROUPS,
    CardWish,
    with_plain_ends,
)
from wallet.externals.symbologies import LONGEST, needed_encoding

ENCODINGS = ma.validate.OneOf([str(encoding) for encoding in Encoding])
SYMBOLOGIES = ma.validate.OneOf([str(symbology) for symbology in Symbology])


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())  # which looks through hundreds of files


def known_time_zone(name: str) -> None:
    """Raises `ValidationError` for a name that stands for no time zone."""
    if name not in _time_zones():
        raise ma.ValidationError([complaints.NOT_A_TIME_ZONE])


def known_currency(code: str) -> None:
    """Raises `ValidationError` for letters that stand for no money."""
    if not is_currency(code):
        raise ma.ValidationError([complaints.NOT_A_CURRENCY])


BYTES = {"description": "How a matrix code becomes bytes; null where it makes no difference, or to let us choose"}


class BalanceIn(In):
    """What the member says is on the card: money, or points."""

    amount_minor = ma.fields.Integer(strict=True, validate=ma.validate.Range(-LARGEST_BALANCE, LARGEST_BALANCE))
    currency = ma.fields.String(
        validate=[Pattern(r"^[A-Z]{3}$", complaints.NOT_A_CURRENCY), known_currency],
        metadata={"description": "ISO 4217"},
    )
    points = ma.fields.Integer(strict=True, validate=ma.validate.Range(-LARGEST_BALANCE, LARGEST_BALANCE))

    @ma.validates_schema
    def one_kind(self, data: dict[str, Any], **_: Any) -> None:
        if set(data) not in ({"amount_minor", "currency"}, {"points"}):
            raise ma.ValidationError([MONEY_OR_POINTS])


class ExternalCardChangeIn(In):
    """A card of another programme. `code` is what the barcode says; it is kept exactly as it is sent."""

    programme = LineField(longest=LONGEST_PROGRAMME, required=True)
    code = ma.fields.String(required=True, validate=ma.validate.Length(1, LONGEST))
    symbology = ma.fields.String(load_default=str(Symbology.NONE), validate=SYMBOLOGIES)
    encoding = ma.fields.String(load_default=None, allow_none=True, validate=ENCODINGS, metadata=BYTES)
    number = LineField(longest=LONGEST_NUMBER, load_default=None, allow_none=True)
    note = Prose(longest=LONGEST_NOTE, load_default=None, allow_none=True)
    colour = ma.fields.String(
        load_default=None, allow_none=True, validate=Pattern(r"^#[0-9a-f]{6}$", complaints.NOT_A_COLOUR)
    )
    expires_on = ma.fields.Date(load_default=None, allow_none=True, validate=ma.validate.Range(EARLIEST, LATEST))
    balance = ma.fields.Nested(BalanceIn, load_default=None, allow_none=True)
    groups = ma.fields.List(
        LineField(longest=LONGEST_GROUP), load_default=list, validate=ma.validate.Length(max=MOST_GROUPS)
    )

    @ma.post_load
    def as_wish(self, data: dict[str, Any], **_: Any) -> Any:
        return _wish(data)


def _wish(data: dict[str, Any]) -> CardWish:
    balance = data.pop("balance") or {}
    symbology = Symbology(data["symbology"])
    encoding = None if data["encoding"] is None else Encoding(data["encoding"])
    made = {
        "symbology": symbology,
        "encoding": needed_encoding(symbology=symbology, code=data["code"], encoding=encoding),
        "number": None if data["number"] == data["code"] else data["number"],
        "note": data["note"] and with_plain_ends(data["note"]),
        "groups": tuple(dict.fromkeys(data["groups"])),
        "balance_minor": balance.get("amount_minor"),
        "currency": balance.get("currency"),
        "balance_points": balance.get("points"),
    }
    return CardWish(**data | made)


class ExternalCardIn(ExternalCardChangeIn):
    """A new card, and whether the member typed its code or scanned it."""

    source = ma.fields.String(
        load_default=str(Source.TYPED), validate=ma.validate.OneOf([str(Source.TYPED), str(Source.SCANNED)])
    )

    @ma.post_load
    def as_wish(self, data: dict[str, Any], **_: Any) -> Any:
        source = Source(data.pop("source"))
        return {"wish": _wish(data), "source": source}


class ExternalCardsIn(PageIn):
    group = ma.fields.UUID(load_default=None)
    archived = ma.fields.Boolean(load_default=False)


class ImportIn(In):
    """`dry_run` judges every card and writes nothing; `currency` is that of balances whose file names none.

    `time_zone` is that of the phone that wrote the file, for days that it writes as instants.
    """

    dry_run = ma.fields.Boolean(load_default=False)
    currency = ma.fields.String(
        load_default="EUR", validate=[Pattern(r"^[A-Z]{3}$", complaints.NOT_A_CURRENCY), known_currency]
    )
    time_zone = ma.fields.String(
        load_default=None, validate=known_time_zone, metadata={"description": "IANA time zone, such as Indian/Reunion"}
    )


class BalanceOut(Out):
    amount_minor = ma.fields.Integer()
    currency = ma.fields.String()
    points = ma.fields.Integer()


class ExternalCardOut(Out):
    id = ma.fields.UUID(required=True)
    programme = ma.fields.String(required=True)
    code = ma.fields.String(required=True)
    symbology = ma.fields.String(required=True, validate=SYMBOLOGIES)
    encoding = ma.fields.String(required=True, allow_none=True, validate=ENCODINGS, metadata=BYTES)
    number = ma.fields.String(required=True, allow_none=True)
    note = ma.fields.String(required=True, allow_none=True)
    colour = ma.fields.String(required=True, allow_none=True)
    expires_on = ma.fields.Date(required=True, allow_none=True)
    balance = ma.fields.Nested(BalanceOut, required=True, allow_none=True)
    groups = ma.fields.List(ma.fields.String(), required=True)
    source = ma.fields.String(required=True, validate=ma.validate.OneOf([str(source) for source in Source]))
    archived_at = Instant(required=True, allow_none=True)
    added_at = Instant(required=True)


class ExternalCardsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(ExternalCardOut), required=True)


class CardGroupOut(Out):
    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    cards = ma.fields.Integer(required=True)


class CardGroupIn(In):
    name = LineField(longest=LONGEST_GROUP, required=True)


class CardGroupsOut(Out):
    items = ma.fields.List(ma.fields.Nested(CardGroupOut), required=True)


class FindingOut(Out):
    code = ma.fields.String(required=True)
    field = ma.fields.String(required=True)
    text = ma.fields.String(required=True)


class ImportedRowOut(Out):
    row = ma.fields.Integer(required=True)
    outcome = ma.fields.String(
        required=True, validate=ma.validate.OneOf(["accepted", "corrected", "refused", "unchanged", "updated"])
    )
    programme = ma.fields.String(required=True, allow_none=True)
    card_id = ma.fields.UUID(required=True, allow_none=True)
    changed = ma.fields.List(ma.fields.String(), required=True, metadata={"description": "What a card here took"})
    findings = ma.fields.List(ma.fields.Nested(FindingOut), required=True)


class DroppedOut(Out):
    code = ma.fields.String(required=True)
    count = ma.fields.Integer(required=True)
    text = ma.fields.String(required=True)


class CountsOut(Out):
    accepted = ma.fields.Integer(required=True)
    corrected = ma.fields.Integer(required=True)
    refused = ma.fields.Integer(required=True)
    unchanged = ma.fields.Integer(required=True)
    updated = ma.fields.Integer(required=True)


class ImportReportOut(Out):
    """`dropped`: what was in the file and was not taken. `read_as`: what could have meant two things."""

    format = ma.fields.String(required=True)
    dry_run = ma.fields.Boolean(required=True)
    counts = ma.fields.Nested(CountsOut, required=True)
    rows = ma.fields.List(ma.fields.Nested(ImportedRowOut), required=True)
    dropped = ma.fields.List(ma.fields.Nested(DroppedOut), required=True)
    read_as = ma.fields.List(ma.fields.Nested(DroppedOut), required=True)
