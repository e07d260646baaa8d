"""Google's own description of its API as a strict JSON Schema: what it does not know is refused."""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

PLACES = find_spec("googleapiclient")


@cache
def document() -> dict[str, Any]:
    """The discovery document that comes with Google's client for Python, of which nothing is imported."""
    assert PLACES is not None, "make setup installs it"
    [folder] = PLACES.submodule_search_locations or []
    path = Path(folder) / "discovery_cache" / "documents" / "walletobjects.v1.json"
    return json.loads(path.read_text(encoding="utf-8"))


@cache
def validator_of(schema: str) -> Draft202012Validator:
    """Judges one resource, such as `LoyaltyObject`; what only Google may write in it is refused as well."""
    schemas = {name: _strict(each) for name, each in document()["schemas"].items()}
    return Draft202012Validator({"$ref": f"#/$defs/{schema}", "$defs": schemas})


def faults_of(schema: str, payload: Any) -> list[str]:
    """What Google's description has against this, in words."""
    return [f"{error.json_path}: {error.message}" for error in validator_of(schema).iter_errors(payload)]


def _strict(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made: dict[str, Any] = {}
    if "$ref" in schema:
        return {"$ref": f"#/$defs/{schema['$ref']}"}
    for name in ("type", "items", "enum"):
        if name in schema:
            made[name] = _strict(schema[name])
    if schema.get("format") == "int32":
        made |= {"minimum": -(2**31), "maximum": 2**31 - 1}
    if schema.get("format") == "int64":
        made["pattern"] = r"^-?\d{1,19}$"
    if "properties" in schema:
        # `deprecated` names are left out: Google takes them still, and does nothing with most of them.
        known = {name: each for name, each in schema["properties"].items() if not each.get("deprecated")}
        made |= {"properties": {name: _strict(each) for name, each in known.items()}, "additionalProperties": False}
    return made
