"""Stocard's zip: a folder per thing, each with a `content.json`. The service is closed; people still hold their files.

Below `extracts/USER/users/USER/` lie `loyalty-cards/ID/content.json`, a card, with `notes/default/content.json`, its
note; and `loyalty-card-custom-providers/ID/content.json`, a programme that the person named (layout and fields: the
importer of Catima lists them from real exports). Usages, coupons, points, places and devices lie in folders of their
own, and inside the cards in fields of their own: neither are read.
"""

from dataclasses import dataclass
from typing import Any

from app.characters import holds_only_storable
from app.ops.imports.outcomes import Found
from wallet.externals.errors import ArchiveTooLarge, FileRefused
from wallet.externals.findings import Dropped, ExternalFinding
from wallet.externals.readers.archives import Archive, json_of, line_of
from wallet.externals.rows import Content, Raw

CARDS, PROVIDERS, NOTES, CONTENT = "loyalty-cards", "loyalty-card-custom-providers", "notes", "content.json"
FIELDS = {"input_id", "input_barcode_format", "input_provider_name", "input_provider_reference", "label"}
"""Of a card's JSON only these are looked at."""
CLOSED = {
    "usages": Dropped.USAGE_TIMES,
    "usage": Dropped.USAGE_TIMES,
    "locations": Dropped.POSITIONS,
    "location": Dropped.POSITIONS,
    "ip": Dropped.POSITIONS,
    "gps": Dropped.POSITIONS,
    "lat": Dropped.POSITIONS,
    "lng": Dropped.POSITIONS,
    "regions": Dropped.POSITIONS,
    "devices": Dropped.DEVICE_DATA,
    "device": Dropped.DEVICE_DATA,
    "analytics": Dropped.DEVICE_DATA,
    "points": Dropped.POINTS_HISTORY,
    "balances": Dropped.POINTS_HISTORY,
    "coupons": Dropped.PURCHASES,
    "created": Dropped.USAGE_TIMES,
    "updated": Dropped.USAGE_TIMES,
}
"""What the words in the names of files and fields say that these hold."""
IMAGES = (".png", ".jpg", ".jpeg", ".webp")


@dataclass
class Parts:
    """The files that make one card: its own, and its note."""

    card: str | None = None
    note: str | None = None


def is_stocard(archive: Archive) -> bool:
    """Whether an archive has a folder of cards."""
    return any(CARDS in name.split("/")[:-1] for name in archive.names)


def read_stocard(archive: Archive) -> Content:
    """The cards of the archive; a card that is broken is refused as its row. Raises what an archive raises."""
    found = Content(format="stocard")
    cards: dict[str, Parts] = {}
    providers: dict[str, str | None] = {}
    for name in archive.names:
        kind, *rest = _within(name)
        if kind == CARDS and rest[1:] == [CONTENT]:
            cards.setdefault(rest[0], Parts()).card = name
        elif kind == CARDS and rest[1:2] == [NOTES] and rest[3:] == [CONTENT]:
            cards.setdefault(rest[0], Parts()).note = name
        elif kind == PROVIDERS and rest[1:] == [CONTENT]:
            providers[rest[0]] = _field(archive, name, "name")
        else:
            _leave(name, found)
    for parts in cards.values():
        if parts.card is not None:
            found.add(_row(archive, parts, providers, found))
    return found


def _within(name: str) -> list[str]:
    """The path from the folder that says the kind of thing; one empty name for none."""
    parts = name.split("/")
    starts = [at for at, part in enumerate(parts[:-1]) if part in (CARDS, PROVIDERS)]
    return parts[starts[0] :] if starts else [""]


def _leave(name: str, found: Content) -> None:
    if name.lower().endswith(IMAGES):
        found.dropped[Dropped.IMAGES] += 1
    for kind in _kinds(name.rpartition(".")[0]):
        found.dropped[kind] += 1


def _kinds(name: str) -> set[Dropped]:
    words = name.lower().replace("-", "_").replace("/", "_").replace(".", "_").split("_")
    return {CLOSED[word] for word in words if word in CLOSED}


def _field(archive: Archive, name: str, field: str) -> str | None:
    """A text of a file beside the cards; None when it has none, or cannot be read: the card comes without it."""
    try:
        document = json_of(archive.read(name), part=name)
    except ArchiveTooLarge:
        raise
    except FileRefused:
        return None
    return line_of(document.get(field)) if isinstance(document, dict) else None


def _row(archive: Archive, parts: Parts, providers: dict[str, str | None], found: Content) -> Raw:
    try:
        card = json_of(archive.read(parts.card or ""), part=CARDS)
    except ArchiveTooLarge:
        raise
    except FileRefused as refusal:
        return _refused(Found(ExternalFinding.ROW_BROKEN, "row", refusal.facts, refusal.title))
    if not isinstance(card, dict):
        return _refused(Found(ExternalFinding.ROW_BROKEN, "row"))
    if not holds_only_storable(card):
        return _refused(Found(ExternalFinding.TEXT_UNSTORABLE, "row"))
    note = None if parts.note is None else _field(archive, parts.note, "content")
    lost = parts.note is not None and note is None
    return _card(card, note, providers, [Found(ExternalFinding.NOTE_UNREADABLE, "note")] if lost else [], found)


def _refused(why: Found) -> Raw:
    return Raw(programme=None, code=None, found=[why])


def _card(
    card: dict[str, Any], note: str | None, providers: dict[str, str | None], noticed: list[Found], found: Content
) -> Raw:
    for kind in set().union(*(_kinds(name) for name in card.keys() - FIELDS)):
        found.dropped[kind] += 1
    reference = card.get("input_provider_reference")
    identifier = line_of(reference.get("identifier")) if isinstance(reference, dict) else None
    provider, label = (identifier or "").rpartition("/")[2], line_of(card.get("label"))
    named = line_of(card.get("input_provider_name")) or providers.get(provider) or label
    if not named:
        noticed.append(Found(ExternalFinding.PROGRAMME_UNKNOWN, "programme", {"provider": provider[:60]}))
    return Raw(
        programme=named or f"Stocard {provider[:60]}",
        code=line_of(card.get("input_id")),
        symbology=line_of(card.get("input_barcode_format")),
        note="\n".join(part for part in (label if label not in (named, note) else None, note) if part),
        found=noticed,
    )
