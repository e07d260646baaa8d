"""What proves that a member said yes (GDPR articles 4(11) and 7(1)): the words they saw, where, and what they did."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from app import clock
from app.accounts.models import Brand
from app.consent import queries
from app.consent.decision.phone_conditions import is_fresh, phone_in
from app.consent.errors import (
    EvidenceMissing,
    OsPermissionMissing,
    OsPermissionStale,
    PositiveActMissing,
    PurposeBundled,
    PurposeTextSuperseded,
    PurposeTextUnknown,
)
from app.consent.models import PermissionEvent, PermissionState, Recipient
from app.consent.registry.touchpoints import TOUCHPOINTS
from app.consent.registry.words import Words, find_words, keep_words, language_of, words_read
from app.languages import LANGUAGES
from app.phones.installations import time_claimed
from app.sql import db

Evidence = Mapping[str, Any]
"""`text_sha256`, or `version` of the text; `locale`, `channel`, `screen_id`, `app_version`, `method`; for geofences
and beacons `os_permission` (`location`, `precision`, `reported_at`); `purposes` when the app says what it asked."""

METHODS = (
    "toggle_off_to_on",
    "button",
    "checkbox_unticked_to_ticked",
    "spoken",
    "signature",
    "double_opt_in_link",
)
"""The clear positive acts. A switch that was on before, silence or going on using the app is none."""

CONTEXT = ("locale", "channel", "screen_id", "app_version")


class Seen(NamedTuple):
    """The words that evidence names, and when a text that changes what is agreed to replaces theirs."""

    words: Words | None
    replaced_at: datetime | None


def proof_of(
    evidence: Evidence | None,
    *,
    cell: PermissionEvent | PermissionState,
    seen: Seen,
    now: datetime,
    elsewhere: bool = False,
) -> dict[str, Any]:
    """The evidence to keep of a yes to this cell, with the fingerprint and version of the words that were seen. Pure.

    A yes said here is to words that name who asks. What was said `elsewhere`, in another system, is proved by the words
    of that time. Words of another question prove nothing.
    Raises `EvidenceMissing`, `PositiveActMissing`, `PurposeBundled`, `PurposeTextUnknown` or `PurposeTextSuperseded`.
    """
    if evidence is None:
        raise EvidenceMissing
    if evidence.get("method") not in METHODS:
        raise PositiveActMissing(methods=", ".join(METHODS))
    if list(evidence.get("purposes") or [cell.purpose]) != [cell.purpose]:
        raise PurposeBundled
    if any(not evidence.get(name) for name in CONTEXT):
        raise EvidenceMissing
    words = _words_shown(evidence, seen, cell=cell, now=now, elsewhere=elsewhere)
    return kept(evidence) | {"text_sha256": words.sha256, "version": words.version}


def require_phone(proof: dict[str, Any], *, touchpoint: str, now: datetime) -> dict[str, Any]:
    """The proof, with what the phone allows said no later than now; a touchpoint that reads positions needs it. Pure.

    Raises `OsPermissionMissing`, `OsPermissionStale`, or `ReportFromTheFuture`.
    """
    phone = phone_in(proof.get("os_permission"))
    if phone is None:
        if TOUCHPOINTS[touchpoint].positioned:
            raise OsPermissionMissing
        return proof
    if phone.reported_at is None:
        raise OsPermissionStale
    reported_at = time_claimed(phone.reported_at, now=now)
    if not is_fresh(phone, now=now):
        raise OsPermissionStale
    return proof | {"os_permission": proof["os_permission"] | {"reported_at": reported_at.isoformat()}}


def find_seen(
    evidence: Evidence,
    *,
    cell: PermissionEvent | PermissionState,
    now: datetime,
    brand: Brand | None = None,
    recipient: Recipient | None = None,
) -> Seen:
    """The words that the evidence names, by fingerprint or by version, for whoever has not read them yet."""
    named, version, locale = (evidence.get(name) for name in ("text_sha256", "version", "locale"))
    if named is not None:
        words = find_words(named, cell=cell)
    elif version is not None and locale is not None:
        language = language_of(locale, default=brand.language if brand is not None else LANGUAGES[0])
        text = db.first(queries.texts(now=now, purpose=cell.purpose, locale=language, version=version))
        words = words_read(text, None, brand=brand, touchpoint=cell.touchpoint, recipient=recipient)
    else:
        words = None
    if words is None:
        return Seen(None, None)
    return Seen(words, db.first(queries.replaced_at(cell.purpose, version=words.version)))


def keep_seen(evidence: Evidence | None, words: Words | None, *, now: datetime) -> None:
    """Keep the words of a yes that names them by their version: nobody has asked for them by their fingerprint yet."""
    if words is not None and evidence is not None and evidence.get("text_sha256") is None:
        keep_words(words, now=now)


def _words_shown(
    evidence: Evidence, seen: Seen, *, cell: PermissionEvent | PermissionState, now: datetime, elsewhere: bool
) -> Words:
    words, named, version = seen.words, evidence.get("text_sha256"), evidence.get("version")
    if named is None and version is None:
        raise EvidenceMissing
    if words is None or words.published_at > now or named not in (None, words.sha256):
        raise PurposeTextUnknown
    language = language_of(evidence["locale"], default=words.locale)
    if (words.purpose, words.locale, version or words.version) != (cell.purpose, language, words.version):
        raise PurposeTextUnknown
    asked = {name: getattr(cell, name) for name in ("brand_id", "touchpoint", "purpose", "recipient")}
    if words.brand_id is not None and not words.asks(**asked):
        raise PurposeTextUnknown
    names_nobody = words.brand_id is None and not elsewhere
    if names_nobody or (seen.replaced_at is not None and seen.replaced_at <= now):
        raise PurposeTextSuperseded
    return words


def kept(evidence: Evidence | None) -> dict[str, Any]:
    """Evidence as JSON that can be stored, without what nobody said."""
    given = {name: value for name, value in (evidence or {}).items() if value is not None}
    phone = given.get("os_permission")
    if phone is not None:
        given["os_permission"] = {
            name: clock.write_instant(value) if isinstance(value, datetime) else value for name, value in phone.items()
        }
    return given
