"""The registry of permissions on the wire: purposes, their texts, recipients, and why each datum is asked."""

from typing import Any

import marshmallow as ma

from app.http.api import In, Instant, Out, language
from app.http.fields import LineField, Pattern
from app.languages import Text

CODE = Pattern(r"^[a-z0-9][a-z0-9_-]{0,39}$", error="Not a code.")
LOCALE = Pattern(r"^[a-z]{2}(-[A-Z]{2})?$", error="Not a locale.")


class Spoken(ma.fields.String):
    """A text in the reader's language."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        text: Text | None = value
        return None if text is None else text.say(language())


class TextQuery(In):
    """Which texts; the newest of every purpose and language when nothing is said."""

    purpose = ma.fields.String(load_default=None, validate=CODE)
    locale = ma.fields.String(load_default=None, validate=LOCALE)
    version = ma.fields.Integer(load_default=None, validate=ma.validate.Range(1, 32_767))


class PurposeOut(Out):
    """A purpose, and within which bounds data is used for it."""

    code = ma.fields.String(required=True)
    label = Spoken(required=True)
    controller = Spoken(required=True)
    legal_basis = ma.fields.String(required=True)
    validity_days = ma.fields.Integer(required=True)
    recipient_kind = ma.fields.String(required=True, allow_none=True)
    max_precision = ma.fields.String(required=True)
    dpia_id = ma.fields.String(required=True, allow_none=True)
    double_opt_in = ma.fields.Boolean(required=True)
    minors = ma.fields.String(required=True)
    marketing = ma.fields.Boolean(required=True)


class PurposesOut(Out):
    items = ma.fields.List(ma.fields.Nested(PurposeOut), required=True)


class ReasonQuery(In):
    """One field, or all of them."""

    field = ma.fields.String(
        load_default=None,
        validate=Pattern(r"^[A-Za-z]{1,40}\.[a-z_0-9]{1,40}$", error="Not a field, such as MeIn.language."),
    )


class DataReasonOut(Out):
    """Why a field is asked, and what happens without it. The field is named as in this document: `Shape.field`."""

    field = ma.fields.String(required=True)
    purposes = ma.fields.List(ma.fields.String(), required=True)
    optional = ma.fields.Boolean(required=True)
    reason = Spoken(required=True)
    without = Spoken(required=True)


class DataReasonsOut(Out):
    items = ma.fields.List(ma.fields.Nested(DataReasonOut), required=True)


class RecipientIn(In):
    """Somebody else to whom the brand passes data on, for one purpose of that kind."""

    purpose = ma.fields.String(required=True, validate=CODE)
    code = ma.fields.String(required=True, validate=CODE)
    name = LineField(longest=80, required=True)
    country = ma.fields.String(required=True, validate=Pattern(r"^[A-Z]{2}$", error="Not a country."))


class RecipientOut(Out):
    purpose = ma.fields.String(required=True)
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    country = ma.fields.String(required=True)
    added_at = Instant(required=True)


class RecipientsOut(Out):
    items = ma.fields.List(ma.fields.Nested(RecipientOut), required=True)


class PurposeTextOut(Out):
    """The exact words to show; the SHA-256 is that of their UTF-8 bytes."""

    purpose = ma.fields.String(required=True)
    locale = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)
    text = ma.fields.String(required=True)
    sha256 = ma.fields.String(required=True)
    published_at = Instant(required=True)
    material = ma.fields.Boolean(
        required=True, metadata={"description": "Whether a yes to an earlier version rests until it is given again"}
    )


class PurposeTextsOut(Out):
    items = ma.fields.List(ma.fields.Nested(PurposeTextOut), required=True)
