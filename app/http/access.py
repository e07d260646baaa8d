"""Who may knock on which door: roles, the principal of a request, and the decorator `only`.

A role answers "may you knock"; whether a thing is yours is answered by the query (somebody else's is 404).
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar

from flask import g, request

from app import clock
from app.errors import Forbidden
from app.sql import db

View = TypeVar("View", bound=Callable[..., Any])


class Role(StrEnum):
    MEMBER = "member"
    TERMINAL = "terminal"
    MERCHANDISER = "merchandiser"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMIN = "admin"
    ANYONE = "anyone"


CONSOLE_ROLES = (Role.MERCHANDISER, Role.APPROVER, Role.AUDITOR, Role.ADMIN)


@dataclass(frozen=True)
class Principal:
    """Who makes this request. A member has no brand; everybody else has exactly one; a terminal has a store."""

    id: uuid.UUID
    role: Role
    session_id: uuid.UUID
    brand_id: uuid.UUID | None = None
    store_id: uuid.UUID | None = None

    @property
    def member_id(self) -> uuid.UUID | None:
        return self.id if self.role is Role.MEMBER else None

    def as_staff(self) -> db.Staff | None:
        """The same for whoever works for a brand: what a member is told of who read their data."""
        return db.Staff(str(self.role), self.brand_id, self.store_id) if self.brand_id is not None else None


def only(*roles: Role) -> Callable[[View], View]:
    """Open a view to these roles and nobody else. It must be the outermost decorator under the route."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if Role.ANYONE not in roles:
                _admit(roles)
            return view(*args, **kwargs)

        guarded.roles = frozenset(roles)  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def _admit(roles: tuple[Role, ...]) -> None:
    # Imported here because tokens read tables whose models need Role.
    from app.accounts.tokens import authenticate

    someone = authenticate(authorization=request.headers.get("Authorization", ""), now=clock.now())
    if someone.role not in roles:
        raise Forbidden(role=str(someone.role))
    if someone.member_id is None:  # a member's transaction is theirs already, since their sign-in was looked up
        db.become(brand_id=someone.brand_id, principal_id=someone.id, staff=someone.as_staff())
    g.principal = someone


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
