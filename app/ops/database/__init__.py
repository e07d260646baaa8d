"""The database of an installation: a private cluster, what a foreign one must have, and which tables it holds."""
