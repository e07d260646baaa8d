"""Sign in, stay signed in, sign out: members, console users, terminals.

Sign-in takes no `Idempotency-Key`: its answers are secrets, and the store of answers keeps no secrets.
"""

import uuid
from typing import Any

from flask import Response

from app import clock
from app.accounts import brands, console_users, members, one_time_codes, queries, schemas, sessions, terminals
from app.accounts.errors import (
    AddressNotReached,
    BrandUnknown,
    CodeNotAccepted,
    OwnAccessKept,
    PairingNotAccepted,
    PhoneNotTexted,
    RefreshNotAccepted,
    SignInStale,
    TooManyCodes,
    TooManyGuesses,
    TooManyTexts,
)
from app.accounts.models import Brand, ConsoleUser, Member, MemberSession, StaffEvent, Terminal
from app.carriers.errors import ChannelUnavailable
from app.errors import NotFound, RequestInFlight
from app.http.access import CONSOLE_ROLES, Role, brand_id, client_network, member_id, only, principal
from app.http.api import Blueprint, language, refuses
from app.http.etags import ETAG_HEADER, matched_version, may_be_unmodified, needs_match, versioned, written
from app.http.idempotency import idempotent
from app.http.operations import QUOTA_HEADERS, refer_to_headers
from app.http.pagination import Page, PageIn, link_header, page_of
from app.http.problems import quota_headers
from app.sql import db

blueprint = Blueprint("accounts", __name__, url_prefix="/v1", description="Sign-in of members, staff and terminals")

Body = dict[str, Any]
Listed = tuple[Page[Any], dict[str, str]]
Versioned = tuple[Brand, dict[str, str]]


@blueprint.post("/sign-in-codes")
@only(Role.ANYONE)
@refuses(
    ChannelUnavailable, PhoneNotTexted, TooManyCodes, TooManyTexts, AddressNotReached, BrandUnknown, RequestInFlight
)
@blueprint.arguments(schemas.SignInCodeIn)
@blueprint.response(202, schemas.SignInCodeOut, headers=refer_to_headers(*QUOTA_HEADERS))
def send_sign_in_code(body: Body) -> tuple[one_time_codes.AskedCode, dict[str, str]]:
    """Send a one-time code to an e-mail address or a phone, and give the handle with which it is tried.

    The answer is the same whether we know the address or not. No `Idempotency-Key`: a repeat within 5 minutes sends
    the same code once more. One network is sent 5 codes an hour for one address; where no more may leave, the last one
    works with the new handle (`sent: false`). None leaves to a number that costs by the message, and for ten minutes
    none to an address that took none. A code has 6 digits, or 12 while somebody guesses at the address: let people type
    as many.
    """
    asked = one_time_codes.send_code(**body, client=client_network(), language=language(), now=clock.now())
    return asked, quota_headers(asked.standing)


@blueprint.post("/sessions")
@only(Role.ANYONE)
@refuses(CodeNotAccepted, TooManyGuesses, RequestInFlight)
@blueprint.arguments(schemas.SignInIn)
@blueprint.response(201, schemas.SignInOut)
def sign_in(body: Body) -> sessions.Tokens:
    """Sign in with the code; a first sign-in makes the wallet.

    No `Idempotency-Key`: the answer holds tokens, which are kept nowhere. A code works once; if the answer was lost,
    ask for another code. A wrong, used or expired code is refused in one way. Five wrong codes use up a `handle`, and
    nobody else's; without one they count for the last request of the same network.
    """
    return sessions.sign_in_member(**body, client=client_network(), language=language(), now=clock.now())


@blueprint.post("/sessions/refresh")
@only(Role.ANYONE)
@refuses(RefreshNotAccepted)
@blueprint.arguments(schemas.RefreshIn)
@blueprint.response(201, schemas.TokensOut)
def refresh_session(body: Body) -> sessions.Tokens:
    """Exchange the refresh token for a new pair of tokens.

    Each refresh token works once. If the answer was lost, send the same token again: until one of the new tokens was
    used, the same successor comes back, so no `Idempotency-Key` is needed. Later, or with an older token, the sign-in
    is revoked.
    """
    return sessions.refresh_tokens(refresh_token=body["refresh_token"], now=clock.now())


