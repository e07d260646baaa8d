"""TODO app/consent/decision."""
