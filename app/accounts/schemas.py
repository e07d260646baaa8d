"""What accounts read and answer. Durations are whole seconds; tokens are opaque to whoever holds them."""

from collections.abc import Callable
from typing import Any

import marshmallow as ma

from app import complaints
from app.accounts.addresses import Address, email_address, phone_number
from app.accounts.console_users import StaffAct
from app.accounts.errors import BRAND_CODE_WRONG, NOT_A_PHONE_NUMBER, NOT_AN_EMAIL, NOT_ONE_ADDRESS
from app.accounts.models import BRAND_CODE_SHAPE, IdentifierKind
from app.accounts.terminal_profiles import profiles
from app.complaints import Complaint
from app.http.access import CONSOLE_ROLES, principal
from app.http.api import In, Instant, Out
from app.http.fields import LineField, OneTimeCodeField, Pattern
from app.http.pagination import PageOut
from app.languages import LANGUAGES

BRAND_CODE = Pattern(f"^{BRAND_CODE_SHAPE}$", BRAND_CODE_WRONG)

LONGEST_ADDRESS = 254  # RFC 5321 section 4.5.3.1.3, without its angle brackets


class AddressField(ma.fields.String):
    """An address, read into its one spelling."""

    read: Callable[[str], Address]
    wrong: Complaint

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if len(text) > LONGEST_ADDRESS:
            raise ma.ValidationError([complaints.TOO_LONG.with_facts(max=LONGEST_ADDRESS)])
        try:
            return type(self).read(text)
        except ValueError:
            raise ma.ValidationError([type(self).wrong]) from None


class Email(AddressField):
    """An e-mail address, folded to lower case."""

    read = staticmethod(email_address)
    wrong = NOT_AN_EMAIL

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"format": "email", "minLength": 3, "maxLength": LONGEST_ADDRESS}, **kwargs)


class Phone(AddressField):
    """A phone number, of France or its departments overseas unless it begins with `+`."""

    read = staticmethod(phone_number)
    wrong = NOT_A_PHONE_NUMBER

    def __init__(self, **kwargs: Any) -> None:
        said = "Of France or its departments overseas unless it begins with +"
        metadata = {"minLength": 3, "maxLength": 40, "description": said}
        super().__init__(metadata=metadata, **kwargs)


