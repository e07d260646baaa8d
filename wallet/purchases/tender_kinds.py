"""Means of payment of a basket, as a till says them. Pure."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from wallet.gift_cards.codes import show_ending


class TenderKind(StrEnum):
    """What a basket is paid with."""

    CASH = "cash"
    CARD = "card"
    CHEQUE = "cheque"
    MEAL_VOUCHER = "titre_restaurant"
    CAGNOTTE = "cagnotte"  # money or points of the member: what `points_minor` of the lines adds up to
    GIFT_CARD = "gift_card"
    VOUCHER = "voucher"
    MANUFACTURER_COUPON = "manufacturer_coupon"  # of an issuer in the register: what its code pays
    CREDIT_NOTE = "credit_note"  # for something that was returned
    OTHER = "other"


class Tender(NamedTuple):
    """So much by one means of payment; below zero, what is handed out in cash. `reference` is the till's own. `card` is
    the concealed code of a gift card of the brand, from which it is taken."""

    kind: TenderKind
    amount_minor: int
    reference: str | None = None
    card: str | None = None

    def plain(self) -> dict[str, Any]:
        """As JSON, by which the same is known again."""
        some = {"reference": self.reference, "card": self.card}
        said = {name: value for name, value in some.items() if value is not None}
        return {"kind": str(self.kind), "amount_minor": self.amount_minor} | said

    def shown(self) -> dict[str, Any]:
        """As JSON that people read: of a gift card the end of its code."""
        return self.plain() | ({} if self.card is None else {"card": show_ending(self.card)})


def read_tender(said: Mapping[str, Any]) -> Tender:
    """The tender that `Tender.plain` wrote."""
    return Tender(TenderKind(said["kind"]), said["amount_minor"], said.get("reference"), said.get("card"))


def paid_by(tenders: Sequence[Tender], kind: TenderKind) -> int:
    """What tenders of one kind come to."""
    return sum(one.amount_minor for one in tenders if one.kind is kind)
