"""The groups that a member sorts external cards into. A group is there while a card is in it."""

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from app.sql import db
from wallet.externals import queries
from wallet.externals.errors import CardGroupUnknown


class Group(NamedTuple):
    """`id` stands for the name in addresses, because the name is the member's own words."""

    id: uuid.UUID
    name: str
    cards: int


def my_groups(*, member_id: uuid.UUID) -> Sequence[Group]:
    """The member's groups, by name."""
    return [Group(group_id(member_id, name), name, cards) for name, cards in db.rows(queries.groups_of(member_id))]


def group_called(*, member_id: uuid.UUID, id: uuid.UUID | None) -> str | None:
    """The name of the member's group, or None for none. Raises `CardGroupUnknown`."""
    return None if id is None else _found(member_id, id).name


def rename_group(*, member_id: uuid.UUID, id: uuid.UUID, name: str) -> Group:
    """Call a group otherwise, on each of its cards; with the name of another group the two become one.

    Raises `CardGroupUnknown`.
    """
    group = _found(member_id, id)
    for card in db.all_of(db.locked(queries.external_cards_of_group(member_id, group.name))):
        card.groups = list(dict.fromkeys(name if one == group.name else one for one in card.groups))
        card.version += 1
    db.session().flush()
    return _found(member_id, group_id(member_id, name))


def drop_group(*, member_id: uuid.UUID, id: uuid.UUID) -> None:
    """Take every card out of a group, which ends it; the cards stay. Raises `CardGroupUnknown`."""
    group = _found(member_id, id)
    for card in db.all_of(db.locked(queries.external_cards_of_group(member_id, group.name))):
        card.groups = [one for one in card.groups if one != group.name]
        card.version += 1
    db.session().flush()


def _found(member_id: uuid.UUID, id: uuid.UUID) -> Group:
    for group in my_groups(member_id=member_id):
        if group.id == id:
            return group
    raise CardGroupUnknown


def group_id(member_id: uuid.UUID, name: str) -> uuid.UUID:
    """The id of a member's group: made of its name, so it is the same each time and kept nowhere."""
    return uuid.uuid5(member_id, name)
