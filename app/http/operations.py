"""What the document says before its first operation, and of each: for whom it is, its refusals, its headers."""

import http
from collections.abc import Collection, Iterable
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from app.errors import (
    BadRequest,
    BodyTooLarge,
    CashierAwaited,
    CashierNotAccepted,
    ConstraintBroken,
    DatabaseUnavailable,
    Forbidden,
    HeadTooLarge,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    InternalFault,
    JsonUnreadable,
    Malformed,
    MediaTypeUnsupported,
    NotFound,
    NotOfThisTerminal,
    Problem,
    RequestInFlight,
    RequestTooSlow,
    SecondFactorAwaited,
    ServerBusy,
    TerminalUnpaired,
    Unauthenticated,
)
from app.http.access import APPS, CONSOLE_ROLES, Role
from app.http.problems import PROBLEM_MEDIA_TYPE

READERS: dict[str, tuple[Role, ...]] = {
    "app": (Role.MEMBER,),
    "till": (Role.TERMINAL,),
    "console": (*CONSOLE_ROLES, Role.NEWCOMER),
    "public": (Role.ANYONE,),
}
"""Who programs against which operations, and the roles that they have."""

TAGS = [
    {"name": "app", "description": "What a member's app asks: a token of `POST /v1/sessions`."},
    {"name": "till", "description": "What a terminal asks: the key of `POST /v1/terminals/pairing`."},
    {"name": "console", "description": "What merchandisers and administrators ask: `POST /v1/console/sessions`."},
    {"name": "public", "description": "What everybody may ask, without a token."},
]

DESCRIPTION = {
    "info": {
        "description": (
            "Loyalty cards, permissions, and offers where you are.\n\n"
            "A member signs in with a one-time code, staff with a terminal that was paired once, the console with a"
            " password; each sends its token as `Authorization: Bearer …`. A write takes an `Idempotency-Key`, unless"
            " its description says why not. Every refusal is `application/problem+json` with a stable `code`; texts"
            " come in French or English by `Accept-Language`. An operation lists its own refusals by status; `default`"
            " holds those that any request of its kind may meet. Answers may gain fields; what you send may not."
        ),
        "license": {"name": "MIT", "identifier": "MIT"},
    },
    "servers": [{"url": "/"}],
    "tags": TAGS,
}
"""What the document says before its first operation."""

PLAIN: dict[str, Any] = {"type": ["string", "number", "boolean", "null"]}
VALUES = {"$ref": "#/components/schemas/Values"}
MAPS = {
    "Values": {
        "type": "object",
        "description": "Values by name. A value is plain, or a list, or has values by name itself.",
        "additionalProperties": {
            "anyOf": [PLAIN, {"type": "array", "items": {"anyOf": [PLAIN, VALUES]}}, VALUES],
        },
    },
    "Counts": {"type": "object", "additionalProperties": {"type": "integer"}},
    "Tables": {"type": "object", "additionalProperties": {"type": "array", "items": VALUES}},
}
"""The objects whose names are not known beforehand (`app.http.fields`)."""

PLURALS = {
    Role.MEMBER: "members",
    Role.TERMINAL: "terminals",
    Role.MERCHANDISER: "merchandisers",
    Role.APPROVER: "approvers",
    Role.AUDITOR: "auditors",
    Role.ADMIN: "administrators",
    Role.NEWCOMER: "whoever still needs a second factor",
    Role.ANYONE: "everybody",
}

ONCE = "Sent again with its key it is done once."

ACCEPT_LANGUAGE = {
    "in": "header",
    "name": "Accept-Language",
    "required": False,
    "description": "The language of texts, `fr` or `en`; else that of the wallet, or French. See `Content-Language`",
    "schema": {"type": "string"},
}

IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "required": False,
    "description": "An ETag that you have; 304 when it still holds",
    "schema": {"type": "string"},
}

