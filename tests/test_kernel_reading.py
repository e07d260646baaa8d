"""What we are sent is read strictly, and what is wrong with it is said in one shape."""

import io
import json
from collections.abc import Iterator

import marshmallow as ma
import pytest
from werkzeug.test import TestResponse

from app.factory import Ici
from app.http.reading import In, escaped, pointers, read_json
from tests.factories import make_brand, make_member, member_token
from tests.speaking import Speaker

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def member(anyone: Speaker) -> Speaker:
    return anyone.with_token(member_token(make_member()))


def rename(member: Speaker, body: bytes, **headers: str) -> TestResponse:
    """Send these bytes where `{"language": "fr"}` is right."""
    return member.send("PUT", "/v1/me", data=body, headers=JSON | headers)


def problem(answer: TestResponse) -> tuple[int, str]:
    assert answer.mimetype == "application/problem+json"
    return answer.status_code, answer.get_json()["code"]


def pointed(answer: TestResponse) -> list[tuple[str, str]]:
    """Where the malformed values are, and what is wrong with each."""
    assert problem(answer) == (422, "malformed")
    return [(error["pointer"], error["code"]) for error in answer.get_json()["errors"]]


def test_a_right_body_is_taken(member: Speaker) -> None:
    assert rename(member, b'{"language": "fr"}').status_code == 200


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_body_that_is_not_json_is_refused(member: Speaker, content_type: str) -> None:
    answer = rename(member, b'{"language": "fr"}', **{"Content-Type": content_type})
    assert problem(answer) == (415, "media_type_unsupported")


def test_a_body_without_a_type_is_refused(member: Speaker) -> None:
    answer = member.send("PUT", "/v1/me", data=b'{"language": "fr"}')
    assert problem(answer) == (415, "media_type_unsupported")


def test_json_with_a_charset_is_json(member: Speaker) -> None:
    answer = rename(member, b'{"language": "fr"}', **{"Content-Type": "application/json; charset=utf-8"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b'{"language": "fr"',
        b"{'language': 'fr'}",
        b'{"language": "fr"} more',
        b'\xef\xbb\xbf{"language": "fr"}',
        '{"language": "fr"}'.encode("utf-16"),
        b'{"language": "\xff"}',
        b'{"language": "fr", "language": "en"}',
        b'{"language": NaN}',
        b'{"language": Infinity}',
        b'{"language": -Infinity}',
        b'{"language": 1e999}',
        b'{"language": ' + b"9" * 5000 + b"}",
        b"[" * 50_000,
        b'{"language": "a\x00b"}',
        b"\x00",
    ],
    ids=lambda body: repr(body[:24]),
)
def test_what_is_no_json_is_unreadable(member: Speaker, body: bytes) -> None:
    assert problem(rename(member, body)) == (400, "json_unreadable")


@pytest.mark.parametrize("body", [b"[]", b"null", b'"fr"', b"1", b"true"])
def test_json_that_is_no_object_is_malformed(member: Speaker, body: bytes) -> None:
    assert pointed(rename(member, body)) == [("", "not_an_object")]


@pytest.mark.parametrize("name", ["\\ud800", "\\u0000"])
def test_a_name_that_cannot_be_kept_is_named_as_well_as_it_can_be(member: Speaker, name: str) -> None:
    """Also in the middle of a pointer, which is JSON itself."""
    answer = rename(member, f'{{"language": "fr", "{name}": {{"{name}": ["{name}"]}}}}'.encode())
    assert answer.status_code == 422
    assert answer.get_json()["code"] == "malformed"


@pytest.mark.parametrize("text", ["\\u0000", "a\\ud800", "\\udc00\\ud800"])
def test_text_that_no_database_can_hold_is_pointed_at(member: Speaker, text: str) -> None:
    assert pointed(rename(member, f'{{"language": "{text}"}}'.encode())) == [("/language", "unstorable_text")]


def test_a_whole_surrogate_pair_is_text() -> None:
    assert read_json(b'"\\ud83c\\udf81"') == "🎁"


