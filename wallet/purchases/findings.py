"""What is found in purchases that somebody gives us: a code and its facts. What is said of it is in `wording`."""

from enum import StrEnum
from typing import Any

from app.ops.imports.outcomes import Found


class PurchaseFinding(StrEnum):
    """Every fact that corrects or refuses a receipt. Codes are stable; programs read them in the JSON report."""

    DISCOUNT_SIGN = "discount_sign"
    GTIN_PADDED = "gtin_padded"
    WEIGHED = "weighed"
    CONTROL_CHARACTERS = "control_characters"

    MEMBER_MISSING = "member_missing"
    MEMBER_UNKNOWN = "member_unknown"
    STORE_UNKNOWN = "store_unknown"
    CHANNEL_UNKNOWN = "channel_unknown"
    RECEIPT_MISSING = "receipt_missing"
    TEXT_TOO_LONG = "text_too_long"
    INSTANT_UNREADABLE = "instant_unreadable"
    IN_FUTURE = "in_future"
    TOO_OLD = "too_old"
    CURRENCY_UNKNOWN = "currency_unknown"
    AMOUNT_UNREADABLE = "amount_unreadable"
    QUANTITY_UNREADABLE = "quantity_unreadable"
    LINE_UNSOUND = "line_unsound"
    GTIN_WRONG = "gtin_wrong"
    TAX_UNREADABLE = "tax_unreadable"
    TOO_MANY_LINES = "too_many_lines"
    RECEIPT_REUSED = "receipt_reused"
    RECEIPT_SCATTERED = "receipt_scattered"


class RefusedReceipt(Exception):
    """A receipt cannot be taken. `found` says why."""

    def __init__(self, finding: PurchaseFinding, about: str, **facts: Any) -> None:
        super().__init__(finding)
        self.found = Found(finding, about, facts)
