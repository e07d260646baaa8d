"""A coupon ends on the wall clock of each store, perhaps with its offer; and an offer says its last day in words."""

from datetime import datetime, time, timedelta
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op
from babel.dates import format_date

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

CARDS = sa.table("live_offer", *map(sa.column, ("offer_number", "card_fr", "card_en")))
NEW = ("coupon_ends_with_offer", "last_day", "until")


def upgrade() -> None:
    op.add_column(
        "offer_version",
        sa.Column("coupon_ends_with_offer", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.create_index("ix_store_clocks", "store", ["brand_id", "time_zone"])
    op.add_column("coupon", sa.Column("ends_local", sa.DateTime(timezone=False), nullable=True))
    op.execute("SELECT set_config('ici.system', 'on', true)")
    # Until now a coupon ended on the wall clock of its brand.
    op.execute(
        "UPDATE coupon SET ends_local = coupon.expires_at AT TIME ZONE brand.time_zone"
        " FROM brand WHERE brand.id = coupon.brand_id"
    )
    op.execute("SELECT set_config('ici.system', '', true)")
    op.alter_column("coupon", "ends_local", nullable=False)
    # Offers as they are shown are stored as texts; these labels are new in them.
    for number, *cards in _cards():
        _keep(number, *(_with_words(card, french=place == 0) for place, card in enumerate(cards)))


def downgrade() -> None:
    for number, *cards in _cards():
        _keep(number, *({name: said for name, said in card.items() if name not in NEW} for card in cards))
    op.drop_column("coupon", "ends_local")
    op.drop_index("ix_store_clocks", "store")
    op.drop_column("offer_version", "coupon_ends_with_offer")


def _cards() -> list[tuple[Any, ...]]:
    rows = op.get_bind().execute(sa.select(*CARDS.c)).all()
    return [(number, orjson.loads(french), orjson.loads(english)) for number, french, english in rows]


def _keep(number: int, french: dict[str, Any], english: dict[str, Any]) -> None:
    texts = {"card_fr": orjson.dumps(french).decode(), "card_en": orjson.dumps(english).decode()}
    op.execute(CARDS.update().where(CARDS.c.offer_number == number).values(texts))


def _with_words(card: dict[str, Any], *, french: bool) -> dict[str, Any]:
    end = datetime.fromisoformat(card["ends_local"])
    last_day, is_whole = (end - timedelta.resolution).date(), end.time() == time.min
    day = format_date(last_day, "d MMMM y", locale="fr" if french else "en")
    if french:
        day = day.replace("1", "1er", 1) if last_day.day == 1 else day
        until = f"Jusqu'au {day}" if is_whole else f"Jusqu'au {day} à {end:%H:%M}"
    else:
        until = f"Until {day}" if is_whole else f"Until {day}, {end:%H:%M}"
    return card | {"coupon_ends_with_offer": False, "last_day": last_day.isoformat(), "until": until}
