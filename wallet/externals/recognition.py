"""Which card of a wallet a row of a file is: by the pass that it is, else by programme, symbology and code.

Two cards of a wallet may have one code: a coupon carries the number of the member's card, and other wallets keep a code
twice. So a row that says nothing new is the card that says it already; otherwise each card is one row of the file.
"""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import chain, count

from app.sql import db
from wallet.externals import external_cards, queries, renewal
from wallet.externals.models import ExternalCard, Source
from wallet.externals.rows import CardRow, CardWish

MOST_ALIKE = 20
"""Cards of one programme with one code that a row without a pass is compared with, and may come beside: a reader of
files compares each with each otherwise."""


class Held:
    """The cards of a wallet that the rows of a file may be, and those that the file brings."""

    def __init__(self, cards: Sequence[ExternalCard]) -> None:
        self.cards = list(cards)
        self.met: set[uuid.UUID] = set()
        self.by_identity: defaultdict[bytes, dict[uuid.UUID, ExternalCard]] = defaultdict(dict)
        self.by_pass: dict[bytes, ExternalCard] = {}
        for card in self.cards:
            self._note(card)

    def find(self, row: CardRow, wish: CardWish) -> ExternalCard | None:
        """The card that a row is, which no other row is after this; None for a new one."""
        known = self._pass(row)
        like = self._like(row, wish)
        same = (card for card in (*known, *like) if not renewal.says_more(card, row, wish))
        other = (card for card in (*known, *(() if row.is_coupon else like)) if card.id not in self.met)
        found = next(same, None) or next(other, None)
        if found is not None:
            self.met.add(found.id)
        return found

    def add(self, row: CardRow, wish: CardWish, *, member_id: uuid.UUID, source: Source, now: datetime) -> ExternalCard:
        """The card that a row becomes, not yet in the database."""
        card = external_cards.card_from(
            wish,
            member_id=member_id,
            source=source,
            now=now,
            archived_at=now if row.archived else None,
            identity=self.identity_of(row, wish),
        )
        card.brought = renewal.digests_of(row, wish)
        self.recognise(card, row)
        self.met.add(card.id)
        return card

    def recognise(self, card: ExternalCard, row: CardRow) -> None:
        """Let a card be found again as it is now, and as its pass; two that say they are one pass cannot both be."""
        if row.pass_identity not in self.by_pass:
            card.pass_identity = row.pass_identity or card.pass_identity
        self._note(card)

    def identity_of(self, row: CardRow, wish: CardWish, *, own: ExternalCard | None = None) -> bytes:
        """The identity of a card in this wallet: another one with the same code gets one of its own."""
        taken = {card.identity for card in self.by_identity[wish.identity].values() if card is not own}
        marks = chain(() if row.pass_identity is None else (row.pass_identity,), (b"%d" % place for place in count(2)))
        wanted = chain(() if row.is_coupon else (wish.identity,), map(wish.identity_beside, marks))
        return next(identity for identity in wanted if identity not in taken)

    def has_room_for(self, row: CardRow, wish: CardWish) -> bool:
        """Whether a new card may come beside those that have its code already; a pass always may: it is itself."""
        return row.pass_identity is not None or len(self.by_identity[wish.identity]) < MOST_ALIKE

    def _note(self, card: ExternalCard) -> None:
        for identity in {card.identity, card.imported_as} - {None}:
            self.by_identity[identity or b""][card.id] = card
        if card.pass_identity is not None:
            self.by_pass[card.pass_identity] = card

    def _pass(self, row: CardRow) -> Sequence[ExternalCard]:
        known = self.by_pass.get(row.pass_identity or b"")
        return [] if known is None else [known]

    def _like(self, row: CardRow, wish: CardWish) -> Sequence[ExternalCard]:
        """Some of the same programme, symbology and code, that one first whose identity it is."""
        alike = self.by_identity[wish.identity].values()
        like = [card for card in alike if row.pass_identity is None or not card.pass_identity]
        return sorted(like, key=lambda card: card.identity != wish.identity)[:MOST_ALIKE]


def load_held(*, member_id: uuid.UUID, rows: Sequence[CardRow]) -> Held:
    """The member's cards that these rows may be, locked until they are written."""
    wishes = [row.wish.identity for row in rows if row.wish is not None]
    passes = [row.pass_identity for row in rows if row.pass_identity is not None]
    found = queries.external_cards_like(member_id, wishes, passes=passes)
    return Held(db.all_of(db.locked(found.order_by(ExternalCard.id))))
