"""The ledger of points: books, lots, the chain of entries, what happens by itself, and the proof."""
