"""The door of the console: a password and what stands beside it, or a passkey."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.accounts import console_users
from app.accounts.console_users import ConsoleSignIn
from app.staff import passkeys, second_factors
from app.staff.errors import SecondFactorNeeded


def sign_in_to_console(
    *,
    brand: str,
    email: str,
    password: str,
    code: str | None,
    device: str | None,
    client: str,
    now: datetime,
) -> ConsoleSignIn:
    """Open a console session; `brand` is the brand's code, `email` in its one spelling, `code` that of an app or a
    recovery code, for whoever has a second factor; `device` and `client` as `prove_console_password` has them.

    Raises `CredentialsNotAccepted`, the same whatever is wrong; `TooManyGuesses`, `TooManyPasswords`, `CostlyDoorBusy`.
    To whoever has the password: `SecondFactorNeeded`, `SecondFactorNotAccepted`, `TooManyFactorGuesses`.
    """
    known: dict[str, Any] = {"brand": brand, "email": email, "password": password, "device": device, "client": client}
    user = console_users.prove_console_password(**known, now=now)
    held = second_factors.find_factors(user.id).names()
    if not held:
        return console_users.open_console_session(user, second_factor=None, now=now)
    if code is None:
        raise SecondFactorNeeded(factors=held)
    shown = second_factors.prove_code(user=user, code=code, now=now)
    return console_users.open_console_session(user, second_factor=shown, now=now)


def sign_in_with_passkey(*, credential: Mapping[str, Any], now: datetime) -> ConsoleSignIn:
    """Open a console session for whoever's passkey answered. Raises `PasskeyNotAccepted`."""
    user = passkeys.prove_passkey(credential=credential, now=now)
    return console_users.open_console_session(user, second_factor=second_factors.PASSKEY, now=now)
