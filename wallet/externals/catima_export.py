"""A member's external cards as Catima's CSV, version 2 (its `docs/EXPORT_FORMAT.md`, and `barcodeencoding` of 2.41).

Catima has no word for how a card came in, and no zero of points beside "no balance"; everything else comes back from
the file as it was, also what a spreadsheet would have run (`app.ops.imports.formulas`). An expiry is written in
milliseconds, as the format's page has it, at noon in UTC: the same day on every phone from eleven hours west to eleven
hours east.
"""

import csv
import io
import uuid
from datetime import UTC, datetime, time
from decimal import Decimal

from babel.numbers import get_currency_precision

from app.ops.imports.formulas import neutralise_code, neutralise_text
from app.sql import db
from wallet.externals import queries
from wallet.externals.models import ExternalCard, Symbology

COLUMNS = [
    *("_id", "store", "note", "validfrom", "expiry", "balance", "balancetype", "cardid", "barcodeid", "barcodetype"),
    *("barcodeencoding", "headercolor", "starstatus", "lastused", "archive"),
]
SYMBOLOGIES = {symbology: symbology.value.upper() for symbology in Symbology} | {
    Symbology.NONE: "",
    Symbology.QR: "QR_CODE",
}


def catima_csv(*, member_id: uuid.UUID) -> str:
    """Every external card of the member, archived ones too, oldest first."""
    cards = db.all_of(queries.external_cards_of(member_id).order_by(ExternalCard.added_at, ExternalCard.id))
    written = io.StringIO(newline="")
    lines = csv.writer(written)
    lines.writerow(["2"])
    lines.writerow([])
    lines.writerow(["_id"])
    lines.writerows([neutralise_text(group)] for group in sorted({group for card in cards for group in card.groups}))
    lines.writerow([])
    lines.writerow(COLUMNS)
    lines.writerows(_row(number, card) for number, card in enumerate(cards, start=1))
    lines.writerow([])
    lines.writerow(["cardId", "groupId"])
    lines.writerows(
        [number, neutralise_text(group)] for number, card in enumerate(cards, start=1) for group in card.groups
    )
    return written.getvalue()


def _row(number: int, card: ExternalCard) -> list[str | int]:
    symbology = Symbology(card.symbology)
    return [
        number,
        neutralise_text(card.programme),
        neutralise_text(card.note or ""),
        "",
        "" if card.expires_on is None else int(datetime.combine(card.expires_on, time(12), UTC).timestamp() * 1000),
        _balance(card),
        card.currency or "",
        neutralise_code(card.number or card.code),
        neutralise_code(card.code) if card.number else "",
        SYMBOLOGIES[symbology],
        (card.encoding or "").upper(),
        "" if card.colour is None else _colour(card.colour),
        0,
        "",
        0 if card.archived_at is None else 1,
    ]


def _balance(card: ExternalCard) -> str:
    if card.balance_minor is not None and card.currency is not None:
        return f"{Decimal(card.balance_minor).scaleb(-get_currency_precision(card.currency)):f}"
    return str(card.balance_points or 0)


def _colour(colour: str) -> int:
    """Opaque, as Android writes a colour: a signed number of 32 bits."""
    return (0xFF000000 | int(colour[1:], 16)) - (1 << 32)
