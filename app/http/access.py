"""Who may knock on which door: roles, the principal of a request, and the decorator `only`.

A role answers "may you knock"; whether a thing is yours is answered by the query (somebody else's is 404).
"""

import ipaddress
import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache, wraps
from typing import Any, NamedTuple, Protocol, TypeVar

from flask import g, request

from app import clock
from app.errors import Forbidden
from app.languages import Language
from app.sql import db

ADDRESS = re.compile(r"\[([0-9a-fA-F:.]+)\](?::\d+)?|([0-9.]+):\d+")
"""An address in brackets, or one of IPv4 with a port: as a proxy may write it, and nobody else reads it."""

View = TypeVar("View", bound=Callable[..., Any])


class Role(StrEnum):
    MEMBER = "member"
    TERMINAL = "terminal"
    MERCHANDISER = "merchandiser"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMIN = "admin"
    NEWCOMER = "newcomer"
    """Somebody at the console whose role needs a second factor and who has none yet: they may add one, and no more."""
    ANYONE = "anyone"


APPS = frozenset({Role.MEMBER, Role.ANYONE})
"""For whom doors are that apps and pages ask again and again."""
CONSOLE_ROLES = (Role.MERCHANDISER, Role.APPROVER, Role.AUDITOR, Role.ADMIN)


@dataclass(frozen=True)
class Principal:
    """Who makes this request. A member has no brand, and a language of their own; everybody else has exactly one brand;
    a terminal has a store, a profile of what it may do, and perhaps somebody of its staff who has shown a PIN."""

    id: uuid.UUID
    role: Role
    session_id: uuid.UUID
    brand_id: uuid.UUID | None = None
    store_id: uuid.UUID | None = None
    language: Language | None = None
    profile: str | None = None
    cashier_id: uuid.UUID | None = None

    @property
    def member_id(self) -> uuid.UUID | None:
        return self.id if self.role is Role.MEMBER else None

    def as_staff(self) -> db.Staff | None:
        """Whoever works for a brand, as a member is told of who read their data; None for a member."""
        if self.brand_id is None:
            return None
        return db.Staff(str(self.role), self.brand_id, self.store_id, self.cashier_id)


class Wish(NamedTuple):
    """The idempotency key of a write, claimed for whoever is admitted: its route, the request's print, its end."""

    route: str
    key: str
    fingerprint: bytes
    kept: timedelta
    kept_for_terminals: timedelta


class Known(NamedTuple):
    """What is known of a claimed key: whether this request is its first, else what the first was and its answer."""

    is_first: bool
    fingerprint: bytes | None
    status: int | None
    headers: dict[str, Any] | None
    body: bytes | None


class Doorkeeper(Protocol):
    """Who sends this `Authorization` header; the running transaction then acts for them, and their key is claimed.

    Raises `Unauthenticated` or `Forbidden`; `wish` is asked for only once the header proves something.
    """

    def __call__(
        self, authorization: str, *, roles: Sequence[Role], wish: Callable[[], Wish | None] | None, now: datetime
    ) -> tuple[Principal, Known | None]: ...


_doorkeeper: list[Doorkeeper] = []


class TerminalGuard(Protocol):
    """What a terminal may do: who of its staff stands at it, by what the header `X-Staff` says, if anybody does.

    Raises `Forbidden` for a door (`METHOD /path/{name}`) that is not this terminal's, and for nobody who works there.
    """

    def __call__(
        self, terminal: Principal, *, door: str, shown: str, is_repeat: bool, now: datetime
    ) -> uuid.UUID | None: ...


_terminal_guard: list[TerminalGuard] = []

RULE_PARAMETER = re.compile(r"<(?:[^:<>]+:)?(\w+)>")


def use_doorkeeper(doorkeeper: Doorkeeper) -> None:
    """Let this one say who makes a request: a room above knows the tokens, this one only asks."""
    _doorkeeper[:] = [doorkeeper]


def use_terminal_guard(guard: TerminalGuard) -> None:
    """Let this one say what terminals may do, and who stands at them."""
    _terminal_guard[:] = [guard]


def only(*roles: Role) -> Callable[[View], View]:
    """Open a view to these roles and nobody else. It must be the outermost decorator under the route."""

    def decorate(view: View) -> View:
        wish_of_request = getattr(view, "wish", None)

        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if Role.ANYONE not in roles:
                _admit(roles, wish_of_request)
            return view(*args, **kwargs)

        guarded.roles = frozenset(roles)  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def _admit(roles: tuple[Role, ...], wish: Callable[[], Wish | None] | None) -> None:
    authorization = request.headers.get("Authorization", "")
    g.principal, g.known = _doorkeeper[0](authorization, roles=roles, wish=wish, now=clock.now())
    if g.principal.role is Role.TERMINAL:
        _guard_terminal(g.principal, is_repeat=g.known is not None and not g.known.is_first)


def _guard_terminal(terminal: Principal, *, is_repeat: bool) -> None:
    door = door_of(request.method, str(request.url_rule))
    shown = request.headers.get("X-Staff", "")
    cashier_id = _terminal_guard[0](terminal, door=door, shown=shown, is_repeat=is_repeat, now=clock.now())
    if cashier_id is not None:
        g.principal = replace(terminal, cashier_id=cashier_id)
        db.act_as(g.principal.as_staff())


@cache
def door_of(method: str, rule: str) -> str:
    """A door as the tables of access name it, from its method and Flask's rule."""
    path = RULE_PARAMETER.sub(r"{\1}", rule)
    return f"{method} {path}"


def claimed() -> Known | None:
    """What is known of the key that this request claimed when it was admitted; None when it has claimed none."""
    known: Known | None = g.known
    return known


def claim_key(wish: Wish) -> Known:
    """Claim a key for the principal of this request after all: its body was not to be read before."""
    _admit((principal().role,), lambda: wish)
    known: Known = g.known
    return known


def principal() -> Principal:
    """The principal of this request; only views behind `only` have one."""
    someone: Principal = g.principal
    return someone


def member_id() -> uuid.UUID:
    """The member of this request."""
    return principal().id


def brand_id() -> uuid.UUID:
    """The brand that the principal of this request works for."""
    brand = principal().brand_id
    if brand is None:
        raise Forbidden(role=str(principal().role))
    return brand


def store_id() -> uuid.UUID:
    """The store that the terminal of this request is bound to."""
    store = principal().store_id
    if store is None:
        raise Forbidden(role=str(principal().role))
    return store


def client_network() -> str:
    """The address that sends this request; of IPv6 its network of 64 bits, which one household holds.

    Behind proxies it is what the last of ours saw (`ICI_PROXIES`), of which some write the port too. Without an
    address, as on a unix socket, all requests are one client's.
    """
    found = ADDRESS.fullmatch(request.remote_addr or "")
    try:
        address = ipaddress.ip_address((found and (found[1] or found[2])) or request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    # A server that listens on both families sees every client of IPv4 in one network of IPv6.
    return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
