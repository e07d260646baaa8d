"""Our flask-smorest: strict inputs, open outputs, problem+json everywhere, and a document that says so.

Only this module knows flask-smorest. How requests are read is in `app.http.reading`, how refusals are answered in
`app.http.problems`.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import wraps
from typing import Any, TypeVar

import flask_smorest
import marshmallow as ma
from flask import Flask, Response, current_app, request
from flask_smorest.utils import get_appcontext
from werkzeug.exceptions import HTTPException

from app import complaints
from app.errors import FileExpected, IdempotencyKeyMissing, Problem, every_problem
from app.http import document
from app.http.fields import Instant, Values
from app.http.operations import (
    ACCEPT_LANGUAGE,
    DESCRIPTION,
    HEADERS,
    IF_NONE_MATCH,
    MAPS,
    UNMODIFIED,
    VALUES,
    headers_of,
    may_be_asked_again,
    name_made_thing,
    readers_of,
    refer_to_headers,
    refusal_answers,
    security_of,
    tell_operation,
    usual_refusals,
)
from app.http.problems import ANSWER_HEADERS, language, render_http_exception
from app.http.reading import FILE, WRITES, In, StrictParser, require_nothing_unread
from app.http.serialization import Out

__all__ = [
    "ANSWER_HEADERS",
    "DESCRIPTION",
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

MAKES = "makes"
"""Where a view keeps by which part of its address a thing that it makes is read."""


BOUND = {"type": ["number", "string"]}


class PointerOut(Out):
    """One malformed value, and the bounds that it does not keep."""

    pointer = ma.fields.String(required=True, metadata={"description": "Where it is (RFC 6901), or #query/name"})
    code = ma.fields.String(required=True, metadata={"description": "What is wrong with it; see ComplaintCode"})
    detail = ma.fields.String(required=True, metadata={"description": "The sentence to show, in fr or en"})
    min = ma.fields.Raw(metadata={"description": "The least that is allowed", **BOUND})
    max = ma.fields.Raw(metadata={"description": "The most that is allowed", **BOUND})
    above = ma.fields.Raw(metadata={"description": "Below every value that is allowed", **BOUND})
    below = ma.fields.Raw(metadata={"description": "Above every value that is allowed", **BOUND})
    allowed = ma.fields.List(ma.fields.Raw(), metadata={"description": "Every value that is allowed"})
    pattern = ma.fields.String(metadata={"description": "The regular expression of what is allowed"})


class ProblemOut(Out):
    """The shape of every refusal (RFC 9457)."""

    type = ma.fields.String(required=True, metadata={"description": "Address of the page that explains the code"})
    code = ma.fields.String(required=True, metadata={"description": "Stable name of the fact; see ProblemCode"})
    status = ma.fields.Integer(required=True)
    title = ma.fields.String(required=True, metadata={"description": "The sentence to show, in fr or en"})
    remedy = ma.fields.String(metadata={"description": "What the person can do about it"})
    instance = ma.fields.String(required=True, metadata={"description": "Id of the request, also in X-Request-Id"})
    facts = Values(metadata={"description": "The facts inside the sentence"})
    errors = ma.fields.List(ma.fields.Nested(PointerOut), metadata={"description": "Each malformed value"})


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

    def response(self, status_code: int, *args: Any, **kwargs: Any) -> Callable[[View], View]:
        """flask-smorest's `response`, which also refuses what the view does not read, and says where a new thing is."""
        decorate = super().response(status_code, *args, **kwargs)

        def closed(view: View) -> View:
            @wraps(view)
            def reading_all(*given: Any, **named: Any) -> Any:
                require_nothing_unread()
                return view(*given, **named)

            answering: View = decorate(reading_all)
            return _with_location(answering) if status_code == 201 else answering

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
        endpoint = f"{self.name}.{door['endpoint']}"
        rule = next(app.url_map.iter_rules(endpoint))
        is_keyed = IdempotencyKeyMissing in door["refusals"]
        made = name_made_thing(app, rule)
        setattr(app.view_functions[endpoint], MAKES, made)
        doc |= security_of(door["roles"]) | {"operationId": door["endpoint"]}
        doc.setdefault("parameters", []).extend([*door["headers"], ACCEPT_LANGUAGE])
        # smorest lists a 422 of its own for arguments; ours says the same as problem+json.
        doc["responses"] = {k: v for k, v in doc.get("responses", {}).items() if not isinstance(v, str)}
        for status, answer in doc["responses"].items():
            names = headers_of(status, is_keyed=is_keyed, is_paged=_is_paged(doc), is_made=made is not None)
            answer["headers"] = refer_to_headers(*names) | answer.get("headers", {})
        kind = {"has_body": method.upper() in WRITES, "has_names": bool(rule.arguments), "is_keyed": is_keyed}
        if may_be_asked_again(method, doc, door["roles"]):
            doc["parameters"].append(IF_NONE_MATCH)
            for status, answer in doc["responses"].items():
                answer["headers"] |= refer_to_headers("ETag") if str(status) == "200" else {}
            doc["responses"]["304"] = UNMODIFIED
        doc["responses"] |= refusal_answers(usual_refusals(door["roles"], **kind), door["refusals"])
        told = tell_operation(doc_info["docstring"].get("description"), roles=door["roles"], is_keyed=is_keyed)
        doc_info["docstring"]["description"] = told
        doc_info.setdefault("manual_doc", {})["tags"] = readers_of(door["roles"])
        return doc


def _is_paged(doc: dict[str, Any]) -> bool:
    return any("cursor" in getattr(one.get("schema"), "fields", ()) for one in doc["parameters"])


