"""Two people editing one thing cannot overwrite each other (RFC 9110 sections 8.8.3 and 13.1).

The ETag of a thing is its version column. A read answers with it, and with 304 when the reader has it already; a
console write must send it back in `If-Match`. The verb compares it once it holds the row's lock, so that of two
writes with the same ETag exactly one passes.

What has no version, a list above all, is known by its content: its ETag is weak, and only good for asking again.
"""

import hashlib
import re
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response, current_app, request

from app.errors import PreconditionFailed, PreconditionRequired
from app.http.access import APPS, Role
from app.http.api import reads_header, refuses
from app.http.operations import refer_to_headers

T = TypeVar("T")
View = TypeVar("View", bound=Callable[..., Any])

JSON = "application/json"
ETAG_HEADER = refer_to_headers("ETag")
"""Documents the header of an answer: `@blueprint.response(200, ThingOut, headers=ETAG_HEADER)`."""


PUBLIC = {
    "Cache-Control": "public, max-age=300",
    "Vary": "Accept-Language, Accept-Encoding",
    "Access-Control-Allow-Origin": "*",
}
"""The headers of what is the same for everybody: caches between keep it for some minutes, and any site may show it."""


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


def tag_content(response: Response) -> None:
    """Give what an app reads, where it has no version, the ETag of its content; 304 for whoever has this content.

    The answer was made all the same: what is saved is the way to the phone.
    """
    roles: frozenset[Role] = getattr(current_app.view_functions.get(request.endpoint or ""), "roles", frozenset())
    is_read = request.method in ("GET", "HEAD") and response.status_code == 200 and bool(APPS & roles)
    if not is_read or response.mimetype != JSON or "ETag" in response.headers or response.is_streamed:
        return
    content = hashlib.sha256(response.get_data()).hexdigest()[:32]
    response.set_etag(content, weak=True)
    if request.if_none_match.contains_weak(content):
        response.status_code = 304
        response.set_data(b"")
        for name in ("Content-Type", "Content-Length"):
            response.headers.pop(name, None)


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
