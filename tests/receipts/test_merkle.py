"""The tree of the log agrees with RFC 6962, and no altered proof passes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import canonical
from app.receipts import merkle
from app.receipts.issuance import commitment
from tests.receipts.factories import CONSENT, Nodes

VECTORS = CONSENT / "merkle-vectors.json"
needs_vectors = pytest.mark.skipif(not VECTORS.exists(), reason="the Merkle vectors are not here")

RFC_6962 = [
    ("", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
    ("00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
    ("10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
    ("2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
    ("3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
    ("40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
    ("5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
    ("606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
]
"""The entries of the reference implementation (Certificate Transparency), and the root after each."""

LEAVES = [merkle.leaf_hash(bytes.fromhex(entry)) for entry, _ in RFC_6962]


def tree(leaves: list[bytes]) -> tuple[bytes, Nodes]:
    """The root over these leaf hashes, and every complete subtree."""
    peaks: list[bytes] = []
    nodes = {}
    for index, leaf in enumerate(leaves):
        for level, position, hashed in merkle.grow(peaks, index, leaf):
            nodes[level, position] = hashed
    return merkle.fold(peaks), nodes


def some_leaves(count: int) -> list[bytes]:
    return [merkle.leaf_hash(str(number).encode()) for number in range(count)]


def inclusion(nodes: Nodes, index: int, size: int) -> list[bytes]:
    return merkle.roots(merkle.inclusion_spans(index, size), nodes.__getitem__)


def consistency(nodes: Nodes, first: int, second: int) -> list[bytes]:
    return merkle.roots(merkle.consistency_spans(first, second), nodes.__getitem__)


@pytest.mark.parametrize("size", range(1, 9))
def test_the_published_roots_are_reproduced(size: int) -> None:
    assert tree(LEAVES[:size])[0].hex() == RFC_6962[size - 1][1]


def test_a_tree_without_leaves_has_the_root_of_nothing() -> None:
    assert tree([])[0].hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@needs_vectors
def test_salted_leaves_are_as_in_the_vectors() -> None:
    for entry in json.loads(VECTORS.read_text())["entries"]:
        committed = commitment(canonical.write_json(entry["event"]), bytes.fromhex(entry["salt"]))
        assert committed.hex() == entry["commitment"]
        assert merkle.leaf_hash(committed).hex() == entry["leaf_hash"]


@needs_vectors
def test_canonical_json_is_as_in_the_vectors() -> None:
    for entry in json.loads(VECTORS.read_text())["entries"]:
        assert canonical.write_json(entry["event"]).decode() == entry["jcs"]


@needs_vectors
def test_roots_and_proofs_are_as_in_the_vectors() -> None:
    vectors = json.loads(VECTORS.read_text())
    leaves = [bytes.fromhex(entry["leaf_hash"]) for entry in vectors["entries"]]
    _, nodes = tree(leaves)
    assert [tree(leaves[:size])[0].hex() for size in range(1, len(leaves) + 1)] == vectors["roots"]
    for one in vectors["inclusion"]:
        assert [hashed.hex() for hashed in inclusion(nodes, one["index"], one["size"])] == one["path"]
    for one in vectors["consistency"]:
        assert [hashed.hex() for hashed in consistency(nodes, one["from"], one["to"])] == one["path"]


def test_every_leaf_of_every_tree_is_proven() -> None:
    leaves = some_leaves(33)
    for size in range(1, 34):
        root, nodes = tree(leaves[:size])
        for index in range(size):
            path = inclusion(nodes, index, size)
            assert merkle.includes(leaf=leaves[index], index=index, size=size, path=path, root=root)


def test_every_growth_is_proven() -> None:
    leaves = some_leaves(33)
    for second in range(1, 34):
        root, nodes = tree(leaves[:second])
        for first in range(1, second + 1):
            path, old = consistency(nodes, first, second), tree(leaves[:first])[0]
            assert merkle.extends(first=first, first_root=old, second=second, second_root=root, path=path)


def test_a_proof_reads_few_nodes() -> None:
    spans = merkle.inclusion_spans(123_456, 1_000_003)
    assert sum(len(merkle.cover(*span)) for span in spans) <= 40


def flipped(hashed: bytes, bit: int) -> bytes:
    return (int.from_bytes(hashed) ^ (1 << bit)).to_bytes(32)


def altered(draw: st.DrawFn, path: list[bytes]) -> list[bytes]:
    """The path with one bit flipped, one hash too few, too many or out of place."""
    place = draw(st.integers(0, max(0, len(path) - 1)))
    ways = ["flip", "drop", "double", "swap"] if path else ["add"]
    match draw(st.sampled_from(ways)):
        case "flip":
            return [*path[:place], flipped(path[place], draw(st.integers(0, 255))), *path[place + 1 :]]
        case "drop":
            return [*path[:place], *path[place + 1 :]]
        case "swap" if len(path) > 1:
            return path[1:] + path[:1]
        case _:
            return [*path, draw(st.binary(min_size=32, max_size=32))]


@st.composite
def tampered_inclusion(draw: st.DrawFn) -> dict[str, object]:
    size = draw(st.integers(1, 70))
    index = draw(st.integers(0, size - 1))
    leaves = some_leaves(size)
    root, nodes = tree(leaves)
    path = inclusion(nodes, index, size)
    told = {"leaf": leaves[index], "index": index, "size": size, "path": path, "root": root}
    bit = draw(st.integers(0, 255))
    changes = {"path": altered(draw, path), "leaf": flipped(leaves[index], bit), "root": flipped(root, bit)}
    if size > 1:
        changes["index"] = draw(st.integers(-2, size + 2).filter(lambda other: other != index))
    what = draw(st.sampled_from(sorted(changes)))
    return told | {what: changes[what]}


@st.composite
def tampered_consistency(draw: st.DrawFn) -> dict[str, object]:
    second = draw(st.integers(1, 70))
    first = draw(st.integers(1, second))
    leaves = some_leaves(second)
    root, nodes = tree(leaves)
    old, path = tree(leaves[:first])[0], consistency(nodes, first, second)
    told = {"first": first, "first_root": old, "second": second, "second_root": root, "path": path}
    bit = draw(st.integers(0, 255))
    changes = {
        "path": altered(draw, path),
        "first_root": flipped(old, bit),
        "second_root": flipped(root, bit),
        "first": draw(st.sampled_from([0, -1, second + 1])),
    }
    what = draw(st.sampled_from(sorted(changes)))
    return told | {what: changes[what]}


@given(tampered_inclusion())
def test_no_altered_proof_of_inclusion_passes(told: dict[str, object]) -> None:
    assert not merkle.includes(**told)  # type: ignore[arg-type]


@given(tampered_consistency())
def test_no_altered_proof_of_consistency_passes(told: dict[str, object]) -> None:
    assert not merkle.extends(**told)  # type: ignore[arg-type]


@given(st.integers(1, 70), st.data())
def test_a_rewritten_leaf_is_no_growth(second: int, data: st.DataObject) -> None:
    """Whoever rewrites one entry and builds the whole tree anew cannot prove that it extends what was signed before."""
    first = data.draw(st.integers(1, second))
    leaves = some_leaves(second)
    signed = tree(leaves[:first])[0]
    rewritten = data.draw(st.integers(0, first - 1))
    leaves[rewritten] = merkle.leaf_hash(b"rewritten")
    root, nodes = tree(leaves)
    path = consistency(nodes, first, second)
    assert not merkle.extends(first=first, first_root=signed, second=second, second_root=root, path=path)
