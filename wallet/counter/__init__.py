"""Somebody at the counter has no card with them, or none at all: found by their phone or e-mail, or joining there."""
