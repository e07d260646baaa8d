"""Brands, members and how they sign in, console users, terminals."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.data_map import SECRET, DataClass, Export
from app.languages import Text
from app.lifetimes import WITH_THE_WALLET, By, Since
from app.sql import db

WALLET = ("loyalty_account",)
ACCOUNT = db.datum(DataClass.ACCOUNT, purposes=WALLET, export=Export.OBSERVED)
PREFERENCE = db.datum(DataClass.ACCOUNT, purposes=WALLET, export=Export.PROVIDED)
ADDRESS = db.datum(DataClass.CONTACT, purposes=WALLET, export=Export.PROVIDED)
PROVED = db.datum(DataClass.CONTACT, purposes=WALLET, export=Export.OBSERVED)
SIGN_IN = db.datum(DataClass.SIGN_IN, purposes=("security",), export=Export.OBSERVED)
CARRIED = db.datum(DataClass.SIGN_IN, purposes=("security",), export=Export.DERIVED)
HASHED = db.datum(DataClass.SIGN_IN, purposes=("security",), export=Export.WITHHELD, reason=SECRET)
OF_STAFF = Text(
    fr="Concerne les équipes d'une enseigne, pas ses membres.", en="About a brand's staff, not about its members."
)
STAFF = db.datum(DataClass.STAFF, purposes=("staff_access",), export=Export.WITHHELD, reason=OF_STAFF)
"""Staff ask their employer: these rows are no member's, so no member's export holds them."""
SECURITY = db.datum(DataClass.SECURITY_LOG, purposes=("security",), export=Export.WITHHELD, reason=OF_STAFF)

BRAND_CODE_SHAPE = "[a-z0-9][a-z0-9-]{1,39}"
"""How people and addresses call a brand: a regular expression, for the whole of the code."""


class Brand(db.Base):
    """The tenant: a retailer with its programme. `countries` are ISO 3166-1 alpha-2, `time_zone` is IANA."""

    __tablename__ = "brand"
    __table_args__ = (
        CheckConstraint(f"code ~ '^{BRAND_CODE_SHAPE}$'", name="code_shape"),
        CheckConstraint("language IN ('fr', 'en')", name="language"),
        CheckConstraint(
            "second_factor_roles <@ ARRAY['merchandiser', 'approver', 'auditor', 'admin']", name="second_factor_roles"
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    countries: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    time_zone: Mapped[str]
    currency: Mapped[str]
    legal_name: Mapped[str | None]
    """With the next two: who is responsible (GDPR 13(1)(a)), as every receipt names them."""
    postal_address: Mapped[str | None]
    privacy_contact: Mapped[str | None]
    dpo_contact: Mapped[str | None]
    """How to reach the data protection officer, where there is one (GDPR 37)."""
    language: Mapped[str] = mapped_column(default="fr", server_default="fr")
    """`fr` or `en`: what members read whose own language there are no words in."""
    requires_age: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether members say first if they are of age, before they permit anything."""
    mail_address: Mapped[str | None]
    """What its mail says it is from; the address of the installation while it has none."""
    reply_to: Mapped[str | None]
    colour: Mapped[str | None]
    """`#rrggbb`, of its name and buttons in mail."""
    sms_sender: Mapped[str | None]
    """Who its text messages come from: 11 letters and digits at most, or a number."""
    web_domain: Mapped[str | None]
    """Its site, to which codes in text messages are bound."""
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    second_factor_roles: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list, server_default="{}")
    """The roles of the console that need a second factor, whoever has them."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    @property
    def identified(self) -> bool:
        """Whether it says who answers for personal data, so that members know to whom they say yes."""
        said = (self.legal_name, self.postal_address, self.privacy_contact)
        return all(part is not None and part.strip() for part in said)


class Member(db.Base):
    """A person with a wallet. What a brand may see of them is on their card with that brand, not here."""

    __tablename__ = "member"
    __table_args__ = (
        Index("ix_member_minor_until", "minor_until", postgresql_where=text("minor_until IS NOT NULL")),
        db.personal(db.Reader.MEMBER, kept=By("app.rights.erase_sleeping", DataClass.ACCOUNT), act="created_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column("member_id", primary_key=True, default=db.new_id, info=ACCOUNT)
    language: Mapped[str] = mapped_column(info=PREFERENCE)
    created_at: Mapped[datetime] = mapped_column(info=ACCOUNT)
    restricted_at: Mapped[datetime | None] = mapped_column(info=PREFERENCE)
    """Since when their data may be kept but not used (GDPR 18). Changed by `consent.restricting` only, which also
    tells the sign-ins that carry it."""
    minor_until: Mapped[datetime | None] = mapped_column(info=PREFERENCE)
    """When they reach the age of consent of their country (GDPR 8); null for whoever has. No birth date is kept.
    Changed by the room `family` only, which also tells the sign-ins."""

    age_declared_at: Mapped[datetime | None] = mapped_column(info=PREFERENCE)
    """When they said whether they have reached that age; null for whoever never did."""

    addresses: Mapped[list["MemberIdentifier"]] = relationship(
        viewonly=True, order_by="MemberIdentifier.kind, MemberIdentifier.value"
    )


class IdentifierKind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"


class MemberIdentifier(db.Base):
    """An address that opens a wallet to whoever proves it. One address opens one wallet."""

    __tablename__ = "member_identifier"
    __table_args__ = (
        CheckConstraint("kind IN ('email', 'phone')", name="kind"),
        Index("ix_member_identifier_member_id", "member_id"),
        db.personal(db.Reader.MEMBER, kept=WITH_THE_WALLET, act=None),
    )

    # Not member_id first: this is the directory that finds the member, so it is keyed by what we are given.
    kind: Mapped[str] = mapped_column(primary_key=True, info=ADDRESS)
    value: Mapped[str] = mapped_column(primary_key=True, info=ADDRESS)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.member_id", ondelete="CASCADE"), info=ADDRESS)
    verified_at: Mapped[datetime | None] = mapped_column(info=PROVED)
    """Null while a brand said so and nobody has proved it: an address that came with an import."""


class OneTimeCode(db.Base):
    """A request for a code, which a handle names, and what was sent for it. Address, network and code are kept as keyed
    hashes only; the guesses of this request are counted down. Several requests may share one code: `code_id` is the
    first of them, from which the code is computed."""

    __tablename__ = "one_time_code"
    __table_args__ = (
        Index("ix_one_time_code_recent", "address_hash", "created_at"),
        db.about_people(kept=By("app.accounts.forget_codes", DataClass.SIGN_IN)),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=HASHED)
    address_hash: Mapped[bytes] = mapped_column(LargeBinary, info=HASHED)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, info=HASHED)
    code_id: Mapped[uuid.UUID | None] = mapped_column(info=HASHED)
    client_hash: Mapped[bytes | None] = mapped_column(LargeBinary, info=HASHED)
    digits: Mapped[int] = mapped_column(default=6, server_default="6", info=HASHED)
    guesses_left: Mapped[int] = mapped_column(info=HASHED)
    created_at: Mapped[datetime] = mapped_column(info=HASHED)
    expires_at: Mapped[datetime] = mapped_column(index=True, info=HASHED)
    used_at: Mapped[datetime | None] = mapped_column(info=HASHED)
    refused_at: Mapped[datetime | None] = mapped_column(info=HASHED)
    """When the channel said that it takes no message for this address, whoever it belongs to."""


class MemberSession(db.Base):
    """One sign-in of a member. `generation` counts the rotations of its refresh token; `seen_generation` is the newest
    of which a token came back, so that the phone is known to have it.

    It carries what "near me" must know of its member and its phone, so that the question reads this one row: copies,
    written in the same transaction as what they copy.
    """

    __tablename__ = "member_session"
    __table_args__ = (
        db.personal(
            db.Reader.MEMBER, kept=By("app.accounts.forget_member_sessions", DataClass.SIGN_IN), act="created_at"
        ),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=SIGN_IN
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=SIGN_IN)
    generation: Mapped[int] = mapped_column(Integer, info=SIGN_IN)
    seen_generation: Mapped[int] = mapped_column(Integer, default=0, server_default="0", info=SIGN_IN)
    rotated_at: Mapped[datetime] = mapped_column(info=SIGN_IN)
    created_at: Mapped[datetime] = mapped_column(info=SIGN_IN)
    expires_at: Mapped[datetime] = mapped_column(info=SIGN_IN)
    revoked_at: Mapped[datetime | None] = mapped_column(info=SIGN_IN)
    revoked_reason: Mapped[str | None] = mapped_column(info=SIGN_IN)
    restricted_at: Mapped[datetime | None] = mapped_column(info=CARRIED)
    minor_until: Mapped[datetime | None] = mapped_column(info=CARRIED)
    installation_id: Mapped[uuid.UUID | None] = mapped_column(info=CARRIED)
    """The app on the phone that is signed in with it, once that app has reported (the room `phones`)."""
    os_location: Mapped[str | None] = mapped_column(info=CARRIED)
    """Whether that phone shares its position; null while it has not said."""


NO_PASSWORD = "!"  # noqa: S105 (opens nothing)
"""What stands in place of a hash for whoever has chosen no password yet. No password has this hash."""


class ConsoleUser(db.Base):
    """A person who works for a brand at the console. `password_hash` is argon2id, or `NO_PASSWORD`."""

    __tablename__ = "console_user"
    __table_args__ = (
        UniqueConstraint("brand_id", "email"),
        CheckConstraint("role IN ('merchandiser', 'approver', 'auditor', 'admin')", name="role"),
        CheckConstraint("language IN ('fr', 'en')", name="language"),
        db.about_people(kept=By("app.rights.forget_staff", DataClass.STAFF)),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=STAFF)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=STAFF)
    email: Mapped[str] = mapped_column(info=STAFF)
    name: Mapped[str] = mapped_column(info=STAFF)
    role: Mapped[str] = mapped_column(info=STAFF)
    language: Mapped[str] = mapped_column(default="fr", server_default="fr", info=STAFF)
    """`fr` or `en`: in which they are written to."""
    password_hash: Mapped[str] = mapped_column(info=STAFF)
    created_at: Mapped[datetime] = mapped_column(info=STAFF)
    disabled_at: Mapped[datetime | None] = mapped_column(info=STAFF)

    @property
    def state(self) -> str:
        """`invited` before they have chosen a password, then `working`, or `disabled`."""
        if self.disabled_at is not None:
            return "disabled"
        return "invited" if self.password_hash == NO_PASSWORD else "working"


class ConsoleSession(db.Base):
    """One sign-in of a console user; the token is kept as its SHA-256 only."""

    __tablename__ = "console_session"
    __table_args__ = (db.about_people(kept=By("app.accounts.forget_console_sessions", DataClass.STAFF)),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=STAFF)
    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("console_user.id", ondelete="CASCADE"), index=True, info=STAFF
    )
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True, info=STAFF)
    created_at: Mapped[datetime] = mapped_column(info=STAFF)
    expires_at: Mapped[datetime] = mapped_column(index=True, info=STAFF)
    revoked_at: Mapped[datetime | None] = mapped_column(info=STAFF)
    second_factor: Mapped[str | None] = mapped_column(info=STAFF)
    """What was shown beside the password: `totp`, `recovery_code` or `passkey`; null for a password alone."""


class StaffEvent(db.Base):
    """Something that opens or closes the console to somebody: who did it to whom, never with which secret."""

    __tablename__ = "staff_event"
    __table_args__ = (
        Index("ix_staff_event_brand_id", "brand_id", "happened_at", "id"),
        db.about_people(kept=Since(DataClass.SECURITY_LOG, "happened_at")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=SECURITY)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=SECURITY)
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("console_user.id"), info=SECURITY)
    """Whose access it is about; null for a rule of the whole brand."""
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("console_user.id"), info=SECURITY)
    """Who did it; null for an operator at the command line."""
    kind: Mapped[str] = mapped_column(info=SECURITY)
    happened_at: Mapped[datetime] = mapped_column(info=SECURITY)


class Terminal(db.Base):
    """A till or scanner, bound to one store for good. Paired once by a one-time token, then holds a key of its own.

    `profile` names what it may do (`app/till_profiles.toml`). The old key holds until a request came with the next one,
    at `next_key_used_at`. What it reports of itself stands from `hardware` on.
    """

    __tablename__ = "terminal"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), index=True)
    store_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("store.id"))
    name: Mapped[str]
    pairing_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    pairing_expires_at: Mapped[datetime | None]
    key_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    paired_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    profile: Mapped[str] = mapped_column(default="till", server_default="till")
    next_key_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    next_key_used_at: Mapped[datetime | None]
    hardware: Mapped[str | None]
    software: Mapped[str | None]
    reported_at: Mapped[datetime | None]
    clock_drift_s: Mapped[int | None]
    """By how many seconds its clock was ahead of ours."""
    queue_length: Mapped[int | None]
    oldest_queued_at: Mapped[datetime | None]
    battery_percent: Mapped[int | None]
    last_scans: Mapped[dict[str, Any] | None]
    """Its last scans in short, as it says, under `scans`."""


class SignInFailure(db.Base):
    """A wrong code, kept for a day to slow down whoever tries many. The address, and that of the client who tried, are
    keyed hashes."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (
        Index("ix_sign_in_failure_recent", "address_hash", "failed_at"),
        db.about_people(kept=By("app.accounts.forget_failures", DataClass.SIGN_IN)),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=HASHED)
    address_hash: Mapped[bytes] = mapped_column(LargeBinary, info=HASHED)
    client_hash: Mapped[bytes | None] = mapped_column(LargeBinary, info=HASHED)
    failed_at: Mapped[datetime] = mapped_column(index=True, info=HASHED)


class QuotaUse(db.Base):
    """When the whole of a quota is there again, for a keyed hash of what is counted: a network, an address, a brand.
    `address_hash` is that of the address which the row tells of."""

    __tablename__ = "quota_use"
    __table_args__ = (db.about_people(kept=By("app.accounts.forget_quota_uses", DataClass.SIGN_IN)),)

    key_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True, info=HASHED)
    address_hash: Mapped[bytes | None] = mapped_column(LargeBinary, index=True, info=HASHED)
    whole_at: Mapped[datetime] = mapped_column(index=True, info=HASHED)
