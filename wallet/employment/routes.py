"""Which card holders work for the brand."""

import uuid
from typing import Any

from app import clock
from app.http.access import Role, brand_id, only, principal
from app.http.api import Blueprint, refuses
from app.http.idempotency import idempotent
from app.http.pagination import Page, PageIn, link_header, page_of
from wallet.cards.errors import CardUnknown
from wallet.employment import employees, queries, schemas
from wallet.employment.errors import EmploymentOver
from wallet.employment.models import Employment

blueprint = Blueprint("employment", __name__, url_prefix="/v1/console", description="Card holders who work for a brand")

Body = dict[str, Any]


@blueprint.put("/cards/<uuid:card_id>/employment")
@only(Role.ADMIN)
@idempotent
@refuses(CardUnknown, EmploymentOver)
@blueprint.arguments(schemas.EmploymentIn)
@blueprint.response(200, schemas.EmploymentOut)
def mark_employee(wish: Body, card_id: uuid.UUID) -> Body:
    """The holder of this card works for the brand: offers `for_whom.employees` are for them. Their app shows it."""
    said: Body = {"by": principal().id, "now": clock.now()}
    return employees.mark_employee(brand_id=brand_id(), card_id=card_id, **wish, **said)


@blueprint.delete("/cards/<uuid:card_id>/employment")
@only(Role.ADMIN)
@idempotent
@refuses(CardUnknown)
@blueprint.response(204)
def unmark_employee(card_id: uuid.UUID) -> None:
    """The holder of this card does not work for the brand any more."""
    employees.unmark_employee(brand_id=brand_id(), card_id=card_id, now=clock.now())


@blueprint.get("/employments")
@only(Role.AUDITOR, Role.ADMIN)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, schemas.EmploymentsOut)
def list_employees(page: Body) -> Any:
    """The card holders who work for the brand today, newest first."""
    now = clock.now()
    today = employees.brand_day(brand_id=brand_id(), now=now)
    found = page_of(queries.employees_of(brand_id(), today=today), sort=Employment.since, id=Employment.id, **page)
    employees.note_shown(found.items, now=now)
    return Page([employees.describe_employee(one) for one in found.items], found.next), link_header(found)
