"""Cards from other wallets: a backup of Catima from Réunion, and passes as issuers make them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.cases.case import Case
from tests.factories import make_member, member_token
from tests.speaking import Speaker

PASSES = ("trailing-comma", "missing-value", "line-end-in-text")


class Import:
    """A file that a new member brings, and the cards that came of it by programme."""

    def __init__(self, anyone: Speaker, file: Path, *, language: str = "fr", **asked: str) -> None:
        phone = Speaker(anyone.client, member_token(make_member()), language)
        self.answer = phone.send(
            "POST",
            "/v1/external-card-imports",
            data=file.read_bytes(),
            content_type="application/octet-stream",
            query_string=asked,
        )
        self.phone = phone
        self.cards: dict[str, Any] = {
            card["programme"]: card for card in phone.get("/v1/external-cards").get_json()["items"]
        }

    def told(self, programme: str, name: str) -> object:
        """What the card of this programme says, or what came instead of it."""
        card = self.cards.get(programme)
        return card[name] if card else f"no such card: {self.answer.status_code}"

    def first(self) -> Any:
        """The only card."""
        return next(iter(self.cards.values()), {})


def try_files(folder: Path, anyone: Speaker) -> Iterator[Case]:
    """Each file, and what must be in the wallet afterwards."""
    catima = folder / "catima-reunion.csv"
    for asked in ({"time_zone": "Indian/Reunion"}, {}):
        day = Import(anyone, catima, **asked).told("Boutique du Port", "expires_on")
        yield Case(f"catima-reunion.csv 1 ({asked or 'no time zone'})", "2026-12-31", day)
    brought = Import(anyone, catima)
    yield Case("catima-reunion.csv 2: UPC-E of seven digits", "01234565", brought.told("Librairie", "code"))
    yield Case("catima-reunion.csv 3: small letters of Codabar", "A123456B", brought.told("Mediatheque", "code"))
    for name in PASSES:
        report = Import(anyone, folder / f"{name}.pkpass")
        found = (len(report.cards), bool(findings(report.answer.get_json())))
        yield Case(f"{name}.pkpass: the card comes in, with a finding", (1, True), found)
    for language, note in (("fr", "Solde: 12"), ("en", "Balance: 12")):
        said = Import(anyone, folder / "localised.pkpass", language=language).first().get("note") or "no note"
        yield Case(f"localised.pkpass in {language}", note, said.splitlines()[-1])
    yield from try_bytes(folder, anyone)


def findings(report: dict[str, Any]) -> list[Any]:
    """What the report says of the cards, besides that they came."""
    return [found for row in report.get("rows", []) for found in row["findings"]]


def try_bytes(folder: Path, anyone: Speaker) -> Iterator[Case]:
    """What a till reads from the barcode that we draw: byte for byte what the issuer meant."""
    card = Import(anyone, folder / "utf8-message.pkpass").first()
    yield Case("utf8-message.pkpass: the text", "Crème-42", card.get("code"))
    gs1 = Import(anyone, folder / "gs1-128.pkpass")
    refused = str(gs1.answer.get_json())
    yield Case("gs1-128.pkpass: kept, or refused with a true sentence", True, bool(gs1.cards) or "ASCII" not in refused)
