"""Whether a card may act: the one rule for whatever a till does with what was shown."""

from app.errors import NotFound
from wallet.cards.errors import CardBlocked
from wallet.cards.models import CardStatus
from wallet.passes.errors import PassUnknown


def is_usable_card(status: str | None) -> bool:
    """Whether the member's card with the brand, in this status, may act; None is a member without one, who may."""
    return status is None or status == CardStatus.ACTIVE


def require_usable_card(status: str | None, *, unknown: type[NotFound] = PassUnknown) -> None:
    """Refuse what is shown when the member's card with the brand, in this status, may not act.

    None is a member without a card of the brand: nothing stands against what they show. A closed card is answered as a
    code that nobody knows: `unknown`, which the till's question names. Raises `CardBlocked`, `unknown`.
    """
    if not is_usable_card(status):
        raise CardBlocked if status == CardStatus.BLOCKED else unknown
