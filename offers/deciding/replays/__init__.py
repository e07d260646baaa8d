"""Decisions made again: the same to the last bit, or by another policy, with an estimate of what it would do."""
