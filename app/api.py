"""Our flask-smorest: strict inputs, open outputs, problem+json everywhere, and a document that says so.

Only this module and `app/pagination.py` know flask-smorest.
"""

import http
import uuid
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, TypeVar

import flask_smorest
import marshmallow as ma
from flask import Response, g, jsonify, request
from psycopg import errors as pg_errors
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException

from app import languages
from app.accounts.access import Role
from app.errors import (
    CONSTRAINTS,
    BadRequest,
    BodyTooLarge,
    ConstraintBroken,
    DatabaseUnavailable,
    Forbidden,
    InternalFault,
    JsonUnreadable,
    Malformed,
    MediaTypeUnsupported,
    MethodNotAllowed,
    NotFound,
    Pointer,
    Problem,
    RequestInFlight,
    Unauthenticated,
    every_problem,
)
from app.logs import log

View = TypeVar("View", bound=Callable[..., Any])

PROBLEM_MEDIA_TYPE = "application/problem+json"

COMMON_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language",
}
"""What every answer carries, unless its view says otherwise."""

ANSWER_HEADERS = [("Content-Type", "application/json"), *COMMON_HEADERS.items()]
"""The headers of a plain JSON answer that is made without Flask."""


class In(ma.Schema):
    """What we are sent: closed. An unknown field is refused, so that a typing error is never silently ignored."""

    class Meta:
        unknown = ma.RAISE


class Out(ma.Schema):
    """What we answer: open. Clients must accept new fields."""

    class Meta:
        unknown = ma.INCLUDE


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


class StrictParser(FlaskParser):
    """webargs that refuses unknown query parameters as well as unknown JSON fields."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": None, "query": ma.RAISE, "headers": ma.EXCLUDE}

    def handle_error(self, error: Any, req: Any, schema: Any, *, error_status_code: Any, error_headers: Any) -> Any:
        raise Malformed(errors=pointers(error.messages))

    def _handle_invalid_json_error(self, error: Any, req: Any, *args: Any, **kwargs: Any) -> Any:
        raise JsonUnreadable


def pointers(messages: Mapping[str, Any]) -> list[Pointer]:
    """marshmallow's nested messages as a flat list: JSON Pointers for a body, names for a query string."""
    found: list[Pointer] = []

    def walk(node: Any, path: str) -> None:
        if isinstance(node, Mapping):
            for key, value in node.items():
                walk(value, path if key == "_schema" else f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}")
        elif isinstance(node, list):
            for item in node:
                walk(item, path)
        else:
            found.append({"pointer": path, "code": _error_code(str(node)), "detail": str(node)})

    for location, content in messages.items():
        walk(content, "" if location == "json" else f"#{location}")
    return found


def _error_code(detail: str) -> str:
    known = {"Unknown field.": "unknown_field", "Missing data for required field.": "missing"}
    return known.get(detail, "invalid")


class Blueprint(flask_smorest.Blueprint):
    """A room's door. Documents, besides what flask-smorest knows, roles, refusals and the headers of our decorators."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepare_doc_cbks.append(self._document_door)

    def _store_endpoint_docs(self, endpoint: str, obj: Any, *args: Any, **kwargs: Any) -> None:
        super()._store_endpoint_docs(endpoint, obj, *args, **kwargs)
        for operation in self._docs[endpoint].values():
            if isinstance(operation, dict):
                operation["door"] = {
                    "roles": getattr(obj, "roles", frozenset()),
                    "refusals": getattr(obj, "refusals", ()),
                    "headers": getattr(obj, "headers", ()),
                    "endpoint": endpoint,
                }

    def _document_door(self, doc: dict[str, Any], doc_info: dict[str, Any], *, method: str, **_: Any) -> dict[str, Any]:
        door = doc_info["door"]
        refusals: list[type[Problem]] = [BadRequest, InternalFault, DatabaseUnavailable, *door["refusals"]]
        if door["roles"] and Role.ANYONE not in door["roles"]:
            doc["security"] = [{"bearer": []}]
            doc["x-roles"] = sorted(door["roles"])
            refusals += [Unauthenticated, Forbidden]
        else:
            doc["security"] = []
        if "requestBody" in doc:
            refusals += [JsonUnreadable, BodyTooLarge, MediaTypeUnsupported, Malformed]
        if any(parameter.get("in") == "query" for parameter in doc.get("parameters", [])):
            refusals.append(Malformed)
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
        "content": {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}},
    }


class Api(flask_smorest.Api):
    """flask-smorest with our errors and our security scheme."""

    ERROR_SCHEMA = ProblemOut

    def describe(self) -> None:
        """Add to the document what is common to all rooms, once every room is registered."""
        self.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
        codes = sorted({problem.code() for problem in every_problem()})
        self.spec.components.schema("ProblemCode", {"type": "string", "enum": codes})
        # flask-smorest has registered ERROR_SCHEMA itself, under the name of its class.
        code = self.spec.components.schemas["ProblemOut"]["properties"]
        code["code"] = {"$ref": "#/components/schemas/ProblemCode"}

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Flask's own refusals (unknown address, wrong method, large body…) in our one shape."""
        status = error.code or 500
        return render(FLASK_REFUSALS.get(status, BadRequest if status < 500 else InternalFault)())


FLASK_REFUSALS: dict[int, type[Problem]] = {
    400: BadRequest,
    404: NotFound,
    405: MethodNotAllowed,
    413: BodyTooLarge,
    415: MediaTypeUnsupported,
    422: Malformed,
    500: InternalFault,
}


def render(problem: Problem) -> Response:
    """The answer for a refusal."""
    body = problem.body(language=language(), instance=request_id())
    response = jsonify(body)
    response.status_code = problem.status
    response.mimetype = PROBLEM_MEDIA_TYPE
    if problem.retry_after_s is not None:
        response.headers["Retry-After"] = str(problem.retry_after_s)
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    g.problem = problem.code()
    return response


def render_database_error(error: DBAPIError) -> Response:
    """Broken constraints by name, a wait that was too long, a database that is away; never the database's own words."""
    original = error.orig
    if isinstance(error, IntegrityError) and isinstance(original, pg_errors.Error):
        return render(CONSTRAINTS.get(original.diag.constraint_name or "", ConstraintBroken)())
    if isinstance(original, pg_errors.LockNotAvailable | pg_errors.DeadlockDetected):
        return render(RequestInFlight(retry_after_s=1))
    if error.connection_invalidated or isinstance(error, OperationalError):
        log.error("database_unavailable", error=type(original).__name__)
        return render(DatabaseUnavailable(retry_after_s=1))
    return render_fault(error)


def render_fault(error: Exception) -> Response:
    """A fault of ours: its kind and place go to the log, its words (they may hold personal data) go nowhere."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "?"
    log.error("fault", error=type(error).__name__, where=where)
    return render(InternalFault())


def language() -> languages.Language:
    """The language of this request's reader."""
    return languages.preferred(request.headers.get("Accept-Language", ""))


def request_id() -> str:
    """The id of this request; also in the log, the answer's header and every problem."""
    if "request_id" not in g:
        g.request_id = str(uuid.uuid4())
    known: str = g.request_id
    return known


def require_json() -> None:
    """Refuse a body that is not JSON, before anything reads it."""
    if request.method in {"POST", "PUT", "PATCH", "DELETE"} and request.content_length and not request.is_json:
        raise MediaTypeUnsupported


def copy_doc(source: Any, target: Any) -> None:
    """Carry the documentation of one view over to its wrapper."""
    target._apidoc = deepcopy(getattr(source, "_apidoc", {}))
