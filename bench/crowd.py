"""What the benches of permissions share: many processes, one brand, its members, and how they say yes."""

import multiprocessing
import uuid
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

from app import config, factory
from app.accounts.models import Brand, Member, MemberIdentifier
from app.config import Config
from app.consent.ledger.grants import grant_permission
from app.consent.models import Level
from app.sql import db

CELL = {"touchpoint": "email", "purpose": "personalised_offers"}
EVIDENCE = {
    "version": 2, "locale": "fr", "channel": "app", "screen_id": "bench", "app_version": "1", "method": "button",
}  # fmt: skip


def now() -> datetime:
    return datetime.now(UTC)


def open_database(settings: Config) -> None:
    """What every process here begins with."""
    config.use_config(settings)
    factory.import_models()
    db.connect(settings.database_url, settings=db.ONE_PLAN, pool_pre_ping=False)


class Shared(NamedTuple):
    """What the processes of a measurement tell each other."""

    together: Any
    begun: Any
    """A message is being handed over."""
    acknowledged: Any
    """A no was acknowledged, and no yes was begun since: nothing may leave."""
    over: Any


shared: Shared


@contextmanager
def processes(count: int) -> Iterator[tuple[ProcessPoolExecutor, Shared]]:
    """So many processes, all of them started and ready, and what they share."""
    context = multiprocessing.get_context("spawn")
    common = Shared(context.Barrier(count), context.Event(), context.Event(), context.Event())
    given = (config.current(), common)
    with ProcessPoolExecutor(count, mp_context=context, initializer=_start, initargs=given) as pool:
        for arrived in [pool.submit(_arrive) for _ in range(count)]:
            arrived.result()
        try:
            yield pool, common
        finally:
            common.over.set()


def _start(settings: Config, given: Shared) -> None:
    global shared
    open_database(settings)
    shared = given


def _arrive() -> None:
    """Wait for the others; one process takes one of these, because it waits."""
    shared.together.wait()


def make_brand() -> uuid.UUID:
    at = now()
    with db.system_transaction():
        brand = Brand(
            code="bench",
            name="Bench",
            countries=["FR"],
            time_zone="Europe/Paris",
            currency="EUR",
            legal_name="Bench SAS",
            postal_address="1 rue de l'Essai, 75001 Paris, FR",
            privacy_contact="donnees@bench.example",
            created_at=at,
        )
        return db.add(brand).id


def make_members(count: int, *, reachable: bool = False) -> list[uuid.UUID]:
    at = now()
    with db.system_transaction():
        made = db.add_all([Member(language="fr", created_at=at) for _ in range(count)])
        if reachable:
            db.add_all(
                [
                    MemberIdentifier(kind="email", value=f"{m.id}@example.org", member_id=m.id, verified_at=at)
                    for m in made
                ]
            )
        return [member.id for member in made]


def say_yes(member_id: uuid.UUID, brand_id: uuid.UUID) -> None:
    grant_permission(
        member_id=member_id, brand_id=brand_id, **CELL, level=Level.PROACTIVE, evidence=EVIDENCE, now=now()
    )
