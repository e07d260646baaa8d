"""The document is valid OpenAPI 3.1, says everything that an app developer needs, and is true.

That it is true is tested by every other test: their client compares each answer with it (see `tests.documented`).
"""

import json
import re
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
from offers.benefits.registry import KINDS
from tests.documented import in_full, resolved, template_of
from tests.speaking import Speaker, judge_of

PROBLEM = "application/problem+json"
SCHEMAS = "#/components/schemas/"
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
    "amount_missing",
    "brand_exists",
    "coupon_ambiguous",
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
"""By the router, where there is no operation, by commands, by verbs of points that have no door of their own, and where
a refusal is an answer to a till."""


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
        Operation(f"{method.upper()} {path}", method.upper(), path, in_full(document, said))
        for path, methods in document["paths"].items()
        for method, said in methods.items()
        if method.upper() in WRITES | {"GET"}
    ]


def without(operations: list[Operation], *, what: Any) -> list[str]:
    """The names of the operations for which this does not hold."""
    return [operation.name for operation in operations if not what(operation)]


def codes_of(operation: Operation) -> dict[str, list[str]]:
    """The codes of refusals by status, those that any request of its kind may be refused with too."""
    statuses = {problem.code(): problem.status for problem in every_problem()}
    found: dict[str, list[str]] = {}
    for status, answer in operation.said["responses"].items():
        schema = answer.get("content", {}).get(PROBLEM, {}).get("schema")
        for code in schema["properties"]["code"]["enum"] if schema else ():
            found.setdefault(str(statuses[code]) if status == "default" else status, []).append(code)
    return found


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for name, part in node.items():
            if name == "$ref" and part.startswith(SCHEMAS):
                yield part.removeprefix(SCHEMAS)
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


def test_every_operation_says_for_whom_it_is(operations: list[Operation]) -> None:
    assert without(operations, what=lambda one: re.search(r"^For \w", one.said["description"], re.MULTILINE)) == []


def test_every_operation_stands_with_its_readers(document: dict[str, Any], operations: list[Operation]) -> None:
    readers = {tag["name"] for tag in document["tags"]}
    assert readers == {"app", "till", "console", "public"}
    assert without(operations, what=lambda one: one.said["tags"] and set(one.said["tags"]) <= readers) == []


def test_an_operation_of_a_till_and_of_the_console_stands_with_both(operations: list[Operation]) -> None:
    assert [one.said["tags"] for one in operations if one.name == "POST /v1/purchases"] == [["till", "console"]]


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


OPEN = {"Values": "what a browser makes of a passkey's answer, which newer ones add to"}
"""What we are sent with more in it than we read, and why."""


def test_what_we_are_sent_is_closed(document: dict[str, Any], operations: list[Operation]) -> None:
    schemas, seen = document["components"]["schemas"], set()
    waiting = {name for one in operations for name in references(one.said.get("requestBody", {}))}
    while waiting:
        name = waiting.pop()
        seen.add(name)
        waiting |= set(references(schemas[name])) - seen
    assert seen
    things = {name for name in seen if schemas[name].get("type") == "object"} - set(OPEN)
    assert [name for name in things if schemas[name].get("additionalProperties") is not False] == []


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


