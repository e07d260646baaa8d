"""Cards of programmes that are not ours: a member keeps their barcodes here."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import ACCOUNT, PREFERENCE, WALLET
from app.data_map import DataClass, Export
from app.lifetimes import WITH_THE_WALLET
from app.sql import db


class Symbology(StrEnum):
    """How a code is drawn for a scanner; `NONE` is a number that is only shown."""

    NONE = "none"
    EAN_13 = "ean_13"
    EAN_8 = "ean_8"
    UPC_A = "upc_a"
    UPC_E = "upc_e"
    CODE_39 = "code_39"
    CODE_93 = "code_93"
    CODE_128 = "code_128"
    ITF = "itf"
    CODABAR = "codabar"
    QR = "qr"
    AZTEC = "aztec"
    PDF_417 = "pdf_417"
    DATA_MATRIX = "data_matrix"


class Encoding(StrEnum):
    """How the characters of a matrix code become the bytes that a till compares (names of IANA)."""

    UTF_8 = "utf-8"
    ISO_8859_1 = "iso-8859-1"
    ISO_8859_15 = "iso-8859-15"
    WINDOWS_1252 = "windows-1252"


class Source(StrEnum):
    """How a card came into the wallet."""

    TYPED = "typed"
    SCANNED = "scanned"
    FIDME = "fidme"
    CATIMA = "catima"
    VOUCHER_VAULT = "voucher_vault"
    STOCARD = "stocard"
    PKPASS = "pkpass"
    PORTABILITY = "portability"


DIGEST = db.datum(DataClass.ACCOUNT, purposes=WALLET, export=Export.DERIVED)


class ExternalCard(db.Base):
    """A card of another programme. Its balance is what the member says it is: money or points, or neither."""

    __tablename__ = "external_card"
    __table_args__ = (
        UniqueConstraint("member_id", "identity"),
        UniqueConstraint("member_id", "pass_identity"),
        CheckConstraint("(balance_minor IS NULL) = (currency IS NULL)", name="currency"),
        CheckConstraint("balance_minor IS NULL OR balance_points IS NULL", name="one_balance"),
        Index("ix_external_card_added_at", "member_id", "added_at", "id"),
        db.personal(db.Reader.MEMBER, kept=WITH_THE_WALLET, act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=ACCOUNT
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=ACCOUNT)
    programme: Mapped[str] = mapped_column(info=PREFERENCE)
    code: Mapped[str] = mapped_column(info=PREFERENCE)
    """What the barcode says, or the number where there is none."""
    symbology: Mapped[str] = mapped_column(info=PREFERENCE)
    encoding: Mapped[str | None] = mapped_column(info=PREFERENCE)
    """Of the bytes of a matrix code; null where the drawing chooses: Latin if that holds every character, else more."""
    number: Mapped[str | None] = mapped_column(info=PREFERENCE)
    """What is printed on the card, where that is not the code."""
    note: Mapped[str | None] = mapped_column(info=PREFERENCE)
    colour: Mapped[str | None] = mapped_column(info=PREFERENCE)
    """`#rrggbb`."""
    expires_on: Mapped[date | None] = mapped_column(info=PREFERENCE)
    """The last day on which it holds."""
    balance_minor: Mapped[int | None] = mapped_column(BigInteger, info=PREFERENCE)
    currency: Mapped[str | None] = mapped_column(info=PREFERENCE)
    balance_points: Mapped[int | None] = mapped_column(BigInteger, info=PREFERENCE)
    groups: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default="{}", info=PREFERENCE)
    archived_at: Mapped[datetime | None] = mapped_column(info=PREFERENCE)
    source: Mapped[str] = mapped_column(info=ACCOUNT)
    version: Mapped[int] = mapped_column(server_default="1", info=ACCOUNT)
    added_at: Mapped[datetime] = mapped_column(info=ACCOUNT)
    identity: Mapped[bytes] = mapped_column(LargeBinary, info=DIGEST)
    """A digest of programme, symbology and code: the same card is in a wallet once. Mixed with what tells it apart for
    a coupon that carries the code of a card, and for the second card of a file with one code."""
    imported_as: Mapped[bytes | None] = mapped_column(LargeBinary, info=DIGEST)
    """The identity in the file that brought it, so that the file changes nothing when the member renamed the card."""
    pass_identity: Mapped[bytes | None] = mapped_column(LargeBinary, info=DIGEST)
    """A digest of the pass's type and serial number: a newer copy of the pass is this card, whatever it says."""
    brought: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True), info=DIGEST)
    """Field → digest of what the last file said: tells what the member changed since. Not what the file said, so that
    what a member takes off a card is gone."""

    @property
    def balance(self) -> dict[str, int | str] | None:
        """Money or points, or neither."""
        if self.balance_minor is not None and self.currency is not None:
            return {"amount_minor": self.balance_minor, "currency": self.currency}
        return None if self.balance_points is None else {"points": self.balance_points}
