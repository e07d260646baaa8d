"""The database: the one place that commits, locks and their order, hot statements, answers found together."""
