"""Our flask-smorest: strict inputs, open outputs, problem+json everywhere, and a document that says so.

Only this module knows flask-smorest. How requests are read is in `app.http.reading`, how refusals are answered in
`app.http.problems`.
"""

import http
from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import Any, TypeVar

import flask_smorest
import marshmallow as ma
from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from app.errors import (
    BadRequest,
    BodyTooLarge,
    ConstraintBroken,
    DatabaseUnavailable,
    FileExpected,
    Forbidden,
    InternalFault,
    JsonUnreadable,
    Malformed,
    MediaTypeUnsupported,
    NotFound,
    Problem,
    RequestInFlight,
    Unauthenticated,
    every_problem,
)
from app.http.access import Role
from app.http.problems import ANSWER_HEADERS, PROBLEM_MEDIA_TYPE, language, render_http_exception
from app.http.reading import WRITES, In, StrictParser, require_nothing_unread
from app.http.serialization import Out

__all__ = [
    "ANSWER_HEADERS",
    "Api",
    "Blueprint",
    "In",
    "Instant",
    "Out",
    "ProblemOut",
    "copy_doc",
    "language",
    "reads_header",
    "refuses",
    "takes_file",
]

View = TypeVar("View", bound=Callable[..., Any])

DESCRIPTION = {
    "info": {
        "description": (
            "Loyalty cards, permissions, and offers where you are.\n\n"
            "A member signs in with a one-time code, staff with a terminal that was paired once, the console with a"
            " password; each sends its token as `Authorization: Bearer …`. A write takes an `Idempotency-Key`, unless"
            " its description says why not. Every refusal is `application/problem+json` with a stable `code`; texts"
            " come in French or English by `Accept-Language`. Answers may gain fields; what you send may not."
        ),
        "license": {"name": "MIT", "identifier": "MIT"},
    },
    "servers": [{"url": "/"}],
}
"""What the document says before its first operation."""


class Instant(ma.fields.AwareDateTime):
    """An RFC 3339 instant with its offset; answered in UTC."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", default_timezone=None, **kwargs)


class ProblemOut(Out):
    """The shape of every refusal (RFC 9457)."""

    type = ma.fields.String(required=True, metadata={"description": "Address of the page that explains the code"})
    code = ma.fields.String(required=True, metadata={"description": "Stable name of the fact; see ProblemCode"})
    status = ma.fields.Integer(required=True)
    title = ma.fields.String(required=True, metadata={"description": "The sentence to show, in fr or en"})
    remedy = ma.fields.String(metadata={"description": "What the person can do about it"})
    instance = ma.fields.String(required=True, metadata={"description": "Id of the request, also in X-Request-Id"})
    facts = ma.fields.Dict(keys=ma.fields.String(), metadata={"description": "The facts inside the sentence"})
    errors = ma.fields.List(
        ma.fields.Dict(keys=ma.fields.String()),
        metadata={"description": "Malformed values: pointer (RFC 6901), code, detail"},
    )


class Blueprint(flask_smorest.Blueprint):
    """A room's door. Documents, besides what flask-smorest knows, roles, refusals and the headers of our decorators."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepare_doc_cbks.append(self._document_door)

    def arguments(self, schema: Any, **kwargs: Any) -> Callable[[View], View]:
        """flask-smorest's `arguments`, which makes its schema once and not for each request."""
        made = schema() if isinstance(schema, type) else schema
        return super().arguments(made, **kwargs)  # type: ignore[no-any-return]

    def response(self, *args: Any, **kwargs: Any) -> Callable[[View], View]:
        """flask-smorest's `response`, which also refuses what the view does not read."""
        decorate = super().response(*args, **kwargs)

        def closed(view: View) -> View:
            @wraps(view)
            def reading_all(*given: Any, **named: Any) -> Any:
                require_nothing_unread()
                return view(*given, **named)

            return decorate(reading_all)  # type: ignore[no-any-return]

        return closed

    def _store_endpoint_docs(self, endpoint: str, obj: Any, *args: Any, **kwargs: Any) -> None:
        super()._store_endpoint_docs(endpoint, obj, *args, **kwargs)
        documented = getattr(obj, "_apidoc", {}).get("arguments", {}).get("parameters", [])
        obj.reads = frozenset(parameter["in"] for parameter in documented)
        for operation in self._docs[endpoint].values():
            if isinstance(operation, dict):
                operation["door"] = {
                    "roles": getattr(obj, "roles", frozenset()),
                    "refusals": getattr(obj, "refusals", ()),
                    "headers": getattr(obj, "headers", ()),
                    "endpoint": endpoint,
                }

    def _document_door(
        self, doc: dict[str, Any], doc_info: dict[str, Any], *, app: Flask, method: str, **_: Any
    ) -> dict[str, Any]:
        door = doc_info["door"]
        refusals: list[type[Problem]] = [BadRequest, Malformed, InternalFault, DatabaseUnavailable, *door["refusals"]]
        if door["roles"] and Role.ANYONE not in door["roles"]:
            doc["security"] = [{"bearer": []}]
            doc["x-roles"] = sorted(door["roles"])
            refusals += [Unauthenticated, Forbidden]
        else:
            doc["security"] = []
        if next(app.url_map.iter_rules(f"{self.name}.{door['endpoint']}")).arguments:
            refusals.append(NotFound)
        if method.upper() in WRITES:
            refusals += [JsonUnreadable, BodyTooLarge, MediaTypeUnsupported, RequestInFlight, ConstraintBroken]
        for header in door["headers"]:
            doc.setdefault("parameters", []).append(header)
        # smorest lists a 422 of its own for arguments; ours says the same as problem+json.
        doc["responses"] = {k: v for k, v in doc.get("responses", {}).items() if not isinstance(v, str)}
        for status, codes in _by_status(refusals).items():
            doc["responses"][str(status)] = _problem_response(status, codes)
        doc["operationId"] = f"{door['endpoint']}"
        return doc


