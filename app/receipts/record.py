"""The record of one event, complete, in the names of ISO/IEC TS 27560 where it has one. The shape: `schema.json`.

An event that shows words of its own (a yes, a no with its evidence) is described from them; one that shows none (a
withdrawal, an end) is about what was allowed before, and takes that over from its predecessor's record.
"""

import base64
import hashlib
import hmac
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from app import config
from app.accounts.models import Brand
from app.consent.models import (
    PERMITTING,
    Actor,
    Level,
    PermissionEvent,
    Precision,
    Purpose,
    Recipient,
    ScopeKind,
    State,
)
from app.consent.registry.data_reasons import reasons
from app.consent.registry.purpose_data import data_of, longest_kept
from app.consent.registry.touchpoints import POSITION
from app.consent.registry.words import Words
from app.receipts.parties import (
    ASKED_AS,
    AUTHORITIES,
    COLLECTED_BY,
    NOT_STATED,
    PROFILED,
    RIGHTS,
    Party,
)
from app.receipts.signatures import instant

Record = Mapping[str, Any]

INDICATED = ("method", "channel", "locale", "screen_id", "app_version")
SUBJECTS = (Actor.DATA_SUBJECT, Actor.DATA_SUBJECT_WITH_PARENT)
SPOKEN = {True: "granted", False: "denied", None: "not_determined"}


def record_of(
    event: PermissionEvent,
    *,
    brand: Brand,
    purpose: Purpose,
    recipient: Recipient | None,
    words: Words | None,
    before: Record | None,
) -> dict[str, Any]:
    """The record of an event; `words` are those that it shows, `before` the record of its predecessor. Pure."""
    authority = AUTHORITIES.get(brand.countries[0], AUTHORITIES["FR"])
    subject = pseudonym(event.member_id)
    if before is not None and not shows_words(event):
        level = before["processing"]["level"] if event.level == Level.NONE else event.level
        processing = {**before["processing"], "level": str(level)}
    else:
        processing = _processing(event, brand=brand, purpose=purpose, words=words) | {
            "recipient_third_parties": [f"{recipient.name} ({recipient.country})"] if recipient is not None else [],
            "authority_party": authority["party_id"],
        }
    return {
        "record_id": str(event.id),
        "pii_principal_id": subject,
        "parties": [
            _controller(brand),
            {**authority, "party_role": "authority", "party_type": "supervisory_authority"},
        ],
        "processing": processing,
        "event": event_told(event, entity=subject if event.actor in SUBJECTS else _party_id(brand)),
    }


def event_told(event: PermissionEvent, *, entity: str) -> dict[str, Any]:
    """What a record says of the event itself; `entity` is who did it."""
    exhausted = event.state == State.EXHAUSTED
    told: dict[str, Any] = {
        "event_id": str(event.id),
        "event_time": instant(event.recorded_at),
        "event_type": "explicit",
        "event_state": str(State.EXPIRED if exhausted else event.state),
        "actor": str(event.actor),
        "entity_id": entity,
        "previous_event_id": str(event.previous_event_id) if event.previous_event_id else None,
        "parental_evidence_id": event.evidence.get("parental_evidence_id"),
        "reason": "uses_exhausted" if exhausted else None,
        "validity": _validity(event),
        "indication": _indication(event.evidence),
    }
    return {name: value for name, value in told.items() if value is not None}


def shows_words(event: PermissionEvent) -> bool:
    """Whether the member saw a text and did something about it."""
    return "method" in event.evidence


def pseudonym(member_id: uuid.UUID) -> str:
    """The member's name in receipts: the same in all of them, for good, and nobody's but ours to compute."""
    keyed = hmac.digest(config.current().lasting_key("receipts/principal"), member_id.bytes, hashlib.sha256)
    return f"psd_{base64.urlsafe_b64encode(keyed[:24]).decode()}"


def public_address(path: str, **query: Any) -> str:
    """An address of ours for people who read a receipt years later: always over TLS."""
    host = config.current().public_url.partition("://")[2].rstrip("/")
    return f"https://{host}{path}{'?' if query else ''}{urlencode(query)}"


def _party_id(brand: Brand) -> str:
    return f"brand:{brand.code}"


def _controller(brand: Brand) -> Party:
    return {
        "party_id": _party_id(brand),
        "party_name": brand.legal_name or brand.name,
        "party_role": "controller",
        "party_type": "brand",
        "party_address": brand.postal_address or NOT_STATED,
        "party_contact": brand.privacy_contact or NOT_STATED,
    }


