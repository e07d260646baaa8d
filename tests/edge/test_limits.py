"""How much and how long the edge takes is a setting, and a wrong one is said at the start."""

from dataclasses import fields

import pytest

from app.edge.limits import SETTINGS, EdgeLimits
from app.settings import ConfigIncomplete


def test_a_limit_is_a_setting() -> None:
    limits = EdgeLimits.load({"ICI_EDGE_BODY_S": "2.5", "ICI_EDGE_HELD_BYTES": "1000"})
    assert (limits.body_s, limits.held_bytes, limits.head_s) == (2.5, 1000, EdgeLimits.head_s)


def test_every_limit_is_a_setting() -> None:
    assert set(SETTINGS.values()) == {field.name for field in fields(EdgeLimits)}


@pytest.mark.parametrize("wrong", ["0", "-1", "much", "nan", "inf"])
def test_a_limit_that_is_no_number_above_nought_is_refused_by_its_name(wrong: str) -> None:
    with pytest.raises(ConfigIncomplete, match="ICI_EDGE_WAIT_S"):
        EdgeLimits.load({"ICI_EDGE_WAIT_S": wrong})
