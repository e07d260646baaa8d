"""What is there for this member, here, now: one statement, a pure ranking, one decision that explains it."""
