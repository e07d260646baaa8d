"""What a brand calls an offer among its own people. Pure."""

from collections.abc import Sequence
from typing import NamedTuple


class Label(NamedTuple):
    """A name, and the tags by which an offer is found again; no member reads them."""

    name: str = ""
    tags: Sequence[str] = ()
