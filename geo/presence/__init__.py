"""Presence: what phones report becomes visits, at the grain of a store, a zone and a minute."""
