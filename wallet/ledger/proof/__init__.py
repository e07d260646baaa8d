"""TODO wallet/ledger/proof."""
