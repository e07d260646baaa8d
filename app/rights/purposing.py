"""What data is used for, as people read it: the registry of purposes, and the duties beyond it."""

from typing import Any

from sqlalchemy import select

from app import db
from app.consent.models import Purpose
from app.languages import Language, Text
from app.personal import DUTIES

RIGHTS = Text(
    fr="Vous pouvez demander l'accès, la copie, la rectification, l'effacement, la limitation de vos données, et vous"
    " opposer à leur usage : POST /v1/rights-requests. Vous pouvez retirer chaque permission à tout moment. Vous pouvez"
    " vous plaindre à la CNIL, 3 place de Fontenoy, 75007 Paris, www.cnil.fr.",
    en="You can ask for access to your data, for a copy, for correction, erasure or restriction, and object to its use:"
    " POST /v1/rights-requests. You can withdraw each permission at any time. You can complain to the French authority,"
    " CNIL, 3 place de Fontenoy, 75007 Paris, www.cnil.fr.",
)
"""GDPR article 15(1)(e) and (f)."""


def purposes(language: Language) -> list[dict[str, Any]]:
    """Every purpose with its legal basis and recipients: first those of the registry, then the duties."""
    registered = [
        {
            "code": purpose.code,
            "label": purpose.label_fr if language == "fr" else purpose.label_en,
            "legal_basis": purpose.legal_basis,
            "recipients": list(getattr(purpose, "recipients", None) or []),
        }
        for purpose in db.all_of(select(Purpose).order_by(Purpose.code))
    ]
    duties = [
        {"code": code, "label": duty.label.say(language), "legal_basis": duty.legal_basis, "recipients": []}
        for code, duty in sorted(DUTIES.items())
    ]
    return registered + duties
