"""What a case is: an input, what is right, and what came."""

import os
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


class Case(NamedTuple):
    """One input. `name` says which in a few words, `right` and `came` are compared."""

    name: str
    right: object
    came: object

    @property
    def is_right(self) -> bool:
        """Whether what came is what is right."""
        return self.right == self.came


def cases_folder() -> Path:
    """Where the inputs lie, outside the project."""
    return Path(os.environ.get("ICI_TEST_CASES", ROOT.parent / "shared" / "cases"))
