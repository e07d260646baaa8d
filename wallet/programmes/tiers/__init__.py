"""TODO wallet/programmes/tiers."""
