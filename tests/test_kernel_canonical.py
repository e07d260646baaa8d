"""The bytes that are hashed and signed are those of RFC 8785, however they are made."""

from typing import Any

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import canonical

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-canonical.EXACT, canonical.EXACT)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(facts=ANYTHING, name=st.sampled_from(["facts", "é", "\U0001f600", "a\x7f"]))
def test_what_is_hashed_is_canonical_whatever_the_facts_are(facts: Any, name: str) -> None:
    content = {name: facts, "z": 1, "a": "b"}
    assert canonical.write_json(content) == rfc8785.dumps(content)


@pytest.mark.parametrize("text", [*map(chr, range(0x80)), "é", "\u2028", "\ud7ff", "\ue000", "\U0001f600"])
def test_every_sign_is_spelled_as_the_standard_says(text: str) -> None:
    assert canonical.write_json({"text": text}) == rfc8785.dumps({"text": text})


def test_a_deep_value_is_spelled_too() -> None:
    deep: list[Any] = []
    for _ in range(400):
        deep = [deep]
    assert canonical.write_json(deep) == b"[" * 401 + b"]" * 401


@pytest.mark.parametrize("value", ["\ud800", {"a": ["\udfff"]}, {"\ud800": 1}, 2**53, float("nan"), {1: 2}])
def test_what_has_no_spelling_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"surrogates|UTF-8|range|domain|representable|strings"):
        canonical.write_json(value)


@pytest.mark.parametrize("data", [b'{"b":1,"a":2}', b"[1, 2]", b"1.0", b'"\\ud800"', b'"\\u0061"', b"\xff", b"{"])
def test_json_that_is_spelled_otherwise_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"canonical|UTF-8|utf-8|Expecting"):
        canonical.read_json(data)
