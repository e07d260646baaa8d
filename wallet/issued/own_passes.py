"""A member's passes as their app shows them: which there are, and how each comes into a wallet."""

import uuid
from datetime import datetime
from typing import Any, NamedTuple

from app.languages import Language
from wallet.cards.errors import CardUnknown
from wallet.cards.own_cards import my_card
from wallet.cards.standing import require_usable_card
from wallet.issued.contents import read_contents
from wallet.issued.issuance import issue_pass
from wallet.issued.models import IssuedPass, PassKind
from wallet.issued.wallets import offer_wallets


class PassGiven(NamedTuple):
    """A pass as it was asked for, and whether it is new."""

    answer: dict[str, Any]
    is_new: bool


def give_card_pass(*, member_id: uuid.UUID, card_id: uuid.UUID, language: Language, now: datetime) -> PassGiven:
    """The pass of the member's card, issued unless it is, and how it is added to each wallet.

    Raises `CardUnknown`, also for a closed card and for somebody else's; `CardBlocked`.
    """
    card = my_card(member_id=member_id, card_id=card_id)
    require_usable_card(card.status, unknown=CardUnknown)
    held = issue_pass(member_id=member_id, brand_id=card.brand_id, kind=PassKind.CARD, target_id=card_id, now=now)
    return show_pass(held, language=language, now=now)


def show_pass(held: IssuedPass, *, language: Language, now: datetime) -> PassGiven:
    """This pass with how it is added to each wallet; new if it was made at this instant."""
    [contents] = read_contents([held], now=now)
    wallets = [one._asdict() for one in offer_wallets(held, contents, language=language, now=now)]
    answer = {name: getattr(held, name) for name in ("id", "brand_id", "target_id", "made_at", "changed_at")}
    answer |= {"kind": contents.kind, "is_void": contents.is_void, "wallets": wallets}
    return PassGiven(answer, held.made_at == now)
