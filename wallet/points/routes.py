"""Members read their points; the brand counts, puts right and proves."""

import uuid
from typing import Any

from app import clock
from app.errors import CostlyDoorBusy
from app.http.access import CONSOLE_ROLES, Role, brand_id, member_id, only, principal
from app.http.api import Blueprint, language, refuses
from app.http.idempotency import idempotent
from app.http.pagination import Page, PageIn, link_header, page_of
from app.ops.costly_doors import PROOFS, keep_place
from wallet.cards.errors import CardUnknown
from wallet.ledger import queries
from wallet.ledger.errors import TOO_LITTLE, CurrencyCodeTaken, PointsUnknown, SourceReused
from wallet.ledger.models import Account, PointsCurrency, PointsEntry, PointsLotState
from wallet.ledger.proof import replay
from wallet.points import adjustments, currencies, liability, schemas, statements
from wallet.points.queries import lots_of, movements_of

blueprint = Blueprint("points", __name__, url_prefix="/v1", description="Points: balances, lots, movements, proof")

Body = dict[str, Any]


@blueprint.post("/points-currencies")
@only(Role.ADMIN)
@idempotent
@refuses(CurrencyCodeTaken)
@blueprint.arguments(schemas.PointsCurrencyIn)
@blueprint.response(201, schemas.PointsCurrencyOut)
def make_points_currency(wish: Body) -> PointsCurrency:
    """Decide what the brand counts in, how long it waits and lasts."""
    return currencies.make_currency(brand_id=brand_id(), **wish, now=clock.now())


@blueprint.get("/points-currencies")
@only(*CONSOLE_ROLES)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, schemas.PointsCurrenciesOut)
def list_points_currencies(page: Body) -> Any:
    """What the brand counts in, newest first."""
    found = page_of(queries.currencies_of(brand_id()), sort=PointsCurrency.created_at, id=PointsCurrency.id, **page)
    return found, link_header(found)


@blueprint.post("/points-currencies/<uuid:currency_id>/adjustments")
@only(Role.ADMIN)
@idempotent
@refuses(PointsUnknown, CardUnknown, *TOO_LITTLE, SourceReused)
@blueprint.arguments(schemas.PointsAdjustmentIn)
@blueprint.response(201, schemas.PointsAdjustmentOut)
def adjust_points(wish: Body, currency_id: uuid.UUID) -> Body:
    """Give points to the member of a card, or take some, with a reason that the member reads."""
    words = wish.pop("reason")
    done = adjustments.adjust_card(
        brand_id=brand_id(), currency_id=currency_id, **wish, words=words, by=principal().id, now=clock.now()
    )
    return {"id": done.id, "available": done.available, "repeated": done.again}


@blueprint.get("/points-currencies/<uuid:currency_id>/liability")
@only(Role.AUDITOR, Role.ADMIN)
@refuses(PointsUnknown)
@blueprint.response(200, schemas.PointsLiabilityOut)
def report_liability(currency_id: uuid.UUID) -> Body:
    """What members have, by the month in which it expires."""
    return liability.liability(brand_id=brand_id(), currency_id=currency_id)


@blueprint.get("/points-currencies/<uuid:currency_id>/proof")
@only(Role.AUDITOR, Role.ADMIN)
@refuses(PointsUnknown, CostlyDoorBusy)
@blueprint.arguments(schemas.PointsProofIn, location="query")
@blueprint.response(200, schemas.PointsProofOut)
@keep_place(door=PROOFS)
def prove_ledger(asked: Body, currency_id: uuid.UUID) -> Body:
    """Play the entries of some members again and compare what they come to with what is stored."""
    currency = currencies.the_currency(brand_id=brand_id(), currency_id=currency_id)
    return replay.prove_ledgers(currency_id=currency.id, **asked)


@blueprint.get("/points")
@only(Role.MEMBER)
@blueprint.response(200, schemas.PointsBalancesOut)
def list_points() -> Body:
    """What I have, in every currency of every brand whose card I have, nothing too, and what expires next."""
    return {"items": statements.list_balance_cards(member_id=member_id(), language=language(), now=clock.now())}


@blueprint.get("/points/<uuid:currency_id>")
@only(Role.MEMBER)
@refuses(PointsUnknown)
@blueprint.response(200, schemas.PointsBalanceOut)
def show_points(currency_id: uuid.UUID) -> Body:
    """What I have in one currency."""
    asked = {"member_id": member_id(), "currency_id": currency_id}
    return statements.find_balance_card(**asked, language=language(), now=clock.now())


@blueprint.get("/points/<uuid:currency_id>/past")
@only(Role.MEMBER)
@refuses(PointsUnknown)
@blueprint.arguments(schemas.PastPointsIn, location="query")
@blueprint.response(200, schemas.PastPointsOut)
def show_past_points(asked: Body, currency_id: uuid.UUID) -> Body:
    """What I had at an instant."""
    now = clock.now()
    at = asked["at"] or now
    sums = statements.sums_at(member_id=member_id(), currency_id=currency_id, at=at, now=now)
    backwards = (Account.OWED, Account.AWAITED)
    return {"at": at, **{str(one): -points if one in backwards else points for one, points in sums.items()}}


@blueprint.get("/points/<uuid:currency_id>/lots")
@only(Role.MEMBER)
@refuses(PointsUnknown)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, schemas.PointsLotsOut)
def list_lots(page: Body, currency_id: uuid.UUID) -> Any:
    """My points as they came, newest first: what is left of each lot, from when and until when it can be spent."""
    now = clock.now()
    book = statements.read_balance(member_id=member_id(), currency_id=currency_id, now=now).book
    mine = lots_of(member_id(), currency_id)
    found = page_of(mine, sort=PointsLotState.earned_at, id=PointsLotState.lot_id, **page)
    return Page(statements.lot_cards(found.items, book=book, language=language(), now=now), found.next), link_header(
        found
    )


@blueprint.get("/points/<uuid:currency_id>/movements")
@only(Role.MEMBER)
@refuses(PointsUnknown)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, schemas.PointsMovementsOut)
def list_movements(page: Body, currency_id: uuid.UUID) -> Any:
    """What happened to my points, and why, newest first."""
    money = statements.read_balance(member_id=member_id(), currency_id=currency_id, now=clock.now()).money
    mine = movements_of(member_id(), currency_id)
    found = page_of(mine, sort=PointsEntry.occurred_at, id=PointsEntry.id, **page)
    return Page(statements.movement_cards(found.items, language=language(), money=money), found.next), link_header(
        found
    )
