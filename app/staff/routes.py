"""Come in to the console: sign in, choose a password, add a second factor, invite others.

What holds a password, or answers with a secret, takes no `Idempotency-Key`: the store of answers keeps neither.
"""

import uuid
from typing import Any

from app import clock
from app.accounts import queries as accounts
from app.accounts.console_users import ConsoleSignIn
from app.accounts.errors import ConsoleUserExists, CredentialsNotAccepted, TooManyGuesses, TooManyPasswords
from app.accounts.models import Brand, ConsoleSession, ConsoleUser
from app.accounts.schemas import ConsoleUserOut
from app.carriers.errors import ChannelUnavailable
from app.errors import CostlyDoorBusy, NotFound, RequestInFlight
from app.http.access import CONSOLE_ROLES, Role, brand_id, client_network, only, principal
from app.http.api import Blueprint, refuses
from app.http.idempotency import idempotent
from app.http.pagination import Page, PageIn, link_header, page_of
from app.sql import db
from app.staff import (
    factor_removal,
    invitations,
    own_passwords,
    passkeys,
    schemas,
    second_factors,
    sign_ins,
    tickets,
)
from app.staff.authenticators import NewAuthenticator
from app.staff.errors import (
    OwnFactorsKept,
    OwnSecondFactorMissing,
    PasskeyKnown,
    PasskeyNotAccepted,
    PasskeysFull,
    SecondFactorKept,
    SecondFactorMissing,
    SecondFactorNeeded,
    SecondFactorNotAccepted,
    TicketNotAccepted,
    TooManyFactorGuesses,
    TooManyResets,
    UserNotWaiting,
)
from app.staff.second_factors import AddedFactor, OwnAccess
from app.staff.tickets import ChosenPassword

blueprint = Blueprint("staff", __name__, url_prefix="/v1/console", description="How staff come in to the console")

Body = dict[str, Any]
MYSELF = (*CONSOLE_ROLES, Role.NEWCOMER)
PASSWORD_REFUSALS = (CredentialsNotAccepted, TooManyGuesses, CostlyDoorBusy)


@blueprint.post("/sessions")
@only(Role.ANYONE)
@refuses(*PASSWORD_REFUSALS, TooManyPasswords, SecondFactorNeeded, SecondFactorNotAccepted, TooManyFactorGuesses)
@blueprint.arguments(schemas.ConsoleSignInIn)
@blueprint.response(201, schemas.ConsoleSignInOut)
def sign_in_to_console(body: Body) -> ConsoleSignIn:
    """Sign in to a brand's console with a password, and a code where somebody has a second factor.

    Without the code the right password is answered `second_factor_needed`: send both. No `Idempotency-Key`: the answer
    holds a token, which is kept nowhere; a repeat opens one more session, and a code works once. 10 failures within 15
    minutes close the door of this address, known or not, to the network that tries. Whoever sends the `device` of an
    earlier sign-in is held up by nobody else's failures.
    """
    email = body.pop("email").value
    return sign_ins.sign_in_to_console(**body, email=email, client=client_network(), now=clock.now())


@blueprint.post("/passkey-challenges")
@only(Role.ANYONE)
@blueprint.response(201, schemas.PasskeyOptionsOut)
def ask_passkey() -> Body:
    """A question that a passkey answers, within five minutes.

    The same for everybody, so it says of nobody whether we know them. No `Idempotency-Key`: nothing is kept.
    """
    return {"public_key": passkeys.ask_for_sign_in(now=clock.now())}


@blueprint.post("/sessions/passkey")
@only(Role.ANYONE)
@refuses(PasskeyNotAccepted)
@blueprint.arguments(schemas.PasskeyIn)
@blueprint.response(201, schemas.ConsoleSignInOut)
def sign_in_with_passkey(body: Body) -> ConsoleSignIn:
    """Sign in with the answer of a passkey; it says whose it is.

    No `Idempotency-Key`: an answer counts once. If ours was lost, ask for another question.
    """
    return sign_ins.sign_in_with_passkey(credential=body["credential"], now=clock.now())


@blueprint.post("/passwords")
@only(Role.ANYONE)
@refuses(TicketNotAccepted, CostlyDoorBusy)
@blueprint.arguments(schemas.TicketIn)
@blueprint.response(201, schemas.ChosenPasswordOut)
def choose_password(body: Body) -> ChosenPassword:
    """Choose one's password by the link of an invitation or a reset; nobody else ever knows it.

    Every session of before ends. No `Idempotency-Key`: a link works once. If the answer was lost, sign in.
    """
    return tickets.choose_password(secret=body["secret"], password=body["password"], now=clock.now())


