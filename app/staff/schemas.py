"""What the door of the console reads and answers. Secrets are shown once and kept nowhere."""

import unicodedata
from typing import Any

import marshmallow as ma

from app.accounts.schemas import BRAND_CODE, Email, IsThisSession
from app.http.access import CONSOLE_ROLES
from app.http.api import In, Instant, Out
from app.http.fields import LineField, OneTimeCodeField, Values
from app.http.pagination import PageOut
from app.languages import LANGUAGES
from app.staff.assignments.schemas import StaffPlacesOut
from app.staff.strength import LONGEST, SHORTEST

ROLES = [str(role) for role in CONSOLE_ROLES]


class PasswordField(LineField):
    """A password, in the one form that Unicode has for signs that look alike (NFKC), whatever keyboard wrote it."""

    def __init__(self, *, shortest: int = 1, **kwargs: Any) -> None:
        metadata = {"format": "password", **kwargs.pop("metadata", {})}
        super().__init__(required=True, shortest=shortest, longest=LONGEST, metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return unicodedata.normalize("NFKC", super()._deserialize(value, attr, data, **kwargs))


class NewPasswordField(PasswordField):
    """A password that somebody chooses: any signs, but enough of them, and none of what is guessed first."""

    def __init__(self) -> None:
        said = "No kind of sign is asked for; what is easy to guess is `password_guessable`"
        super().__init__(shortest=SHORTEST, metadata={"description": said})


class CredentialField(Values):
    """What a browser gave: `PublicKeyCredential.toJSON()`."""

    def __init__(self) -> None:
        super().__init__(required=True)


class ConsoleSignInIn(In):
    brand = ma.fields.String(required=True, validate=BRAND_CODE)
    email = Email(required=True)
    password = PasswordField()
    code = LineField(
        load_default=None, longest=40, metadata={"description": "Of the authenticator app, or a recovery code"}
    )
    device = LineField(
        longest=100,
        load_default=None,
        allow_none=True,
        metadata={"description": "Of an earlier answer: strangers cannot hold up this device"},
    )


class ConsoleSignInOut(Out):
    token = ma.fields.String(required=True)
    device = ma.fields.String(
        required=True, metadata={"description": "Keep it, and send it when this person signs in here again"}
    )
    expires_in_s = ma.fields.Integer(
        required=True, metadata={"description": "At most; an hour without a request ends it"}
    )
    role = ma.fields.String(required=True, validate=ma.validate.OneOf(ROLES))
    name = ma.fields.String(required=True)
    must_add_second_factor = ma.fields.Boolean(
        required=True, metadata={"description": "Until then the token opens nothing but one's own access"}
    )


class PasskeyIn(In):
    credential = CredentialField()


class PasskeyOptionsOut(Out):
    """`public_key` is what `navigator.credentials` takes as `publicKey`, by `parse…OptionsFromJSON()`."""

    public_key = Values(required=True)


class TicketIn(In):
    secret = LineField(required=True, longest=200, metadata={"description": "What follows the # of the link"})
    password = NewPasswordField()


class ChosenPasswordOut(Out):
    """Sign in with these and the password. `brand` is the brand's code."""

    brand = ma.fields.String(required=True)
    email = ma.fields.String(required=True)
    name = ma.fields.String(required=True)


class PasswordResetIn(In):
    brand = ma.fields.String(required=True, validate=BRAND_CODE)
    email = Email(required=True)


class PasswordResetOut(Out):
    expires_in_s = ma.fields.Integer(required=True, metadata={"description": "How long a link works, if one was sent"})


class PasswordChangeIn(In):
    old_password = PasswordField()
    new_password = NewPasswordField()


class OwnPasswordIn(In):
    password = PasswordField()


class SessionEndingIn(OwnPasswordIn):
    session_id = ma.fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "Which one; all but this one without it"}
    )


class ConsoleSessionOut(Out):
    id = ma.fields.UUID(required=True)
    created_at = Instant(required=True)
    expires_at = Instant(required=True, metadata={"description": "Unless it is used before"})
    second_factor = ma.fields.String(required=True, allow_none=True)
    current = IsThisSession(attribute="id", dump_only=True, required=True)


class ConsoleSessionsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(ConsoleSessionOut), required=True)


class PasskeyOut(Out):
    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    created_at = Instant(required=True)
    last_used_at = Instant(required=True, allow_none=True)


class OwnAccessOut(Out):
    id = ma.fields.UUID(required=True)
    brand = ma.fields.String(required=True, metadata={"description": "The brand's code"})
    email = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    role = ma.fields.String(required=True, validate=ma.validate.OneOf(ROLES))
    language = ma.fields.String(required=True, validate=ma.validate.OneOf(LANGUAGES))
    totp = ma.fields.Boolean(required=True, metadata={"description": "Whether an authenticator app is there"})
    passkeys = ma.fields.List(ma.fields.Nested(PasskeyOut), required=True)
    recovery_codes_left = ma.fields.Integer(required=True)
    second_factor_needed = ma.fields.Boolean(required=True, metadata={"description": "Whether the role needs one"})
    places = ma.fields.Nested(StaffPlacesOut, required=True, allow_none=True)


class NewAuthenticatorOut(Out):
    secret = ma.fields.String(required=True, metadata={"description": "In base32, to type"})
    uri = ma.fields.String(required=True, metadata={"description": "`otpauth://…`, what the QR code holds"})


class AuthenticatorCodeIn(In):
    code = OneTimeCodeField()


class AddedFactorOut(Out):
    recovery_codes = ma.fields.List(
        ma.fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "Shown once, each works once; null unless this was the first factor"},
    )


class AddedPasskeyOut(AddedFactorOut):
    passkey = ma.fields.Nested(PasskeyOut, required=True)


class NewPasskeyIn(PasskeyIn):
    name = LineField(required=True, longest=100, metadata={"description": "What its owner calls it"})


class PasskeyRemovalIn(OwnPasswordIn):
    passkey_id = ma.fields.UUID(required=True)


class RecoveryCodesOut(Out):
    recovery_codes = ma.fields.List(ma.fields.String(), required=True)


class ConsoleUserIn(In):
    email = Email(required=True)
    name = LineField(required=True, longest=100)
    role = ma.fields.String(required=True, validate=ma.validate.OneOf(ROLES))
    language = ma.fields.String(
        load_default=None,
        validate=ma.validate.OneOf(LANGUAGES),
        metadata={"description": "In which they are written to; the brand's unless it is given"},
    )


class SignInRulesIn(In):
    second_factor_roles = ma.fields.List(
        ma.fields.String(validate=ma.validate.OneOf(ROLES)),
        required=True,
        validate=ma.validate.Length(max=len(ROLES)),
        metadata={"description": "The roles that need a second factor"},
    )


class SignInRulesOut(Out):
    second_factor_roles = ma.fields.List(ma.fields.String(validate=ma.validate.OneOf(ROLES)), required=True)
