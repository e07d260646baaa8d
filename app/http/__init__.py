"""TODO app/http."""
