"""Terminals say how they are and roll their keys; administrators see them and say what they may do."""

import uuid
from typing import Any

from app import clock
from app.accounts import queries, terminals
from app.accounts.black_box import reports, schemas
from app.accounts.models import Terminal
from app.accounts.schemas import TerminalOut, TerminalProfileIn
from app.errors import NotFound
from app.http.access import Role, brand_id, only, principal
from app.http.api import Blueprint, refuses
from app.http.idempotency import idempotent
from app.http.pagination import Page, PageIn, link_header, page_of

blueprint = Blueprint("black_box", __name__, url_prefix="/v1", description="How terminals are")

Body = dict[str, Any]


@blueprint.get("/terminals")
@only(Role.ADMIN, Role.AUDITOR)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, schemas.TerminalsOut)
def list_terminals(page: Body) -> Any:
    """The brand's terminals, newest first: waiting, paired and revoked, with what they last said and what is wrong."""
    now = clock.now()
    found = page_of(queries.terminals_of(brand_id()), sort=Terminal.created_at, id=Terminal.id, **page)
    return Page([reports.tell_terminal(one, now=now) for one in found.items], found.next), link_header(found)


@blueprint.put("/terminals/<uuid:terminal_id>/profile")
@only(Role.ADMIN)
@idempotent
@refuses(NotFound)
@blueprint.arguments(TerminalProfileIn)
@blueprint.response(200, TerminalOut)
def give_profile(wish: Body, terminal_id: uuid.UUID) -> Terminal:
    """Say what a terminal may do, from its next request on.

    No `If-Match`: the last word holds.
    """
    return terminals.give_profile(brand_id=brand_id(), terminal_id=terminal_id, **wish)


@blueprint.post("/terminal/key")
@only(Role.TERMINAL)
@blueprint.response(201, schemas.TerminalKeyOut)
def roll_key() -> terminals.RolledKey:
    """Get a new key. The old one works until a request came with the new one.

    No `Idempotency-Key`: the answer holds a key, which is kept nowhere. If it was lost, ask again with the old key.
    """
    return terminals.roll_key(terminal_id=principal().id, now=clock.now())


@blueprint.post("/terminal/report")
@only(Role.TERMINAL)
@blueprint.arguments(schemas.TerminalReportIn)
@blueprint.response(200, schemas.TerminalReportOut)
def report_terminal(said: Body) -> Body:
    """Say how this terminal is, every few minutes and whenever it is back.

    No `Idempotency-Key`: only the last report counts.
    """
    now = clock.now()
    terminal = reports.note_report(terminal_id=principal().id, **said, now=now)
    drift = {"clock_drift_s": terminal.clock_drift_s, "profile": terminal.profile}
    return {"now": now, **drift, "signs": reports.signs_of(terminal, now=now)}
