"""Points: a ledger that is only ever added to, and what it comes to."""
