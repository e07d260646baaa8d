"""What members and their parents send and read about age."""

import marshmallow as ma

from app import complaints
from app.http.api import In, Instant, Out
from app.http.fields import Pattern

COUNTRY = Pattern(r"^[A-Z]{2}$", complaints.NOT_A_COUNTRY)
MONTH = Pattern(r"^20[0-9]{2}-(0[1-9]|1[0-2])$", complaints.NOT_A_MONTH)


class AgeQuery(In):
    country = ma.fields.String(required=True, validate=COUNTRY)


class AgeOfConsentOut(Out):
    country = ma.fields.String(required=True)
    years = ma.fields.Integer(required=True, metadata={"description": "From this age a person answers alone"})


class AgeIn(In):
    """Nothing but a country for whoever has reached its age of consent; else the month in which they will."""

    country = ma.fields.String(required=True, validate=COUNTRY)
    of_age_from = ma.fields.String(
        load_default=None, allow_none=True, validate=MONTH, metadata={"description": "Year and month; no day is asked"}
    )


class AgeOut(Out):
    minor_until = Instant(required=True, allow_none=True)
    declared_at = Instant(required=True, attribute="age_declared_at")


class InvitationOut(Out):
    """Show or send the code to a parent; it is accepted once."""

    code = ma.fields.String(required=True)
    expires_at = Instant(required=True)


class AcceptanceIn(In):
    """The child's code, and the declaration in so many words."""

    code = ma.fields.String(required=True, validate=Pattern(r"^[A-Za-z0-9_-]{1,64}$", complaints.NOT_A_CODE))
    holds_parental_authority = ma.fields.Boolean(required=True, validate=ma.validate.Equal(True))


class ChildOut(Out):
    """A child for whom I answer. `id` is the evidence that permissions given together name."""

    id = ma.fields.UUID(required=True)
    child_id = ma.fields.UUID(required=True, attribute="member_id")
    accepted_at = Instant(required=True)


class ChildrenOut(Out):
    items = ma.fields.List(ma.fields.Nested(ChildOut), required=True)
