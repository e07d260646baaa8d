"""A till that records."""

import pytest

from tests.speaking import Speaker
from tests.tills.factories import RecordingTill


@pytest.fixture
def till(anyone: Speaker) -> RecordingTill:
    """A till of this test alone; the member has 200 points."""
    return RecordingTill(anyone, earns=True, points=200)
