"""Stocard's zip: a folder per kind of thing, one JSON per card. The service is closed; people still hold their files.

`…/loyalty-cards/ID.json` is a card, `…/loyalty-cards/ID/notes/default.json` its note, and
`…/loyalty-card-custom-providers/ID.json` a programme that the person named. Usages, places and devices lie in files of
their own, and inside the cards in fields of their own: neither are read.
"""

from typing import Any

from app.ops.imports.outcomes import Found
from wallet.externals.findings import Dropped, ExternalFinding
from wallet.externals.readers.archives import Archive, json_of, line_of
from wallet.externals.rows import Content, Raw

CARDS, PROVIDERS = "loyalty-cards", "loyalty-card-custom-providers"
FIELDS = {"input_id", "input_barcode_format", "input_provider_reference", "label", "custom_label", "formatted_id"}
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
    "devices": Dropped.DEVICE_DATA,
    "device": Dropped.DEVICE_DATA,
    "analytics": Dropped.DEVICE_DATA,
    "created": Dropped.USAGE_TIMES,
    "updated": Dropped.USAGE_TIMES,
}
"""What the words in the names of files and fields say that these hold."""
IMAGES = (".png", ".jpg", ".jpeg", ".webp")


def is_stocard(archive: Archive) -> bool:
    """Whether an archive has a folder of cards."""
    return any(CARDS in name.split("/")[:-1] for name in archive.names)


def read_stocard(archive: Archive) -> Content:
    """The cards of the archive. Raises `FileNotText`, `FileBroken`, and what an archive raises."""
    found = Content(format="stocard")
    cards: dict[str, Any] = {}
    notes: dict[str, str | None] = {}
    providers: dict[str, str | None] = {}
    for name in archive.names:
        kind, *rest = _within(name)
        if kind == CARDS and len(rest) == 1 and name.endswith(".json"):
            cards[_bare(rest[0])] = json_of(archive.read(name), part=CARDS)
        elif kind == CARDS and len(rest) == 3 and rest[1] == "notes" and name.endswith(".json"):
            notes[rest[0]] = _field(json_of(archive.read(name), part="notes"), "content")
        elif kind == PROVIDERS and len(rest) == 1 and name.endswith(".json"):
            providers[_bare(rest[0])] = _field(json_of(archive.read(name), part=PROVIDERS), "name")
        else:
            _leave(name, found)
    found.rows = [_card(card, notes.get(id), providers, found) for id, card in cards.items()]
    return found


def _within(name: str) -> list[str]:
    """The path from the folder that says the kind of thing; one empty name for none."""
    parts = name.split("/")
    starts = [at for at, part in enumerate(parts[:-1]) if part in (CARDS, PROVIDERS)]
    return parts[starts[0] :] if starts else [""]


def _bare(name: str) -> str:
    return name.partition(".")[0]


def _leave(name: str, found: Content) -> None:
    if name.lower().endswith(IMAGES):
        found.dropped[Dropped.IMAGES] += 1
    for kind in _kinds(name.rpartition(".")[0]):
        found.dropped[kind] += 1


def _kinds(name: str) -> set[Dropped]:
    words = name.lower().replace("-", "_").replace("/", "_").replace(".", "_").split("_")
    return {CLOSED[word] for word in words if word in CLOSED}


def _field(document: Any, name: str) -> str | None:
    return line_of(document.get(name)) if isinstance(document, dict) else None


def _card(card: Any, note: str | None, providers: dict[str, str | None], found: Content) -> Raw:
    if not isinstance(card, dict):
        return Raw(programme=None, code=None, found=[Found(ExternalFinding.ROW_BROKEN, "row")])
    for kind in set().union(*(_kinds(str(name)) for name in card.keys() - FIELDS)):
        found.dropped[kind] += 1
    reference = card.get("input_provider_reference")
    identifier = (_field(reference, "identifier") or "").rpartition("/")[2]
    label = line_of(card.get("label")) or line_of(card.get("custom_label"))
    named = providers.get(identifier) or label
    findings = [] if named else [Found(ExternalFinding.PROGRAMME_UNKNOWN, "programme", {"provider": identifier[:60]})]
    return Raw(
        programme=named or f"Stocard {identifier[:60]}",
        code=line_of(card.get("input_id")),
        symbology=line_of(card.get("input_barcode_format")),
        note="\n".join(part for part in (label if label != named else None, note) if part),
        found=findings,
    )
