"""A terminal asks who it is: where it stands, what its brand counts in, what it reads."""

import uuid
from datetime import datetime
from typing import Any

from app.accounts.terminal_profiles.profiles import profiles
from app.codes.drawings import CodeSymbology
from app.errors import NotFound
from app.languages import LANGUAGES, Language
from app.sql import db
from offers.greetings import queries
from wallet.ledger import queries as points
from wallet.ledger.models import PointsCurrency


def tell_terminal_itself(*, terminal_id: uuid.UUID, language: Language, now: datetime) -> dict[str, Any]:
    """What this terminal is and where it stands. Raises `NotFound` for one that is gone."""
    found = next(iter(db.rows(queries.terminal_with_place(terminal_id))), None)
    if found is None:
        raise NotFound
    terminal, store, brand = found
    currencies = db.all_of(points.currencies_of(brand.id).order_by(PointsCurrency.created_at, PointsCurrency.id))
    known = profiles().get(terminal.profile)
    return {
        "id": terminal.id,
        "name": terminal.name,
        "profile": terminal.profile,
        "actions": sorted(known.actions) if known else [],
        "brand": {"id": brand.id, "code": brand.code, "name": brand.name},
        "store": {"id": store.id, "code": store.reference, "name": store.name},
        "time_zone": store.time_zone,
        "country": store.country,
        "money": brand.currency,
        "language": brand.language,
        "languages": list(LANGUAGES),
        "currencies": [_currency(one, language) for one in currencies],
        "symbologies": [str(one) for one in CodeSymbology],
        "server_at": now,
    }


def _currency(currency: PointsCurrency, language: Language) -> dict[str, Any]:
    return {
        "id": currency.id,
        "code": currency.code,
        "name": currency.name_fr if language == "fr" else currency.name_en,
        "worth_points": currency.worth_points,
        "worth_minor": currency.worth_minor,
        "kind": currency.kind,
        "usable_from": currency.usable_from,
    }
