"""What a member decides about their wallet as a whole."""

import uuid

from app.accounts.models import Member
from app.errors import NotFound
from app.languages import Language
from app.sql import db


def find_member(*, member_id: uuid.UUID) -> Member:
    """The member, as they see themselves. Raises `NotFound`."""
    found = db.get(Member, member_id)
    if found is None:
        raise NotFound
    return found


def prefer_language(*, member_id: uuid.UUID, language: Language) -> Member:
    """Speak to this member in this language when nothing else says which: in mail, on passes. Raises `NotFound`."""
    found = find_member(member_id=member_id)
    found.language = language
    return found
