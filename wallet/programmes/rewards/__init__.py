"""TODO wallet/programmes/rewards."""
