"""The tree behind the log: RFC 6962 section 2.1, and the verification of RFC 9162 sections 2.1.3.2 and 2.1.4.2. Pure.

Leaves are added at the end and never change. A **node** `(level, position)` is the root of the 2^level leaves that
begin at `position * 2^level`; once complete it never changes either, so it is kept and every proof reads a few nodes.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

Node = tuple[int, int]
"""`(level, position)`."""

Span = tuple[int, int]
"""Leaves from the first (included) to the second (not included)."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def grow(peaks: list[bytes], size: int, leaf: bytes) -> list[tuple[int, int, bytes]]:
    """Add a leaf hash to a tree of `size` leaves; return the nodes `(level, position, hash)` that it completes.

    `peaks` are the hashes of the complete subtrees from left to right (`cover(0, size)`); they are brought up to date.
    """
    level, position, hashed = 0, size, leaf
    completed = [(level, position, hashed)]
    while position & 1:
        level, position, hashed = level + 1, position >> 1, node_hash(peaks.pop(), hashed)
        completed.append((level, position, hashed))
    peaks.append(hashed)
    return completed


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over complete subtrees from left to right; of no leaf at all, the hash of nothing."""
    if not hashes:
        return sha256(b"").digest()
    *others, root = hashes
    for hashed in reversed(others):
        root = node_hash(hashed, root)
    return root


def cover(start: int, end: int) -> list[Node]:
    """The complete nodes that make up a span of a tree, from left to right: at most two per level."""
    nodes: list[Node] = []
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def inclusion_spans(index: int, size: int) -> list[Span]:
    """The spans whose roots prove that the leaf at `index` is in a tree of `size` leaves, from the leaf upwards."""
    start, end, spans = 0, size, []
    while end - start > 1:
        middle = start + _left(end - start)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return spans[::-1]


def consistency_spans(first: int, second: int) -> list[Span]:
    """The spans whose roots prove that a tree of `second` leaves begins with the tree of `first` leaves."""
    start, end, whole, spans = 0, second, True, []
    while first != end:
        middle = start + _left(end - start)
        if first <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start, whole = middle, False
    return ([] if whole else [(start, end)]) + spans[::-1]


def roots(spans: Sequence[Span], hash_of: Callable[[Node], bytes]) -> list[bytes]:
    """The root of each span, made of complete nodes."""
    return [fold([hash_of(node) for node in cover(*span)]) for span in spans]


def includes(*, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether this path proves that the leaf hash stands at `index` in the tree of `size` leaves with this root."""
    if not 0 <= index < size:
        return False
    place, last, hashed = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            hashed = node_hash(sibling, hashed)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            hashed = node_hash(hashed, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and hashed == root


def extends(*, first: int, first_root: bytes, second: int, second_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether this path proves that the second tree begins with the first; both have at least one leaf."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not path and first_root == second_root
    hashes = [first_root, *path] if first & (first - 1) == 0 else list(path)
    if not hashes:
        return False
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _left(size: int) -> int:
    """How many leaves the left part of a tree has: the largest power of two below its size."""
    return 1 << ((size - 1).bit_length() - 1)
