"""Cards of other programmes of two wallets that become one: each once. One that the target keeps too stays behind."""

from app.identity.table_moves import Moves
from wallet.externals import queries
from wallet.externals.models import ExternalCard

MOVES = Moves(ExternalCard, kind="external_card", counted="external_cards", where=queries.is_kept_alone)
merge, split = MOVES.merge, MOVES.split
