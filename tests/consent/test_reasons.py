""" "Why do you ask?" has an answer for every datum of every request."""

import importlib
from pathlib import Path

from app.consent import queries
from app.consent.registry.data_reasons import nothing_personal, reasons
from app.data_map import DUTIES
from app.http.reading import In
from app.sql import db

ROOT = Path(__file__).parents[2]


for file in (path for top in ("app", "geo", "wallet", "offers") for path in (ROOT / top).rglob("schemas.py")):
    importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))


def shapes(family=In):
    """Every shape of a request, of every room."""
    found = set(family.__subclasses__())
    return found.union(*(shapes(one) for one in found)) if found else found


OURS = {one.__name__: one for one in shapes() if one.__module__.split(".")[0] != "tests"}
FIELDS = sorted(f"{name}.{field}" for name, shape in OURS.items() for field in shape._declared_fields)


def test_a_field_has_a_reason_or_says_nothing_about_a_person():
    said, impersonal = reasons(), nothing_personal()
    times = {one: (one in said) + (one in impersonal) + (one.partition(".")[0] in impersonal) for one in FIELDS}
    unexplained = [field for field, count in times.items() if count != 1]
    assert unexplained == [], "give each a reason in app/reasons.toml, or say there what else it is, once"


def test_a_reason_is_about_a_field_that_exists():
    assert set(reasons()) <= set(FIELDS)


def test_what_is_not_personal_exists():
    assert set(nothing_personal()) <= set(FIELDS) | set(OURS)


def test_a_reason_names_purposes_that_exist(app):
    with db.system_transaction():
        known = {purpose.code for purpose in db.all_of(queries.purposes())} | set(DUTIES)
    assert {purpose for one in reasons().values() for purpose in one.purposes} <= known


def test_what_a_request_must_hold_is_not_called_optional_by_itself():
    """A whole part may be left out; what may not be inside it is judged with it."""
    wrong = [
        field
        for field, why in reasons().items()
        if not why.optional and not OURS[field.partition(".")[0]]._declared_fields[field.partition(".")[2]].required
    ]
    assert {field for field in wrong if not field.endswith((".email", ".phone", ".replaces"))} == set()


def test_an_app_asks_why_a_field_is_asked(anyone):
    (why,) = anyone.get("/v1/data-reasons?field=FixIn.lat").json["items"]
    assert (why["purposes"], why["optional"]) == (["personalised_offers"], False)
    assert why["reason"].startswith("To find the stores around you")


def test_it_answers_in_french_too(anyone):
    anyone.language = "fr"
    (why,) = anyone.get("/v1/data-reasons?field=AgeIn.country").json["items"]
    assert why["without"] == "Sans cela, nous vous croyons en âge de répondre seul."


def test_a_field_about_nobody_has_no_reason(anyone):
    assert anyone.get("/v1/data-reasons?field=StoreIn.name").json["items"] == []
