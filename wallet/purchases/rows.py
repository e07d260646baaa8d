"""What a file of purchases says, receipt by receipt, before anybody has judged it."""

from collections.abc import Sequence
from typing import NamedTuple

COLUMNS = (
    "card",
    "member",
    "store",
    "channel",
    "terminal",
    "receipt",
    "bought_at",
    "currency",
    "tax_included",
    "gtin",
    "sku",
    "label",
    "category",
    "quantity",
    "gross_minor",
    "promotion_minor",
    "gross",
    "promotion",
    "tax_percent",
)
"""The columns that are read; whatever else a file holds is left where it is. `gross` and `promotion` are amounts with
decimals, instead of minor units. `card` is the code of a card, `member` the brand's own number."""

Cells = Sequence[str]
"""The cells of one row in the order of `COLUMNS`; empty where the file has none."""

HEAD = slice(0, COLUMNS.index("gtin"))
"""The cells that are the same in every row of a receipt."""


class GivenReceipt(NamedTuple):
    """The rows of one receipt, and the number of the first (the header is row 1)."""

    row: int
    cells: Sequence[Cells]
