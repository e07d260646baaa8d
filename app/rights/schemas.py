"""Rights on the wire."""

from typing import Any

import marshmallow as ma

from app.accounts.schemas import BRAND_CODE, AddressIn, SignInIn
from app.data_map import DataClass
from app.http.access import Role
from app.http.api import In, Instant, Out
from app.http.fields import Prose, Tables, Values
from app.http.pagination import PageIn, PageOut
from app.rights.models import RequestKind, RequestState, RightsRequest

LONGEST_STATEMENT = 2000
EXPORTS = {RequestKind.ACCESS: "/v1/me/export", RequestKind.PORTABILITY: "/v1/me/portability"}


class RightsRequestIn(In):
    """What I ask. A session is identity enough: nothing else proves who I am, and no document is asked for."""

    kind = ma.fields.Enum(RequestKind, by_value=True, required=True)
    brand = ma.fields.String(
        load_default=None,
        allow_none=True,
        validate=BRAND_CODE,
        metadata={"description": "Code of the brand it is addressed to; null for my wallet as a whole"},
    )
    statement = Prose(
        longest=LONGEST_STATEMENT,
        load_default=None,
        allow_none=True,
        metadata={"description": "What is to be done; needed for rectification and review"},
    )


class RightsRequestOut(Out):
    id = ma.fields.UUID(required=True)
    kind = ma.fields.Enum(RequestKind, by_value=True, required=True)
    state = ma.fields.Enum(RequestState, by_value=True, required=True)
    brand = ma.fields.String(required=True, allow_none=True)
    statement = ma.fields.String(required=True, allow_none=True)
    answer = ma.fields.String(required=True, allow_none=True)
    extension_reason = ma.fields.String(required=True, allow_none=True)
    refusal_reason = ma.fields.String(required=True, allow_none=True)
    export_url = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "Where the export is, for access and portability"}
    )
    received_at = Instant(required=True)
    due_at = Instant(required=True, metadata={"description": "One month after, or three with a notice (GDPR 12(3))"})
    taken_at = Instant(required=True, allow_none=True)
    extended_at = Instant(required=True, allow_none=True)
    closed_at = Instant(required=True, allow_none=True)
    breached_at = Instant(
        required=True, allow_none=True, metadata={"description": "When it was found late, if it ever was"}
    )

    @ma.pre_dump
    def flat(self, request: RightsRequest, **_: Any) -> dict[str, Any]:
        said = {name: getattr(request, name) for name in self.fields if hasattr(request, name)}
        kind = RequestKind(request.kind)
        named = {"kind": kind, "state": RequestState(request.state), "brand": request.brand and request.brand.code}
        return said | named | {"export_url": EXPORTS.get(kind)}


class RightsRequestsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(RightsRequestOut), required=True)


class RightsRequestsIn(PageIn):
    state = ma.fields.Enum(RequestState, by_value=True, load_default=None)


class ReasonIn(In):
    reason = Prose(longest=LONGEST_STATEMENT, required=True)


class AnswerTextIn(In):
    text = Prose(longest=LONGEST_STATEMENT, required=True)


class AddressChangeIn(SignInIn):
    """The new address with the code that went there, and the one that it replaces, if any."""

    replaces = ma.fields.Nested(AddressIn, load_default=None, allow_none=True)


class ColumnOut(Out):
    """One kind of value: what it is, what for, where it came from and how long it is kept."""

    name = ma.fields.String(required=True)
    class_ = ma.fields.Enum(DataClass, by_value=True, required=True, data_key="class", attribute="class")
    what = ma.fields.String(required=True)
    purposes = ma.fields.List(ma.fields.String(), required=True)
    source = ma.fields.String(required=True)
    kept = ma.fields.String(required=True)


NAMES = {"description": "What the things that rows point at are called, by table"}
ROW = {"description": "One row: the columns of its table by name"}


class HeldOut(Out):
    table = ma.fields.String(required=True)
    columns = ma.fields.List(ma.fields.Nested(ColumnOut), required=True)
    logic = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "How a programme makes these rows, where it does"}
    )
    rows = ma.fields.List(Values(metadata=ROW), required=True)


class ReachedOut(Out):
    """Somebody that a brand gives data to; `country` is ISO 3166-1 alpha-2."""

    brand = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    country = ma.fields.String(required=True)


class PurposeUsedOut(Out):
    code = ma.fields.String(required=True)
    label = ma.fields.String(required=True)
    legal_basis = ma.fields.String(required=True)
    controller = ma.fields.String(required=True, metadata={"description": "Who answers for it"})
    precision = ma.fields.String(required=True, metadata={"description": "How exactly it may know where I am"})
    dpia_id = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "The impact assessment (GDPR 35) that covers it"}
    )
    recipients = ma.fields.List(ma.fields.Nested(ReachedOut), required=True)


