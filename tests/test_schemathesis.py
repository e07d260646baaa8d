"""Schemathesis reads the document and sends what it allows, and what it forbids, as everybody who may knock.

In process, against the application as it is served, with things that exist. Whatever is sent: no fault of ours, no
answer that the document does not describe, and nothing malformed is taken.
"""

from collections.abc import Iterator
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
from tests.documented import PROBLEM, template_of
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

MAY_ERASE = ("POST /v1/rights-requests",)
"""Tried by a member of their own, because it ends every sign-in of whoever asks for erasure."""


def checks() -> list[CheckFunction]:
    return [CHECKS.get_one(name) for name in CHECKED]


@pytest.fixture(scope="module")
def side(app: Ici) -> Side:
    return make_side(Speaker(app.test_client()))


def operations(app: Ici, room: str) -> Iterator[APIOperation[Any, Any, Any, Any]]:
    """The doors of this room."""
    schema = schemathesis.openapi.from_dict(judge_of(app).document)
    schema.app = app
    schema.config.generation.with_security_parameters = False  # the token is ours to give
    # An If-Match of the wrong shape names no version of ours: refused as a version that is past; none at all is 428.
    schema.config.checks.negative_data_rejection.expected_statuses = ["400", "404", "405", "409", "412", "422", "428"]
    for found in schema.get_all_operations():
        operation = found.ok()
        if room_of(app, operation.label) == room and operation.label not in ENDS_THE_SPEAKER:
            yield operation


def room_of(app: Ici, label: str) -> str:
    """The room whose door this is."""
    method, _, path = label.partition(" ")
    rules = (rule for rule in app.url_map.iter_rules() if template_of(rule) == path and method in (rule.methods or ()))
    return next(rules).endpoint.partition(".")[0]


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
    for operation in operations(app, room):
        try:
            try_out(operation, mode, side, token_for(operation, side))
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE  # it takes nothing, so nothing about it can be wrong
        except (AssertionError, FailureGroup) as failure:
            wrong.append(f"{operation.label}\n{failure}")
    assert not wrong, "\n\n".join(wrong)


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
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        case.call_and_validate(headers=headers, checks=checks())

    send()
