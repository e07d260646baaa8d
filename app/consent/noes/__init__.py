"""Noes outside the database: written down before they are committed, and looked for after a backup was restored."""
