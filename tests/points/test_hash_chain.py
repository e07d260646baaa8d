"""The bytes that are hashed are those of RFC 8785, however they are made."""

from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from wallet.ledger import hash_chain

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-hash_chain.EXACT, hash_chain.EXACT)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
)


@given(facts=ANYTHING, name=st.sampled_from(["facts", "é", "\U0001f600", "a\x7f"]))
def test_what_is_hashed_is_canonical_whatever_the_facts_are(facts: Any, name: str) -> None:
    content = {name: facts, "z": 1, "a": "b"}
    assert hash_chain.canonical(content) == rfc8785.dumps(content)


@pytest.mark.parametrize("text", [*map(chr, range(0x80)), "é", "\u2028", "\ud7ff", "\ue000", "\U0001f600"])
def test_every_sign_is_spelled_as_the_standard_says(text: str) -> None:
    assert hash_chain.canonical({"text": text}) == rfc8785.dumps({"text": text})
