"""Which offers have no money left, for the read model: "near me" shows no offer that a till would refuse.

An offer is spent while a budget of it, or of all the brand's offers, has less than its uses cost on average; what is
still left is given at the till to whom it is enough. Budgets of stores do not end it elsewhere.

Unlike units, money comes back, by returns or a larger budget. So a job looks again, as well as whoever changes
something; of two who look at once each leaves to the other the rows that it has.
"""

import uuid
from datetime import datetime

from sqlalchemy import select, text

from app import clock
from app.accounts.models import Brand
from app.sql import db
from offers.planning.spending.periods import BudgetPeriod, end_of_period, first_day

NOTE_SPENT = text(
    """
    WITH bare AS MATERIALIZED (
        SELECT budget.brand_id, budget.offer_id, coalesce(calendar.until, 'infinity') AS until
        FROM money_budget AS budget
        JOIN brand ON brand.id = budget.brand_id
        JOIN unnest(
            CAST(:zones AS text[]), CAST(:periods AS text[]), CAST(:firsts AS date[]), CAST(:untils AS timestamptz[])
        ) AS calendar(zone, period, since, until)
            ON calendar.zone = brand.time_zone AND calendar.period = budget.period
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(left_minor), budget.amount_minor) AS left_minor, coalesce(sum(uses), 0) AS uses
            FROM money_slot
            WHERE budget_id = budget.id AND since = calendar.since
                AND store_id = '00000000-0000-0000-0000-000000000000'
        ) AS state
        WHERE budget.ended_at IS NULL AND budget.store_id IS NULL AND NOT budget.each_store
            AND (CAST(:brand_id AS uuid) IS NULL OR budget.brand_id = :brand_id)
            AND (
                state.left_minor <= 0
                OR state.left_minor * state.uses < budget.amount_minor - state.left_minor
            )
    ), known AS (
        SELECT live.offer_number, (
            SELECT max(bare.until) FROM bare
            WHERE bare.brand_id = live.brand_id AND (bare.offer_id IS NULL OR bare.offer_id = live.offer_id)
        ) AS until
        FROM live_offer AS live
        WHERE (CAST(:brand_id AS uuid) IS NULL OR live.brand_id = :brand_id)
            AND (CAST(:offer_id AS uuid) IS NULL OR live.offer_id = :offer_id)
    ), mine AS MATERIALIZED (
        SELECT live.offer_number, known.until FROM live_offer AS live JOIN known USING (offer_number)
        WHERE live.spent_until IS DISTINCT FROM known.until
        FOR UPDATE OF live SKIP LOCKED
    )
    UPDATE live_offer AS noted SET spent_until = mine.until FROM mine WHERE noted.offer_number = mine.offer_number
    RETURNING noted.offer_number
    """
)


def note_spent(*, now: datetime, brand_id: uuid.UUID | None = None, offer_id: uuid.UUID | None = None) -> int:
    """Write down until when live offers (of this brand, or this one) have no money left; returns how many changed."""
    asked = select(Brand.time_zone).distinct()
    zones = db.all_of(asked if brand_id is None else asked.where(Brand.id == brand_id))
    days = [(zone, period, first_day(period, clock.day_of(now, zone))) for zone in zones for period in BudgetPeriod]
    calendar = {
        "zones": [zone for zone, _, _ in days],
        "periods": [str(period) for _, period, _ in days],
        "firsts": [since for _, _, since in days],
        "untils": [end_of_period(period, since, time_zone=zone) for zone, period, since in days],
    }
    return len(db.execute(NOTE_SPENT, calendar | {"brand_id": brand_id, "offer_id": offer_id}).all())


def note_after_commit(*, brand_id: uuid.UUID, now: datetime) -> None:
    """Once the running transaction has committed, look whether it took the last money: only then are others seen."""

    def look() -> None:
        with db.transaction():
            note_spent(now=now, brand_id=brand_id)

    db.after_commit(look)