class AddressIn(In):
    """Exactly one of `email` and `phone`."""

    email = Email()
    phone = Phone()

    @ma.validates_schema
    def exactly_one(self, data: dict[str, Any], **_: Any) -> None:
        if len({"email", "phone"} & set(data)) != 1:
            raise ma.ValidationError([NOT_ONE_ADDRESS])

    @ma.post_load
    def with_address(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        rest = {name: value for name, value in data.items() if name not in ("email", "phone")}
        return rest | {"address": data.get("email") or data["phone"]}


class SignInCodeIn(AddressIn):
    brand = ma.fields.String(
        load_default=None,
        validate=BRAND_CODE,
        metadata={"description": "Code of the brand in whose name the code is sent, such as that of the app"},
    )


class SignInCodeOut(Out):
    expires_in_s = ma.fields.Integer(required=True, metadata={"description": "How long the code works"})
    handle = ma.fields.String(required=True, metadata={"description": "Send it with the code"})
    sent = ma.fields.Boolean(
        required=True, metadata={"description": "False: no more may leave for now, and the last code works"}
    )


class SignInIn(AddressIn):
    code = OneTimeCodeField(digits=(6, 12))
    handle = LineField(
        longest=100,
        load_default=None,
        allow_none=True,
        metadata={"description": "Of the request for the code: without it others may use up your tries"},
    )


class RefreshIn(In):
    refresh_token = LineField(required=True, longest=200)


class TokensOut(Out):
    """Send `access_token` as `Authorization: Bearer …`; keep `refresh_token` where only the app reads."""

    member_id = ma.fields.UUID(required=True)
    access_token = ma.fields.String(required=True)
    token_type = ma.fields.Constant("Bearer", required=True, metadata={"type": "string"})
    expires_in_s = ma.fields.Integer(required=True)
    refresh_token = ma.fields.String(required=True)
    refresh_expires_in_s = ma.fields.Integer(required=True)


class SignInOut(TokensOut):
    new_member = ma.fields.Boolean(required=True, metadata={"description": "This sign-in made the wallet"})


class IsThisSession(ma.fields.Boolean):
    """True for the id of the session that makes the request."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> bool:
        return bool(value == principal().session_id)


class SessionOut(Out):
    id = ma.fields.UUID(required=True)
    created_at = Instant(required=True)
    refreshed_at = Instant(attribute="rotated_at", required=True)
    expires_at = Instant(required=True)
    current = IsThisSession(attribute="id", dump_only=True, required=True)


class SessionsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(SessionOut), required=True)


class MemberAddressOut(Out):
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf([str(kind) for kind in IdentifierKind]))
    value = ma.fields.String(required=True)
    verified_at = Instant(required=True)


class MeOut(Out):
    id = ma.fields.UUID(required=True)
    language = ma.fields.String(required=True, validate=ma.validate.OneOf(LANGUAGES))
    created_at = Instant(required=True)
    addresses = ma.fields.List(ma.fields.Nested(MemberAddressOut), required=True)


class MeIn(In):
    language = ma.fields.String(required=True, validate=ma.validate.OneOf(LANGUAGES))


class BrandNameOut(Out):
    """A brand as people and programs call it."""

    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)


class BrandIdentityIn(In):
    """Who answers for the personal data of a brand, as members read it before they allow anything."""

    legal_name = LineField(required=True, longest=200)
    postal_address = LineField(required=True, longest=300)
    privacy_contact = LineField(
        required=True, longest=200, metadata={"description": "Where members write to about their data: e-mail or page"}
    )
    dpo_contact = LineField(
        load_default=None,
        allow_none=True,
        longest=200,
        metadata={"description": "The data protection officer, where there is one: e-mail or page"},
    )
    language = ma.fields.String(
        load_default=None,
        validate=ma.validate.OneOf(LANGUAGES),
        metadata={"description": "What members read whose own language there are no words in"},
    )
    requires_age = ma.fields.Boolean(
        load_default=None,
        metadata={"description": "Whether members say first if they are of age, before they permit anything"},
    )


class BrandIn(In):
    """What may change of a brand. What was fixed at its founding may be sent back as it was read."""

    name = LineField(required=True, longest=100)
    countries = ma.fields.List(ma.fields.String(), required=True, validate=ma.validate.Length(1, 50))
    language = ma.fields.String(required=True, validate=ma.validate.OneOf(LANGUAGES))
    reply_to = LineField(
        load_default=None, allow_none=True, longest=254, metadata={"description": "Where answers to its mail go"}
    )
    colour = LineField(
        load_default=None, allow_none=True, longest=7, metadata={"description": "`#rrggbb`, of its name in mail"}
    )
    sms_sender = LineField(
        load_default=None, allow_none=True, longest=16, metadata={"description": "Who its text messages come from"}
    )
    web_domain = LineField(
        load_default=None,
        allow_none=True,
        longest=60,
        metadata={"description": "Its site, to which codes in text messages are bound"},
    )
    code = LineField(longest=40)
    time_zone = LineField(longest=60)
    currency = LineField(longest=3)

    @ma.post_load
    def with_fixed(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        fixed = {name: data.pop(name) for name in ("code", "time_zone", "currency") if name in data}
        return data | {"fixed": fixed}


class BrandOut(Out):
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    countries = ma.fields.List(ma.fields.String(), required=True)
    language = ma.fields.String(required=True, validate=ma.validate.OneOf(LANGUAGES))
    time_zone = ma.fields.String(required=True)
    currency = ma.fields.String(required=True)
    reply_to = ma.fields.String(required=True, allow_none=True)
    colour = ma.fields.String(required=True, allow_none=True)
    sms_sender = ma.fields.String(required=True, allow_none=True)
    web_domain = ma.fields.String(required=True, allow_none=True)


class BrandIdentityOut(Out):
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    legal_name = ma.fields.String(required=True, allow_none=True)
    postal_address = ma.fields.String(required=True, allow_none=True)
    privacy_contact = ma.fields.String(required=True, allow_none=True)
    dpo_contact = ma.fields.String(required=True, allow_none=True)
    language = ma.fields.String(required=True, validate=ma.validate.OneOf(LANGUAGES))
    requires_age = ma.fields.Boolean(required=True)
    identified = ma.fields.Boolean(
        required=True, metadata={"description": "Whether all is there that lets the brand ask its members"}
    )


class ConsoleUserOut(Out):
    id = ma.fields.UUID(required=True)
    email = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    role = ma.fields.String(required=True, validate=ma.validate.OneOf([str(role) for role in CONSOLE_ROLES]))
    language = ma.fields.String(required=True, validate=ma.validate.OneOf(LANGUAGES))
    state = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(["invited", "working", "disabled"]),
        metadata={"description": "`invited` until they have chosen a password"},
    )
    created_at = Instant(required=True)
    disabled_at = Instant(required=True, allow_none=True)


class ConsoleUsersOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(ConsoleUserOut), required=True)


class StaffEventOut(Out):
    id = ma.fields.UUID(required=True)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf([str(act) for act in StaffAct]))
    user_id = ma.fields.UUID(
        required=True, allow_none=True, metadata={"description": "Whose access; null for a rule of the brand"}
    )
    by_id = ma.fields.UUID(
        required=True, allow_none=True, metadata={"description": "Who did it; null for an operator of the server"}
    )
    happened_at = Instant(required=True)


class StaffEventsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(StaffEventOut), required=True)


PROFILES = ma.validate.OneOf(list(profiles.profiles()))


class TerminalProfileIn(In):
    """What a terminal may do: a kind of terminal, of which `app/till_profiles.toml` names the doors."""

    profile = ma.fields.String(required=True, validate=PROFILES)


class TerminalIn(In):
    profile = ma.fields.String(load_default="till", validate=PROFILES)
    store_id = ma.fields.UUID(required=True)
    name = LineField(required=True, longest=100)


class TerminalOut(Out):
    id = ma.fields.UUID(required=True)
    store_id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    profile = ma.fields.String(required=True, metadata={"description": "What it may do"})
    created_at = Instant(required=True)
    paired_at = Instant(required=True, allow_none=True)
    revoked_at = Instant(required=True, allow_none=True)


class NewTerminalOut(TerminalOut):
    pairing_token = ma.fields.String(required=True, metadata={"description": "Shown once, works once"})
    pairing_expires_at = Instant(required=True)
    pairing_link = ma.fields.String(required=True, metadata={"description": "With the token behind its #"})
    pairing_qr = ma.fields.String(required=True, metadata={"description": "The link as a QR code, SVG"})


class PairingIn(In):
    pairing_token = LineField(required=True, longest=200)
    hardware = LineField(load_default=None, longest=100)
    software = LineField(load_default=None, longest=100)


class PairedOut(Out):
    """`key` is the terminal's bearer token; shown once."""

    key = ma.fields.String(required=True)
    terminal_id = ma.fields.UUID(required=True)
    store_id = ma.fields.UUID(required=True)
    store_name = ma.fields.String(required=True)
    brand = ma.fields.String(required=True, metadata={"description": "The brand's code"})
    profile = ma.fields.String(required=True)
