"""Receipts, the salts that tie them to the log, and the log: leaves, nodes and signed checkpoints.

The log names nobody: a leaf is a commitment to a record, salted with 32 random bytes that lie in a table of their own.
Whoever has the salt and the record can show that the leaf is theirs; once the salt is destroyed, nobody can.
"""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from app.data_map import EVIDENCE, DataClass, Erase, Export
from app.languages import Text
from app.lifetimes import By
from app.sql import db

OF_THE_RECEIPT = db.datum(
    DataClass.PERMISSION, purposes=("proof",), export=Export.DERIVED, erase=Erase.KEEP, reason=EVIDENCE
)
"""On the map of personal data: a receipt proves what a member allowed, as long as that can be disputed."""

OF_THE_SALT = db.datum(
    DataClass.PERMISSION,
    purposes=("proof",),
    export=Export.WITHHELD,
    erase=Erase.KEEP,
    reason=Text(
        fr="Un nombre tiré au hasard ; il figure dans chaque reçu, et sa destruction rend le journal muet.",
        en="A random number; each receipt holds its own, and destroying it makes the log mute.",
    ),
)


class Receipt(db.Base):
    """What a member can show about one event. `record` is canonical JSON (RFC 8785), as it stood when it happened.

    Insert-only but for `leaf_index`, which the sealer fills in.
    """

    __tablename__ = "receipt"
    __table_args__ = (
        Index("ix_receipt_unsealed", "recorded_xid", "event_id", postgresql_where=text("leaf_index IS NULL")),
        Index("ix_receipt_newest", "member_id", "issued_at", "event_id"),
        Index("ix_receipt_of_parent", "event_id", postgresql_where=text("child_id IS NOT NULL")),
        db.personal(db.Reader.MEMBER, kept=By("app.rights.forget_permissions", DataClass.PERMISSION), act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=OF_THE_RECEIPT)
    event_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=OF_THE_RECEIPT)
    child_id: Mapped[uuid.UUID | None] = mapped_column(info=OF_THE_RECEIPT)
    """Whose event it is, where the receipt is that of a parent who acted for them; null where it is the member's."""
    record: Mapped[str] = mapped_column(info=OF_THE_RECEIPT)
    commitment: Mapped[bytes] = mapped_column(LargeBinary, info=OF_THE_RECEIPT)
    """HMAC-SHA256 of the record, keyed with the salt: what the log holds of it."""
    issued_at: Mapped[datetime] = mapped_column(info=OF_THE_RECEIPT)
    recorded_xid: Mapped[int] = mapped_column(
        BigInteger, server_default=text("((pg_current_xact_id())::text)::bigint"), info=OF_THE_RECEIPT
    )
    """The transaction that wrote it: the sealer waits until every earlier one has ended."""
    leaf_index: Mapped[int | None] = mapped_column(BigInteger, unique=True, info=OF_THE_RECEIPT)


class LeafSalt(db.Base):
    """The salt of one commitment, apart from everything else, so that it can be destroyed alone."""

    __tablename__ = "leaf_salt"
    __table_args__ = (
        CheckConstraint("octet_length(salt) = 32", name="length"),
        db.personal(db.Reader.MEMBER, kept=By("app.rights.forget_permissions", DataClass.PERMISSION), act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=OF_THE_SALT)
    event_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=OF_THE_SALT)
    salt: Mapped[bytes] = mapped_column(LargeBinary, info=OF_THE_SALT)


class Log(db.Base):
    """A log of this installation; the last one goes on. Its name is in every checkpoint, so that no two are one.

    A restored database may have lost entries that were signed for. It goes on from what it has, under a new name, and
    what was signed under the old one stays true of the old one.
    """

    __tablename__ = "log"

    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[uuid.UUID]


class LogLeaf(db.Base):
    """One entry of the log. Insert-only."""

    __tablename__ = "log_leaf"

    leaf_index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    commitment: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_at: Mapped[datetime]


class LogNode(db.Base):
    """The hash of a complete subtree, level 0 being the leaves. Insert-only: a complete subtree never changes."""

    __tablename__ = "log_node"

    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class LogCheckpoint(db.Base):
    """What we signed about a log when it had `size` leaves. Insert-only."""

    __tablename__ = "log_checkpoint"

    log_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    signed_at: Mapped[datetime]
    kid: Mapped[str]
    signature: Mapped[bytes] = mapped_column(LargeBinary)


class LogKey(db.Base):
    """A public key (Ed25519) that signed something, kept for ever so that all of it can be verified. Insert-only."""

    __tablename__ = "log_key"

    kid: Mapped[str] = mapped_column(primary_key=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    first_used_at: Mapped[datetime]
