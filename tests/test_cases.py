"""The small inputs of public bug reports, each with what is right."""

from collections.abc import Iterator

import pytest

from tests.cases.case import Case, cases_folder
from tests.cases.rooms import ROOMS
from tests.speaking import Speaker


@pytest.mark.parametrize("room", ROOMS)
def test_every_case_of_a_room_is_right(room: str, anyone: Speaker) -> None:
    folder = cases_folder()
    if not folder.is_dir():
        pytest.skip("the folder that ICI_TEST_CASES names is not there")
    tried = list(ROOMS[room](folder, anyone))
    assert list(wrong_of(tried)) == []
    assert tried


def wrong_of(tried: list[Case]) -> Iterator[Case]:
    return (case for case in tried if not case.is_right)