HEADERS: dict[str, dict[str, Any]] = {
    "X-Request-Id": {
        "description": "Id of this request; name it when you report a problem",
        "required": True,
        "schema": {"type": "string", "format": "uuid"},
    },
    "Idempotency-Replayed": {
        "description": "`true`: the stored answer to a request that was sent before; absent the first time",
        "schema": {"type": "string"},
    },
    "Link": {"description": 'The next page: `</v1/…>; rel="next"`; absent on the last', "schema": {"type": "string"}},
    "Location": {
        "description": "Where the thing that was made can be read",
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "ETag": {
        "description": "The version; send it back in If-Match",
        "required": True,
        "schema": {"type": "string", "example": '"3"'},
    },
    "Retry-After": {"description": "Try again after so many seconds", "schema": {"type": "integer", "minimum": 0}},
    "RateLimit-Policy": {
        "description": 'The quota: `"codes";q=5;w=3600` is 5 in 3600 s, refilled little by little',
        "schema": {"type": "string"},
    },
    "RateLimit": {
        "description": '`"codes";r=0;t=720`: none is left; more is there after 720 s',
        "schema": {"type": "string"},
    },
    "WWW-Authenticate": {"description": "`Bearer`; of OwnTracks `Basic`", "schema": {"type": "string"}},
}
"""The headers of answers that a client may build on."""


QUOTA_HEADERS = ("RateLimit-Policy", "RateLimit")


def refer_to_headers(*names: str) -> dict[str, Any]:
    """These headers, as an answer of the document has them."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


UNMODIFIED = {"description": "You have this", "headers": refer_to_headers("X-Request-Id", "ETag")}
"""What whoever has an answer already hears when they ask again."""


def headers_of(status: int | str, *, is_keyed: bool, is_paged: bool, is_made: bool) -> list[str]:
    """The headers of an answer that is no refusal, by what its door does."""
    said = {
        "X-Request-Id": True,
        "Idempotency-Replayed": is_keyed,
        "Link": is_paged,
        "Location": is_made and str(status) == "201",
    }
    return [name for name, holds in said.items() if holds]


def may_be_asked_again(method: str, said: dict[str, Any], roles: Collection[Role]) -> bool:
    """Whether an operation answers 304 to whoever has its content (`app.http.etags.tag_content`)."""
    read: dict[str, Any] = next(
        (answer["content"] for status, answer in said["responses"].items() if str(status) == "200"), {}
    )
    return (
        method.upper() == "GET"
        and bool(APPS & set(roles))
        and "application/json" in read
        and not {304, "304"} & said["responses"].keys()
    )


def security_of(roles: Collection[Role]) -> dict[str, Any]:
    """Whether a token is needed, and whose."""
    if _is_public(roles):
        return {"security": []}
    return {"security": [{"bearer": []}], "x-roles": sorted(roles)}


def _is_public(roles: Collection[Role]) -> bool:
    return not roles or Role.ANYONE in roles


def usual_refusals(roles: Collection[Role], *, has_body: bool, has_names: bool, is_keyed: bool) -> list[type[Problem]]:
    """The refusals that every operation of a kind has: behind a token, with a body, with names in its address, with an
    `Idempotency-Key`."""
    refusals: list[type[Problem]] = [BadRequest, Malformed, InternalFault, DatabaseUnavailable]
    refusals += [RequestTooSlow, HeadTooLarge, ServerBusy]  # of the edge
    if not _is_public(roles):
        refusals += [Unauthenticated, TerminalUnpaired, Forbidden, SecondFactorAwaited]
        refusals += [NotOfThisTerminal, CashierAwaited, CashierNotAccepted]
    if has_names:
        refusals.append(NotFound)
    if has_body:
        refusals += [JsonUnreadable, BodyTooLarge, MediaTypeUnsupported, RequestInFlight, ConstraintBroken]
    if is_keyed:
        refusals += [IdempotencyKeyMissing, IdempotencyKeyReused]
    return refusals


def readers_of(roles: Collection[Role]) -> list[str]:
    """Whose programs call a door that is open to these roles."""
    return [reader for reader, its in READERS.items() if set(its) & set(roles or (Role.ANYONE,))]


def tell_operation(said: str | None, *, roles: Collection[Role], is_keyed: bool) -> str:
    """The description of an operation: what its author says, whom it is for, and what sending it again does."""
    names = [plural for role, plural in PLURALS.items() if role in (roles or (Role.ANYONE,))]
    told = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return "\n\n".join([*([said] if said else []), f"For {told}." + (f" {ONCE}" if is_keyed else "")])


def refusal_answers(usual: Iterable[type[Problem]], particular: Iterable[type[Problem]]) -> dict[str, Any]:
    """The answers of an operation's refusals: by status where it has refusals of its own, else by `default`."""
    every, own = {*usual, *particular}, {*particular} - {*usual}
    answers = {"default": _refusal_answer("What any request of this kind may be refused with", {*every} - own)}
    for status in sorted({refusal.status for refusal in own}):
        refusals = {refusal for refusal in every if refusal.status == status}
        answers[str(status)] = _refusal_answer(http.HTTPStatus(status).phrase, refusals)
    return answers


def _refusal_answer(phrase: str, refusals: Collection[type[Problem]]) -> dict[str, Any]:
    codes = sorted(refusal.code() for refusal in refusals)
    statuses = {refusal.status for refusal in refusals}
    may_wait = statuses & {429, 503} or RequestInFlight in refusals
    headers = [
        "X-Request-Id",
        *(["Retry-After"] if may_wait else []),
        *(QUOTA_HEADERS if 429 in statuses else []),
        *(["WWW-Authenticate"] if 401 in statuses else []),
    ]
    # The codes stand beside `allOf`: a generator that knows no more takes the one shape of all refusals for each.
    narrowed = {"allOf": [{"$ref": "#/components/schemas/ProblemOut"}], "properties": {"code": {"enum": codes}}}
    return {
        "description": phrase,
        "headers": refer_to_headers(*headers),
        "content": {PROBLEM_MEDIA_TYPE: {"schema": narrowed}},
    }


def name_made_thing(app: Flask, rule: Rule) -> str | None:
    """By which part of its address a thing is read that this rule makes; None when not all who make it may read it."""
    makers = _roles_of(app, rule)
    for other in app.url_map.iter_rules():
        more = other.arguments - rule.arguments
        if "GET" in (other.methods or ()) and len(more) == 1 and other.rule.startswith(f"{rule.rule}/<"):
            (name,) = more
            if other.rule.endswith(f"{name}>") and makers <= _roles_of(app, other):
                return name
    return None


def _roles_of(app: Flask, rule: Rule) -> frozenset[Role]:
    return getattr(app.view_functions[rule.endpoint], "roles", frozenset())
