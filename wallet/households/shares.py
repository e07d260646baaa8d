"""A member shows cards of other programmes to people in their household; each card to those they choose.

A card is shown to people, not to the household: whoever joins later sees nothing until somebody shows them something.
Notes stay with the member: people keep the secret number of a gift card there.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from app.sql import db
from wallet.externals import external_cards
from wallet.externals.errors import BarcodeAbsent
from wallet.externals.models import ExternalCard, Symbology
from wallet.households import queries
from wallet.households.errors import HouseholdMemberUnknown, SharedCardUnknown
from wallet.households.models import HouseholdShare, HouseholdTie


@dataclass(frozen=True)
class SharedCard:
    """One of the member's cards, and who sees it."""

    card_id: uuid.UUID
    programme: str
    shown_to: Sequence[HouseholdTie]


@dataclass(frozen=True)
class Received:
    """A card that somebody shows the member."""

    card: ExternalCard
    by: HouseholdTie
    shared_at: datetime


def share_card(
    *, member_id: uuid.UUID, card_id: uuid.UUID, membership_ids: Collection[uuid.UUID] | None, now: datetime
) -> SharedCard:
    """Show a card to exactly these people of the household; to everybody who is in it now, if nobody is named.

    Raises `ExternalCardUnknown`, `HouseholdMemberUnknown` also when there is nobody to show it to.
    """
    card = external_cards.my_card(member_id=member_id, card_id=card_id)
    fellows = {one.membership_id: one for one in fellows_of(member_id)}
    wanted = set(fellows if membership_ids is None else membership_ids)
    if not wanted or not wanted <= set(fellows):
        raise HouseholdMemberUnknown
    seers = [fellows[one].member_id for one in sorted(wanted)]
    mine = (HouseholdShare.member_id == member_id, HouseholdShare.card_id == card_id)
    db.execute(delete(HouseholdShare).where(*mine, HouseholdShare.principal_id.not_in(seers)))
    rows = [
        {"member_id": member_id, "card_id": card_id, "principal_id": seer, "shared_at": now} for seer in sorted(seers)
    ]
    db.execute(insert(HouseholdShare).values(rows).on_conflict_do_nothing())
    return SharedCard(card.id, card.programme, [fellows[one] for one in sorted(wanted)])


def unshare_card(*, member_id: uuid.UUID, card_id: uuid.UUID) -> None:
    """Show a card to nobody any more; twice is once. Raises `ExternalCardUnknown`."""
    external_cards.my_card(member_id=member_id, card_id=card_id)
    mine = (HouseholdShare.member_id == member_id, HouseholdShare.card_id == card_id)
    db.execute(delete(HouseholdShare).where(*mine))


def given(*, member_id: uuid.UUID) -> Sequence[SharedCard]:
    """Which of the member's cards are seen, and by whom."""
    fellows = {one.member_id: one for one in fellows_of(member_id)}
    found: dict[tuple[uuid.UUID, str], list[HouseholdTie]] = {}
    for shared, programme in db.rows(queries.shares_of(member_id)):
        found.setdefault((shared.card_id, programme), []).append(fellows[shared.principal_id])
    return [SharedCard(card_id, programme, seers) for (card_id, programme), seers in found.items()]


def received(*, member_id: uuid.UUID) -> Sequence[Received]:
    """What others show the member, but what they put away."""
    shown: dict[uuid.UUID, dict[uuid.UUID, datetime]] = {}
    for one in db.all_of(queries.shares_with(member_id)):
        shown.setdefault(one.member_id, {})[one.card_id] = one.shared_at
    found: list[Received] = []
    for fellow in fellows_of(member_id):
        cards = shown.get(fellow.member_id, {})
        if cards:
            db.become(member_id=fellow.member_id, principal_id=member_id)
            in_use = db.all_of(queries.cards_in_use(fellow.member_id, list(cards)))
            found += [Received(card, fellow, cards[card.id]) for card in in_use]
    db.become(member_id=member_id, principal_id=member_id)
    return found


def barcode(*, member_id: uuid.UUID, card_id: uuid.UUID) -> ExternalCard:
    """A card that somebody shows the member, to be drawn. Raises `SharedCardUnknown`, `BarcodeAbsent`."""
    card = next((one.card for one in received(member_id=member_id) if one.card.id == card_id), None)
    if card is None:
        raise SharedCardUnknown
    if card.symbology == Symbology.NONE:
        raise BarcodeAbsent
    return card


def fellows_of(member_id: uuid.UUID) -> Sequence[HouseholdTie]:
    """The others in the member's household."""
    return [one for one in db.all_of(queries.seen_by(member_id)) if one.member_id != member_id]
