"""Two people editing one thing cannot overwrite each other (RFC 9110 sections 8.8.3 and 13.1).

The ETag of a thing is its version column. A read answers with it, and with 304 when the reader has it already; a
console write must send it back in `If-Match`. The verb compares it once it holds the row's lock, so that of two
writes with the same ETag exactly one passes.
"""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response, request

from app.errors import PreconditionFailed, PreconditionRequired
from app.http.api import reads_header, refuses
from app.http.operations import refer_to_headers

T = TypeVar("T")
View = TypeVar("View", bound=Callable[..., Any])

ETAG_HEADER = refer_to_headers("ETag")
"""Documents the header of an answer: `@blueprint.response(200, ThingOut, headers=ETAG_HEADER)`."""


def etag_of(version: int) -> str:
    """The strong ETag of a version."""
    return f'"{version}"'


def versioned(thing: T, version: int) -> Response | tuple[T, dict[str, str]]:
    """The answer to a read of `thing`: with its ETag, or 304 without a body when `If-None-Match` names this version.

    The comparison is the weak one (RFC 9110 section 13.1.2): a proxy that compresses may have weakened our ETag.
    """
    headers = {"ETag": etag_of(version)}
    if request.if_none_match.contains_weak(str(version)):
        return Response(status=304, headers=headers)
    return thing, headers


def written(thing: T, version: int) -> tuple[T, dict[str, str]]:
    """The answer to a write: `thing` with the ETag for the next write."""
    return thing, {"ETag": etag_of(version)}


def matched_version() -> int:
    """The version that the writer read, from `If-Match`.

    Raises `PreconditionRequired` when the header is absent or `*` (it names no version), `PreconditionFailed` when
    it holds no ETag that we could have given for one thing.
    """
    header = request.headers.get("If-Match", "").strip()
    if header in ("", "*"):
        raise PreconditionRequired
    found = re.fullmatch(r'"(\d{1,10})"', header)
    if found is None:
        raise PreconditionFailed
    return int(found[1])


def needs_match(view: View) -> View:
    """Document that a view reads `If-Match`, with its two refusals."""
    reads_header("If-Match", "The ETag of the version that you read", required=True)(view)
    return refuses(PreconditionRequired, PreconditionFailed)(view)


def may_be_unmodified(view: View) -> View:
    """Document that a view reads `If-None-Match`."""
    return reads_header("If-None-Match", "An ETag that you have; 304 when it still holds", required=False)(view)