def _processing(event: PermissionEvent, *, brand: Brand, purpose: Purpose, words: Words | None) -> dict[str, Any]:
    notice = _notice(event, brand, purpose, words)
    position = "geo_position_precise" if purpose.max_precision == Precision.PRECISE else "geo_cell_coarse"
    used = data_of(purpose=event.purpose, touchpoint=event.touchpoint)
    needed = [position if datum.told_as == POSITION else datum.told_as for datum in used]
    return {
        "purpose": event.purpose,
        "purpose_text_sha256": notice["sha256"],
        "lawful_basis": purpose.legal_basis,
        "touchpoint": event.touchpoint,
        "level": str(event.level),
        "scope": _scope(event),
        "privacy_notice": notice,
        "language": words.locale if words is not None else "fr",
        "pii_information": [_datum(kind, notice=notice, words=words) for kind in dict.fromkeys(needed)],
        "pii_controllers": [_party_id(brand)],
        "collection_method": COLLECTED_BY.get(event.evidence.get("channel", "app"), "app_screen"),
        "processing_method": {
            "profiling": event.purpose in PROFILED,
            "price_personalised_by_algorithm": False,
            "on_device_only": False,
        },
        "storage_locations": list(config.current().storage_countries),
        "retention_period": longest_kept(used, permitted=timedelta(days=purpose.validity_days)),
        "jurisdiction": brand.countries[0],
        "withdrawal_method": {
            "url": public_address(f"/v1/permissions/{brand.code}/{event.touchpoint}/{event.purpose}"),
            "calls": 1,
        },
        "privacy_rights": RIGHTS,
    }


def _datum(kind: str, *, notice: Mapping[str, str], words: Words | None) -> dict[str, Any]:
    """One kind of data, with the fingerprint of the reason that is shown for it: its own, else the words of the act."""
    asked = reasons().get(ASKED_AS.get(kind, ""))
    if asked is None:
        why = notice["sha256"]
    else:
        english = words is not None and words.locale.startswith("en")
        why = hashlib.sha256((asked.reason.en if english else asked.reason.fr).encode()).hexdigest()
    return {"pii_type": kind, "pii_optional": True, "why_sha256": why}


def _scope(event: PermissionEvent) -> dict[str, str]:
    kind = "store_group" if event.scope_kind == ScopeKind.AREA else event.scope_kind
    return {"kind": str(kind), "id": str(event.scope_id)}


def _notice(event: PermissionEvent, brand: Brand, purpose: Purpose, words: Words | None) -> dict[str, str]:
    """The words on the screen are the notice: they name the controller, the data, the recipients and the rights.

    Its address is open to everybody. Words that were shown have one of their own, for ever; those of an act that shows
    none are what the question reads like.
    """
    if words is None:
        version, sha256 = "0", hashlib.sha256(purpose.label_fr.encode()).hexdigest()
        url = public_address("/v1/purposes")
    elif "text_sha256" in event.evidence or words.brand_id is None:
        version, sha256 = str(words.version), words.sha256
        url = public_address(f"/v1/permissions/texts/{sha256}")
    else:
        version, sha256 = str(words.version), words.sha256
        asked = {"brand": brand.code, "touchpoint": words.touchpoint, "purpose": words.purpose, "locale": words.locale}
        named = {"recipient": words.recipient} if words.recipient else {}
        url = public_address("/v1/permissions/texts", **asked, **named, version=words.version)
    return {"id": event.purpose, "version": version, "sha256": sha256, "url": url}


def _validity(event: PermissionEvent) -> dict[str, Any] | None:
    if event.expires_at is None or event.state not in (*PERMITTING, State.EXPIRED, State.EXHAUSTED):
        return None
    told: dict[str, Any] = {"expires_at": instant(event.expires_at)}
    if event.max_uses is not None:
        told["max_uses"] = event.max_uses
    if event.level == Level.THIS_VISIT:
        told["until_event"] = "store_exit"
    return told


def _indication(evidence: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the member did and saw; nothing unless all of it was said."""
    if not all(evidence.get(name) for name in (*INDICATED, "text_sha256")):
        return None
    told = {name: evidence[name] for name in INDICATED} | {"shown_text_sha256": evidence["text_sha256"]}
    phone = evidence.get("os_permission")
    if phone:
        told["os_permission"] = _phone(phone)
    return told


def _phone(said: Mapping[str, Any]) -> dict[str, Any]:
    told = {
        "location": said.get("location", "not_determined"),
        "precision": said.get("precision"),
        "bluetooth": SPOKEN.get(said.get("bluetooth"), said.get("bluetooth")),
        "notifications": SPOKEN.get(said.get("notifications"), said.get("notifications")),
        "att": said.get("att"),
        "reported_at": instant(datetime.fromisoformat(said["reported_at"])),
    }
    return {name: value for name, value in told.items() if value is not None}
