"""What data is used for and whom it reaches, as people read it: the registry of purposes, and the duties beyond it."""

import uuid
from collections.abc import Collection
from typing import Any

from app import db
from app.languages import Language, Text
from app.personal import DUTIES
from app.rights import queries

RIGHTS = Text(
    fr="Vous pouvez demander l'accès, la copie, la rectification, l'effacement, la limitation de vos données, et vous"
    " opposer à leur usage : POST /v1/rights-requests. Vous pouvez retirer chaque permission à tout moment. Vous pouvez"
    " vous plaindre à la CNIL, 3 place de Fontenoy, 75007 Paris, www.cnil.fr.",
    en="You can ask for access to your data, for a copy, for correction, erasure or restriction, and object to its use:"
    " POST /v1/rights-requests. You can withdraw each permission at any time. You can complain to the French authority,"
    " CNIL, 3 place de Fontenoy, 75007 Paris, www.cnil.fr.",
)
"""GDPR article 15(1)(e) and (f)."""


def purposes(language: Language, *, brand_ids: Collection[uuid.UUID] | None = None) -> list[dict[str, Any]]:
    """Every purpose with its legal basis and recipients: first those of the registry, then the duties.

    `brand_ids` are the brands whose recipients count: all of them unless named (GDPR articles 13(1)(e), 15(1)(c)).
    """
    reached = _recipients(brand_ids)
    registered = [
        {
            "code": purpose.code,
            "label": purpose.label_fr if language == "fr" else purpose.label_en,
            "legal_basis": purpose.legal_basis,
            "recipients": reached.get(purpose.code, []),
        }
        for purpose in db.all_of(queries.every_purpose())
    ]
    duties = [
        {"code": code, "label": duty.label.say(language), "legal_basis": duty.legal_basis, "recipients": []}
        for code, duty in sorted(DUTIES.items())
    ]
    return registered + duties


def _recipients(brand_ids: Collection[uuid.UUID] | None) -> dict[str, list[dict[str, Any]]]:
    """By purpose: the systems that work for a brand under a contract."""
    found: dict[str, list[dict[str, Any]]] = {}
    for brand, sink in db.rows(queries.enabled_sinks(brand_ids)):
        for purpose in sink.purposes:
            found.setdefault(purpose, []).append({"brand": brand, "name": sink.code, "country": sink.country})
    return found
