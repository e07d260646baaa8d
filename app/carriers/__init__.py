"""TODO app/carriers."""
