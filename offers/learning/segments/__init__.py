"""Segments: questions of a brand about its members, in a small language, answered by numbers."""
