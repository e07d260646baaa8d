"""What is written of an offer's firings says since when; the card of an offer says when it fires, in words."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

WITH_WORDS = "UPDATE live_offer SET card_fr = left(card_fr, -1) || :words, card_en = left(card_en, -1) || :words"
WITHOUT = """
    UPDATE live_offer
    SET card_fr = regexp_replace(card_fr, :said, '}'), card_en = regexp_replace(card_en, :said, '}')
"""


def upgrade() -> None:
    op.add_column("live_offer", sa.Column("firings_from", sa.DateTime(timezone=True), nullable=True))
    # Offers as they are shown are stored as texts; these words are new in them, and nothing has a schedule yet.
    op.execute(sa.text(WITH_WORDS).bindparams(words=',"when":null}'))


def downgrade() -> None:
    op.execute(sa.text(WITHOUT).bindparams(said=r',"when":(null|"([^"\\]|\\.)*")\}$'))
    op.drop_column("live_offer", "firings_from")