@blueprint.post("/password-resets")
@only(Role.ANYONE)
@refuses(ChannelUnavailable, TooManyResets, RequestInFlight)
@blueprint.arguments(schemas.PasswordResetIn)
@blueprint.response(202, schemas.PasswordResetOut)
def ask_password_reset(body: Body) -> Body:
    """Mail a link by which a forgotten password is replaced.

    The answer is the same whether we know the address or not. No `Idempotency-Key`: a repeat sends one more link, at
    most 5 within an hour, and using one voids the others.
    """
    own_passwords.ask_reset(brand=body["brand"], email=body["email"].value, now=clock.now())
    return {"expires_in_s": tickets.LASTING[tickets.TicketKind.RESET].total_seconds()}


@blueprint.get("/me")
@only(*MYSELF)
@blueprint.response(200, schemas.OwnAccessOut)
def show_own_access() -> OwnAccess:
    """Who I am at this console, and how I come in."""
    return second_factors.find_own_access(user_id=principal().id)


@blueprint.get("/me/sessions")
@only(*MYSELF)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, schemas.ConsoleSessionsOut)
def list_own_sessions(page: Body) -> tuple[Page[Any], dict[str, str]]:
    """Where am I signed in to this console? Newest first."""
    mine = accounts.open_console_sessions(principal().id, now=clock.now())
    found = page_of(mine, sort=ConsoleSession.created_at, id=ConsoleSession.id, **page)
    return found, link_header(found)


@blueprint.post("/me/sessions/ending")
@only(*MYSELF)
@refuses(*PASSWORD_REFUSALS, NotFound)
@blueprint.arguments(schemas.SessionEndingIn)
@blueprint.response(204)
def end_own_sessions(body: Body) -> None:
    """Sign out somewhere else, or everywhere else.

    No `Idempotency-Key`: the request holds a password, and ending twice is ending once.
    """
    me = principal()
    sign_ins.end_own_sessions(user_id=me.id, here=me.session_id, **body, now=clock.now())


@blueprint.put("/me/password")
@only(*MYSELF)
@refuses(*PASSWORD_REFUSALS)
@blueprint.arguments(schemas.PasswordChangeIn)
@blueprint.response(204)
def change_own_password(body: Body) -> None:
    """Replace my password; my other sessions end.

    No `Idempotency-Key`: the request holds passwords. A repeat is refused, since the old one is no longer mine.
    """
    me, words = principal(), {"old": body["old_password"], "new": body["new_password"]}
    own_passwords.change_password(user_id=me.id, session_id=me.session_id, **words, now=clock.now())


@blueprint.post("/me/totp")
@only(*MYSELF)
@refuses(*PASSWORD_REFUSALS)
@blueprint.arguments(schemas.OwnPasswordIn)
@blueprint.response(201, schemas.NewAuthenticatorOut)
def begin_authenticator(body: Body) -> NewAuthenticator:
    """A key for an authenticator app. It counts once a code of the app has confirmed it, within 15 minutes.

    No `Idempotency-Key`: the answer holds a secret. A repeat makes another key, and the one before is void.
    """
    return second_factors.begin_authenticator(user_id=principal().id, password=body["password"], now=clock.now())


@blueprint.post("/me/totp/confirmation")
@only(*MYSELF)
@refuses(SecondFactorMissing, SecondFactorNotAccepted, TooManyFactorGuesses)
@blueprint.arguments(schemas.AuthenticatorCodeIn)
@blueprint.response(200, schemas.AddedFactorOut)
def finish_authenticator(body: Body) -> AddedFactor:
    """Confirm the app by a code that it shows. My other sessions end; with my first factor come recovery codes.

    No `Idempotency-Key`: the answer holds secrets. If it was lost, make new recovery codes.
    """
    me = principal()
    return second_factors.finish_authenticator(
        user_id=me.id, session_id=me.session_id, code=body["code"], now=clock.now()
    )


@blueprint.post("/me/totp/removal")
@only(*CONSOLE_ROLES)
@refuses(*PASSWORD_REFUSALS, NotFound, SecondFactorKept)
@blueprint.arguments(schemas.OwnPasswordIn)
@blueprint.response(204)
def remove_authenticator(body: Body) -> None:
    """Take my authenticator app away. With my last factor the recovery codes go.

    No `Idempotency-Key`: the request holds a password. A repeat finds none.
    """
    me = principal().id
    factor_removal.remove_own_factor(user_id=me, password=body["password"], passkey_id=None, now=clock.now())


@blueprint.post("/me/passkey-challenges")
@only(*MYSELF)
@refuses(*PASSWORD_REFUSALS)
@blueprint.arguments(schemas.OwnPasswordIn)
@blueprint.response(201, schemas.PasskeyOptionsOut)
def begin_passkey(body: Body) -> Body:
    """A question that a new passkey of mine answers, within five minutes.

    No `Idempotency-Key`: the request holds a password, and nothing is kept.
    """
    options = second_factors.begin_passkey(user_id=principal().id, password=body["password"], now=clock.now())
    return {"public_key": options}


