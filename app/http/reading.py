"""What we are sent, read strictly: the parser of bodies and query strings, and its complaints as JSON Pointers.

A body is I-JSON (RFC 7493): UTF-8, no name twice, no NaN or Infinity, no half of a surrogate pair. Python's own reader
takes all of these, and each has been somebody's way around a check.
"""

import io
import json
import math
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import islice
from typing import IO, Any, NoReturn

import marshmallow as ma
from flask import Request, current_app, g, request
from webargs.core import is_json, missing
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import RequestEntityTooLarge

from app import complaints
from app.characters import UNSTORABLE, is_storable
from app.complaints import Complaint
from app.errors import FileExpected, JsonUnreadable, Malformed, MediaTypeUnsupported, Pointer
from app.http.fields import word_field
from app.http.plain_values import UNSURE, Reader, plain_reader, plain_test

MOST_POINTERS = 100
"""Complaints in one answer: a body has room for tens of thousands, and nobody mends more at a time."""
DEEPEST = 64
"""Levels of a body: no document of ours has ten."""
FILE = "application/octet-stream"
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class In(ma.Schema):
    """What we are sent: closed. An unknown field is refused, so that a typing error is never silently ignored."""

    class Meta:
        unknown = ma.RAISE

    # marshmallow puts what stands here into a list as it is.
    error_messages = {"type": complaints.NOT_AN_OBJECT, "unknown": complaints.UNKNOWN_FIELD}  # type: ignore[dict-item]

    def on_bind_field(self, field_name: str, field_obj: ma.fields.Field[Any]) -> None:
        """Let the field complain in our words."""
        word_field(field_obj)

    @cached_property
    def _fields_read(self) -> list[tuple[str, str, ma.fields.Field[Any], Reader | None]]:
        """Each field by the name that is sent and the name that is read, with the reader of its plain values."""
        fields = self.load_fields.items()
        return [(one.data_key or name, one.attribute or name, one, plain_reader(one)) for name, one in fields]

    def _deserialize(
        self, data: Any, *, error_store: Any, many: bool = False, partial: Any = None, unknown: Any = ma.RAISE, **_: Any
    ) -> Any:
        """marshmallow's, which goes the long way for each value; here only what is not plain does."""
        if many or partial or unknown != ma.RAISE or type(data) is not dict:
            whole = {"error_store": error_store, "many": many, "partial": partial, "unknown": unknown}
            return super()._deserialize(data, **whole)
        read, sent = {}, 0
        for name, kept_as, field, reader in self._fields_read:
            value = data.get(name, missing)
            sent += value is not missing
            plain = UNSURE if reader is None else reader(value)
            if plain is UNSURE:
                plain = _read_field(field, value, name, data, error_store)
            if plain is not missing:
                read[kept_as] = plain
        if sent < len(data):
            for name in data.keys() - {name for name, *_ in self._fields_read}:
                error_store.store_error([self.error_messages["unknown"]], name)
        return read


def plain_shape(shape: In) -> Reader | None:
    """The reader of what is plain to its last value: it reads what `shape.load` reads, or says `UNSURE`, whatever is
    meant or wrong. None for a shape with a field, or a step of its own, of which nothing is known here.

    marshmallow's own way touches so much code that, in caches gone cold, it takes ten times what it takes in warm ones.
    """
    hooks = {kind: steps for kind, steps in shape._hooks.items() if steps}
    steps = hooks.pop("post_load", [])
    if hooks or len(steps) > 1 or type(shape)._deserialize is not In._deserialize:
        return None
    fields = [
        (field.data_key or name, field.attribute or name, field, _plain_part(field))
        for name, field in shape.load_fields.items()
    ]
    if not all(reader for *_, reader in fields):
        return None
    make = getattr(shape, steps[0][0]) if steps else None

    def read(sent: Any) -> Any:
        if type(sent) is not dict:
            return UNSURE
        found, known = {}, 0
        for name, kept_as, field, reader in fields:
            value = sent.get(name, missing)
            if value is missing:
                plain = UNSURE if field.required else field.load_default
                plain = plain() if callable(plain) else plain
            else:
                known += 1
                plain = reader(value) if value is not None or not field.allow_none else None  # type: ignore[misc]
            if plain is UNSURE:
                return UNSURE
            if plain is not missing:
                found[kept_as] = plain
        if known < len(sent):
            return UNSURE
        try:
            return found if make is None else make(found, many=False, partial=None, unknown=ma.RAISE)
        except ma.ValidationError:
            return UNSURE

    return read


