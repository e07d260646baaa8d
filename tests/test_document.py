"""What is said twice in the document is said once, under a name that tells what it is."""

from typing import Any

from app.http.document import share_what_repeats

PROBLEM = "application/problem+json"


def refusal(*codes: str) -> dict[str, Any]:
    schema = {"allOf": [{"$ref": "#/components/schemas/ProblemOut"}], "properties": {"code": {"enum": [*codes]}}}
    return {"description": "…", "content": {PROBLEM: {"schema": schema}}}


def operation(name: str, *parameters: dict[str, Any], **answers: dict[str, Any]) -> dict[str, Any]:
    """An operation; its answers by `status_404` or `default`."""
    responses = {status.removeprefix("status_"): answer for status, answer in answers.items()}
    return {"operationId": name, "parameters": list(parameters), "responses": responses}


def document(*operations: dict[str, Any], **shapes: dict[str, Any]) -> dict[str, Any]:
    """The document of these operations and shapes, after what repeats is shared."""
    paths = {f"/v1/{number}": {"get": one} for number, one in enumerate(operations)}
    return share_what_repeats({"paths": paths, "components": {"schemas": shapes}})


def shape(**fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": fields}


def query(name: str, **schema: Any) -> dict[str, Any]:
    return {"in": "query", "name": name, "schema": schema}


def test_one_set_of_refusals_is_one_component() -> None:
    said = document(*(operation(name, status_404=refusal("offer_unknown", "not_found")) for name in ("a", "b")))
    assert list(said["components"]["responses"]) == ["OfferUnknown"]
    answers = [said["paths"][f"/v1/{number}"]["get"]["responses"]["404"] for number in (0, 1)]
    assert answers == [{"$ref": "#/components/responses/OfferUnknown"}] * 2


def test_two_sets_have_two_names() -> None:
    plain, kept = refusal("offer_ended"), refusal("offer_ended", "request_in_flight")
    said = document(operation("end_offer", status_409=plain), operation("pause_offer", status_409=kept))
    assert list(said["components"]["responses"]) == ["OfferEnded", "OfferEndedToPauseOffer"]


def test_many_refusals_are_called_by_the_operation() -> None:
    said = document(operation("claim_offer", status_409=refusal("one", "two", "three")))
    assert list(said["components"]["responses"]) == ["Refused409ToClaimOffer"]


def test_usual_refusals_are_called_by_the_kind_of_request() -> None:
    usual = refusal("malformed", "not_found", "unauthenticated")
    said = document(operation("show_offer", default=usual))
    assert list(said["components"]["responses"]) == ["UsualKnownToOneRefusals"]


def test_a_parameter_that_two_operations_read_is_one_component() -> None:
    said = document(operation("a", query("limit", type="integer")), operation("b", query("limit", type="integer")))
    assert said["components"]["parameters"] == {"Limit": query("limit", type="integer")}


def test_a_parameter_that_one_operation_reads_stays_with_it() -> None:
    said = document(operation("a", query("limit", type="integer")))
    assert said["paths"]["/v1/0"]["get"]["parameters"] == [query("limit", type="integer")]


def test_a_parameter_is_never_null() -> None:
    said = document(operation("a", query("state", type=["string", "null"], enum=["on", "off", None], default=None)))
    assert said["paths"]["/v1/0"]["get"]["parameters"][0]["schema"] == {"type": "string", "enum": ["on", "off"]}


def test_words_that_two_fields_choose_from_are_one_component() -> None:
    said = document(OneIn=shape(mood={"enum": ["up", "down"]}), TwoOut=shape(mood={"enum": ["up", "down", None]}))
    schemas = said["components"]["schemas"]
    assert schemas["Mood"] == {"type": "string", "enum": ["up", "down"]}
    assert schemas["OneIn"]["properties"]["mood"] == {"$ref": "#/components/schemas/Mood"}
    assert schemas["TwoOut"]["properties"]["mood"]["anyOf"] == [
        schemas["OneIn"]["properties"]["mood"],
        {"type": "null"},
    ]


def test_words_of_an_enumeration_are_called_as_it_is() -> None:
    words = {"enum": ["brand", "area", "store"]}
    assert "ScopeKind" in document(OneIn=shape(kind=dict(words)), TwoIn=shape(of=dict(words)))["components"]["schemas"]


def test_two_lists_of_words_never_share_a_name() -> None:
    lists = {f"{name}In": shape(kind={"enum": [name, "x"]}) for name in ("a", "a2", "b", "b2", "c")}
    twice = lists | {f"{name}Again": shape(kind=dict(said["properties"]["kind"])) for name, said in lists.items()}
    named = {name: said for name, said in document(**twice)["components"]["schemas"].items() if "enum" in said}
    assert len(named) == len({tuple(said["enum"]) for said in named.values()}) == 5


def test_a_default_of_what_is_sent_is_told_in_words() -> None:
    said = document(FixIn=shape(radius_m={"type": "integer", "default": 2000, "description": "How far"}))
    field = said["components"]["schemas"]["FixIn"]["properties"]["radius_m"]
    assert field == {"type": "integer", "description": "How far; `2000` when absent"}


def test_a_map_has_most_properties() -> None:
    said = document(PricesIn=shape(by_tier={"type": "object", "maxLength": 20, "additionalProperties": {}}))
    assert said["components"]["schemas"]["PricesIn"]["properties"]["by_tier"]["maxProperties"] == 20
