"""TODO app/sql."""