def objects_of(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every part of the document that describes an object."""
    if isinstance(node, dict):
        if "object" in ([node["type"]] if isinstance(node.get("type"), str) else node.get("type", ())):
            yield path, node
        for name, part in node.items():
            yield from objects_of(part, f"{path}/{name}")
    elif isinstance(node, list):
        for number, part in enumerate(node):
            yield from objects_of(part, f"{path}/{number}")


def test_every_object_says_what_is_in_it(document: dict[str, Any]) -> None:
    untyped = [
        path
        for path, said in objects_of(document)
        if "properties" not in said and said.get("additionalProperties") in (None, True, {})
    ]
    assert untyped == []


def test_a_map_that_we_are_sent_has_most_properties(document: dict[str, Any]) -> None:
    maps = {path: said for path, said in objects_of(document) if "In/properties/" in path and "properties" not in said}
    assert maps
    assert [path for path, said in maps.items() if "maxProperties" not in said] == []
    assert [path for path, said in objects_of(document) if "maxLength" in said] == []


@pytest.mark.parametrize(
    ("shape", "kinds"),
    [
        ("BenefitIn", set(KINDS)),
        ("BenefitOut", set(KINDS)),
        ("BenefitCardOut", set(KINDS)),
        ("GivesIn", {"material", "coupon", "points"}),
        ("GivesOut", {"material", "coupon", "points"}),
        ("GivenOut", {"material", "coupon", "points"}),
    ],
)
def test_what_has_kinds_is_one_shape_for_each(document: dict[str, Any], shape: str, kinds: set[str]) -> None:
    said = document["components"]["schemas"][shape]
    told = said["discriminator"]
    assert (told["propertyName"], set(told["mapping"])) == ("kind", kinds)
    assert sorted(part["$ref"] for part in said["oneOf"]) == sorted(told["mapping"].values())
    for kind, address in told["mapping"].items():
        part = resolved(document, {"$ref": address})
        assert part["properties"]["kind"]["const"] == kind
        assert set(part["required"]) == set(part["properties"])


def test_a_set_of_refusals_is_said_once(document: dict[str, Any]) -> None:
    inline = [
        f"{path} {method} {status}"
        for path, methods in document["paths"].items()
        for method, said in methods.items()
        if isinstance(said, dict)
        for status, answer in said["responses"].items()
        if PROBLEM in answer.get("content", {})
    ]
    said = [json.dumps(answer, sort_keys=True) for answer in document["components"]["responses"].values()]
    assert inline == []
    assert len(said) == len(set(said)) < 300


def test_every_list_of_words_is_said_once(document: dict[str, Any]) -> None:
    lists = Counter(
        tuple(part["enum"])
        for name, schema in document["components"]["schemas"].items()
        for field in [schema, *schema.get("properties", {}).values()]
        for part in [field, field.get("items", {}), *field.get("anyOf", [])]
        if len(part.get("enum", ())) > 1
    )
    assert [words for words, count in lists.items() if count > 1] == []


def test_nothing_that_we_are_sent_has_a_default_that_makes_it_required(document: dict[str, Any]) -> None:
    """Generators for TypeScript take a field with a default for one that is always there."""
    schemas = document["components"]["schemas"].items()
    fields = [
        f"{name}.{field}"
        for name, said in schemas
        for field, part in said.get("properties", {}).items()
        if "default" in part
    ]
    assert fields == []


def test_an_address_never_holds_null(operations: list[Operation]) -> None:
    nulls = [
        f"{one.name} {parameter['name']}"
        for one in operations
        for parameter in one.said["parameters"]
        if "null" in json.dumps(parameter["schema"])
    ]
    assert nulls == []


@pytest.mark.parametrize(
    ("header", "where"),
    [
        ("X-Request-Id", lambda one, status, said: True),
        ("Idempotency-Replayed", lambda one, status, said: is_keyed(one) and not is_refusal(said)),
        ("Link", lambda one, status, said: takes(one, "cursor") and status != "304" and not is_refusal(said)),
        ("WWW-Authenticate", lambda one, status, said: is_refusal(said) and "unauthenticated" in json.dumps(said)),
        ("Retry-After", lambda one, status, said: "503" in status or "request_in_flight" in json.dumps(said)),
    ],
)
def test_a_header_is_documented_wherever_it_comes(operations: list[Operation], header: str, where: Any) -> None:
    missing = [
        f"{one.name} {status}"
        for one in operations
        for status, said in one.said["responses"].items()
        if where(one, status, said) and header not in said["headers"]
    ]
    assert missing == []


def is_keyed(one: Operation) -> bool:
    return takes(one, "Idempotency-Key")


def is_refusal(said: dict[str, Any]) -> bool:
    return PROBLEM in said.get("content", {})


def takes(one: Operation, name: str) -> bool:
    return any(parameter["name"] == name for parameter in one.said["parameters"])


def test_every_operation_takes_the_language_of_its_reader(operations: list[Operation]) -> None:
    assert without(operations, what=lambda one: takes(one, "Accept-Language")) == []


def test_the_document_stays_small(anyone: Speaker) -> None:
    """It was 710 kB, of which 435 were the refusals of each operation by itself."""
    assert len(anyone.get("/openapi.json").get_data()) < 825_000


def test_every_text_that_we_are_sent_has_a_longest_length(document: dict[str, Any]) -> None:
    """A text without bounds would be stored, or compared, at whatever length somebody sends."""
    bounds = {"maxLength", "pattern", "enum", "format", "const"}
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
        judge_of(app).check("GET", "/v1/cards", known(answered(app, {"items": [], "next": None, "colour": "red"})))


def test_the_judge_of_answers_knows_a_code_that_nobody_documented(app: Ici) -> None:
    refusal = {"type": "/problems/offer_ended", "code": "offer_ended", "status": 404, "title": "x", "instance": "y"}
    with pytest.raises(AssertionError, match="offer_ended"):
        judge_of(app).check(
            "GET", "/v1/cards/01a20122-720f-74cd-9381-c40f0977734f", answered(app, refusal, 404, PROBLEM)
        )


def test_the_judge_of_answers_knows_a_type_that_nobody_documented(app: Ici) -> None:
    with pytest.raises(AssertionError, match="text/html"):
        judge_of(app).check("GET", "/v1/cards", known(answered(app, mimetype="text/html")))


@pytest.mark.parametrize("instant", ["2026-05-18T12:00:00+00:00", "2026-05-18T14:00:00+02:00", "2026-05-18T12:00:00"])
def test_the_judge_of_answers_knows_an_instant_that_is_not_in_utc(app: Ici, instant: str) -> None:
    with pytest.raises(AssertionError, match="date-time"):
        judge_of(app).check("DELETE", "/v1/me/restriction", answered(app, {"restricted_at": instant}))


def test_the_judge_of_answers_accepts_what_is_documented(app: Ici) -> None:
    judge_of(app).check("GET", "/v1/cards", known(answered(app, {"items": [], "next": None})))


def answered(app: Ici, body: Any = None, status: int = 200, mimetype: str = "application/json") -> Response:
    headers = {"X-Request-Id": "01a20122-720f-74cd-9381-c40f0977734f"}
    return app.response_class(json.dumps(body), status=status, mimetype=mimetype, headers=headers)


def known(answer: Response) -> Response:
    """An answer that can be asked for again."""
    answer.headers["ETag"] = 'W/"1"'
    return answer


def test_the_judge_of_answers_knows_a_header_that_nobody_documented(app: Ici) -> None:
    answer = known(answered(app, {"items": [], "next": None}))
    answer.headers["Location"] = "/v1/cards"
    with pytest.raises(AssertionError, match="Location"):
        judge_of(app).check("GET", "/v1/cards", answer)


def test_the_judge_of_answers_knows_a_header_that_is_missing(app: Ici) -> None:
    answer = known(answered(app, {"items": [], "next": None}))
    del answer.headers["X-Request-Id"]
    with pytest.raises(AssertionError, match="X-Request-Id"):
        judge_of(app).check("GET", "/v1/cards", answer)


def test_the_document_is_the_same_for_every_reader(anyone: Speaker) -> None:
    french, english = (anyone.get("/openapi.json", headers={"Accept-Language": language}) for language in ("fr", "en"))
    assert french.get_data() == english.get_data()
