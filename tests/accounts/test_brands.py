"""A brand begins: what its description must hold."""

import uuid
from typing import Any

import pytest

from app.accounts.brands import create_brand
from app.accounts.models import Brand
from app.errors import Malformed
from app.sql import db
from tests.factories import NOON


def found(**given: Any) -> Brand:
    fields = {
        "code": f"b{uuid.uuid4().hex[:12]}",
        "name": "Épicerie",
        "countries": ["FR"],
        "time_zone": "Europe/Paris",
        "currency": "EUR",
    }
    with db.system_transaction():
        return create_brand(**(fields | given), now=NOON)


def test_a_brand_begins() -> None:
    assert found(name="Ici").name == "Ici"


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "A"},
        {"code": "has space"},
        {"code": "-x"},
        {"countries": []},
        {"countries": ["France"]},
        {"time_zone": "Europe/Nowhere"},
        {"currency": "euro"},
    ],
)
def test_a_wrong_value_is_pointed_at(wrong: dict[str, Any]) -> None:
    with pytest.raises(Malformed) as refusal:
        found(**wrong)
    assert [e.pointer for e in refusal.value.errors] == [f"/{next(iter(wrong))}"]
