"""Schemathesis reads the document and sends what it allows, and what it forbids, as everybody who may knock.

In process, against the application as it is served, with things that exist. Whatever is sent: no fault of ours, no
answer that the document does not describe, and nothing malformed is taken.
"""

from collections import defaultdict
from functools import cache
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, CheckFunction, load_all_checks
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation

from app.errors import every_problem
from app.factory import ROOMS, Ici
from app.http.access import Role
from tests.documented import PROBLEM, in_full, template_of
from tests.factories import make_member, member_token
from tests.sizes import chosen
from tests.speaking import Speaker, judge_of
from tests.test_isolation import THINGS
from tests.world import Side, make_side

pytestmark = pytest.mark.slow

load_all_checks()

STATUSES = {problem.code(): problem.status for problem in every_problem()}


@schemathesis.check
def refusal_has_its_status(context: Any, response: Any, case: Any) -> None:
    """The document names usual refusals by `default`, whatever their status: each code has one."""
    if response.headers.get("content-type", [""])[0] == PROBLEM:
        assert STATUSES[response.json()["code"]] == response.status_code


CHECKED = (
    "not_a_server_error",
    "refusal_has_its_status",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
)
EXAMPLES = {GenerationMode.POSITIVE: chosen().valid, GenerationMode.NEGATIVE: chosen().malformed}

ENDS_THE_SPEAKER = (
    "DELETE /v1/sessions/current",
    "DELETE /v1/console/sessions/current",
    "PUT /v1/console/sign-in-rules",
)
"""After these nothing more could be tried, or by fewer."""

JUDGES_EACH = ("POST /v1/scans/batch",)
"""A malformed part of these is refused in its place, and the others are taken: the whole is no refusal."""

MAY_ERASE = ("POST /v1/rights-requests",)
"""Tried by a member of their own, because it ends every sign-in of whoever asks for erasure."""


def checks() -> list[CheckFunction]:
    return [CHECKS.get_one(name) for name in CHECKED]


@pytest.fixture(scope="module")
def side(app: Ici) -> Side:
    return make_side(Speaker(app.test_client()))


@cache
def doors(app: Ici) -> dict[str, list[APIOperation[Any, Any, Any, Any]]]:
    """The operations of the document by their rooms: the whole document is read once."""
    schema = schemathesis.openapi.from_dict(judge_of(app).document)
    schema.app = app
    schema.config.generation.with_security_parameters = False  # the token is ours to give
    # An If-Match of the wrong shape names no version of ours: refused as a version that is past; none at all is 428.
    schema.config.checks.negative_data_rejection.expected_statuses = ["400", "404", "405", "409", "412", "422", "428"]
    rules = [(rule, method) for rule in app.url_map.iter_rules() for method in rule.methods or ()]
    rooms = {f"{method} {template_of(rule)}": rule.endpoint.partition(".")[0] for rule, method in rules}
    found: dict[str, list[APIOperation[Any, Any, Any, Any]]] = defaultdict(list)
    for operation in (one.ok() for one in schema.get_all_operations()):
        if operation.label not in ENDS_THE_SPEAKER:
            found[rooms[operation.label]].append(operation)
    return found


def token_for(operation: APIOperation[Any, Any, Any, Any], side: Side) -> str | None:
    """The token of somebody who may call it."""
    if operation.label in MAY_ERASE:
        return member_token(make_member())
    roles = operation.definition.raw.get("x-roles")
    return side.speaker(Role(roles[0])).token if roles else None


@pytest.mark.parametrize("mode", list(EXAMPLES), ids=lambda mode: mode.value)
@pytest.mark.parametrize("room", [room.rpartition(".")[2] for room in ROOMS if not room.endswith("passes")])
def test_whatever_is_sent_the_answer_is_as_documented(app: Ici, side: Side, room: str, mode: GenerationMode) -> None:
    wrong = []
    document = judge_of(app).document
    for operation in doors(app)[room]:
        can_be_wrong = can_be_malformed(document, operation.definition.raw) and operation.label not in JUDGES_EACH
        if mode is GenerationMode.NEGATIVE and not can_be_wrong:
            continue
        try:
            try_out(operation, mode, side, token_for(operation, side))
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE  # it takes nothing, so nothing about it can be wrong
        except (AssertionError, FailureGroup) as failure:
            wrong.append(f"{operation.label}\n{failure}")
    assert not wrong, "\n\n".join(wrong)


def can_be_malformed(document: dict[str, Any], said: dict[str, Any]) -> bool:
    """Whether an operation takes anything that could be wrong. Of what takes nothing four hundred cases are looked for
    in vain."""
    bound = {"format", "minLength", "maxLength", "minimum", "maximum", "enum", "pattern"}
    return "requestBody" in said or any(
        parameter["in"] == "query"
        or (parameter["in"] == "header" and parameter.get("required", False))
        or (parameter["in"] == "path" and not bound.isdisjoint(parameter["schema"]))
        for parameter in in_full(document, said)["parameters"]
    )


def try_out(operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode, side: Side, token: str | None) -> None:
    """Send what Schemathesis makes of the document; half of the time with the ids of things that exist."""

    @settings(
        max_examples=EXAMPLES[mode],
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), real=st.booleans())
    def send(case: Any, real: bool) -> None:
        if real and mode is GenerationMode.POSITIVE:
            known = {name: str(THINGS[name](side)) for name in case.path_parameters or {} if name in THINGS}
            case.path_parameters = (case.path_parameters or {}) | known
        # Nobody unpacks in process.
        headers = {"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {token}"} if token else {})
        case.call_and_validate(headers=headers, checks=checks())

    send()
