"""Questions about the histories of members who permit it, and about the model made of them."""

import uuid

from sqlalchemy import Select, delete, select
from sqlalchemy.sql.dml import Delete

from offers.learning import queries
from offers.learning.values.models import ValueModel

HISTORIES = f"""
SELECT kept.visit_days - 1 AS frequency, kept.last_visit_on - kept.first_visit_on AS recency,
 CAST(:today AS date) - kept.first_visit_on AS age, (kept.spend / kept.visits)::float8 AS mean_value
{queries.PERMITTED}
 AND kept.visit_days > 0 AND kept.visits > 0 AND kept.last_visit_on <= :today
 AND EXISTS (
  SELECT FROM card WHERE card.member_id = kept.member_id AND card.brand_id = kept.brand_id
   AND (card.joined_at AT TIME ZONE :zone)::date <= kept.first_visit_on)
ORDER BY md5(kept.member_id::text) LIMIT :most
"""  # noqa: S608 (our own names)
"""How often members came again, from when to when, and what a visit comes to; of some of them where they are many.

Only of members whose first purchase came after their card: of whoever is a customer for longer than that nobody knows
since when, and the models hold for nobody whose beginning is unknown.
"""


def model_of(brand_id: uuid.UUID) -> Select[ValueModel]:
    """The model of one brand."""
    return select(ValueModel).where(ValueModel.brand_id == brand_id)


def without_model(brand_id: uuid.UUID) -> Delete:
    """The model of one brand, to be gone."""
    return delete(ValueModel).where(ValueModel.brand_id == brand_id)
