"""An offer has a maximum beside its minimum, and says whether both are counted with taxes or before them."""

import sqlalchemy as sa
from alembic import op

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None

CHECKS = {
    "maximum": "maximum_minor > 0 AND maximum_minor >= minimum_minor",
    "counted_tax": "counted_tax IN ('included', 'excluded')",
}
WITH_MINIMUM = """
    UPDATE live_offer AS live
    SET card_fr = left(card_fr, -1) || said.words, card_en = left(card_en, -1) || said.words
    FROM (
        SELECT offer_id, version, format(CAST(:words AS text), minimum_minor) AS words
        FROM offer_version WHERE minimum_minor > 0
    ) AS said
    WHERE said.offer_id = live.offer_id AND said.version = live.version
"""
WORDS = ',"bounds":{"minimum_minor":%s,"maximum_minor":null,"counted_tax":"included"}}'
BOUNDS = r',"bounds":\{[^{}]*\}\}$'
WITHOUT = """
    UPDATE live_offer
    SET card_fr = regexp_replace(card_fr, :said, '}'), card_en = regexp_replace(card_en, :said, '}')
    WHERE card_fr ~ :said
"""


def upgrade() -> None:
    op.add_column("offer_version", sa.Column("maximum_minor", sa.BigInteger(), nullable=True))
    op.add_column("offer_version", sa.Column("counted_tax", sa.Text(), server_default="included", nullable=False))
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_offer_version_{name}"), "offer_version", rule)
    # Offers as they are shown are stored as texts; what a purchase must come to is new in them.
    op.execute(sa.text(WITH_MINIMUM).bindparams(words=WORDS))


def downgrade() -> None:
    op.execute(sa.text(WITHOUT).bindparams(said=BOUNDS))
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_offer_version_{name}"), "offer_version", type_="check")
    op.drop_column("offer_version", "counted_tax")
    op.drop_column("offer_version", "maximum_minor")