@blueprint.get("/sessions")
@only(Role.MEMBER)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, schemas.SessionsOut)
def list_sessions(page: Body) -> Listed:
    """Where am I signed in? Newest first."""
    mine = queries.open_member_sessions(member_id(), now=clock.now())
    found = page_of(mine, sort=MemberSession.created_at, id=MemberSession.id, **page)
    return found, link_header(found)


@blueprint.delete("/sessions/current")
@only(Role.MEMBER)
@blueprint.response(204)
def sign_out() -> None:
    """Sign out of this app; its tokens stop at once.

    No `Idempotency-Key`: the token that would send it again has stopped.
    """
    sessions.sign_out_member(member_id=member_id(), session_id=principal().session_id, now=clock.now())


@blueprint.delete("/sessions/<uuid:session_id>")
@only(Role.MEMBER)
@refuses(NotFound, SignInStale)
@blueprint.response(204)
def end_session(session_id: uuid.UUID) -> None:
    """Sign out somewhere else, for instance on a lost phone, within 15 minutes after signing in here.

    No `Idempotency-Key`: a session ends once, and ending it again answers the same.
    """
    here = principal().session_id
    sessions.end_other_sign_in(member_id=member_id(), session_id=session_id, by_session_id=here, now=clock.now())


@blueprint.get("/me")
@only(Role.MEMBER)
@refuses(NotFound)
@blueprint.response(200, schemas.MeOut)
def show_me() -> Member:
    """My wallet: its language and the addresses that open it."""
    return members.find_member(member_id=member_id())


@blueprint.put("/me")
@only(Role.MEMBER)
@idempotent
@refuses(NotFound)
@blueprint.arguments(schemas.MeIn)
@blueprint.response(200, schemas.MeOut)
def change_me(body: Body) -> Member:
    """Choose the language in which I am written to."""
    return members.prefer_language(member_id=member_id(), language=body["language"])


@blueprint.delete("/console/sessions/current")
@only(*CONSOLE_ROLES, Role.NEWCOMER)
@blueprint.response(204)
def sign_out_of_console() -> None:
    """Sign out of the console; the token stops at once.

    No `Idempotency-Key`: the token that would send it again has stopped.
    """
    console_users.sign_out_of_console(session_id=principal().session_id, now=clock.now())


@blueprint.get("/console/users")
@only(Role.ADMIN, Role.AUDITOR)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, schemas.ConsoleUsersOut)
def list_console_users(page: Body) -> Listed:
    """Who works for the brand at the console, newest first."""
    found = page_of(queries.console_users_of(brand_id()), sort=ConsoleUser.created_at, id=ConsoleUser.id, **page)
    return found, link_header(found)


@blueprint.post("/console/users/<uuid:user_id>/disabling")
@only(Role.ADMIN)
@idempotent
@refuses(NotFound, OwnAccessKept)
@blueprint.response(200, schemas.ConsoleUserOut)
def disable_console_user(user_id: uuid.UUID) -> ConsoleUser:
    """Stop a user at once; every session of theirs ends.

    No `If-Match`: disabling never conflicts with another change.
    """
    by = principal()
    return console_users.disable_console_user(brand_id=brand_id(), user_id=user_id, by_id=by.id, now=clock.now())


@blueprint.get("/brand")
@only(Role.ADMIN, Role.AUDITOR)
@may_be_unmodified
@refuses(BrandUnknown)
@blueprint.response(200, schemas.BrandOut, headers=ETAG_HEADER)
@blueprint.alt_response(304, description="You have this version", headers=ETAG_HEADER, success=True)
def show_brand() -> Response | Versioned:
    """The brand: what it is called, and in whose name its messages leave."""
    brand = brands.the_brand(brand_id=brand_id())
    return versioned(brand, brand.version)


