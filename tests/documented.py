"""The OpenAPI document as a judge of real answers: what the document does not say must not happen.

Outputs are open for clients, but not for us: a field that the document does not know is a field that somebody forgot
to describe, or that nobody meant to tell. So schemas are closed here before they judge.
"""

import re
from copy import deepcopy
from typing import Any

import jsonschema_rs
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, Rule
from werkzeug.test import TestResponse

PROBLEM = "application/problem+json"
ROOT = "/v1"


class Judge:
    """Compares answers with the document. Schemas are compiled once, when they are first needed."""

    def __init__(self, document: dict[str, Any], addresses: MapAdapter) -> None:
        self.document, self.addresses = document, addresses
        self.components = {"schemas": {name: closed(s) for name, s in document["components"]["schemas"].items()}}
        self.compiled: dict[tuple[str, ...], Any] = {}

    def check(self, method: str, path: str, response: TestResponse) -> None:
        """Raise AssertionError when the document does not describe this answer."""
        operation, name = self._operation(method, path)
        if operation is None:
            self._check_undocumented_address(method, path, response)
            return
        described = operation["responses"].get(str(response.status_code))
        if described is None:
            raise AssertionError(
                f"{name} answered {response.status_code}, which the document does not know: {said(response)}"
            )
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
            whole = closed(schema) | {"components": self.components}
            self.compiled[name] = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        answered = response.get_json() if response.is_json else response.get_data().decode("latin-1")
        wrong = [f"{error.instance_path}: {error.message}" for error in self.compiled[name].iter_errors(answered)]
        if wrong:
            raise AssertionError(f"{' '.join(name)}: {'; '.join(wrong)}\n{said(response)}")


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
    if "properties" in copy and copy.get("additionalProperties", True) is True:
        copy["additionalProperties"] = False
    return copy


def said(response: TestResponse) -> str:
    """The answer, shortened."""
    return str(response.get_data(as_text=True)[:600])
