"""What proves that a member said yes (GDPR articles 4(11) and 7(1)): the words they saw, where, and what they did."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from app.consent import queries
from app.consent.decision.phone_conditions import FRESH, phone_in
from app.consent.errors import (
    EvidenceMissing,
    OsPermissionMissing,
    OsPermissionStale,
    PositiveActMissing,
    PurposeBundled,
    PurposeTextSuperseded,
    PurposeTextUnknown,
)
from app.consent.models import PurposeText
from app.consent.registry.touchpoints import TOUCHPOINTS
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
    """The text that evidence names, and when a text that changes what is agreed to replaces it."""

    text: PurposeText | None
    replaced_at: datetime | None


def proof_of(evidence: Evidence | None, *, purpose: str, seen: Seen, now: datetime) -> dict[str, Any]:
    """The evidence to keep, with the fingerprint and the version of the text that was seen. Pure.

    Raises `EvidenceMissing`, `PositiveActMissing`, `PurposeBundled`, `PurposeTextUnknown` or `PurposeTextSuperseded`.
    """
    if evidence is None:
        raise EvidenceMissing
    if evidence.get("method") not in METHODS:
        raise PositiveActMissing(methods=", ".join(METHODS))
    if list(evidence.get("purposes") or [purpose]) != [purpose]:
        raise PurposeBundled
    if any(not evidence.get(name) for name in CONTEXT):
        raise EvidenceMissing
    text = _text_shown(evidence, seen, purpose=purpose, now=now)
    return kept(evidence) | {"text_sha256": text.sha256, "version": text.version}


def require_phone(evidence: Evidence, *, touchpoint: str, now: datetime) -> None:
    """Refuse a yes to a touchpoint that reads positions without what the phone allows, and an old word of it. Pure.

    Raises `OsPermissionMissing` or `OsPermissionStale`.
    """
    phone = phone_in(evidence.get("os_permission"))
    if TOUCHPOINTS[touchpoint].positioned and phone is None:
        raise OsPermissionMissing
    if phone is not None and (phone.reported_at is None or now - phone.reported_at > FRESH):
        raise OsPermissionStale


def find_seen(evidence: Evidence, *, purpose: str, now: datetime) -> Seen:
    """The text that the evidence names, by fingerprint or by version, for whoever has not read it yet."""
    named, version, locale = (evidence.get(name) for name in ("text_sha256", "version", "locale"))
    if named is None and (version is None or locale is None):
        return Seen(None, None)
    by_version = queries.texts(now=now, purpose=purpose, locale=locale, version=version)
    text = db.first(queries.text_with(named) if named is not None else by_version)
    if text is None:
        return Seen(None, None)
    return Seen(text, db.first(queries.replaced_at(purpose, version=text.version)))


def _text_shown(evidence: Evidence, seen: Seen, *, purpose: str, now: datetime) -> PurposeText:
    text, version = seen.text, evidence.get("version")
    if evidence.get("text_sha256") is None and version is None:
        raise EvidenceMissing
    if text is None or text.published_at > now:
        raise PurposeTextUnknown
    if (text.purpose, text.locale, version or text.version) != (purpose, evidence["locale"], text.version):
        raise PurposeTextUnknown
    if seen.replaced_at is not None and seen.replaced_at <= now:
        raise PurposeTextSuperseded
    return text


def kept(evidence: Evidence | None) -> dict[str, Any]:
    """Evidence as JSON that can be stored, without what nobody said."""
    given = {name: value for name, value in (evidence or {}).items() if value is not None}
    phone = given.get("os_permission")
    if phone is not None:
        given["os_permission"] = {
            name: value.isoformat() if isinstance(value, datetime) else value for name, value in phone.items()
        }
    return given
