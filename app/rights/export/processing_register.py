"""The record of processing (GDPR article 30), made from the registry of purposes and the map of personal data.

Nobody writes it by hand, so it cannot say anything else than what the tables hold.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.accounts.models import Brand
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
            {"code": brand.code, "name": brand.name, "countries": list(brand.countries)} for brand in brands
        ],
        "measures": MEASURES.say(language),
        "processing": [purpose | _held_for(purpose["code"], language) for purpose in purposes.purposes(language)],
    }


def _held_for(purpose: str, language: Language) -> dict[str, Any]:
    held: dict[DataClass, list[personal_tables.Entry]] = {}
    for entry in personal_tables.entries():
        if purpose in entry.datum.purposes:
            held.setdefault(entry.datum.data_class, []).append(entry)
    people = {"staff" if data_class is DataClass.STAFF else "members" for data_class in held}
    return {"people": sorted(people), "data": [_class(one, entries, language) for one, entries in sorted(held.items())]}


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


HEADINGS = {
    "title": Text(fr="Registre des traitements", en="Record of processing"),
    "controllers": Text(fr="Responsables", en="Controllers"),
    "measures": Text(fr="Mesures de sécurité", en="Security measures"),
    "basis": Text(fr="Base légale", en="Legal basis"),
    "dpia": Text(fr="Analyse d'impact", en="Impact assessment"),
    "recipients": Text(fr="Destinataires", en="Recipients"),
    "none": Text(fr="aucun hors de l'enseigne", en="none outside the brand"),
    "people": Text(fr="Personnes", en="People"),
    "unused": Text(fr="Aucune donnée n'est gardée pour cette finalité.", en="No data is kept for this purpose."),
    "table": Text(fr="| donnée | durée | où |", en="| data | kept | where |"),
}


def as_markdown(register: dict[str, Any], *, language: Language) -> str:
    """The record of processing for people: one heading per purpose."""
    say = {name: text.say(language) for name, text in HEADINGS.items()}
    controllers = ", ".join(brand["name"] for brand in register["controllers"]) or "-"
    lines = [f"# {say['title']}", "", f"{say['controllers']}: {controllers}", ""]
    lines += [f"{say['measures']}: {register['measures']}"]
    for purpose in register["processing"]:
        reached = [f"{one['name']} ({one['brand']}, {one['country']})" for one in purpose["recipients"]]
        lines += ["", f"## {purpose['label']} (`{purpose['code']}`)", ""]
        lines += [f"{say['basis']}: {purpose['legal_basis']}. {purpose['controller']}."]
        lines += [f"{say['recipients']}: {', '.join(reached) or say['none']}."]
        lines += [f"{say['dpia']}: {purpose['dpia_id']}."] if purpose["dpia_id"] else []
        lines += ["", *_table(purpose["data"], say)] if purpose["data"] else ["", say["unused"]]
    return "\n".join(lines) + "\n"


def _table(data: list[dict[str, Any]], say: dict[str, str]) -> list[str]:
    rows = [f"| {one['what']} | {'; '.join(one['kept'])} | {', '.join(one['columns'])} |" for one in data]
    return [say["table"], "|---|---|---|", *rows]
