"""The published document as generators of clients read it best: whatever is said twice is said once, under a name.

flask-smorest writes each operation for itself. What comes of that is the same refusals, parameters and lists of words
hundreds of times over, and a class for each in a generated client. These are plain functions over the document; each
changes it in place, and says the same before and after.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import count
from typing import Any

from app.http.access import CONSOLE_ROLES
from app.http.problems import PROBLEM_MEDIA_TYPE

Node = dict[str, Any]

METHODS = ("get", "post", "put", "patch", "delete")
KINDS = {
    "unauthenticated": "Known",
    "idempotency_key_missing": "Keyed",
    "json_unreadable": "Write",
    "not_found": "ToOne",
    "malformed": "Refusals",
}
"""What the usual refusals of an operation tell of its kind: who asks is known, a key, a body, a thing to find."""
USUAL = frozenset(
    {*KINDS, "bad_request", "idempotency_key_reused", "constraint_broken", "request_in_flight"}
    | {"forbidden", "database_unavailable"}
)
"""Refusals that come with a kind of request, and so say nothing of what is particular to one."""
MOST_IN_A_NAME = 2


def share_what_repeats(document: Node) -> Node:
    """The document itself, with one component for each set of refusals, each parameter, each list of words."""
    mend_shapes(document)
    share_refusals(document)
    share_words(document)
    share_parameters(document)
    return document


def operations_of(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Node]]:
    """Every operation with its path and method."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def share_refusals(document: Node) -> None:
    """One component for each distinct set of refusals of a status, referred to wherever it can happen."""
    names: dict[str, str] = {}
    shared = document["components"].setdefault("responses", {})
    for _, _, operation in operations_of(document):
        for status, answer in operation["responses"].items():
            if PROBLEM_MEDIA_TYPE not in answer.get("content", {}):
                continue
            said = json.dumps(answer)
            if said not in names:
                codes = answer["content"][PROBLEM_MEDIA_TYPE]["schema"]["properties"]["code"]["enum"]
                possible = _refusal_names(status, codes, operation["operationId"])
                names[said] = _free(possible, shared)
                shared[names[said]] = answer
            operation["responses"][status] = {"$ref": f"#/components/responses/{names[said]}"}


def _refusal_names(status: str, codes: list[str], operation: str) -> Iterator[str]:
    """Names for a set of refusals, the best one first: what is particular to it, then where it was met first."""
    if status == "default":
        kinds = [kind for code, kind in KINDS.items() if code in codes]
        yield f"Usual{''.join(kinds)}"
    particular = [code for code in codes if code not in USUAL] or codes
    if len(particular) <= MOST_IN_A_NAME:
        yield "Or".join(camel(code) for code in particular)
        yield f"{'Or'.join(camel(code) for code in particular)}To{camel(operation)}"
    yield from _numbered(f"Refused{status}To{camel(operation)}")


def share_parameters(document: Node) -> None:
    """A component for each parameter that several places read."""
    places = [item.get("parameters", []) for item in document["paths"].values()]
    places += [operation.get("parameters", []) for _, _, operation in operations_of(document)]
    counted = Counter(json.dumps(one) for some in places for one in some)
    names: dict[str, str] = {}
    shared = document["components"].setdefault("parameters", {})
    for some in places:
        for number, one in enumerate(some):
            said = json.dumps(one)
            if counted[said] < 2 or "$ref" in one:
                continue
            if said not in names:
                names[said] = _free(_parameter_names(one), shared)
                shared[names[said]] = one
            some[number] = {"$ref": f"#/components/parameters/{names[said]}"}


def _parameter_names(parameter: Node) -> Iterator[str]:
    plain = camel(re.sub(r"\W+", "_", parameter["name"].lower()))
    yield plain
    yield from _numbered(f"{plain}In{camel(parameter['in'])}")


