"""Questions about external cards."""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from wallet.externals.models import ExternalCard


def external_cards_of(member_id: uuid.UUID) -> Select[ExternalCard]:
    """A member's external cards."""
    return select(ExternalCard).where(ExternalCard.member_id == member_id)


def external_cards_in(member_id: uuid.UUID, *, group: str | None, archived: bool) -> Select[ExternalCard]:
    """Those that are archived, or those that are not, perhaps of one group only."""
    mine = external_cards_of(member_id).where(ExternalCard.archived_at.is_not(None) == archived)
    return mine if group is None else mine.where(ExternalCard.groups.contains([group]))


def external_cards_of_group(member_id: uuid.UUID, group: str) -> Select[ExternalCard]:
    """A member's cards in a group, archived ones too, in one order for whoever locks them."""
    return external_cards_of(member_id).where(ExternalCard.groups.contains([group])).order_by(ExternalCard.id)


def external_card_of(member_id: uuid.UUID, card_id: uuid.UUID) -> Select[ExternalCard]:
    """This card, if it is the member's."""
    return external_cards_of(member_id).where(ExternalCard.id == card_id)


def external_card_count(member_id: uuid.UUID) -> Select[int]:
    """How many external cards a member has."""
    return select(func.count()).select_from(ExternalCard).where(ExternalCard.member_id == member_id)


def external_cards_like(
    member_id: uuid.UUID, identities: Sequence[bytes], *, passes: Sequence[bytes] = ()
) -> Select[ExternalCard]:
    """The member's cards that are one of these, as they are, as they came in, or as the pass that they are."""
    same = or_(
        ExternalCard.identity.in_(identities),
        ExternalCard.imported_as.in_(identities),
        ExternalCard.pass_identity.in_(passes),
    )
    return external_cards_of(member_id).where(same)


def is_like(member_id: uuid.UUID, identity: bytes) -> Select[bytes]:
    """Whether the member has this card, as it is or under a name that they gave it; a coupon with its code is none."""
    renamed = and_(ExternalCard.imported_as == identity, ExternalCard.pass_identity.is_(None))
    return select(ExternalCard.identity).where(
        ExternalCard.member_id == member_id, or_(ExternalCard.identity == identity, renamed)
    )


def groups_of(member_id: uuid.UUID) -> Select[str, int]:
    """The names of a member's groups, with how many cards are in each."""
    names = select(func.unnest(ExternalCard.groups).label("name")).where(ExternalCard.member_id == member_id).subquery()
    return select(names.c.name, func.count()).group_by(names.c.name).order_by(names.c.name)


def is_kept_alone(member_id: uuid.UUID, other_id: uuid.UUID) -> ColumnElement[bool]:
    """Whether a card is the first member's, and the other one does not keep it too, nor the pass that it is."""
    theirs = select(ExternalCard.identity).where(ExternalCard.member_id == other_id)
    passes = select(ExternalCard.pass_identity).where(
        ExternalCard.member_id == other_id, ExternalCard.pass_identity.is_not(None)
    )
    alone = or_(ExternalCard.pass_identity.is_(None), ExternalCard.pass_identity.not_in(passes))
    return and_(ExternalCard.member_id == member_id, ExternalCard.identity.not_in(theirs), alone)
