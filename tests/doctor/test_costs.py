"""What the worst file costs: four times as much of it costs some four times as much, not sixteen."""

import json
import time
from collections.abc import Callable

import pytest

from tests.doctor.factories import BARCODE, content_with, examined, members_with, png, sealed, zipped

A_SOUND_PASS_S = 0.02
"""Processor time beneath which nothing is compared."""
PICTURE = png(1500, 1500)


def strings_of(line: bytes) -> Callable[[int], dict[str, bytes]]:
    return lambda size: members_with(**{"fr.lproj/pass.strings": line * size})


def fields(size: int) -> dict[str, bytes]:
    listed = [{"key": f"{n}", "value": f"{n}"} for n in range(size // 20)]
    return members_with(content_with("storeCard/backFields", listed))


WORST: dict[str, Callable[[int], dict[str, bytes]]] = {
    "comments that never end": strings_of(b"/*\n"),
    "lines that are none": strings_of(b"x\n"),
    "quotes that never end": strings_of(b'"\n'),
    "escapes": strings_of(b'"\\'),
    "keys like Apple's": lambda size: members_with(content_with(**{f"barcodess{n}": 1 for n in range(size // 10)})),
    "barcodes": lambda size: members_with(content_with(barcodes=[BARCODE | {"message": "x" * 900}] * (size // 50))),
    "pictures": lambda size: members_with(**{f"{n}.png": PICTURE for n in range(size // 1_000)}),
    "fields": fields,
    "numbers": lambda size: members_with(json.dumps(list(range(size // 2))).encode()),
    "depths": lambda size: members_with(b"[" * size),
    "parts of a signature": lambda size: members_with(signature=b"0\x80" * size),
}


def cost(case: str, size: int) -> float:
    members = WORST[case](size)
    data = zipped(members if "signature" in members else sealed(members))
    begun = time.process_time()
    examined(data)
    return time.process_time() - begun


@pytest.mark.parametrize("case", WORST)
def test_four_times_as_much_costs_no_sixteen_times_as_much(case):
    little = min(cost(case, 25_000) for _ in range(2))
    assert cost(case, 100_000) < 9 * (little + A_SOUND_PASS_S)
