"""TODO app/consent/ledger."""
