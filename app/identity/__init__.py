"""TODO app/identity."""
