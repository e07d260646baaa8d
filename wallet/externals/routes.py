"""Cards of other programmes in a member's wallet."""

import uuid
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, request

from app import clock
from app.errors import CallerGone, CostlyDoorBusy, DeadlinePassed
from app.http.access import Role, member_id, only
from app.http.api import Blueprint, language, refuses, takes_file
from app.http.etags import ETAG_HEADER, etag_of, matched_version, may_be_unmodified, needs_match, versioned, written
from app.http.idempotency import idempotent
from app.http.pagination import link_header, page_of
from app.ops.costly_doors import IMPORTS, keep_place
from wallet.externals import barcodes, card_import, catima_export, external_cards, groups, queries, schemas
from wallet.externals.errors import (
    ArchiveBroken,
    ArchiveEncrypted,
    ArchiveMethodUnusable,
    ArchiveTooLarge,
    BarcodeAbsent,
    CardGroupUnknown,
    CheckDigitWrong,
    CodeCharactersWrong,
    CodeLengthWrong,
    CodeUndrawable,
    ElementStringWrong,
    ExternalCardHeld,
    ExternalCardUnknown,
    FileBroken,
    FileEmpty,
    FileFormatUnknown,
    FileNotText,
    FileTooLong,
    FileWithoutCards,
    PassBroken,
    TooManyExternalCards,
    TooManyRows,
)
from wallet.externals.models import ExternalCard
from wallet.externals.report import report_card
from wallet.externals.rows import CardWish, Holder

blueprint = Blueprint("externals", __name__, url_prefix="/v1", description="Cards of other programmes, kept here")

CODE_REFUSALS = (CodeCharactersWrong, CodeLengthWrong, CheckDigitWrong, ElementStringWrong, CodeUndrawable)
FILE_REFUSALS = (
    *(FileEmpty, FileFormatUnknown, FileNotText, FileBroken, PassBroken, FileWithoutCards, FileTooLong, TooManyRows),
)
ARCHIVE_REFUSALS = (ArchiveBroken, ArchiveEncrypted, ArchiveMethodUnusable, ArchiveTooLarge)
FILES = "A file of FidMe, Catima (version 1 or 2), Voucher Vault or Stocard, a .pkpass or a .pkpasses, as it is"


@blueprint.post("/external-cards")
@only(Role.MEMBER)
@idempotent
@refuses(*CODE_REFUSALS, ExternalCardHeld, TooManyExternalCards)
@blueprint.arguments(schemas.ExternalCardIn)
@blueprint.response(201, schemas.ExternalCardOut, headers=ETAG_HEADER)
def add_external_card(asked: dict[str, Any]) -> Any:
    """Keep a card of another programme. Its code is checked as a scanner would; nobody but me sees it."""
    card = external_cards.add_card(member_id=member_id(), **asked, now=clock.now())
    return card, {"ETag": etag_of(card.version)}


@blueprint.get("/external-cards")
@only(Role.MEMBER)
@refuses(CardGroupUnknown)
@blueprint.arguments(schemas.ExternalCardsIn, location="query")
@blueprint.response(200, schemas.ExternalCardsOut)
def list_external_cards(asked: dict[str, Any]) -> Any:
    """My external cards, newest first: those in use, or the archived ones; perhaps of one group."""
    group = groups.group_called(member_id=member_id(), id=asked.pop("group"))
    mine = queries.external_cards_in(member_id(), group=group, archived=asked.pop("archived"))
    found = page_of(mine, sort=ExternalCard.added_at, id=ExternalCard.id, **asked)
    return found, link_header(found)


@blueprint.get("/external-cards/<uuid:external_card_id>")
@only(Role.MEMBER)
@may_be_unmodified
@refuses(ExternalCardUnknown)
@blueprint.alt_response(304, description="You have this version", headers=ETAG_HEADER, success=True)
@blueprint.response(200, schemas.ExternalCardOut, headers=ETAG_HEADER)
def read_external_card(external_card_id: uuid.UUID) -> Any:
    """One of my external cards."""
    card = external_cards.my_card(member_id=member_id(), card_id=external_card_id)
    return versioned(card, card.version)


@blueprint.put("/external-cards/<uuid:external_card_id>")
@only(Role.MEMBER)
@idempotent
@needs_match
@refuses(*CODE_REFUSALS, ExternalCardUnknown, ExternalCardHeld)
@blueprint.arguments(schemas.ExternalCardChangeIn)
@blueprint.response(200, schemas.ExternalCardOut, headers=ETAG_HEADER)
def change_external_card(wish: CardWish, external_card_id: uuid.UUID) -> Any:
    """Replace what an external card holds; what is left out is emptied."""
    card = external_cards.change_card(
        member_id=member_id(), card_id=external_card_id, wish=wish, version=matched_version()
    )
    return written(card, card.version)


@blueprint.delete("/external-cards/<uuid:external_card_id>")
@only(Role.MEMBER)
@idempotent
@refuses(ExternalCardUnknown)
@blueprint.response(204)
def delete_external_card(external_card_id: uuid.UUID) -> None:
    """Forget an external card for good."""
    external_cards.delete_card(member_id=member_id(), card_id=external_card_id)


