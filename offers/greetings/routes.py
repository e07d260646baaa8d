"""A terminal's own doors: who it is, what waits in its store, and people without a card at its counter."""

from datetime import datetime
from typing import Any

from app import clock
from app.accounts.errors import TooManyGuesses
from app.http.access import Role, brand_id, only, principal, store_id
from app.http.api import Blueprint, language, refuses
from app.http.pagination import Page, link_header, page_of
from offers.greetings import greetings, own_terminal, schemas
from offers.greetings.greetings import Greeted
from wallet.cards.errors import CardBlocked, PrintedCardRefused
from wallet.counter import newcomers, searches
from wallet.counter.errors import CardThere, MemberNotConfirmed, TooManySearches
from wallet.passes.errors import NOT_A_CODE
from wallet.programmes.models import RewardOrder
from wallet.programmes.rewards import queries as reward_queries
from wallet.programmes.rewards import waiting_orders
from wallet.scanning.scans import PassReading

blueprint = Blueprint("greetings", __name__, url_prefix="/v1", description="A terminal, and who stands before it")

Body = dict[str, Any]


@blueprint.get("/terminal")
@only(Role.TERMINAL)
@blueprint.response(200, schemas.OwnTerminalOut)
def show_own_terminal() -> Body:
    """Who am I: brand, store and its zone, what we count in, what I may do and read, and the time."""
    return own_terminal.tell_terminal_itself(terminal_id=principal().id, language=language(), now=clock.now())


@blueprint.get("/terminal/reward-orders")
@only(Role.TERMINAL)
@blueprint.arguments(schemas.WaitingOrdersIn, location="query")
@blueprint.response(200, schemas.WaitingOrdersOut)
def list_waiting_orders(asked: Body) -> Any:
    """Reward orders to hand over in this store, oldest last: ready here, or nowhere yet; by its code, wherever."""
    waits = reward_queries.orders_waiting(brand_id(), store_id(), code=asked.pop("code"))
    page = page_of(waits, sort=RewardOrder.ordered_at, id=RewardOrder.id, **asked)
    told = waiting_orders.tell_waiting(page.items, language=language(), now=clock.now())
    return Page(told, page.next), link_header(page)


@blueprint.post("/member-searches")
@only(Role.TERMINAL)
@refuses(TooManySearches)
@blueprint.arguments(schemas.MemberSearchIn)
@blueprint.response(200, schemas.MemberSearchOut)
def find_member(asked: Body) -> Any:
    """Whether somebody of the brand is known by a phone number or an e-mail, and a first letter.

    Counted per terminal and store; the member can see that it was asked. Nothing else of them before they confirm. No
    `Idempotency-Key`: a look changes nothing.
    """
    return searches.find_at_counter(**asked, **_where(), now=clock.now())


@blueprint.post("/member-searches/confirmation")
@only(Role.TERMINAL)
@refuses(MemberNotConfirmed, TooManySearches, TooManyGuesses, CardBlocked)
@blueprint.arguments(schemas.MemberConfirmationIn)
@blueprint.response(201, schemas.GreetedOut)
def confirm_member(asked: Body) -> Greeted:
    """Whoever was found confirms who they are: then it is as if their card was scanned.

    No `Idempotency-Key`: a wrong proof is counted.
    """
    now = clock.now()
    return _greet(searches.confirm_at_counter(**asked, **_where(), now=now), now)


@blueprint.post("/counter-members")
@only(Role.TERMINAL)
@refuses(CardThere, PrintedCardRefused, TooManySearches, *NOT_A_CODE)
@blueprint.arguments(schemas.CounterMemberIn)
@blueprint.response(201, schemas.GreetedOut)
def join_at_counter(asked: Body) -> Greeted:
    """Somebody joins at the till by a phone number or an e-mail. Their card works at once, as if it was just scanned.

    It permits nothing. Signing in to the app with that address finds the card. No `Idempotency-Key`: for ten minutes
    the same terminal gets the same card again.
    """
    now = clock.now()
    return _greet(newcomers.join_at_counter(**asked, **_where(), now=now), now)


def _greet(reading: PassReading, now: datetime) -> Greeted:
    return greetings.greet_member(reading, language=language(), now=now)


def _where() -> Body:
    return {"brand_id": brand_id(), "store_id": store_id(), "terminal_id": principal().id}
