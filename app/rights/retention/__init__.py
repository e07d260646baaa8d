"""TODO app/rights/retention."""