def _with_location(view: View) -> View:
    """A view whose 201 says where the thing that it made is read, when there is such an address. A view that writes its
    answer itself says it itself."""

    @wraps(view)
    def located(*args: Any, **kwargs: Any) -> Any:
        response = view(*args, **kwargs)
        name = getattr(current_app.view_functions[request.endpoint or ""], MAKES, None)
        if name is not None and response.status_code == 201 and "Location" not in response.headers:
            made = get_appcontext()["result_dump"]
            response.headers["Location"] = f"{request.path}/{made.get('id', made.get(name))}"
        return response

    return located  # type: ignore[return-value]


def refuses(*problems: type[Problem]) -> Callable[[View], View]:
    """Document the refusals of a view, beyond those every view of its kind has."""

    def decorate(view: View) -> View:
        view.refusals = (*getattr(view, "refusals", ()), *problems)  # type: ignore[attr-defined]
        return view

    return decorate


_documenting = flask_smorest.Blueprint("documenting", __name__)
"""Where flask-smorest keeps the decorator that adds to the document; it has no doors."""


def takes_file(*, most_bytes: int, description: str, kinds: Sequence[str] = ()) -> Callable[[View], View]:
    """The body of this view is a file as it is, of at most so many bytes; a larger one is `body_too_large`. It may be
    sent as one of these media types (or families, `image/*`) as well: what it is, is seen by what is in it.

    It stands under `@only`, so that nobody else's bytes are read.
    """
    schema = {"type": "string", "format": "binary", "maxLength": most_bytes}
    content = {kind: {"schema": schema} for kind in (FILE, *kinds)}
    documented = {"requestBody": {"required": True, "description": description, "content": content}}

    def decorate(view: View) -> View:
        view.takes_file = most_bytes  # type: ignore[attr-defined]
        view.file_kinds = frozenset({FILE, *kinds})  # type: ignore[attr-defined]
        refuses(FileExpected)(view)
        return _documenting.doc(**documented)(view)  # type: ignore[no-any-return]

    return decorate


def reads_header(name: str, description: str, *, required: bool) -> Callable[[View], View]:
    """Document a request header of a view; one that may be left out is ignored when it says nothing that we know."""
    parameter = {
        "in": "header",
        "name": name,
        "required": required,
        "description": description,
        "schema": {"type": "string", "minLength": 1, "maxLength": 128} if required else {"type": "string"},
    }

    def decorate(view: View) -> View:
        view.headers = (*getattr(view, "headers", ()), parameter)  # type: ignore[attr-defined]
        return view

    return decorate


class Api(flask_smorest.Api):
    """flask-smorest with our errors and our security scheme."""

    ERROR_SCHEMA = ProblemOut

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ma_plugin.converter.add_attribute_function(exclusive_bounds)
        self.ma_plugin.converter.add_attribute_function(named_map)
        self.written, self.etag = b"", ""

    def describe(self) -> None:
        """Add to the document what is common to all rooms, once every room is registered, and write it."""
        components = self.spec.components
        components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
        codes = sorted({problem.code() for problem in every_problem()})
        components.schema("ProblemCode", {"type": "string", "enum": codes})
        components.schema("ComplaintCode", {"type": "string", "enum": sorted(complaints.COMPLAINTS)})
        for name, said in MAPS.items():
            components.schema(name, said)
        # flask-smorest has registered ERROR_SCHEMA itself, under the name of its class.
        said = components.schemas["ProblemOut"]["properties"]
        said |= {"code": {"$ref": "#/components/schemas/ProblemCode"}, "facts": said["facts"] | VALUES}
        del said["facts"]["type"], said["facts"]["additionalProperties"]
        components.schemas["PointerOut"]["properties"]["code"] = {"$ref": "#/components/schemas/ComplaintCode"}
        self._tell_kinds_apart()
        # Of flask-smorest's own, what is not ours.
        components.schemas.pop("PaginationMetadata", None)
        told = self.spec.to_dict()
        told["components"] |= {"responses": {}, "headers": HEADERS}
        self.written = json.dumps(document.share_what_repeats(told), separators=(",", ":"), ensure_ascii=False).encode()
        self.etag = hashlib.sha256(self.written).hexdigest()[:32]

    def _tell_kinds_apart(self) -> None:
        """Document a shape that says what its kinds are as one of these, by its `kind`."""
        converter = self.ma_plugin.converter
        for (shape, *_), name in list(converter.refs.items()):
            if hasattr(shape, "kinds"):
                parts = {kind: converter.resolve_nested_schema(part) for kind, part in shape.kinds.items()}
                for kind, part in parts.items():
                    said = self.spec.components.schemas[part["$ref"].rpartition("/")[2]]
                    said["properties"]["kind"] = {"type": "string", "const": kind}
                told = {"propertyName": "kind", "mapping": {kind: part["$ref"] for kind, part in parts.items()}}
                self.spec.components.schemas[name] = {"oneOf": list(parts.values()), "discriminator": told}

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


def named_map(converter: Any, field: ma.fields.Field[Any], *, ret: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Every object of values by name is the one component that says what such values are."""
    name = getattr(field, "component", None)
    if name is None:
        return {}
    for said in ("type", "additionalProperties"):
        ret.pop(said, None)
    refers = {"$ref": f"#/components/schemas/{name}"}
    return {"anyOf": [refers, {"type": "null"}]} if field.allow_none else refers


def copy_doc(source: Any, target: Any) -> None:
    """Carry the documentation of one view over to its wrapper."""
    target._apidoc = deepcopy(getattr(source, "_apidoc", {}))
