"""What a lane takes for plain, Flask reads as the same."""

import json
from io import BytesIO
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.accounts.models import Member
from app.errors import Problem
from app.http.reading import read_json
from app.lanes.plain_requests import read_plain_object, read_plain_request
from tests.factories import member_token

signs = st.sampled_from(['"', "\\", "a", "é", "\x7f", "\u2028", "{", " "])
texts = st.text(signs, max_size=3)
values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**60), 2**60) | texts,
    lambda some: st.lists(some, max_size=3) | st.dictionaries(texts, some, max_size=3),
    max_leaves=6,
)


@given(sent=values, ascii_only=st.booleans())
def test_what_reads_in_one_way_is_read_as_flask_reads_it(sent: Any, ascii_only: bool) -> None:
    body = json.dumps(sent).encode() if ascii_only else orjson.dumps(sent)
    plain = read_plain_object(body)
    assert plain is None or plain == read_json(body)
    assert plain is not None or not isinstance(sent, dict) or b"\\" in body


@given(st.binary(max_size=40) | st.text('{}[]":,\\u0" 1e9.-x', max_size=40).map(str.encode))
def test_no_text_is_plain_that_flask_would_refuse(body: bytes) -> None:
    plain = read_plain_object(body)
    assert plain is None or plain == read_json(body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1, "a": 1}',
        b'{"a": {"b": "x", "b": "x"}}',
        b'{"a": [{"b": 1}, {"b": 1, "b": 2}]}',
        b'{"a": "\\u0022", "b": 1, "b": 2}',
        b'{"\\u0061": 1}',
        b'{"a": "\\u0000"}',
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b'{"a": 1} 2',
        b'\xef\xbb\xbf{"a": 1}',
        b'{"a": "\xe9"}',
        b'{"a": "\x01"}',
        b"[" * 2_000,
        b'{"a":' * 300 + b"1" + b"}" * 300,
        b"[1]",
        b"null",
        b"",
    ],
    ids=lambda body: repr(body[:24]),
)
def test_what_could_be_read_in_two_ways_or_is_no_object_is_not_plain(body: bytes) -> None:
    assert read_plain_object(body) is None


def test_a_text_that_flask_refuses_is_left_to_flask() -> None:
    with pytest.raises(Problem):
        read_json(b'{"a": 1, "a": 1}')


BODY = b'{"a": 1}'


def asked(member: Member, **given: Any) -> dict[str, Any]:
    usual = {
        "CONTENT_LENGTH": str(len(BODY)),
        "CONTENT_TYPE": "application/json",
        "HTTP_AUTHORIZATION": f"Bearer {member_token(member)}",
        "wsgi.input": BytesIO(BODY),
    }
    return usual | given


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8"])
def test_a_plain_request_is_read_and_its_body_is_left_for_flask(member: Member, kind: str) -> None:
    environ = asked(member, CONTENT_TYPE=kind, HTTP_ACCEPT_LANGUAGE="fr")
    read = read_plain_request(environ, most_bytes=1024)
    assert read is not None
    assert (read.access.member_id, read.sent, read.accept_language) == (member.id, {"a": 1}, "fr")
    assert environ["wsgi.input"].read() == BODY


@pytest.mark.parametrize(
    "given",
    [
        {"CONTENT_LENGTH": ""},
        {"CONTENT_LENGTH": "0"},
        {"CONTENT_LENGTH": "-1"},
        {"CONTENT_LENGTH": "9000"},
        {"CONTENT_TYPE": ""},
        {"CONTENT_TYPE": "text/plain"},
        {"CONTENT_TYPE": "application/geo+json"},
        {"QUERY_STRING": "a=1"},
        {"HTTP_AUTHORIZATION": ""},
        {"HTTP_AUTHORIZATION": "Bearer"},
        {"HTTP_AUTHORIZATION": "Bearer ici_t_whoever"},
        {"HTTP_AUTHORIZATION": "Basic eDp5"},
    ],
    ids=str,
)
def test_any_other_request_is_left_to_flask_with_its_body(member: Member, given: dict[str, str]) -> None:
    environ = asked(member, **given)
    assert read_plain_request(environ, most_bytes=1024) is None
    assert environ["wsgi.input"].read() == BODY


def test_a_token_that_is_over_is_left_to_flask(member: Member) -> None:
    old = member_token(member, now=clock.now().replace(year=2020))
    assert read_plain_request(asked(member, HTTP_AUTHORIZATION=f"Bearer {old}"), most_bytes=1024) is None
