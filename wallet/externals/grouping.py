"""The groups that a member sorts external cards into. A group is there while a card is in it."""

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from app import db
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
    if id is None:
        return None
    for group in my_groups(member_id=member_id):
        if group.id == id:
            return group.name
    raise CardGroupUnknown


def group_id(member_id: uuid.UUID, name: str) -> uuid.UUID:
    """The same group of the same member has the same id, without being kept anywhere."""
    return uuid.uuid5(member_id, name)
