"""A member of a file, judged by itself: what can be taken, what was corrected. No database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.accounts.addresses import Address, email_address, phone_number
from app.languages import LANGUAGES, Language
from app.ops.imports.instants import read_instant
from app.ops.imports.outcomes import Found, RowFault
from app.ops.imports.tables import TableLine
from wallet.cards.errors import NumberUnusable
from wallet.cards.findings import CardFinding
from wallet.cards.models import NumberKind
from wallet.cards.numbers import LONGEST_NUMBER, spelled
from wallet.cards.own_cards import LONGEST_NAME

COLUMNS = {
    "number": ("number", "membernumber", "cardnumber", "numero", "numeroclient", "numerocarte", "reference"),
    "email": ("email", "mail", "emailaddress", "courriel", "adresseemail"),
    "phone": ("phone", "phonenumber", "mobile", "telephone", "portable"),
    "name": ("name", "displayname", "nom", "prenom", "firstname"),
    "language": ("language", "langue", "lang"),
    "joined": ("joined", "joinedon", "joinedat", "since", "adhesion", "datedadhesion", "inscription"),
}
REQUIRED = ("number",)


@dataclass(frozen=True)
class CheckedMember:
    """A row that was read. `number` is null for one that cannot be taken; `found` says why."""

    row: int
    number: str | None
    found: tuple[Found, ...]
    address: Address | None = None
    name: str | None = None
    language: Language = "fr"
    joined_at: datetime | None = None


def check_member(line: TableLine, *, language: Language, zone: str, now: datetime) -> CheckedMember:
    """What this line asks for; `language` and `zone` are the brand's, for what it does not say."""
    found: list[Found] = []
    number = _number(line, found)
    if number is None:
        return CheckedMember(line.number, None, tuple(found))
    return CheckedMember(
        line.number,
        number,
        address=_address(line, found),
        name=_name(line.get("name"), found),
        language=_language(line.get("language"), language, found),
        joined_at=_joined(line.get("joined"), zone, now, found),
        found=tuple(found),
    )


def _number(line: TableLine, found: list[Found]) -> str | None:
    given = line.get("number")
    if not line.storable:
        found.append(Found(RowFault.TEXT_UNSTORABLE, ""))
        return None
    if line.overfull:
        found.append(Found(CardFinding.TOO_MANY_CELLS, "", {"cells": line.cells, "columns": line.width}))
        return None
    if given is None:
        found.append(Found(CardFinding.NUMBER_MISSING, "number"))
        return None
    try:
        return spelled(kind=NumberKind.BRAND_NUMBER, number=given)
    except NumberUnusable:
        found.append(Found(CardFinding.NUMBER_UNUSABLE, "number", {"longest": LONGEST_NUMBER}))
        return None


def _address(line: TableLine, found: list[Found]) -> Address | None:
    """One is enough to open a wallet, so no more is kept: the member adds others if they like."""
    email, phone = line.get("email"), line.get("phone")
    if email is not None:
        try:
            taken = email_address(email)
        except ValueError:
            found.append(Found(CardFinding.EMAIL_UNREADABLE, "email"))
        else:
            found += [Found(CardFinding.PHONE_NOT_NEEDED, "phone")] if phone is not None else []
            return taken
    if phone is None:
        return None
    try:
        return phone_number(phone)
    except ValueError:
        found.append(Found(CardFinding.PHONE_UNREADABLE, "phone"))
        return None


def _name(given: str | None, found: list[Found]) -> str | None:
    name = " ".join("".join(sign if sign.isprintable() else " " for sign in given or "").split())
    if len(name) > LONGEST_NAME:
        found.append(Found(CardFinding.NAME_SHORTENED, "name", {"longest": LONGEST_NAME}))
    return name[:LONGEST_NAME].strip() or None


def _language(given: str | None, default: Language, found: list[Found]) -> Language:
    known: dict[str, Any] = {language: language for language in LANGUAGES}
    if given is None:
        return default
    taken: Language | None = known.get(given.lower()[:2])
    if taken is None:
        found.append(Found(CardFinding.LANGUAGE_UNKNOWN, "language", {"given": given[:20], "taken": default}))
    return taken or default


def _joined(given: str | None, zone: str, now: datetime, found: list[Found]) -> datetime | None:
    if given is None:
        return None
    try:
        joined = read_instant(given, zone)
    except ValueError:
        found.append(Found(CardFinding.JOINED_UNREADABLE, "joined"))
        return None
    if joined > now:
        found.append(Found(CardFinding.JOINED_AHEAD, "joined"))
        return None
    return joined
