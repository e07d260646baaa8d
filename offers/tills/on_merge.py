"""Recorded scans of two wallets that become one: whose they were, and nothing of what was decided."""

from app.identity.table_moves import Moves
from offers.tills.models import TillScanEffect

MOVES = Moves(TillScanEffect, kind="till_scan", counted="till_scans", locked=False)
merge, split = MOVES.merge, MOVES.split
