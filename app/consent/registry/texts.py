"""A new wording of a purpose. Texts are added and never changed; a material one makes earlier yeses rest.

Material means that it changes what is agreed to: data, recipients, precision, purpose. Everything else is editorial,
and asks nobody anything. When in doubt it is material.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import or_, update

from app.consent import queries
from app.consent.errors import PurposeUnknown
from app.consent.models import CONSENT, PermissionState, Purpose, PurposeText
from app.consent.registry.errors import PublicationPast, TextInBothLanguages, TextUnaddressed
from app.consent.registry.words import PARTNER, PLACE, PLACES
from app.consent.standing import tell_standing
from app.languages import LANGUAGES
from app.sql import db, locks

PARTS = 5
"""Lines of a text: what for, who answers for it, which data, who else receives them, which rights (GDPR 13)."""


def publish_text(
    *, purpose: str, texts: Mapping[str, str], material: bool, published_at: datetime, now: datetime
) -> int:
    """Publish the next version of a purpose's words, in all languages at once; return its number.

    From `published_at` on, yeses to an earlier version rest if the new one is `material`. Raises `PurposeUnknown`,
    `PublicationPast`, `TextInBothLanguages` when a language or a part of the text is missing, and `TextUnaddressed`
    when it does not leave the places that are filled in with who asks.
    """
    goal = db.get(Purpose, purpose)
    if goal is None:
        raise PurposeUnknown
    if published_at < now:
        raise PublicationPast
    if set(texts) != set(LANGUAGES) or any(len(_parts(text)) < PARTS for text in texts.values()):
        raise TextInBothLanguages(parts=PARTS)
    places = PLACES | ({PARTNER} if goal.recipient_kind is not None else set())
    if goal.legal_basis == CONSENT and any(set(PLACE.findall(text)) != places for text in texts.values()):
        raise TextUnaddressed(places=", ".join(f"{{{place}}}" for place in sorted(places)))
    locks.lock_name(text_lock(purpose))
    version = (db.first(queries.last_version(purpose)) or 0) + 1
    for locale, text in texts.items():
        db.add(
            PurposeText(
                purpose=purpose,
                locale=locale,
                version=version,
                text=text,
                sha256=hashlib.sha256(text.encode()).hexdigest(),
                published_at=published_at,
                addressed=goal.legal_basis == CONSENT,
                material=material,
            )
        )
    if material:
        _rest(purpose, version=version, published_at=published_at)
        tell_standing(now, purpose=purpose)
    return version


def _rest(purpose: str, *, version: int, published_at: datetime) -> None:
    """Every cell that agreed to an earlier version rests from then on, unless one before rests it sooner."""
    later = or_(PermissionState.notice_until.is_(None), PermissionState.notice_until > published_at)
    db.execute(
        update(PermissionState)
        .where(PermissionState.purpose == purpose, PermissionState.text_version < version, later)
        .values(notice_until=published_at)
        .execution_options(synchronize_session=False)
    )


def _parts(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def text_lock(purpose: str) -> str:
    """The name of the lock on what the newest text of a purpose is."""
    return f"purpose_text:{purpose}"
