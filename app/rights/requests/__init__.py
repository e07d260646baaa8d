"""TODO app/rights/requests."""
