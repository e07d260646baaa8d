"""TODO app/rights/erasure."""
