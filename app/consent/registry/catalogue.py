"""The registry as anybody reads it: what was ever asked of members, in which words, is no secret."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.consent import queries
from app.consent.models import Purpose
from app.consent.registry.words import Words, find_words
from app.errors import NotFound
from app.languages import Text
from app.sql import db


@dataclass(frozen=True)
class ShownPurpose:
    """A purpose for a reader."""

    code: str
    label: Text
    controller: Text
    legal_basis: str
    validity_days: int
    recipient_kind: str | None
    max_precision: str
    dpia_id: str | None
    double_opt_in: bool
    minors: str
    marketing: bool


def purposes() -> Sequence[ShownPurpose]:
    """Every enabled purpose."""
    return [_shown(purpose) for purpose in db.all_of(queries.purposes()) if purpose.enabled]


def text(*, sha256: str, now: datetime) -> Words:
    """The words with this fingerprint, whatever replaced them since. Raises `NotFound`."""
    found = find_words(sha256) if re.fullmatch("[0-9a-f]{64}", sha256) else None
    if found is None or found.published_at > now:
        raise NotFound
    return found


def _shown(purpose: Purpose) -> ShownPurpose:
    return ShownPurpose(
        code=purpose.code,
        label=Text(fr=purpose.label_fr, en=purpose.label_en),
        controller=Text(fr=purpose.controller_fr, en=purpose.controller_en),
        legal_basis=purpose.legal_basis,
        validity_days=purpose.validity_days,
        recipient_kind=purpose.recipient_kind,
        max_precision=purpose.max_precision,
        dpia_id=purpose.dpia_id,
        double_opt_in=purpose.double_opt_in,
        minors=purpose.minors,
        marketing=purpose.marketing,
    )
