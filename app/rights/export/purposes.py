"""What data is used for and whom it reaches, as people read it: the registry of purposes, and the duties beyond it."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from app.consent.models import Purpose
from app.data_map import DUTIES
from app.languages import Language, Text
from app.rights import queries
from app.sql import db

RIGHTS = Text(
    fr="Vous pouvez demander l'accès, la copie, la rectification, l'effacement, la limitation de vos données, et vous"
    " opposer à leur usage : POST /v1/rights-requests. Vous pouvez retirer chaque permission à tout moment. Vous pouvez"
    " adresser une réclamation à la CNIL, 3 place de Fontenoy, 75007 Paris, www.cnil.fr.",
    en="You can ask for access to your data, for a copy, for correction, erasure or restriction, and object to its use:"
    " POST /v1/rights-requests. You can withdraw each permission at any time. You can complain to the French authority,"
    " CNIL, 3 place de Fontenoy, 75007 Paris, www.cnil.fr.",
)
"""GDPR article 15(1)(e) and (f)."""

EACH_BRAND = Text(
    fr="L'enseigne dont vous êtes membre, et le portefeuille", en="The brand whose member you are, and the wallet"
)

Reached = dict[str, Any]
"""Somebody that a brand gives data to: `brand` (its code), `name`, `country` (ISO 3166-1 alpha-2)."""


def purposes(language: Language, *, brand_ids: Collection[uuid.UUID] | None = None) -> list[dict[str, Any]]:
    """Every purpose with its legal basis and recipients: first those of the registry, then the duties.

    `brand_ids` are the brands whose recipients count: all of them unless named (GDPR articles 13(1)(e), 15(1)(c)).
    """
    reached = _recipients(brand_ids)
    registered = [_registered(purpose, reached, language) for purpose in db.all_of(queries.every_purpose())]
    return registered + [_duty(code, language) for code in sorted(DUTIES)]


def _registered(purpose: Purpose, reached: Mapping[str, list[Reached]], language: Language) -> dict[str, Any]:
    french = language == "fr"
    return {
        "code": purpose.code,
        "label": purpose.label_fr if french else purpose.label_en,
        "legal_basis": purpose.legal_basis,
        "controller": purpose.controller_fr if french else purpose.controller_en,
        "precision": purpose.max_precision,
        "minors": purpose.minors,
        "dpia_id": purpose.dpia_id,
        "recipients": reached.get(purpose.code, []),
    }


def _duty(code: str, language: Language) -> dict[str, Any]:
    return {
        "code": code,
        "label": DUTIES[code].label.say(language),
        "legal_basis": DUTIES[code].legal_basis,
        "controller": EACH_BRAND.say(language),
        "precision": "none",
        "minors": None,
        "dpia_id": None,
        "recipients": [],
    }


def _recipients(brand_ids: Collection[uuid.UUID] | None) -> dict[str, list[Reached]]:
    """By purpose: whom a brand passes data on to by name, then the systems that work for it under a contract."""
    found: dict[str, list[Reached]] = {}
    for brand, named in db.rows(queries.recipients_named(brand_ids)):
        found.setdefault(named.purpose, []).append({"brand": brand, "name": named.name, "country": named.country})
    for brand, sink in db.rows(queries.enabled_sinks(brand_ids)):
        for purpose in sink.purposes:
            found.setdefault(purpose, []).append({"brand": brand, "name": sink.code, "country": sink.country})
    return found
