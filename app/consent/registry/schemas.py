"""The registry of permissions on the wire: purposes, their texts, recipients, and why each datum is asked."""

import re
from typing import Any

import marshmallow as ma

from app import complaints
from app.consent.registry.errors import NOT_A_FIELD_NAME
from app.http.api import In, Instant, Out, language
from app.http.fields import LineField, Pattern
from app.languages import Text

CODE = Pattern(r"^[a-z0-9][a-z0-9_-]{0,39}$", complaints.NOT_A_CODE)
TAG = re.compile(
    r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|[0-9]{3}))?(?:[-_@.][A-Za-z0-9=_.-]{0,40})?"
)


class Locale(ma.fields.String):
    """What a phone calls its language (`fr-CA`, `fr_FR`, `zh-Hans-CN`), kept as language and region."""

    default_error_messages = {"not_locale": [complaints.NOT_A_LOCALE]}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=ma.validate.Length(2, 40), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        tag = TAG.fullmatch(str(super()._deserialize(value, attr, data, **kwargs)))
        if tag is None:
            raise self.make_error("not_locale")
        language, region = tag[1].lower(), (tag[3] or "").upper()
        return f"{language}-{region}" if region.isalpha() else language


class Spoken(ma.fields.String):
    """A text in the reader's language."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        text: Text | None = value
        return None if text is None else text.say(language())


class TextQuery(In):
    """Which question: of which brand, at which touchpoint. The newest words of every purpose and language when no more
    is said."""

    brand = ma.fields.String(load_default=None, validate=CODE, metadata={"description": "Code of the brand that asks"})
    touchpoint = ma.fields.String(load_default=None, validate=CODE, metadata={"description": "How it would reach you"})
    recipient = ma.fields.String(
        load_default=None, validate=CODE, metadata={"description": "One recipient; a text for each when none is named"}
    )
    purpose = ma.fields.String(load_default=None, validate=CODE)
    locale = Locale(
        load_default=None,
        metadata={
            "description": "The phone's own; words there are none of are those of its language, else the brand's"
        },
    )
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
        validate=Pattern(r"^[A-Za-z]{1,40}\.[a-z_0-9]{1,40}$", NOT_A_FIELD_NAME),
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
    country = ma.fields.String(required=True, validate=Pattern(r"^[A-Z]{2}$", complaints.NOT_A_COUNTRY))


class RecipientOut(Out):
    purpose = ma.fields.String(required=True)
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    country = ma.fields.String(required=True)
    added_at = Instant(required=True)


class RecipientsOut(Out):
    items = ma.fields.List(ma.fields.Nested(RecipientOut), required=True)


class PurposeTextOut(Out):
    """The exact words to show, filled in; the SHA-256 is that of their UTF-8 bytes. `locale` says which were taken."""

    purpose = ma.fields.String(required=True)
    touchpoint = ma.fields.String(required=True, metadata={"description": "Empty in old texts, which name nobody"})
    recipient = ma.fields.String(required=True, metadata={"description": "Empty when nobody else receives data"})
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
