"""Means of payment of a basket, as a till says them. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple


class TenderKind(StrEnum):
    """What a basket is paid with."""

    CASH = "cash"
    CARD = "card"
    CHEQUE = "cheque"
    MEAL_VOUCHER = "titre_restaurant"
    CAGNOTTE = "cagnotte"  # points of the member: what `points_minor` of the lines adds up to
    GIFT_CARD = "gift_card"
    VOUCHER = "voucher"
    MANUFACTURER_COUPON = "manufacturer_coupon"  # of an issuer in the register: what its code pays
    CREDIT_NOTE = "credit_note"  # for something that was returned
    OTHER = "other"


class Tender(NamedTuple):
    """So much by one means of payment; below zero, what is handed out in cash. `reference` is the till's own."""

    kind: TenderKind
    amount_minor: int
    reference: str | None = None

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        said = {} if self.reference is None else {"reference": self.reference}
        return {"kind": str(self.kind), "amount_minor": self.amount_minor} | said


def read_tender(said: Mapping[str, Any]) -> Tender:
    """The tender that `Tender.plain` wrote."""
    return Tender(TenderKind(said["kind"]), said["amount_minor"], said.get("reference"))
