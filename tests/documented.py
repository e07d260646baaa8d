"""The OpenAPI document as a judge of real answers: what the document does not say must not happen.

Outputs are open for clients, but not for us: a field that the document does not know is a field that somebody forgot
to describe, or that nobody meant to tell. So schemas are closed here before they judge.
"""

import json
import re
from copy import deepcopy
from typing import Any

import jsonschema_rs
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, Rule
from werkzeug.test import TestResponse

from app.errors import every_problem

PROBLEM = "application/problem+json"
ROOT = "/v1"
REFERENCE = re.compile(r'"\$ref": "#/components/schemas/([^"]+)"')
IN_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")


class Judge:
    """Compares answers with the document. Schemas are compiled once, when they are first needed."""

    def __init__(self, document: dict[str, Any], addresses: MapAdapter) -> None:
        self.document, self.addresses = document, addresses
        self.schemas = {name: closed(schema) for name, schema in document["components"]["schemas"].items()}
        self.statuses = {problem.code(): problem.status for problem in every_problem()}
        self.compiled: dict[tuple[str, ...], Any] = {}

    def check(self, method: str, path: str, response: TestResponse) -> None:
        """Raise AssertionError when the document does not describe this answer."""
        operation, name = self._operation(method, path)
        if operation is None:
            self._check_undocumented_address(method, path, response)
            return
        described = self._described(operation, response)
        if described is None:
            raise AssertionError(
                f"{name} answered {response.status_code}, which the document does not know: {said(response)}"
            )
        self._check_headers(described, name, response)
        if method == "HEAD" or response.status_code in (204, 304):
            return
        content = described.get("content", {})
        if response.mimetype not in content:
            raise AssertionError(
                f"{name} answered {response.status_code} as {response.mimetype}, not as {list(content)}"
            )
        self._check_body(
            content[response.mimetype]["schema"], (name, str(response.status_code), response.mimetype), response
        )

    def _described(self, operation: dict[str, Any], response: TestResponse) -> dict[str, Any] | None:
        """What the document says of an answer. By `default` there are refusals only, each with its own status."""
        found = operation["responses"].get(str(response.status_code))
        code = response.get_json().get("code") if response.mimetype == PROBLEM and response.is_json else None
        if found is None and self.statuses.get(code) == response.status_code:
            found = operation["responses"]["default"]
        return None if found is None else resolved(self.document, found)

    def _check_headers(self, described: dict[str, Any], name: str, response: TestResponse) -> None:
        documented = {header: resolved(self.document, said) for header, said in described.get("headers", {}).items()}
        missing = {header for header, said in documented.items() if said.get("required")} - set(response.headers.keys())
        untold = {header for header in self.document["components"]["headers"] if header in response.headers}
        untold -= set(documented)
        if missing or untold:
            raise AssertionError(
                f"{name} answered {response.status_code} without {sorted(missing)}, and with headers that the document"
                f" does not know: {sorted(untold)}"
            )

    def _operation(self, method: str, path: str) -> tuple[dict[str, Any] | None, str]:
        try:
            rule, _ = self.addresses.match(path.partition("?")[0], method=method, return_rule=True)
        except HTTPException:
            return None, path
        template = template_of(rule)
        operations = self.document["paths"].get(template, {})
        return operations.get("get" if method == "HEAD" else method.lower()), f"{method} {template}"

    def _check_undocumented_address(self, method: str, path: str, response: TestResponse) -> None:
        if response.status_code >= 400 and method != "HEAD" and response.mimetype == PROBLEM:
            schema = {"$ref": "#/components/schemas/ProblemOut"}
            self._check_body(schema, ("problem",), response)
        elif path.startswith(ROOT) and method != "OPTIONS":
            raise AssertionError(f"{method} {path} answered {response.status_code} and is not in the document")

    def _check_body(self, schema: dict[str, Any], name: tuple[str, ...], response: TestResponse) -> None:
        if name not in self.compiled:
            whole = closed(schema) | {"components": {"schemas": self._needed_by(schema)}}
            formats = {"date-time": lambda text: IN_UTC.fullmatch(text) is not None}
            self.compiled[name] = jsonschema_rs.Draft202012Validator(whole, validate_formats=True, formats=formats)
        answered = response.get_json() if response.is_json else response.get_data().decode("latin-1")
        wrong = [f"{error.instance_path}: {error.message}" for error in self.compiled[name].iter_errors(answered)]
        if wrong:
            raise AssertionError(f"{' '.join(name)}: {'; '.join(wrong)}\n{said(response)}")

    def _needed_by(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schemas that this one refers to, and those that they refer to: all would be compiled each time."""
        needed: dict[str, Any] = {}
        waiting = [schema]
        while waiting:
            for name in set(REFERENCE.findall(json.dumps(waiting.pop()))) - needed.keys():
                needed[name] = self.schemas[name]
                waiting.append(needed[name])
        return needed


def resolved(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """A part of the document, or the component that it refers to."""
    if "$ref" not in part:
        return part
    found: Any = document
    for step in part["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)


def in_full(document: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """An operation with its answers and parameters themselves, not references to them."""
    answers = {status: resolved(document, answer) for status, answer in said["responses"].items()}
    return said | {"responses": answers, "parameters": [resolved(document, one) for one in said.get("parameters", [])]}


def template_of(rule: Rule) -> str:
    """The address of a route as the document writes it."""
    return re.sub(r"<(?:[^<>]+:)?([^<>]+)>", r"{\1}", rule.rule)


def closed(schema: Any) -> Any:
    """The same schema, where every object with described fields has no others."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    # Parts that are joined by allOf describe one object together: closing one would refuse the fields of the others.
    copy = {name: deepcopy(part) if name == "allOf" else closed(part) for name, part in schema.items()}
    if "properties" in copy and "allOf" not in copy and copy.get("additionalProperties", True) is True:
        copy["additionalProperties"] = False
    return copy


def said(response: TestResponse) -> str:
    """The answer, shortened."""
    return str(response.get_data(as_text=True)[:600])