@blueprint.post("/me/passkeys")
@only(*MYSELF)
@refuses(PasskeyNotAccepted, PasskeyKnown, PasskeysFull)
@blueprint.arguments(schemas.NewPasskeyIn)
@blueprint.response(201, schemas.AddedPasskeyOut)
def finish_passkey(body: Body) -> AddedFactor:
    """Keep the new passkey. My other sessions end; with my first factor come recovery codes.

    No `Idempotency-Key`: the answer may hold secrets, and a passkey's answer counts once.
    """
    me = principal()
    return second_factors.finish_passkey(user_id=me.id, session_id=me.session_id, **body, now=clock.now())


@blueprint.post("/me/passkeys/removal")
@only(*CONSOLE_ROLES)
@refuses(*PASSWORD_REFUSALS, NotFound, SecondFactorKept)
@blueprint.arguments(schemas.PasskeyRemovalIn)
@blueprint.response(204)
def remove_passkey(body: Body) -> None:
    """Take one of my passkeys away. With my last factor the recovery codes go.

    No `Idempotency-Key`: the request holds a password. A repeat finds none.
    """
    factor_removal.remove_own_factor(user_id=principal().id, **body, now=clock.now())


@blueprint.post("/me/recovery-codes")
@only(*CONSOLE_ROLES)
@refuses(*PASSWORD_REFUSALS, SecondFactorMissing)
@blueprint.arguments(schemas.OwnPasswordIn)
@blueprint.response(201, schemas.RecoveryCodesOut)
def renew_recovery_codes(body: Body) -> Body:
    """Ten new recovery codes; those of before are void.

    No `Idempotency-Key`: the answer holds secrets, which are kept nowhere. A repeat makes ten others.
    """
    me = principal().id
    return {"recovery_codes": second_factors.renew_recovery_codes(user_id=me, **body, now=clock.now())}


@blueprint.post("/users")
@only(Role.ADMIN)
@idempotent
@refuses(ConsoleUserExists, ChannelUnavailable)
@blueprint.arguments(schemas.ConsoleUserIn)
@blueprint.response(201, ConsoleUserOut)
def invite_user(body: Body) -> ConsoleUser:
    """Let a person work for the brand. They are mailed a link, for seven days, by which they choose their password."""
    known = body | {"email": body["email"].value, "role": Role(body["role"])}
    return invitations.invite_user(brand_id=brand_id(), by_id=principal().id, **known, now=clock.now())


@blueprint.post("/users/<uuid:user_id>/invitation")
@only(Role.ADMIN)
@idempotent
@refuses(NotFound, UserNotWaiting, ChannelUnavailable)
@blueprint.response(200, ConsoleUserOut)
def invite_user_again(user_id: uuid.UUID) -> ConsoleUser:
    """Mail a new link to somebody who has not chosen a password yet; the one before is void."""
    by = principal().id
    return invitations.invite_user_again(brand_id=brand_id(), user_id=user_id, by_id=by, now=clock.now())


@blueprint.post("/users/<uuid:user_id>/second-factors/removal")
@only(Role.ADMIN)
@idempotent
@refuses(NotFound, OwnFactorsKept)
@blueprint.response(200, ConsoleUserOut)
def remove_factors_of(user_id: uuid.UUID) -> ConsoleUser:
    """Take every second factor from a colleague who has lost theirs. Their sessions end, and they are told by mail."""
    by = principal().id
    return factor_removal.remove_factors_of(brand_id=brand_id(), user_id=user_id, by_id=by, now=clock.now())


@blueprint.get("/sign-in-rules")
@only(Role.ADMIN, Role.AUDITOR)
@blueprint.response(200, schemas.SignInRulesOut)
def read_sign_in_rules() -> Brand | None:
    """Which roles need a second factor."""
    return db.get(Brand, brand_id())


@blueprint.put("/sign-in-rules")
@only(Role.ADMIN)
@idempotent
@refuses(OwnSecondFactorMissing)
@blueprint.arguments(schemas.SignInRulesIn)
@blueprint.response(200, schemas.SignInRulesOut)
def demand_second_factor(body: Body) -> Body:
    """Say which roles need a second factor. It holds at once: whoever has none may add one, and no more.

    No `If-Match`: who says last what the brand asks is right.
    """
    roles, by = body["second_factor_roles"], principal().id
    asked = second_factors.demand_second_factor(brand_id=brand_id(), roles=roles, by_id=by, now=clock.now())
    return {"second_factor_roles": asked}
