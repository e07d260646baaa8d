"""TODO wallet/ledger."""
