"""The document is valid OpenAPI 3.1, says everything that an app developer needs, and is true.

That it is true is tested by every other test: their client compares each answer with it (see `tests.documented`).
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from flask import Response
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.errors import every_problem
from app.factory import Ici
from app.http.access import Role
from app.http.reading import WRITES
from tests.documented import template_of
from tests.speaking import Speaker, judge_of

PROBLEM = "application/problem+json"
RAISED_NOWHERE = {
    "conflict",
    "too_many_requests",
    "permission_missing",
    "answer_refused",
    "code_wrong",
    "file_refused",
    "purchase_unsound",
}
"""Families: they are never raised themselves, and stand in the list so that an app can fall back on them."""
RAISED_ELSEWHERE = {
    "method_not_allowed",
    "brand_exists",
    "hold_over",
    "more_than_moved",
    "movement_unknown",
    "points_not_pending",
    "portability_unreadable",
    "portability_empty",
    "publication_past",
    "text_in_both_languages",
    "text_unaddressed",
}
"""By the router, where there is no operation, by commands, and by verbs of points that have no door of their own."""


STOPS = {"pause", "end", "closure", "dismissal", "revocation", "cancellation", "withdrawal", "disabling", "archiving"}
"""Last words of the operations that stop something."""


class Operation(NamedTuple):
    name: str
    method: str
    path: str
    said: dict[str, Any]


@pytest.fixture(scope="module")
def document(app: Ici) -> dict[str, Any]:
    found: dict[str, Any] = judge_of(app).document
    return found


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> list[Operation]:
    return [
        Operation(f"{method.upper()} {path}", method.upper(), path, said)
        for path, methods in document["paths"].items()
        for method, said in methods.items()
        if method.upper() in WRITES | {"GET"}
    ]


def without(operations: list[Operation], *, what: Any) -> list[str]:
    """The names of the operations for which this does not hold."""
    return [operation.name for operation in operations if not what(operation)]


def codes_of(operation: Operation) -> dict[str, list[str]]:
    """The codes of refusals by status."""
    return {
        status: answer["content"][PROBLEM]["schema"]["allOf"][1]["properties"]["code"]["enum"]
        for status, answer in operation.said["responses"].items()
        if PROBLEM in answer.get("content", {})
    }


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for name, part in node.items():
            if name == "$ref":
                yield part.removeprefix("#/components/schemas/")
            yield from references(part)
    elif isinstance(node, list):
        for part in node:
            yield from references(part)


def test_a_validator_accepts_the_document(document: dict[str, Any]) -> None:
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_the_document_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")


def test_every_route_is_in_the_document(app: Ici, operations: list[Operation]) -> None:
    routed = {
        f"{method} {template_of(rule)}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) & (WRITES | {"GET"})
        if rule.rule.startswith("/v1/")
    }
    assert routed == {operation.name for operation in operations}


def test_every_operation_has_a_summary(operations: list[Operation]) -> None:
    assert without(operations, what=lambda one: len(one.said.get("summary", "")) >= 10) == []


def test_every_operation_has_an_id_of_its_own(operations: list[Operation]) -> None:
    counted = Counter(operation.said["operationId"] for operation in operations)
    assert [name for name, count in counted.items() if count > 1] == []


def test_stopping_something_never_waits(operations: list[Operation]) -> None:
    stopping = [one for one in operations if one.method == "DELETE" or one.path.rpartition("/")[2] in STOPS]
    asked = {one.name: [given["name"] for given in one.said.get("parameters", [])] for one in stopping}
    assert {name.rpartition("/")[2] for name in asked} >= STOPS
    assert [name for name, names in asked.items() if "If-Match" in names] == []


def test_every_operation_says_who_may_call_it(operations: list[Operation]) -> None:
    roles = {str(role) for role in Role}
    assert without(operations, what=lambda one: "security" in one.said) == []
    assert without(operations, what=lambda one: not one.said["security"] or set(one.said["x-roles"]) <= roles) == []


def test_every_guarded_operation_documents_its_two_refusals(operations: list[Operation]) -> None:
    guarded = [one for one in operations if one.said["security"]]
    assert without(guarded, what=lambda one: "unauthenticated" in codes_of(one)["401"]) == []
    assert without(guarded, what=lambda one: "forbidden" in codes_of(one)["403"]) == []


@pytest.mark.parametrize(
    ("status", "code"), [("422", "malformed"), ("500", "internal_fault"), ("503", "database_unavailable")]
)
def test_every_operation_documents_what_may_always_happen(operations: list[Operation], status: str, code: str) -> None:
    assert without(operations, what=lambda one: code in codes_of(one).get(status, [])) == []


@pytest.mark.parametrize(
    ("status", "code"), [("400", "json_unreadable"), ("413", "body_too_large"), ("415", "media_type_unsupported")]
)
def test_every_write_documents_what_may_be_wrong_with_a_body(
    operations: list[Operation], status: str, code: str
) -> None:
    writes = [one for one in operations if one.method in WRITES]
    assert without(writes, what=lambda one: code in codes_of(one).get(status, [])) == []


def test_every_write_takes_a_key_or_says_why_not(operations: list[Operation]) -> None:
    def takes_a_key(one: Operation) -> bool:
        return any(parameter["name"] == "Idempotency-Key" for parameter in one.said.get("parameters", []))

    def says_why_not(one: Operation) -> bool:
        return "Idempotency-Key" in one.said.get("description", "")

    writes = [one for one in operations if one.method in WRITES]
    assert without(writes, what=lambda one: takes_a_key(one) != says_why_not(one)) == []


def test_every_operation_has_an_answer_that_is_no_refusal(operations: list[Operation]) -> None:
    assert without(operations, what=lambda one: any(status < "400" for status in one.said["responses"])) == []


def test_every_answer_has_a_shape(operations: list[Operation]) -> None:
    shapeless = [
        f"{one.name} {status}"
        for one in operations
        for status, answer in one.said["responses"].items()
        if status not in ("204", "304") and not answer.get("content")
    ]
    assert shapeless == []


def test_a_code_stands_under_its_own_status(operations: list[Operation]) -> None:
    statuses = {problem.code(): str(problem.status) for problem in every_problem()}
    wrong = [
        f"{one.name} {status} {code}"
        for one in operations
        for status, codes in codes_of(one).items()
        for code in codes
        if statuses[code] != status
    ]
    assert wrong == []


def test_every_code_is_documented_where_it_can_happen(document: dict[str, Any], operations: list[Operation]) -> None:
    listed = set(document["components"]["schemas"]["ProblemCode"]["enum"])
    used = {code for one in operations for codes in codes_of(one).values() for code in codes}
    assert listed - used == RAISED_NOWHERE | RAISED_ELSEWHERE


def test_what_we_are_sent_is_closed(document: dict[str, Any], operations: list[Operation]) -> None:
    schemas, seen = document["components"]["schemas"], set()
    waiting = {name for one in operations for name in references(one.said.get("requestBody", {}))}
    while waiting:
        name = waiting.pop()
        seen.add(name)
        waiting |= set(references(schemas[name])) - seen
    assert seen
    assert [name for name in seen if schemas[name].get("additionalProperties") is not False] == []


def test_what_we_answer_is_open(document: dict[str, Any], operations: list[Operation]) -> None:
    schemas, seen = document["components"]["schemas"], set()
    waiting = {name for one in operations for name in references(one.said["responses"])}
    while waiting:
        name = waiting.pop()
        seen.add(name)
        waiting |= set(references(schemas[name])) - seen
    assert seen
    assert [name for name in seen if "false" in json.dumps(schemas[name].get("additionalProperties", True))] == []


def test_every_shape_is_used(document: dict[str, Any]) -> None:
    assert set(document["components"]["schemas"]) - set(references(document)) == set()


def test_every_text_that_we_are_sent_has_a_longest_length(document: dict[str, Any]) -> None:
    """A text without bounds would be stored, or compared, at whatever length somebody sends."""
    bounds = {"maxLength", "pattern", "enum", "format"}
    loose = [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        if name.endswith("In")
        for field, said in schema.get("properties", {}).items()
        if "string" in said.get("type", ()) and not bounds & set(said)
    ]
    assert loose == []


def test_every_number_that_we_are_sent_has_bounds(document: dict[str, Any]) -> None:
    loose = [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        if name.endswith("In")
        for field, said in schema.get("properties", {}).items()
        if {"integer", "number"} & set([said["type"]] if isinstance(said.get("type"), str) else said.get("type", []))
        if not {"maximum", "exclusiveMaximum"} & set(said) or not {"minimum", "exclusiveMinimum"} & set(said)
    ]
    assert loose == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_judge_of_answers_knows_a_status_that_nobody_documented(app: Ici, method: str) -> None:
    with pytest.raises(AssertionError, match="does not know"):
        judge_of(app).check(method, "/v1/cards", answered(app, status=418))


def test_the_judge_of_answers_knows_a_field_that_nobody_documented(app: Ici) -> None:
    with pytest.raises(AssertionError, match="colour"):
        judge_of(app).check("GET", "/v1/cards", answered(app, {"items": [], "next": None, "colour": "red"}))


def test_the_judge_of_answers_knows_a_code_that_nobody_documented(app: Ici) -> None:
    refusal = {"type": "/problems/offer_ended", "code": "offer_ended", "status": 404, "title": "x", "instance": "y"}
    with pytest.raises(AssertionError, match="offer_ended"):
        judge_of(app).check(
            "GET", "/v1/cards/01a20122-720f-74cd-9381-c40f0977734f", answered(app, refusal, 404, PROBLEM)
        )


def test_the_judge_of_answers_knows_a_type_that_nobody_documented(app: Ici) -> None:
    with pytest.raises(AssertionError, match="text/html"):
        judge_of(app).check("GET", "/v1/cards", answered(app, mimetype="text/html"))


def test_the_judge_of_answers_accepts_what_is_documented(app: Ici) -> None:
    judge_of(app).check("GET", "/v1/cards", answered(app, {"items": [], "next": None}))


def answered(app: Ici, body: Any = None, status: int = 200, mimetype: str = "application/json") -> Response:
    return app.response_class(json.dumps(body), status=status, mimetype=mimetype)


def test_the_document_is_the_same_for_every_reader(anyone: Speaker) -> None:
    french, english = (anyone.get("/openapi.json", headers={"Accept-Language": language}) for language in ("fr", "en"))
    assert french.get_data() == english.get_data()