@blueprint.put("/brand")
@only(Role.ADMIN)
@idempotent
@needs_match
@blueprint.arguments(schemas.BrandIn)
@blueprint.response(200, schemas.BrandOut, headers=ETAG_HEADER)
def edit_brand(body: Body) -> Versioned:
    """Change the brand. Its code, time zone and currency stay what they were at its founding."""
    brand = brands.edit_brand(brand_id=brand_id(), version=matched_version(), **body)
    return written(brand, brand.version)


@blueprint.post("/console/users/<uuid:user_id>/enabling")
@only(Role.ADMIN)
@idempotent
@refuses(NotFound)
@blueprint.response(200, schemas.ConsoleUserOut)
def enable_console_user(user_id: uuid.UUID) -> ConsoleUser:
    """Let a user who was disabled work again, with their own password and second factor.

    Their sessions of before stay ended. A year after somebody was disabled their name and address are forgotten; then
    they are invited anew. No `If-Match`: enabling never conflicts with another change.
    """
    by = principal()
    return console_users.enable_console_user(brand_id=brand_id(), user_id=user_id, by_id=by.id, now=clock.now())


@blueprint.get("/console/staff-events")
@only(Role.ADMIN, Role.AUDITOR)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, schemas.StaffEventsOut)
def list_staff_events(page: Body) -> Listed:
    """What opened or closed the console to somebody, newest first: by whom, to whom. Kept for a year."""
    events = queries.staff_events_of(brand_id())
    found = page_of(events, sort=StaffEvent.happened_at, id=StaffEvent.id, **page)
    return found, link_header(found)


@blueprint.get("/brand/identity")
@only(Role.ADMIN, Role.AUDITOR)
@blueprint.response(200, schemas.BrandIdentityOut)
def read_brand_identity() -> Brand | None:
    """Who answers for the brand's personal data, as members read it."""
    return db.get(Brand, brand_id())


@blueprint.put("/brand/identity")
@only(Role.ADMIN)
@idempotent
@blueprint.arguments(schemas.BrandIdentityIn)
@blueprint.response(200, schemas.BrandIdentityOut)
def identify_brand(body: Body) -> Brand:
    """Say who answers for the brand's personal data. Until then it can ask its members for nothing.

    No `If-Match`: who says last who they are is right.
    """
    return brands.identify_brand(brand_id=brand_id(), **body)


@blueprint.post("/terminals")
@only(Role.ADMIN)
@refuses(NotFound)
@blueprint.arguments(schemas.TerminalIn)
@blueprint.response(201, schemas.NewTerminalOut)
def create_terminal(body: Body) -> terminals.NewTerminal:
    """Make a terminal for a store. The token in the answer pairs it, once, within 15 minutes; let it scan the QR code.

    No `Idempotency-Key`: the answer holds a secret, which is kept nowhere. A repeat makes one more terminal; a
    terminal that nobody pairs in time can do nothing and is forgotten a day later.
    """
    return terminals.create_terminal(brand_id=brand_id(), **body, now=clock.now())


@blueprint.post("/terminals/pairing")
@only(Role.ANYONE)
@refuses(PairingNotAccepted)
@blueprint.arguments(schemas.PairingIn)
@blueprint.response(201, schemas.PairedOut)
def pair_terminal(body: Body) -> terminals.Paired:
    """Pair this terminal: exchange the pairing token for the terminal's own key.

    No `Idempotency-Key`: the answer holds a key, which is kept nowhere. The token works once; if the answer was
    lost, revoke the terminal and make another.
    """
    return terminals.pair_terminal(**body, now=clock.now())


@blueprint.post("/terminals/<uuid:terminal_id>/revocation")
@only(Role.ADMIN)
@idempotent
@refuses(NotFound)
@blueprint.response(200, schemas.TerminalOut)
def revoke_terminal(terminal_id: uuid.UUID) -> Terminal:
    """Stop a terminal at once and for good, for instance when it was stolen.

    No `If-Match`: revoking never conflicts with another change.
    """
    return terminals.revoke_terminal(brand_id=brand_id(), terminal_id=terminal_id, now=clock.now())
