"""TODO app/consent/registry."""
