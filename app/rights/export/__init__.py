"""TODO app/rights/export."""