def test_a_name_that_no_database_can_hold_is_pointed_at_by_its_place(member: Speaker) -> None:
    assert pointed(rename(member, b'{"language": "fr", "\\u0000": 1}')) == [("", "unstorable_text")]


@pytest.mark.parametrize(("said", "read"), [("100.0", 100), ("1e2", 100), ("-0.0", 0), ("100", 100), ("0.5", 0.5)])
def test_a_number_is_whole_however_it_is_written(said: str, read: float) -> None:
    found = read_json(f'{{"number": {said}}}'.encode())["number"]
    assert (found, type(found)) == (read, type(read))


def whole_numbers_sent(family: type[In] = In) -> Iterator[tuple[str, ma.fields.Integer]]:
    """The fields for whole numbers of every shape that comes as JSON."""
    for shape in family.__subclasses__():
        for name, field in shape._declared_fields.items():
            if isinstance(field, ma.fields.Integer) and shape.__name__.endswith("In"):
                yield f"{shape.__name__}.{name}", field
        yield from whole_numbers_sent(shape)


def test_no_field_for_whole_numbers_takes_a_part_of_one(app: Ici) -> None:
    """What comes in an address is text, also where it is a number."""
    in_addresses = ("ComparedVersionsIn.", "SlipWidthIn.", "SnapshotIn.", ".limit")
    loose = {name for name, field in whole_numbers_sent() if not field.strict}
    assert {name for name in loose if not any(part in name for part in in_addresses)} == set()


def test_an_empty_body_lacks_what_is_required(member: Speaker) -> None:
    assert pointed(rename(member, b"")) == [("/language", "missing")]


def test_an_unknown_field_is_refused(member: Speaker) -> None:
    assert pointed(member.put("/v1/me", {"language": "fr", "colour": "red"})) == [("/colour", "unknown_field")]


def test_every_malformed_value_is_pointed_at(member: Speaker) -> None:
    found = pointed(member.put("/v1/me", {"language": "klingon", "a/b~c": 1}))
    assert sorted(found) == [("/a~1b~0c", "unknown_field"), ("/language", "not_one_of")]


def test_a_pointer_reaches_into_lists_and_objects() -> None:
    messages = {"json": {"items": {2: {"name": ["Too long."]}}, "_schema": ["No."]}}
    assert [error.pointer for error in pointers(messages)] == ["/items/2/name", ""]


@pytest.mark.parametrize(("name", "step"), [("a/b", "a~1b"), ("~", "~0"), ("~1", "~01"), ("é", "é")])
def test_a_name_in_a_pointer_is_escaped(name: str, step: str) -> None:
    assert escaped(name) == step


def test_an_unknown_query_parameter_is_refused(member: Speaker) -> None:
    assert pointed(member.get("/v1/cards?colour=red")) == [("#query/colour", "unknown_field")]


def test_a_wrong_query_parameter_is_pointed_at(member: Speaker) -> None:
    assert pointed(member.get("/v1/cards?limit=many")) == [("#query/limit", "not_an_integer")]


def test_a_query_parameter_given_twice_is_refused(member: Speaker) -> None:
    assert pointed(member.get("/v1/cards?limit=1&limit=2")) == [("#query/limit", "repeated")]


def test_a_view_that_reads_no_query_takes_none(member: Speaker) -> None:
    assert pointed(member.get("/v1/me?colour=red")) == [("#query/colour", "unknown_field")]


def test_a_view_that_reads_no_body_takes_none(member: Speaker) -> None:
    path = "/v1/offers/01a20122-720f-74cd-9381-c40f0977734f/coupons"
    assert pointed(member.post(path, {"count": 2})) == [("/count", "unknown_field")]


def test_a_view_that_reads_no_body_takes_an_empty_object(member: Speaker) -> None:
    path = "/v1/offers/01a20122-720f-74cd-9381-c40f0977734f/coupons"
    assert problem(member.post(path, {})) == (404, "offer_unknown")


