"""The record of processing (GDPR article 30), made from the registry of purposes and the map of personal data.

Nobody writes it by hand, so it cannot say anything else than what the tables hold.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app.accounts.models import Brand
from app.consent.models import MinorsRule, Precision
from app.consent.registry.purpose_data import ROWS, USED
from app.data_map import LABELS, DataClass
from app.languages import Language, Text
from app.rights import personal_tables
from app.rights.export import purposes
from app.sql import db

FORMAT = "urn:ici:processing-register:1"

MEASURES = Text(
    fr="Isolation par ligne dans la base (chaque membre, chaque enseigne) ; rôles ; empreintes à clé pour les codes ;"
    " lectures par les équipes consignées ; positions jamais gardées ; suppression automatique par classe.",
    en="Row-level isolation in the database (each member, each brand); roles; keyed hashes of codes; reads by staff"
    " are recorded; positions are never kept; automatic deletion by class.",
)
"""GDPR article 30(1)(g)."""


def make_register(*, language: Language) -> dict[str, Any]:
    """Each purpose with its basis, its data by class, where it lies, whom it reaches and how long it is kept."""
    brands = db.all_of(select(Brand).order_by(Brand.code))
    return {
        "format": FORMAT,
        "controllers": [
            {
                "code": brand.code,
                "name": brand.name,
                "countries": list(brand.countries),
                "legal_name": brand.legal_name,
                "postal_address": brand.postal_address,
                "contact": brand.privacy_contact,
                "dpo": brand.dpo_contact,
            }
            for brand in brands
        ],
        "measures": MEASURES.say(language),
        "processing": [purpose | _processed_for(purpose, language) for purpose in purposes.purposes(language)],
    }


def _processed_for(purpose: Mapping[str, Any], language: Language) -> dict[str, Any]:
    code = purpose["code"]
    held: dict[DataClass, list[personal_tables.Entry]] = {}
    for entry in personal_tables.entries():
        if code in entry.datum.purposes:
            held.setdefault(entry.datum.data_class, []).append(entry)
    people = _people(held, minors=purpose["minors"] == MinorsRule.PARENT)
    used = [ROWS[name] for name in USED.get(code, ())]
    return {
        "people": people,
        "categories_of_people": [PEOPLE[one].say(language) for one in people],
        "used": [datum.label.say(language) for datum in used],
        "position": POSITION[Precision(purpose["precision"])].say(language),
        "data": [_class(one, entries, language) for one, entries in sorted(held.items())],
    }


def _people(held: Collection[DataClass], *, minors: bool) -> list[str]:
    """Whose data it is (GDPR article 30(1)(c))."""
    those = {"staff"} if DataClass.STAFF in held else {"members"}
    those |= {"minors"} if minors else set()
    those |= {"minors", "parents"} if DataClass.PARENTAL in held else set()
    return sorted(those)


def _class(data_class: DataClass, entries: Sequence[personal_tables.Entry], language: Language) -> dict[str, Any]:
    tables: dict[str, list[str]] = {}
    for entry in entries:
        tables.setdefault(entry.table.name, []).append(entry.column.name)
    kept = sorted({entry.datum.retention.say(language) for entry in entries})
    return {
        "class": str(data_class),
        "what": LABELS[data_class].say(language),
        "columns": tables,
        "kept": kept,
        "basis_of_retention": entries[0].datum.retention.basis,
    }


PEOPLE: Mapping[str, Text] = {
    "members": Text(fr="membres d'un programme", en="members of a programme"),
    "minors": Text(fr="membres qui n'ont pas l'âge du consentement", en="members below the age of consent"),
    "parents": Text(fr="parents de ces membres", en="parents of those members"),
    "staff": Text(fr="équipes des enseignes", en="staff of brands"),
}

POSITION: Mapping[Precision, Text] = {
    Precision.NONE: Text(fr="aucune", en="none"),
    Precision.STORE: Text(fr="le magasin où la personne se trouve", en="the store in which the person is"),
    Precision.APPROXIMATE: Text(
        fr="approximative, celle du téléphone, le temps de la réponse ; jamais gardée",
        en="approximate, that of the phone, for the answer only; never kept",
    ),
    Precision.PRECISE: Text(
        fr="précise, celle du téléphone, le temps de la réponse ; jamais gardée",
        en="precise, that of the phone, for the answer only; never kept",
    ),
}
"""What a purpose knows of where somebody is, which no table holds."""

HEADINGS = {
    "contact": Text(fr="contact", en="contact"),
    "dpo": Text(fr="délégué à la protection des données", en="data protection officer"),
    "missing": Text(fr="non renseigné", en="not stated"),
    "used": Text(fr="Données utilisées", en="Data used"),
    "position": Text(fr="Position", en="Position"),
    "title": Text(fr="Registre des traitements", en="Record of processing"),
    "controllers": Text(fr="Responsables", en="Controllers"),
    "measures": Text(fr="Mesures de sécurité", en="Security measures"),
    "basis": Text(fr="Base légale", en="Legal basis"),
    "dpia": Text(fr="Analyse d'impact", en="Impact assessment"),
    "recipients": Text(fr="Destinataires", en="Recipients"),
    "none": Text(fr="aucun hors de l'enseigne", en="none outside the brand"),
    "people": Text(fr="Personnes", en="People"),
    "unused": Text(
        fr="Aucune donnée n'est gardée pour cette seule finalité.", en="No data is kept for this purpose alone."
    ),
    "table": Text(fr="| donnée | durée | où |", en="| data | kept | where |"),
}


def as_markdown(register: dict[str, Any], *, language: Language) -> str:
    """The record of processing for people: one heading per purpose."""
    say = {name: text.say(language) for name, text in HEADINGS.items()}
    lines = [f"# {say['title']}", "", f"{say['controllers']}:", ""]
    lines += [f"- {_controller(brand, say)}" for brand in register["controllers"]] or ["-"]
    lines += ["", f"{say['measures']}: {register['measures']}"]
    for purpose in register["processing"]:
        reached = [f"{one['name']} ({one['brand']}, {one['country']})" for one in purpose["recipients"]]
        lines += ["", f"## {purpose['label']} (`{purpose['code']}`)", ""]
        lines += [f"{say['basis']}: {purpose['legal_basis']}. {purpose['controller'].rstrip('.')}."]
        lines += [f"{say['people']}: {', '.join(purpose['categories_of_people'])}."]
        lines += [f"{say['used']}: {', '.join(purpose['used'])}."] if purpose["used"] else []
        lines += [f"{say['position']}: {purpose['position']}."]
        lines += [f"{say['recipients']}: {', '.join(reached) or say['none']}."]
        lines += [f"{say['dpia']}: {purpose['dpia_id']}."] if purpose["dpia_id"] else []
        lines += ["", *_table(purpose["data"], say)] if purpose["data"] else ["", say["unused"]]
    return "\n".join(lines) + "\n"


def _controller(brand: Mapping[str, Any], say: Mapping[str, str]) -> str:
    """Name and contact details of a controller, and of their data protection officer (GDPR article 30(1)(a))."""
    told = [brand["legal_name"] or say["missing"], brand["postal_address"] or say["missing"]]
    told += [f"{say['contact']} {brand['contact'] or say['missing']}", f"{say['dpo']} {brand['dpo'] or say['missing']}"]
    return f"{brand['name']} (`{brand['code']}`): {', '.join(told)}"


def _table(data: list[dict[str, Any]], say: dict[str, str]) -> list[str]:
    rows = [f"| {one['what']} | {'; '.join(one['kept'])} | {', '.join(one['columns'])} |" for one in data]
    return [say["table"], "|---|---|---|", *rows]
