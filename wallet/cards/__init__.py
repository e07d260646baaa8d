"""Brand cards: a member's account with one brand."""