def test_a_stranger_is_asked_to_sign_in_before_their_request_is_judged(anyone: Speaker) -> None:
    assert problem(anyone.get("/v1/me?colour=red")) == (401, "unauthenticated")


DEEP = [b"[" * 900 + b"]" * 900, b'{"a":' * 400 + b'"\\u0041"' + b"}" * 400, b"[" * 65 + b"]" * 65]


@pytest.mark.parametrize("body", DEEP)
def test_a_body_deeper_than_any_document_is_unreadable(member: Speaker, body: bytes) -> None:
    answer = member.post("/v1/cards", data=body, content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (400, "json_unreadable")


def test_many_wrong_names_get_a_short_answer(member: Speaker) -> None:
    answer = member.post("/v1/cards", {f"n{number}": 1 for number in range(18_000)})
    assert (answer.status_code, len(answer.json["errors"])) == (422, 100)


@pytest.mark.parametrize("whole", ["2147483648", "-1", "0", "9" * 400])
def test_a_number_beyond_its_bounds_is_malformed(member: Speaker, whole: str) -> None:
    assert pointed(member.get(f"/v1/cards?limit={whole}")) == [("#query/limit", "out_of_range")]


def test_a_body_larger_than_allowed_is_refused(app: Ici, member: Speaker) -> None:
    body = json.dumps({"language": "f" * app.config["MAX_CONTENT_LENGTH"]}).encode()
    assert problem(rename(member, body)) == (413, "body_too_large")


@pytest.mark.parametrize("over", [0, 1, 100_000])
def test_a_body_whose_length_was_not_said_is_taken_whole_or_refused(app: Ici, member: Speaker, over: int) -> None:
    said = b'{"language": "fr"}'
    body = said + b" " * (app.config["MAX_CONTENT_LENGTH"] - len(said) + over)
    unsaid = {"input_stream": io.BytesIO(body), "environ_overrides": {"wsgi.input_terminated": True}}
    answer = member.send("PUT", "/v1/me", headers=JSON | {"Transfer-Encoding": "chunked"}, **unsaid)
    assert answer.status_code == (413 if over else 200)


def test_a_large_body_is_refused_by_a_view_that_reads_none(app: Ici, member: Speaker) -> None:
    path, body = (
        "/v1/offers/01a20122-720f-74cd-9381-c40f0977734f/coupons",
        b" " * (app.config["MAX_CONTENT_LENGTH"] + 1),
    )
    assert problem(member.send("POST", path, data=body, headers=JSON)) == (413, "body_too_large")


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/", "/v1/nothing", "/v1/cards/", "//v1//cards", "/v1/cards/not-an-id"]
)
def test_an_unknown_address_is_not_found(member: Speaker, path: str) -> None:
    assert problem(member.get(path)) == (404, "not_found")


@pytest.mark.parametrize("wrong", ["%00", "a%00b", "%0a", "%7f"])
def test_an_address_with_control_characters_is_not_found(member: Speaker, wrong: str) -> None:
    assert problem(member.get(f"/v1/brands/{wrong}/stores")) == (404, "not_found")


def test_an_address_in_broken_utf_8_is_answered(member: Speaker) -> None:
    assert problem(member.get("/v1/brands/%ff%fe/stores")) == (404, "brand_unknown")


def test_a_wrong_method_says_which_are_right(member: Speaker) -> None:
    answer = member.send("PATCH", "/v1/me")
    assert problem(answer) == (405, "method_not_allowed")
    assert {"GET", "PUT"} <= set(answer.headers["Allow"].split(", "))


def test_an_unknown_address_is_not_found_whatever_is_sent_there(member: Speaker) -> None:
    answer = member.send("POST", "/v1/nothing", data=b"x", headers={"Content-Type": "text/plain"})
    assert problem(answer) == (404, "not_found")


def test_a_refused_request_leaves_no_trace_of_what_was_sent(member: Speaker) -> None:
    answer = member.post("/v1/cards", {"brand": make_brand().code, "display_name": "Zoé \u0000 Secret"})
    assert "Secret" not in answer.get_data(as_text=True)