class WithheldOut(Out):
    table = ma.fields.String(required=True)
    columns = ma.fields.List(ma.fields.String(), required=True)
    reason = ma.fields.String(required=True)


class AccessExportOut(Out):
    """Everything that is held of me (GDPR article 15)."""

    format = ma.fields.String(required=True)
    made_at = ma.fields.String(required=True, metadata={"format": "date-time"})
    member_id = ma.fields.UUID(required=True)
    data = ma.fields.List(ma.fields.Nested(HeldOut), required=True)
    names = Tables(required=True, metadata=NAMES)
    purposes = ma.fields.List(ma.fields.Nested(PurposeUsedOut), required=True)
    withheld = ma.fields.List(ma.fields.Nested(WithheldOut), required=True)
    rights = ma.fields.String(required=True)


class PromotionOut(Out):
    """An advantage that I was given. Amounts are in minor units of an ISO 4217 currency."""

    id = ma.fields.UUID(required=True)
    brand = ma.fields.String(required=True)
    kind = ma.fields.String(required=True)
    title_fr = ma.fields.String(required=True)
    title_en = ma.fields.String(required=True)
    gtin = ma.fields.String(required=True, allow_none=True)
    amount_minor = ma.fields.Integer(required=True, allow_none=True)
    currency = ma.fields.String(required=True, allow_none=True)
    received_at = ma.fields.String(required=True, metadata={"format": "date-time"})
    used_at = ma.fields.String(required=True, allow_none=True, metadata={"format": "date-time"})


class PortablePromotionOut(Out):
    """What was taken off an article."""

    gtin = ma.fields.String(required=True, allow_none=True)
    amount_minor = ma.fields.Integer(required=True)
    currency = ma.fields.String(required=True)


class PortableLineOut(Out):
    gtin = ma.fields.String(required=True, allow_none=True)
    label = ma.fields.String(required=True)
    quantity = ma.fields.Integer(required=True)
    amount_minor = ma.fields.Integer(required=True)
    promotions = ma.fields.List(ma.fields.Nested(PortablePromotionOut), required=True)


class PortablePaymentOut(Out):
    """What paid: money, or what points are worth."""

    kind = ma.fields.String(required=True, metadata={"description": "`money` or `points`"})
    amount_minor = ma.fields.Integer(required=True)


class PortablePurchaseOut(Out):
    """Something that I bought, line by line. `total_minor` is after promotions, whatever paid it."""

    id = ma.fields.UUID(required=True)
    brand = ma.fields.String(required=True)
    store = ma.fields.String(required=True, allow_none=True)
    purchased_at = ma.fields.String(required=True, metadata={"format": "date-time"})
    currency = ma.fields.String(required=True)
    total_minor = ma.fields.Integer(required=True)
    payments = ma.fields.List(ma.fields.Nested(PortablePaymentOut), required=True)
    lines = ma.fields.List(ma.fields.Nested(PortableLineOut), required=True)


class PortabilityOut(Out):
    """What I provided and what my use left (GDPR article 20), to take elsewhere; see docs/portability.md."""

    format = ma.fields.String(required=True)
    made_at = ma.fields.String(required=True, metadata={"format": "date-time"})
    member_id = ma.fields.UUID(required=True)
    records = Tables(required=True, metadata={"description": "My rows by table"})
    names = Tables(required=True, metadata=NAMES)
    purchases = ma.fields.List(ma.fields.Nested(PortablePurchaseOut), required=True)
    promotions = ma.fields.List(ma.fields.Nested(PromotionOut), required=True)


class RestrictionOut(Out):
    restricted_at = Instant(required=True, allow_none=True)


class ObjectionQuery(In):
    brand = ma.fields.String(
        load_default=None, validate=BRAND_CODE, metadata={"description": "Code of the brand; absent for all brands"}
    )


class ObjectionsOut(Out):
    lifted = ma.fields.Integer(required=True, metadata={"description": "How many objections were taken back"})


class DataClassOut(Out):
    code = ma.fields.Enum(DataClass, by_value=True, required=True)
    text = ma.fields.String(required=True)


class ReadOut(Out):
    """Somebody of a brand saw something of mine: in which role, where, which kind of data."""

    id = ma.fields.UUID(required=True)
    read_at = Instant(required=True)
    role = ma.fields.Enum(Role, by_value=True, required=True)
    brand = ma.fields.String(required=True)
    store = ma.fields.String(required=True, allow_none=True)
    data = ma.fields.List(ma.fields.Nested(DataClassOut), required=True)


class ReadsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(ReadOut), required=True)
