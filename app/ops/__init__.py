"""TODO app/ops."""