def share_words(document: Node) -> None:
    """A component for each list of words that several fields choose from, named as the enumeration in the code."""
    schemas = document["components"]["schemas"]
    found = [(name, node) for name, node in _fields(document) if _is_choice(node)]
    counted = Counter(tuple(node["enum"]) for _, node in found)
    called = _enumerations()
    names: dict[tuple[str, ...], str] = {}
    for name, node in found:
        words = tuple(node["enum"])
        if counted[words] < 2:
            continue
        if words not in names:
            names[words] = _free(_numbered(called.get(words, camel(name))), schemas)
            schemas[names[words]] = {"type": "string", "enum": list(words)}
        del node["enum"]
        node.pop("type", None)
        node["$ref"] = f"#/components/schemas/{names[words]}"


def _is_choice(node: Node) -> bool:
    words = node.get("enum", ())
    return len(words) > 1 and all(isinstance(word, str) for word in words)


def _enumerations() -> dict[tuple[str, ...], str]:
    """The lists of words that one enumeration of the house has, and its name."""
    kinds = sorted(StrEnum.__subclasses__(), key=lambda kind: kind.__name__)
    lists = [(tuple(str(one) for one in kind), kind.__name__) for kind in kinds if not kind.__name__.startswith("_")]
    lists.append((tuple(str(role) for role in CONSOLE_ROLES), "ConsoleRole"))
    counted = Counter(words for words, _ in lists)
    return {words: name for words, name in lists if counted[words] == 1}


def _fields(document: Node) -> Iterator[tuple[str, Node]]:
    """Every field of every shape and every parameter, with its name; of a list what it holds, of a choice each part."""
    for shape in document["components"]["schemas"].values():
        for name, field in shape.get("properties", {}).items():
            yield from _parts(name, field)
    for _, _, operation in operations_of(document):
        for parameter in operation.get("parameters", []):
            yield from _parts(parameter.get("name", ""), parameter.get("schema", {}))


def _parts(name: str, field: Node) -> Iterator[tuple[str, Node]]:
    yield name, field
    for part in [field.get("items", {}), *field.get("anyOf", [])]:
        yield name, part


def mend_shapes(document: Node) -> None:
    """Say of each field what generators understand.

    A default of what we are sent is told in words: a generator makes a field with a default one that must be there.
    A choice that may be null is a choice, or null. A map has most properties, not a longest length. A parameter of an
    address is absent, never null.
    """
    for name, shape in document["components"]["schemas"].items():
        if shape.get("additionalProperties") is True:
            del shape["additionalProperties"]  # an object is open unless it says otherwise
        for _, field in [("", shape), *shape.get("properties", {}).items()]:
            _tell_default(field, is_sent=name.endswith("In"))
            field.pop("readOnly", None)
            for _, part in _parts("", field):
                _mend_map(part)
                _mend_choice(part)
    for _, _, operation in operations_of(document):
        for parameter in operation.get("parameters", []):
            _mend_parameter(parameter.get("schema", {}))


def _tell_default(field: Node, *, is_sent: bool) -> None:
    default = field.pop("default", None)
    if is_sent and default is not None:
        told = f"`{json.dumps(default)}` when absent"
        field["description"] = f"{field['description']}; {told}" if "description" in field else told


def _mend_map(field: Node) -> None:
    if "object" in field.get("type", ()):
        for wrong, right in (("minLength", "minProperties"), ("maxLength", "maxProperties")):
            if wrong in field:
                field[right] = field.pop(wrong)


def _mend_choice(field: Node) -> None:
    words = field.get("enum", [])
    if None in words:
        del field["enum"]
        field.pop("type", None)
        field["anyOf"] = [{"type": "string", "enum": [word for word in words if word is not None]}, {"type": "null"}]
    elif _is_choice(field):
        field["type"] = "string"
    elif len(words) == 1 and isinstance(words[0], str):
        field["const"] = field.pop("enum")[0]


def _mend_parameter(schema: Node) -> None:
    if isinstance(schema.get("type"), list):
        schema["type"] = next(kind for kind in schema["type"] if kind != "null")
    if "enum" in schema:
        schema["enum"] = [word for word in schema["enum"] if word is not None]
    if "default" in schema and schema["default"] is None:
        del schema["default"]


def camel(name: str) -> str:
    """A name of snake case as names of components are written."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}{number}" for number in count(2))


def _free(names: Iterable[str], taken: Mapping[str, Any]) -> str:
    """The first of these names that stands for nothing yet."""
    return next(name for name in names if name not in taken)