def refuses(*problems: type[Problem]) -> Callable[[View], View]:
    """Document the refusals of a view, beyond those every view of its kind has."""

    def decorate(view: View) -> View:
        view.refusals = (*getattr(view, "refusals", ()), *problems)  # type: ignore[attr-defined]
        return view

    return decorate


_documenting = flask_smorest.Blueprint("documenting", __name__)
"""Where flask-smorest keeps the decorator that adds to the document; it has no doors."""


def takes_file(*, most_bytes: int, description: str) -> Callable[[View], View]:
    """The body of this view is a file as it is, of at most so many bytes; a larger one is `body_too_large`.

    It stands under `@only`, so that nobody else's bytes are read.
    """
    content = {"application/octet-stream": {"schema": {"type": "string", "format": "binary", "maxLength": most_bytes}}}
    documented = {"requestBody": {"required": True, "description": description, "content": content}}

    def decorate(view: View) -> View:
        view.takes_file = most_bytes  # type: ignore[attr-defined]
        refuses(FileExpected)(view)
        return _documenting.doc(**documented)(view)  # type: ignore[no-any-return]

    return decorate


def reads_header(name: str, description: str, *, required: bool) -> Callable[[View], View]:
    """Document a request header of a view."""
    parameter = {
        "in": "header",
        "name": name,
        "required": required,
        "description": description,
        "schema": {"type": "string", "minLength": 1, "maxLength": 128},
    }

    def decorate(view: View) -> View:
        view.headers = (*getattr(view, "headers", ()), parameter)  # type: ignore[attr-defined]
        return view

    return decorate


def _by_status(problems: list[type[Problem]]) -> dict[int, list[str]]:
    found: dict[int, set[str]] = {}
    for problem in problems:
        found.setdefault(problem.status, set()).add(problem.code())
    return {status: sorted(codes) for status, codes in sorted(found.items())}


def _problem_response(status: int, codes: list[str]) -> dict[str, Any]:
    return {
        "description": f"{http.HTTPStatus(status).phrase}: {', '.join(codes)}",
        "content": {
            PROBLEM_MEDIA_TYPE: {
                "schema": {
                    "allOf": [
                        {"$ref": "#/components/schemas/ProblemOut"},
                        {"type": "object", "properties": {"code": {"type": "string", "enum": codes}}},
                    ]
                }
            }
        },
    }


class Api(flask_smorest.Api):
    """flask-smorest with our errors and our security scheme."""

    ERROR_SCHEMA = ProblemOut

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ma_plugin.converter.add_attribute_function(exclusive_bounds)

    def describe(self) -> None:
        """Add to the document what is common to all rooms, once every room is registered."""
        self.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
        codes = sorted({problem.code() for problem in every_problem()})
        self.spec.components.schema("ProblemCode", {"type": "string", "enum": codes})
        # flask-smorest has registered ERROR_SCHEMA itself, under the name of its class.
        self.spec.components.schemas["ProblemOut"]["properties"]["code"] = {"$ref": "#/components/schemas/ProblemCode"}
        # It has also registered a shape for its own pages, which are not ours.
        self.spec.components.schemas.pop("PaginationMetadata", None)

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Flask's own refusals in our one shape."""
        return render_http_exception(error)


def exclusive_bounds(converter: Any, field: ma.fields.Field[Any], **_: Any) -> dict[str, Any]:
    """The bounds that are not themselves allowed; apispec documents every bound as an allowed value."""
    found: dict[str, Any] = {}
    for rule in field.validators:
        if isinstance(rule, ma.validate.Range):
            found |= {} if rule.min_inclusive or rule.min is None else {"exclusiveMinimum": rule.min}
            found |= {} if rule.max_inclusive or rule.max is None else {"exclusiveMaximum": rule.max}
    return found


def copy_doc(source: Any, target: Any) -> None:
    """Carry the documentation of one view over to its wrapper."""
    target._apidoc = deepcopy(getattr(source, "_apidoc", {}))
