"""Lists of articles that a brand names, for its offers, rules and shelves."""
