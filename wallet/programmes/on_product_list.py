"""Rules of points name product lists: such a list does not vanish."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from app.languages import Phrase, Text
from wallet.programmes.rules import Programme
from wallet.programmes.versions import Versions, read_approved

RULE = Text(fr="la règle « {title} »", en='the rule "{title}"')
MEALS = Text(fr="les articles payables par titre-restaurant", en="the articles that titres-restaurant pay for")


def name_uses(*, brand_id: uuid.UUID, code: str, now: datetime) -> Sequence[Phrase]:
    """What of the programme in force, or to come, names this list."""
    versions = Versions(brand_id)
    standing = [found.programme for found in [versions.at(now)] if found is not None]
    standing += [read_approved(brand_id, version) for version, starts_at in versions.starts if _to_come(starts_at, now)]
    return [use for programme in standing for use in _uses(programme, code)]


def _to_come(starts_at: datetime | None, now: datetime) -> bool:
    return starts_at is not None and starts_at > now


def _uses(programme: Programme, code: str) -> list[Phrase]:
    named = [
        Phrase(RULE, {"title": Phrase(rule.title)}) for rule in programme.rules if code in rule.products.named_lists
    ]
    return named + ([Phrase(MEALS)] if code in programme.tenders.meal_articles.named_lists else [])