def _plain_part(field: ma.fields.Field[Any]) -> Reader | None:
    """The reader of a field, of one that holds a shape, or of a list of these."""
    if field.pre_load or field.post_load:
        return None
    if type(field) is ma.fields.Nested:
        whole = isinstance(field.schema, In) and not (field.many or field.validators or field.unknown)
        return plain_shape(field.schema) if whole and isinstance(field.schema, In) else None
    if type(field) is not ma.fields.List:
        return plain_reader(field)
    one, lengths = _plain_part(field.inner), [plain_test(rule) for rule in field.validators]
    if one is None or None in lengths:
        return None
    part = one

    def read_items(sent: Any) -> Any:
        if type(sent) is not list or not all(fits(sent) for fits in lengths if fits is not None):
            return UNSURE
        found = [part(item) for item in sent]
        return UNSURE if UNSURE in found else found

    return read_items


class BoundedRequest(Request):
    """A request whose body is refused when it is larger than allowed, also when its length was not said before.

    werkzeug reads a body in chunks up to the limit and leaves the rest, as if there were none.
    """

    _is_cut = False
    """Whether more was sent than will be read: who asks a second time must not be given the rest."""

    @cached_property
    def stream(self) -> IO[bytes]:
        """The body. Raises `RequestEntityTooLarge`."""
        most = self.max_content_length
        if most is None or self.content_length is not None or "wsgi.input_terminated" not in self.environ:
            return super().stream
        if self._is_cut:
            raise RequestEntityTooLarge
        sent, parts, size = self.environ["wsgi.input"], [], 0
        while size <= most and (part := sent.read(most + 1 - size)):
            parts.append(part)
            size += len(part)
        if size > most:
            self._is_cut = True
            raise RequestEntityTooLarge
        return io.BytesIO(b"".join(parts))


class StrictParser(FlaskParser):
    """webargs that refuses unknown query parameters as well as unknown JSON fields."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": None, "query": ma.RAISE, "headers": ma.EXCLUDE}

    def load_querystring(self, req: Request, schema: Any) -> Any:
        """The query parameters; one that comes twice is refused, as no list of ours takes several values."""
        repeated = [name for name, values in req.args.lists() if len(values) > 1]
        if repeated:
            raise Malformed(errors=[Pointer(f"#query/{escaped(name)}", complaints.REPEATED) for name in repeated])
        return super().load_querystring(req, schema)

    def _raw_load_json(self, req: Request) -> Any:
        return read_sent_json() if req.get_data(cache=True) and is_json(req.mimetype) else missing

    def handle_error(self, error: Any, req: Any, schema: Any, **_: Any) -> NoReturn:
        raise Malformed(errors=pointers(error.messages))


def _read_field(field: ma.fields.Field[Any], value: Any, name: str, data: Any, error_store: Any) -> Any:
    """What the field makes of a value, or `missing`; what is wrong with it goes to the store of errors."""
    try:
        return field.deserialize(value, name, data)
    except ma.ValidationError as error:
        error_store.store_error(error.messages, name)
        return error.valid_data or missing


def read_sent_json() -> Any:
    """The value of this request's body, read once however many ask for it. Raises as `read_json`."""
    if "sent_json" not in g:
        g.sent_json = read_json(request.get_data(cache=True))
    return g.sent_json