@blueprint.post("/external-cards/<uuid:external_card_id>/archiving")
@only(Role.MEMBER)
@idempotent
@refuses(ExternalCardUnknown)
@blueprint.response(200, schemas.ExternalCardOut, headers=ETAG_HEADER)
def archive_external_card(external_card_id: uuid.UUID) -> Any:
    """Put an external card away without losing it; twice is once."""
    card = external_cards.archive_card(member_id=member_id(), card_id=external_card_id, now=clock.now())
    return written(card, card.version)


@blueprint.post("/external-cards/<uuid:external_card_id>/unarchiving")
@only(Role.MEMBER)
@idempotent
@refuses(ExternalCardUnknown)
@blueprint.response(200, schemas.ExternalCardOut, headers=ETAG_HEADER)
def take_out_external_card(external_card_id: uuid.UUID) -> Any:
    """Take an external card out of the archive; twice is once."""
    card = external_cards.take_out_card(member_id=member_id(), card_id=external_card_id)
    return written(card, card.version)


@blueprint.get("/external-cards/<uuid:external_card_id>/barcode.svg")
@only(Role.MEMBER)
@refuses(ExternalCardUnknown, BarcodeAbsent)
@blueprint.response(200, {"type": "string"}, content_type="image/svg+xml")
def draw_svg(external_card_id: uuid.UUID) -> Response:
    """The barcode of an external card as SVG, with its quiet zones."""
    card = external_cards.my_barcode(member_id=member_id(), card_id=external_card_id)
    drawn = barcodes.as_svg(**external_cards.drawing_of(card))
    return Response(drawn, content_type="image/svg+xml")


@blueprint.get("/external-cards/<uuid:external_card_id>/barcode.png")
@only(Role.MEMBER)
@refuses(ExternalCardUnknown, BarcodeAbsent)
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="image/png")
def draw_png(external_card_id: uuid.UUID) -> Response:
    """The barcode of an external card as PNG, with its quiet zones."""
    card = external_cards.my_barcode(member_id=member_id(), card_id=external_card_id)
    drawn = barcodes.as_png(**external_cards.drawing_of(card))
    return Response(drawn, content_type="image/png")


@blueprint.get("/external-card-groups")
@only(Role.MEMBER)
@blueprint.response(200, schemas.CardGroupsOut)
def list_card_groups() -> Any:
    """The groups that I sort external cards into, by name. A group is there while a card is in it."""
    return {"items": groups.my_groups(member_id=member_id())}


@blueprint.put("/external-card-groups/<uuid:card_group_id>")
@only(Role.MEMBER)
@idempotent
@refuses(CardGroupUnknown)
@blueprint.arguments(schemas.CardGroupIn)
@blueprint.response(200, schemas.CardGroupOut)
def rename_card_group(wish: dict[str, Any], card_group_id: uuid.UUID) -> Any:
    """Call a group otherwise. Its id changes with its name; the name of another group makes the two one."""
    return groups.rename_group(member_id=member_id(), id=card_group_id, name=wish["name"])


@blueprint.delete("/external-card-groups/<uuid:card_group_id>")
@only(Role.MEMBER)
@idempotent
@refuses(CardGroupUnknown)
@blueprint.response(204)
def drop_card_group(card_group_id: uuid.UUID) -> None:
    """End a group; its cards stay."""
    groups.drop_group(member_id=member_id(), id=card_group_id)


@blueprint.post("/external-card-imports")
@only(Role.MEMBER)
@idempotent
@takes_file(most_bytes=card_import.MOST_BYTES, description=FILES)
@refuses(*FILE_REFUSALS, *ARCHIVE_REFUSALS, ExternalCardHeld, CostlyDoorBusy, DeadlinePassed, CallerGone)
@blueprint.arguments(schemas.ImportIn, location="query")
@blueprint.response(200, schemas.ImportReportOut)
def import_external_cards(asked: dict[str, Any]) -> Any:
    """Bring cards from another wallet, with a report for each; the same file again changes nothing.

    A card that is here already takes what the file newly says, unless I changed that myself (`kept_as_written`).
    What the file comes from is seen by what is in it. Positions, times of use, bank details and data of phones are
    left at the door, with a line in the report.
    """
    zone = asked.pop("time_zone")
    asked |= {"holder": Holder(language(), zone and ZoneInfo(zone)), "content": request.get_data(cache=True)}
    with keep_place(door=IMPORTS):
        report = card_import.import_cards(member_id=member_id(), **asked, now=clock.now())
    return report_card(report, language=language())


@blueprint.get("/external-card-export")
@only(Role.MEMBER)
@blueprint.response(200, {"type": "string"}, content_type="text/csv")
def export_external_cards() -> Response:
    """All my external cards, archived ones too, as a CSV that Catima reads, and this wallet as well."""
    written = catima_export.catima_csv(member_id=member_id())
    headers = {"Content-Disposition": 'attachment; filename="catima.csv"'}
    return Response(written, content_type="text/csv; charset=utf-8", headers=headers)
