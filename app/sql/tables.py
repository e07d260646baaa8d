"""What every table has in common: its types, who may see its rows, and its place on the map of personal data."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import uuid_utils.compat
from sqlalchemy import DateTime, MetaData, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

from app.data_map import RETENTION, DataClass, Datum, Erase, Export, Retention
from app.languages import Text as Sentence
from app.lifetimes import Lifetime


class Base(DeclarativeBase):
    """Every table of the project. Instants are `timestamptz`; constraint names are stable, so refusals can use them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: DateTime(timezone=True),
        uuid.UUID: Uuid(),
        str: Text(),
        dict[str, Any]: JSONB(none_as_null=True),  # nothing is NULL, which `IS NULL` finds, and never JSON's null
    }


class Reader(StrEnum):
    """Who may see a row of a personal table, besides the system itself."""

    MEMBER = "member"  # rows whose member_id is the member of the request
    BRAND = "brand"  # rows whose brand_id is the brand of the request
    PRINCIPAL = "principal"  # rows whose principal_id made the request
    SYSTEM = "system"  # nobody but sign-in, jobs and commands


def personal(*readers: Reader, kept: Lifetime, act: str | None, logic: Sentence | None = None) -> dict[str, Any]:
    """Table options of a personal table: who may see its rows, how these end, and what they say of a last act.

    The migrations turn the readers into FORCE ROW LEVEL SECURITY and a policy by `app.sql.policies`; a test
    compares both. `kept` is executed by the jobs of retention. `act` says, as an expression over the columns, when a
    row shows that the member did something themselves; None where no row does. `logic` says in plain words how a
    programme makes the rows, where it does (GDPR article 15(1)(h)); the export shows it.
    """
    return {"info": {"readers": tuple(readers), "kept": kept, "act": act, "logic": logic}}


def about_people(*, kept: Lifetime) -> dict[str, Any]:
    """Table options of a table about people that is no member's: keyed by hashes, or about staff."""
    return {"info": {"kept": kept}}


def datum(
    data_class: DataClass,
    *,
    purposes: Sequence[str],
    export: Export,
    erase: Erase = Erase.DELETE,
    reason: Sentence | None = None,
    retention: Retention | None = None,
) -> dict[str, Any]:
    """Column options that put a column on the map of personal data: `mapped_column(…, info=db.datum(…))`.

    `purposes` are codes of the registry of purposes or of `data_map.DUTIES`; `retention` is that of the class unless
    said otherwise; `reason` says why it is withheld or kept. A test fails on a column of a personal table without it.
    """
    return {
        "datum": Datum(
            data_class=data_class,
            purposes=tuple(purposes),
            retention=retention or RETENTION[data_class],
            export=export,
            erase=erase,
            reason=reason,
        )
    }


def policy_expression(readers: Sequence[Reader]) -> str:
    """The row-level security condition for these readers.

    Whoever makes a request is asked for once per statement; the member for each row, since one statement may serve
    several members in turn (decision 25).
    """
    asked_once = [r for r in readers if r not in (Reader.SYSTEM, Reader.MEMBER)]
    conditions = ["(SELECT ici_is_system())"] + [f"{r}_id = (SELECT ici_{r}())" for r in asked_once]
    return " OR ".join(conditions + ["member_id = ici_member()"] * (Reader.MEMBER in readers))


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562): unique everywhere and ordered by time."""
    return uuid_utils.compat.uuid7()