def read_json(body: bytes) -> Any:
    """The value of a JSON text. Raises `JsonUnreadable`, or `Malformed` for text that no database can hold."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise JsonUnreadable from None
    value = parse_json(text)
    if text.count("[") + text.count("{") > DEEPEST and _is_deeper(value):
        raise JsonUnreadable
    unstorable = list(islice(_unstorable(value, ""), MOST_POINTERS)) if "\\u" in text else []
    if unstorable:
        raise Malformed(errors=[Pointer(pointer, complaints.UNSTORABLE_TEXT) for pointer in unstorable])
    return value


def parse_json(text: str) -> Any:
    """The value of a JSON text, in which a file may hold what no database can. Raises `JsonUnreadable`."""
    try:
        return json.loads(text, parse_float=_finite, parse_constant=_refused, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise JsonUnreadable from None


def _is_deeper(value: Any) -> bool:
    """Whether a value has more levels than any document of ours: who walks it, walks by calls within calls."""
    level = [value]
    for _ in range(DEEPEST):
        level = [part for one in level for part in _parts(one)]
        if not level:
            return False
    return True


def _parts(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _finite(number: str) -> float | int:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError("a number beyond all numbers")
    # JSON Schema knows no difference between 100.0 and 100, so neither do fields of whole numbers.
    return int(value) if value.is_integer() else value


def _refused(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice")
    return found


def _unstorable(value: Any, path: str) -> Iterable[str]:
    """Where text holds a NUL or half a surrogate pair, which JSON can spell and neither PostgreSQL nor UTF-8 can."""
    if isinstance(value, str):
        if not is_storable(value):
            yield UNSTORABLE.sub("\ufffd", path)
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _unstorable(name, path)
            yield from _unstorable(part, f"{path}/{escaped(name)}")
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _unstorable(part, f"{path}/{number}")


def require_json() -> None:
    """Refuse a body that is not JSON, before it is read; a page may take forms, and a view says if it takes a file.

    Raises `MediaTypeUnsupported`, `FileExpected`.
    """
    view = current_app.view_functions[request.endpoint or ""]
    if getattr(view, "takes_forms", False):
        return
    has_body = request.content_length or "Transfer-Encoding" in request.headers
    largest: int | None = getattr(view, "takes_file", None)
    if largest is not None:
        request.max_content_length = largest
        family = request.mimetype.partition("/")[0] + "/*"
        if has_body and not {request.mimetype, family} & getattr(view, "file_kinds", frozenset()):
            raise FileExpected
        return
    if request.method in WRITES and has_body and not request.is_json:
        raise MediaTypeUnsupported


def require_nothing_unread() -> None:
    """Refuse what the view of this request does not read: silence would be taken for consent to it.

    Raises `Malformed`, or `JsonUnreadable` for a body that is none. An empty object is as good as no body.
    """
    view = current_app.view_functions[request.endpoint or ""]
    reads: frozenset[str] = getattr(view, "reads", frozenset())
    takes_body = "json" in reads or hasattr(view, "takes_file")
    unread = [] if "query" in reads else [f"#query/{escaped(name)}" for name in request.args]
    if request.method in WRITES and not takes_body and request.get_data(cache=True):
        sent = read_sent_json()
        unread += [f"/{escaped(name)}" for name in islice(sent, MOST_POINTERS)] if isinstance(sent, dict) else [""]
    if unread:
        raise Malformed(errors=[Pointer(pointer, complaints.UNKNOWN_FIELD) for pointer in unread])


def pointers(messages: Mapping[str, Any]) -> list[Pointer]:
    """marshmallow's nested messages as a flat list: JSON Pointers for a body, `#query/name` for a query string.

    The first ones, of very many.
    """
    every = (
        pointer
        for location, content in messages.items()
        for pointer in _walked(content, "" if location == "json" else f"#{location}")
    )
    return list(islice(every, MOST_POINTERS))


def _walked(node: Any, path: str) -> Iterable[Pointer]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _walked(value, path if key == "_schema" else f"{path}/{escaped(str(key))}")
    elif isinstance(node, list):
        for item in node:
            yield from _walked(item, path)
    else:
        yield Pointer(path, node if isinstance(node, Complaint) else complaints.INVALID)


def escaped(name: str) -> str:
    """A name as one step of a JSON Pointer (RFC 6901 section 3)."""
    return name.replace("~", "~0").replace("/", "~1")
