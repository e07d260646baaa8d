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


def external_cards_like(member_id: uuid.UUID, identities: Sequence[bytes]) -> Select[bytes, bytes | None]:
    """Which of these cards the member has, as they are or as they came in."""
    same = or_(ExternalCard.identity.in_(identities), ExternalCard.imported_as.in_(identities))
    return select(ExternalCard.identity, ExternalCard.imported_as).where(ExternalCard.member_id == member_id, same)


def groups_of(member_id: uuid.UUID) -> Select[str, int]:
    """The names of a member's groups, with how many cards are in each."""
    names = select(func.unnest(ExternalCard.groups).label("name")).where(ExternalCard.member_id == member_id).subquery()
    return select(names.c.name, func.count()).group_by(names.c.name).order_by(names.c.name)


def is_kept_alone(member_id: uuid.UUID, other_id: uuid.UUID) -> ColumnElement[bool]:
    """Whether a card is the first member's, and the other one does not keep it too."""
    theirs = select(ExternalCard.identity).where(ExternalCard.member_id == other_id)
    return and_(ExternalCard.member_id == member_id, ExternalCard.identity.not_in(theirs))
