"""Gestures to two wallets that become one: all of them, so that what one person may be given is counted once."""

from app.identity.table_moves import Moves
from offers.gestures.models import Gesture

MOVES = Moves(Gesture, kind="gesture", counted="gestures", locked=False)
merge, split = MOVES.merge, MOVES.split
