"""TODO wallet/externals/readers."""
